package loader

import (
	"sort"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"

	"github.com/lambent-run/lambent/js/internal/lang"
)

// moduleInfo is what linking needs to know of an ES module.
type moduleInfo struct {
	deps      []*dependency
	exports   []string // of its own, sorted
	live      map[string]bool
	async     bool   // awaits at its top
	plain     bool   // can be in no cycle: there is no need to link it first
	imports   bool   // has import()
	meta      bool   // has import.meta
	scope     bool   // mentions names of CommonJS
	defaulted string // what esbuild called a default export that has no name
}

// dependency is one module that an ES module imports. Each import statement has
// one of its own; the same module may be there more than once.
type dependency struct {
	specifier string
	star      bool            // its names are exported again
	names     map[string]bool // imported by name
	whole     bool            // the namespace object itself is used
	loose     bool            // import * as x: names that are missing are undefined
}

// Names of the hidden parameters of module functions. They have a space, so
// that no identifier of an author can be the same.
const (
	hiddenExport  = " export"
	hiddenRequire = " require"
	hiddenImport  = " import"
	hiddenMeta    = " meta"
	hiddenScope   = " scope"
)

const (
	moduleHead = "(function(){'use strict';"
	moduleTail = "\n})"
)

// moduleParams are the parameters of the function that an ES module becomes.
var moduleParams = append([]string{hiddenExport, hiddenRequire, hiddenImport, hiddenMeta, hiddenScope}, hookParams...)

// compileModule compiles an ES module to a generator function. Its first step
// registers the getters of the exports, with all functions hoisted, and stops
// where the dependencies have to be evaluated; its second step is the body. A
// module that awaits at its top is an async function instead, and one that cannot
// be part of a cycle a plain function, which is cheaper; both are called when their
// dependencies have been evaluated.
func compileModule(name, src string) (*unit, error) {
	t, err := transform(name, src, esModule)
	if err != nil {
		return nil, err
	}
	prg, err := parseBetween(name, moduleHead, t.code, moduleTail)
	if err != nil {
		return nil, err
	}
	fn := wrapped(prg)
	b := &moduleBuilder{
		info:     &moduleInfo{async: t.awaits > 0, live: map[string]bool{}},
		bindings: map[unistring.String]*dependency{},
		assigned: map[unistring.String]bool{},
		marker:   t.awaits,
	}
	b.build(prg, fn, file.Idx(len(moduleHead)))
	prg.File = file.NewFile(fileURL(name), t.code, 1)
	prg.File.SetSourceMap(t.sourceMap)
	program, err := goja.CompileAST(prg, false)
	if err != nil {
		return nil, syntaxError(t.code, err)
	}
	return &unit{
		features: lang.Mentions(t.code),
		format:   esModule, program: program, module: b.info, hooks: b.hooks,
		source: &source{code: t.code, head: moduleHead, tail: moduleTail, file: prg.File},
	}, nil
}

// moduleBuilder takes esbuild's CommonJS apart: it knows the statements that
// esbuild generates for imports and exports, and makes them calls of ours.
type moduleBuilder struct {
	info     *moduleInfo
	bindings map[unistring.String]*dependency // namespace variable -> dependency
	assigned map[unistring.String]bool        // names that are assigned to anywhere
	exports  *ast.ObjectLiteral
	marker   int
	eval     bool // direct eval could assign to anything
	walker   *walker
	hooks    hooks
}

func ident(name string, at file.Idx) *ast.Identifier {
	return &ast.Identifier{Name: unistring.NewFromString(name), Idx: at}
}

func (b *moduleBuilder) build(prg *ast.Program, fn *ast.FunctionLiteral, shift file.Idx) {
	body := fn.Body.List[1:] // after 'use strict'
	out := make([]ast.Statement, 0, len(body)+2)
	for _, s := range body {
		if s = b.statement(s); s != nil {
			out = append(out, s)
		}
	}
	at := fn.Body.LeftBrace
	head := []ast.Statement{fn.Body.List[0]}
	if b.exports != nil {
		export := &ast.ExpressionStatement{Expression: callHidden(hiddenExport, at, b.exports)}
		out = append(out, export)
		out = dropUnusedHelpers(out)
		out = out[:len(out)-1]
		head = append(head, export)
	} else {
		out = dropUnusedHelpers(out)
	}
	b.info.plain = b.plain()
	if !b.info.async && !b.info.plain {
		head = append(head, &ast.ExpressionStatement{Expression: &ast.YieldExpression{Yield: at}})
	}
	fn.Body.List = append(head, out...)
	fn.Async, fn.Generator = b.info.async, !b.info.async && !b.info.plain
	for _, name := range moduleParams {
		fn.ParameterList.List = append(fn.ParameterList.List, &ast.Binding{Target: ident(name, at)})
	}
	b.walker = &walker{shift: shift, expr: b.expression, before: b.member, assign: b.assign}
	b.hooks.walk(b.walker, prg.Body)
	b.describeExports()
}

