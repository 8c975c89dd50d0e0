package loader

import (
	"slices"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"

	"github.com/lambent-run/lambent/js/internal/guard"
)

// hooks are the calls that compiled code makes so that errors of the VM look
// like V8's to the guest: where one is caught, and where its message or stack
// is read.
type hooks struct {
	fix   bool // some call of hiddenFix was put in
	trace bool // some call of hiddenTrace was put in
	deep  bool // some function counts how often it is called
	big   bool // some operator asks how large a BigInt it would make

	async, generator bool // some function is of that kind
}

const (
	hiddenFix    = " fix"
	hiddenTrace  = " trace"
	hiddenCaught = " caught"
)

// install makes w put the hooks in, in addition to what it does.
func (h *hooks) install(w *walker) {
	expr := w.expr
	w.expr = func(e ast.Expression) ast.Expression {
		h.expression(e)
		if expr != nil {
			e = expr(e)
		}
		return h.boundBig(e)
	}
	w.catch = h.catch
	w.iterate = func(e *ast.Expression) {
		switch (*e).(type) {
		case *ast.NumberLiteral, *ast.BooleanLiteral, *ast.NullLiteral:
			// goja notes no position for a literal; a variable gets it one.
			at := (*e).Idx0()
			h.fix = true
			*e = &ast.SequenceExpression{Sequence: []ast.Expression{ident(hiddenFix, at), *e}}
		}
	}
}

// walk walks a module's statements with w and puts all hooks in.
func (h *hooks) walk(w *walker, body []ast.Statement) {
	var r recursion
	h.install(w)
	r.install(w)
	w.stmts(body)
	r.mark()
	h.deep = r.found
	for _, f := range r.functions {
		switch fn := f.node.(type) {
		case *ast.FunctionLiteral:
			h.async, h.generator = h.async || fn.Async, h.generator || fn.Generator
		case *ast.ArrowFunctionLiteral:
			h.async = h.async || fn.Async
		}
	}
}

func (h *hooks) call(name string, arg ast.Expression, at file.Idx) ast.Expression {
	if name == hiddenFix {
		h.fix = true
	} else {
		h.trace = true
	}
	return callHidden(name, at, arg)
}

// expression hooks reads of .message and .stack, and callbacks of promises.
func (h *hooks) expression(e ast.Expression) {
	switch e := e.(type) {
	case *ast.DotExpression:
		h.read(&e.Left, e.Identifier.Name, e.Identifier.Idx)
	case *ast.BracketExpression:
		if s, ok := e.Member.(*ast.StringLiteral); ok {
			h.read(&e.Left, s.Value, e.LeftBracket)
		}
	case *ast.CallExpression:
		h.callback(e)
	case *ast.RegExpLiteral:
		fixRegExp(e)
	}
}

func (h *hooks) read(left *ast.Expression, name unistring.String, at file.Idx) {
	hidden := ""
	switch name {
	case "message":
		hidden = hiddenFix
	case "stack":
		hidden = hiddenTrace
	default:
		return
	}
	switch l := (*left).(type) {
	case *ast.SuperExpression, *ast.ThisExpression:
		if hidden == hiddenFix {
			return
		}
		if _, ok := l.(*ast.SuperExpression); ok {
			return
		}
	case *ast.Optional:
		l.Expression = h.call(hidden, l.Expression, at)
		return
	}
	*left = h.call(hidden, *left, at)
}

// callback hooks the functions given to promise.catch and as the second
// argument of promise.then: there, too, errors are caught.
func (h *hooks) callback(e *ast.CallExpression) {
	dot, ok := e.Callee.(*ast.DotExpression)
	if !ok {
		return
	}
	i := 0
	switch string(dot.Identifier.Name) {
	case "catch":
	case "then":
		i = 1
	default:
		return
	}
	if len(e.ArgumentList) <= i {
		return
	}
	switch fn := e.ArgumentList[i].(type) {
	case *ast.FunctionLiteral:
		if id := firstParam(fn.ParameterList); id != nil {
			fn.Body.List = h.before(fn.Body.List, id, fn.Body.LeftBrace)
		}
	case *ast.ArrowFunctionLiteral:
		id := firstParam(fn.ParameterList)
		if id == nil {
			return
		}
		switch body := fn.Body.(type) {
		case *ast.BlockStatement:
			body.List = h.before(body.List, id, body.LeftBrace)
		case *ast.ExpressionBody:
			body.Expression = &ast.SequenceExpression{Sequence: []ast.Expression{
				h.call(hiddenFix, ident(id.Name.String(), body.Expression.Idx0()), body.Expression.Idx0()), body.Expression}}
		}
	}
}

