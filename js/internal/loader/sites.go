package loader

import (
	"sync"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// site is a place in a compiled file at which the VM may have thrown.
type site struct {
	kind siteKind
	node ast.Expression // what was called, iterated over, taken apart...
	self ast.Expression // the member or variable itself
	name string         // of the property

	nulls map[string]bool // names that the file sets to null
}

type siteKind int

const (
	siteCall siteKind = iota
	siteNew
	siteName    // a variable
	siteMember  // a property that is read or written
	siteIterate // for-of, spread into an array, array pattern
	siteSpread  // spread into a call
	siteUnpack  // object pattern
	siteBinary
	siteClass // a class that extends something
)

// source is what is kept of a unit to find sites in it. It is parsed again
// when an error asks for it, which is rare and costs nothing until then.
type source struct {
	code string
	head string // that was put before code
	tail string
	file *file.File

	mu      sync.Mutex // guards the fields below
	found   map[[2]int][]site
	lookups int
}

// A small file is indexed as a whole at the first question. In a large one each
// question costs a parse, so there may only be so many.
const (
	maxIndexed = 256 << 10
	maxLookups = 64
)

// at returns the sites at a position as stack traces tell it.
func (s *source) at(line, column int) []site {
	s.mu.Lock()
	defer s.mu.Unlock()
	pos := [2]int{line, column}
	sites, ok := s.found[pos]
	if ok || s.lookups >= maxLookups {
		return sites
	}
	f := &siteFinder{source: s, want: pos, nulls: map[string]bool{}}
	s.lookups++
	if len(s.code) <= maxIndexed {
		f.want = [2]int{}
		s.lookups = maxLookups
	}
	prg, err := parse("", s.head+s.code+s.tail)
	if err != nil {
		return nil
	}
	if s.found == nil {
		s.found = map[[2]int][]site{}
	}
	f.walk(prg)
	return s.found[pos]
}

type siteFinder struct {
	source *source
	want   [2]int          // the only position that matters; zero: all do
	nulls  map[string]bool // names that are set to null somewhere
}

func (f *siteFinder) walk(prg *ast.Program) {
	w := &walker{shift: file.Idx(len(f.source.head))}
	w.expr = func(e ast.Expression) ast.Expression {
		f.expression(e)
		return e
	}
	w.iterate = func(e *ast.Expression) { f.add(endOf(*e), site{kind: siteIterate, node: *e}) }
	w.bind = f.bind
	w.leave = f.function
	w.stmts(prg.Body)
}

func (f *siteFinder) add(at file.Idx, s site) {
	if at <= 0 {
		return
	}
	p := f.source.file.Position(int(at) - 1)
	pos := [2]int{p.Line, p.Column}
	if f.want == pos || f.want == [2]int{} {
		s.nulls = f.nulls
		f.source.found[pos] = append(f.source.found[pos], s)
	}
}

func (f *siteFinder) expression(e ast.Expression) {
	switch e := e.(type) {
	case *ast.CallExpression:
		f.add(e.LeftParenthesis, site{kind: siteCall, node: e.Callee})
		f.spread(e.ArgumentList, siteSpread)
	case *ast.NewExpression:
		f.add(e.New, site{kind: siteNew, node: e.Callee})
		f.spread(e.ArgumentList, siteSpread)
	case *ast.TemplateLiteral:
		if e.Tag != nil {
			f.add(e.OpenQuote, site{kind: siteCall, node: e.Tag})
			f.add(e.Tag.Idx0(), site{kind: siteCall, node: e.Tag})
		}
	case *ast.Identifier:
		f.add(e.Idx, site{kind: siteName, node: e, self: e, name: e.Name.String()})
	case *ast.DotExpression:
		f.add(e.Identifier.Idx, site{kind: siteMember, node: e.Left, self: e, name: e.Identifier.Name.String()})
	case *ast.BracketExpression:
		f.add(e.LeftBracket, site{kind: siteMember, node: e.Left, self: e, name: keyName(e.Member)})
	case *ast.ArrayLiteral:
		f.spread(e.Value, siteIterate)
	case *ast.BinaryExpression:
		f.add(e.Idx0(), site{kind: siteBinary, node: e})
	case *ast.AssignExpression:
		f.bind(e.Left, e.Right)
		switch left := e.Left.(type) {
		case *ast.DotExpression:
			f.add(left.Identifier.Idx, site{kind: siteMember, node: left.Left, name: left.Identifier.Name.String()})
		case *ast.BracketExpression:
			f.add(left.LeftBracket, site{kind: siteMember, node: left.Left, name: keyName(left.Member)})
		}
	case *ast.ClassLiteral:
		if e.SuperClass != nil {
			f.add(e.Idx0(), site{kind: siteClass, node: e.SuperClass})
			f.add(endOf(e.SuperClass), site{kind: siteClass, node: e.SuperClass})
		}
	}
}

func (f *siteFinder) spread(list []ast.Expression, kind siteKind) {
	for _, e := range list {
		if s, ok := e.(*ast.SpreadElement); ok {
			f.add(endOf(s.Expression), site{kind: kind, node: s.Expression})
		}
	}
}

// keyName returns the name of a property in brackets, or what stands for it.
func keyName(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.StringLiteral:
		return e.Value.String()
	case *ast.NumberLiteral:
		return e.Literal
	}
	return printed(e)
}