// plain reports whether the module imports core modules at most.
func (b *moduleBuilder) plain() bool {
	for _, d := range b.info.deps {
		if !coreModules[strings.TrimPrefix(d.specifier, "node:")] {
			return false
		}
	}
	return !b.info.async
}

func callHidden(name string, at file.Idx, args ...ast.Expression) *ast.CallExpression {
	return &ast.CallExpression{Callee: ident(name, at), ArgumentList: args, LeftParenthesis: at, RightParenthesis: at}
}

// describeExports lists what the module exports, and which of the bindings can
// change after the module's evaluation.
func (b *moduleBuilder) describeExports() {
	if b.exports == nil {
		return
	}
	for _, p := range b.exports.Value {
		kv, ok := p.(*ast.PropertyKeyed)
		if !ok {
			continue
		}
		key, ok := kv.Key.(*ast.StringLiteral)
		if !ok {
			continue
		}
		name := key.Value.String()
		b.info.exports = append(b.info.exports, name)
		var local ast.Expression
		if arrow, ok := kv.Value.(*ast.ArrowFunctionLiteral); ok {
			if body, ok := arrow.Body.(*ast.ExpressionBody); ok {
				local = body.Expression
			}
		}
		id, ok := local.(*ast.Identifier)
		if !ok || b.assigned[id.Name] || b.eval {
			b.info.live[name] = true
		} else if name == "default" && strings.HasSuffix(id.Name.String(), "_default") {
			b.info.defaulted = id.Name.String()
		}
	}
	sort.Strings(b.info.exports)
}

// member keeps import_x.name from counting as a use of the whole namespace.
func (b *moduleBuilder) member(e ast.Expression) bool {
	dot, ok := e.(*ast.DotExpression)
	if !ok {
		return false
	}
	id, ok := dot.Left.(*ast.Identifier)
	if !ok || b.bindings[id.Name] == nil {
		return false
	}
	b.walker.move(&id.Idx)
	b.walker.move(&dot.Identifier.Idx)
	b.bindings[id.Name].names[dot.Identifier.Name.String()] = true
	return true
}

// assign notes the variables that an assignment changes.
func (b *moduleBuilder) assign(e ast.Expression) {
	switch e := e.(type) {
	case *ast.Identifier:
		b.assigned[e.Name] = true
	case *ast.AssignExpression: // with a default
		b.assign(e.Left)
	case *ast.ArrayPattern:
		for _, el := range e.Elements {
			b.assign(el)
		}
		b.assign(e.Rest)
	case *ast.ObjectPattern:
		for _, p := range e.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				b.assigned[p.Name.Name] = true
			case *ast.PropertyKeyed:
				b.assign(p.Value)
			}
		}
		b.assign(e.Rest)
	}
}

// statement recognizes what esbuild generates at the top of a module. It
// returns nil for what is replaced by something at the beginning.
func (b *moduleBuilder) statement(s ast.Statement) ast.Statement {
	switch s := s.(type) {
	case *ast.VariableStatement:
		if len(s.List) != 1 {
			return s
		}
		id, ok := s.List[0].Target.(*ast.Identifier)
		if !ok {
			return s
		}
		if dep, call := b.requireCall(s.List[0].Initializer); dep != nil {
			b.bindings[id.Name] = dep
			dep.loose = !strings.HasPrefix(string(id.Name), "import_") // as esbuild calls its own
			s.List[0].Initializer = call
			return s
		}
		if name := id.Name.String(); strings.HasSuffix(name, "_exports") {
			if o, ok := s.List[0].Initializer.(*ast.ObjectLiteral); ok && len(o.Value) == 0 && b.exports == nil {
				return nil
			}
		}
	case *ast.ExpressionStatement:
		switch e := s.Expression.(type) {
		case *ast.CallExpression:
			return b.call(s, e)
		case *ast.AssignExpression: // module.exports = __toCommonJS(...)
			if dot, ok := e.Left.(*ast.DotExpression); ok && isIdent(dot.Left, "module") {
				return nil
			}
		}
	}
	return s
}