func firstParam(p *ast.ParameterList) *ast.Identifier {
	if p == nil || len(p.List) == 0 {
		return nil
	}
	id, _ := p.List[0].Target.(*ast.Identifier)
	return id
}

// before puts a call of hiddenFix in front of statements, after directives
// such as 'use strict'.
func (h *hooks) before(list []ast.Statement, id *ast.Identifier, at file.Idx) []ast.Statement {
	return insert(list, &ast.ExpressionStatement{Expression: h.call(hiddenFix, &ast.Identifier{Name: id.Name, Idx: at}, at)})
}

// insert puts a statement in front of others, but after directives.
func insert(list []ast.Statement, first ast.Statement) []ast.Statement {
	n := 0
	for n < len(list) {
		s, ok := list[n].(*ast.ExpressionStatement)
		if !ok {
			break
		}
		if _, ok := s.Expression.(*ast.StringLiteral); !ok {
			break
		}
		n++
	}
	out := make([]ast.Statement, 0, len(list)+1)
	out = append(out, list[:n]...)
	out = append(out, first)
	return append(out, list[n:]...)
}

// catch hooks the start of a catch clause.
func (h *hooks) catch(c *ast.CatchStatement) {
	at := c.Catch
	switch p := c.Parameter.(type) {
	case *ast.Identifier:
		c.Body.List = h.before(c.Body.List, p, at)
	case ast.Pattern:
		c.Parameter = ident(hiddenCaught, at)
		h.fix = true
		var value ast.Expression = callHidden(hiddenFix, at, ident(hiddenCaught, at))
		if takesStack(p) {
			value = h.call(hiddenTrace, value, at)
		}
		c.Body.List = append([]ast.Statement{&ast.LexicalDeclaration{
			Idx: at, Token: token.LET, List: []*ast.Binding{{Target: p, Initializer: value}},
		}}, c.Body.List...)
	}
}

func takesStack(p ast.Pattern) bool {
	o, ok := p.(*ast.ObjectPattern)
	if !ok {
		return false
	}
	for _, prop := range o.Properties {
		switch prop := prop.(type) {
		case *ast.PropertyShort:
			if prop.Name.Name == "stack" {
				return true
			}
		case *ast.PropertyKeyed:
			if s, ok := prop.Key.(*ast.StringLiteral); ok && s.Value == "stack" {
				return true
			}
		}
	}
	return false
}

// hookParams are the hidden parameters that the hooks need, in the order of args.
var hookParams = append(append([]string{hiddenFix, hiddenTrace, hiddenDeep}, bigParams...), hiddenDepth)

// noBigFuncs stand for bigParams where no operator asks.
var noBigFuncs = slices.Repeat([]goja.Value{goja.Undefined()}, len(bigParams))

// args returns the values of hookParams.
func (h hooks) args(r *Realm) []goja.Value {
	fix, trace, deep := goja.Undefined(), goja.Undefined(), goja.Undefined()
	if h.fix {
		if r.fix == nil {
			r.fix = r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
				v := call.Argument(0)
				if o, ok := v.(*goja.Object); ok && o.ClassName() == "Error" {
					_ = r.vm.Try(func() { r.reword(o) }) // members of the guest's may throw
				}
				return v
			})
		}
		fix = r.fix
	}
	if h.trace {
		if r.trace == nil {
			r.trace = r.vm.ToValue(func(call goja.FunctionCall) goja.Value { return r.Normalize(call.Argument(0)) })
		}
		trace = r.trace
	}
	if h.deep {
		deep = r.deepFunc()
	}
	big := noBigFuncs
	if h.big {
		big = r.bigFuncs()
	}
	if h.async && !r.guarded.async {
		r.guarded.async = true
		guard.InstallAsync(r.vm)
	}
	if h.generator && !r.guarded.generator {
		r.guarded.generator = true
		guard.InstallGenerator(r.vm)
	}
	return append(append([]goja.Value{fix, trace, deep}, big...), r.vm.ToValue(0))
}