// bind notes what patterns take apart, and which names are set to null.
func (f *siteFinder) bind(target, value ast.Expression) {
	if value == nil {
		return
	}
	if _, ok := value.(*ast.NullLiteral); ok {
		f.nulls[lastName(target)] = true
	}
	switch p := target.(type) {
	case *ast.ObjectPattern:
		f.add(endOf(value), site{kind: siteUnpack, node: value, name: firstKey(p)})
	case *ast.ArrayPattern:
		f.add(endOf(value), site{kind: siteIterate, node: value})
	}
}

// function notes the parameters that are patterns; goja puts their failures at
// the beginning of the function.
func (f *siteFinder) function(fn ast.Expression) {
	var params *ast.ParameterList
	switch fn := fn.(type) {
	case *ast.FunctionLiteral:
		params = fn.ParameterList
	case *ast.ArrowFunctionLiteral:
		params = fn.ParameterList
	}
	if params == nil {
		return
	}
	for _, b := range params.List {
		var s site
		switch p := b.Target.(type) {
		case *ast.ObjectPattern:
			s = site{kind: siteUnpack, name: firstKey(p)}
		case *ast.ArrayPattern:
			s = site{kind: siteIterate}
		default:
			continue
		}
		f.add(fn.Idx0(), s)
		f.add(b.Idx0(), s)
		return
	}
}

// firstKey returns the first property that a pattern takes, empty if it has no
// plain name.
func firstKey(p *ast.ObjectPattern) string {
	if len(p.Properties) == 0 {
		return ""
	}
	switch k := p.Properties[0].(type) {
	case *ast.PropertyShort:
		return k.Name.Name.String()
	case *ast.PropertyKeyed:
		if s, ok := k.Key.(*ast.StringLiteral); ok && !k.Computed {
			return s.Value.String()
		}
	}
	return ""
}

// endOf returns the position that goja notes last while it evaluates e: errors
// right after e are found there.
func endOf(e ast.Expression) file.Idx {
	switch e := e.(type) {
	case *ast.DotExpression:
		return e.Identifier.Idx
	case *ast.BracketExpression:
		return e.LeftBracket
	case *ast.CallExpression:
		return e.LeftParenthesis
	case *ast.NewExpression:
		return e.New
	case *ast.OptionalChain:
		return endOf(e.Expression)
	case *ast.Optional:
		return endOf(e.Expression)
	case *ast.SequenceExpression:
		return e.Sequence[0].Idx0()
	case *ast.AwaitExpression:
		return endOf(e.Argument)
	}
	return e.Idx0()
}

// lastName returns the name of a variable or property, empty for anything else.
func lastName(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.Identifier:
		return e.Name.String()
	case *ast.DotExpression:
		return e.Identifier.Name.String()
	case *ast.OptionalChain:
		return lastName(e.Expression)
	case *ast.Optional:
		return lastName(e.Expression)
	}
	return ""
}