// call recognizes __export(x_exports, {...}), __reExport(x_exports,
// require("y"), module.exports) and a require for its effects alone.
func (b *moduleBuilder) call(s *ast.ExpressionStatement, e *ast.CallExpression) ast.Statement {
	if dep, call := b.requireCall(e); dep != nil {
		s.Expression = call
		return s
	}
	if len(e.ArgumentList) == 3 {
		if dep, call := b.requireCall(e.ArgumentList[1]); dep != nil {
			dep.star = true
			s.Expression = call
			return s
		}
	}
	if len(e.ArgumentList) == 2 && b.exports == nil && isIdent(e.Callee, "__export") {
		if o, ok := e.ArgumentList[1].(*ast.ObjectLiteral); ok {
			b.exports = o
			return nil
		}
	}
	return s
}

func isIdent(e ast.Expression, name string) bool {
	id, ok := e.(*ast.Identifier)
	return ok && string(id.Name) == name
}

// expression is called with every expression of the module.
func (b *moduleBuilder) expression(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.Identifier:
		return b.identifier(e)
	case *ast.CallExpression:
		if isIdent(e.Callee, "eval") {
			b.eval = true
		}
		if x := dynamicImport(e); x != nil {
			b.info.imports = true
			return callHidden(hiddenImport, e.LeftParenthesis, x)
		}
	case *ast.TemplateLiteral:
		b.tag(e)
	case *ast.UnaryExpression:
		if id, ok := e.Operand.(*ast.Identifier); ok && e.Operator == token.TYPEOF && strings.HasPrefix(string(id.Name), authored) {
			e.Operand = b.scopeName(id, true)
		}
		if b.marker > 0 {
			return b.await(e)
		}
	}
	return e
}

// tag keeps a template's tag that is an import from being called with the
// namespace as its this.
func (b *moduleBuilder) tag(e *ast.TemplateLiteral) {
	if dot, ok := e.Tag.(*ast.DotExpression); ok {
		if id, ok := dot.Left.(*ast.Identifier); ok && b.bindings[id.Name] != nil && !b.bindings[id.Name].loose {
			e.Tag = &ast.SequenceExpression{Sequence: []ast.Expression{&ast.NumberLiteral{Idx: id.Idx, Literal: "0", Value: int64(0)}, dot}}
		}
	}
}

// identifier maps the author's uses of CommonJS names, which ES modules do not
// have, and notes the use of namespaces as values.
func (b *moduleBuilder) identifier(e *ast.Identifier) ast.Expression {
	name := string(e.Name)
	if dep := b.bindings[e.Name]; dep != nil {
		dep.whole = true
		return e
	}
	if !strings.HasPrefix(name, authored) {
		return e
	}
	return b.scopeName(e, false)
}

// scopeName returns what stands for the author's use of a CommonJS name or of
// import.meta. Under typeof a missing name is no error.
func (b *moduleBuilder) scopeName(e *ast.Identifier, lenient bool) ast.Expression {
	bare := strings.TrimPrefix(string(e.Name), authored)
	if bare == "meta" {
		b.info.meta = true
		return ident(hiddenMeta, e.Idx)
	}
	b.info.scope = true
	return callHidden(hiddenScope, e.Idx,
		&ast.StringLiteral{Idx: e.Idx, Literal: "'" + bare + "'", Value: unistring.NewFromString(bare)},
		&ast.BooleanLiteral{Idx: e.Idx, Literal: "", Value: lenient})
}

// await turns a run of "~" as long as the marker back into an await.
func (b *moduleBuilder) await(e *ast.UnaryExpression) ast.Expression {
	var x ast.Expression = e
	for range b.marker {
		u, ok := x.(*ast.UnaryExpression)
		if !ok || u.Operator != token.BITWISE_NOT {
			return e
		}
		x = u.Operand
	}
	return &ast.AwaitExpression{Await: e.Idx, Argument: x}
}
