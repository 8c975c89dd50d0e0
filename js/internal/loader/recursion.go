package loader

import (
	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// The VM ends an isolate whose calls nest too deep, in a way that no code can
// catch; V8 throws a RangeError. So functions that may call themselves, directly
// or through others, count their calls, and every 256th asks how deep it is.
const (
	hiddenDepth = " depth"
	hiddenDeep  = " deep"

	depthMask = 255
	// deepest is well below the limit of the VM: between two questions the
	// depth can grow by some frames for each call.
	deepest = 8500
	// deepestNested holds where built-in functions, constructors among them, take
	// part: each such level is one of the host's stack, too, and what it costs to
	// unwind grows with the square of their number.
	deepestNested = 2000
)

// recursion finds the functions of a file that may be recursive. It goes by
// names alone: f may be recursive if some function called f calls something
// called f, or something that does. That finds too many, never too few, among
// the functions that are called by name.
type recursion struct {
	functions []*function
	open      []*function // on the way to the current node
	byNode    map[ast.Expression]*function
	found     bool
}

type function struct {
	node  ast.Expression
	name  unistring.String
	calls map[unistring.String]bool
}

func (r *recursion) enter(fn ast.Expression) {
	f := &function{node: fn, calls: map[unistring.String]bool{}}
	if lit, ok := fn.(*ast.FunctionLiteral); ok && lit.Name != nil {
		f.name = lit.Name.Name
	}
	if r.byNode == nil {
		r.byNode = map[ast.Expression]*function{}
	}
	r.byNode[fn] = f
	r.functions = append(r.functions, f)
	r.open = append(r.open, f)
}

// leave adds a function's calls to those of the function around it, which
// may call it without a name.
func (r *recursion) leave(ast.Expression) {
	n := len(r.open) - 1
	f := r.open[n]
	r.open = r.open[:n]
	if n > 0 {
		for name := range f.calls {
			r.open[n-1].calls[name] = true
		}
	}
}

// named notes what a function is called that has no name of its own.
func (r *recursion) named(fn ast.Expression, name unistring.String) {
	if f := r.byNode[fn]; f != nil && f.name == "" {
		f.name = name
	}
}

// expression notes calls and names.
func (r *recursion) expression(e ast.Expression) {
	switch e := e.(type) {
	case *ast.CallExpression:
		r.call(e.Callee)
	case *ast.NewExpression:
		r.call(e.Callee)
		if len(r.open) > 0 {
			r.open[len(r.open)-1].calls["constructor"] = true
		}
	case *ast.AssignExpression:
		r.bind(e.Left, e.Right)
	case *ast.ObjectLiteral:
		for _, p := range e.Value {
			if kv, ok := p.(*ast.PropertyKeyed); ok {
				r.method(kv.Key, kv.Value)
			}
		}
	}
}

func (r *recursion) method(key, fn ast.Expression) {
	switch key := key.(type) {
	case *ast.StringLiteral:
		r.named(fn, key.Value)
	case *ast.Identifier:
		r.named(fn, key.Name)
	case *ast.PrivateIdentifier:
		r.named(fn, key.Name)
	}
}

func (r *recursion) bind(target, value ast.Expression) {
	if value != nil {
		r.named(value, calledName(target))
	}
}

func calledName(e ast.Expression) unistring.String {
	switch e := unwrap(e).(type) {
	case *ast.Identifier:
		return e.Name
	case *ast.DotExpression:
		return e.Identifier.Name
	case *ast.PrivateDotExpression:
		return e.Identifier.Name
	case *ast.BracketExpression:
		if s, ok := e.Member.(*ast.StringLiteral); ok {
			return s.Value
		}
	case *ast.SuperExpression:
		return "constructor"
	}
	return ""
}

func (r *recursion) call(callee ast.Expression) {
	if len(r.open) == 0 {
		return
	}
	calls := r.open[len(r.open)-1].calls
	name := calledName(callee)
	if name == "call" || name == "apply" { // f.call(...)
		if dot, ok := unwrap(callee).(*ast.DotExpression); ok {
			name = calledName(dot.Left)
		}
	}
	if name != "" {
		calls[name] = true
	}
}

// install makes w gather what mark needs.
func (r *recursion) install(w *walker) {
	expr := w.expr
	w.expr = func(e ast.Expression) ast.Expression {
		r.expression(e)
		return expr(e)
	}
	w.enter, w.leave = r.enter, r.leave
	w.bind = r.bind
	w.method = func(c *ast.ClassLiteral, m *ast.MethodDefinition) {
		r.method(m.Key, m.Body)
		if name, ok := m.Key.(*ast.StringLiteral); ok && name.Value == "constructor" && !m.Static && c.Name != nil && m.Body.Name == nil {
			// Traces show it as V8 does. The class keeps its own name.
			m.Body.Name = ident("new "+c.Name.Name.String(), m.Body.Function)
		}
	}
}

// mark puts the counting into the recursive functions.
func (r *recursion) mark() {
	cycles := newCycles(r.functions)
	for _, f := range r.functions {
		if f.name == "" || !cycles.has(f.name) {
			continue
		}
		switch fn := f.node.(type) {
		case *ast.FunctionLiteral:
			if fn.Generator {
				continue
			}
			fn.Body.List = insert(fn.Body.List, &ast.ExpressionStatement{Expression: depthCheck(fn.Body.LeftBrace)})
		case *ast.ArrowFunctionLiteral:
			switch body := fn.Body.(type) {
			case *ast.BlockStatement:
				body.List = insert(body.List, &ast.ExpressionStatement{Expression: depthCheck(body.LeftBrace)})
			case *ast.ExpressionBody:
				at := body.Expression.Idx0()
				body.Expression = &ast.SequenceExpression{Sequence: []ast.Expression{depthCheck(at), body.Expression}}
			}
		}
		r.found = true
	}
}

// depthCheck makes (depth = depth + 1 & 255) || deep().
func depthCheck(at file.Idx) ast.Expression {
	number := func(n int64) ast.Expression { return &ast.NumberLiteral{Idx: at, Literal: "0", Value: n} }
	return &ast.BinaryExpression{
		Operator: token.LOGICAL_OR,
		Left: &ast.AssignExpression{
			Operator: token.ASSIGN,
			Left:     ident(hiddenDepth, at),
			Right: &ast.BinaryExpression{
				Operator: token.AND,
				Left:     &ast.BinaryExpression{Operator: token.PLUS, Left: ident(hiddenDepth, at), Right: number(1)},
				Right:    number(depthMask),
			},
		},
		Right: callHidden(hiddenDeep, at),
	}
}

// deepFunc returns the function that throws if calls nest too deep.
func (r *Realm) deepFunc() goja.Value {
	if r.deep == nil {
		var frames []goja.StackFrame
		r.deep = r.vm.ToValue(func(goja.FunctionCall) goja.Value {
			// Frames of some built-in calls count but are not captured.
			const window = 256
			frames = r.vm.CaptureCallStack(window, frames[:0])
			limit, nested := deepest, window-len(frames)
			for i := range frames {
				if frames[i].SrcName() == "<native>" {
					nested++
				}
			}
			if nested > window-window/16 {
				return goja.Undefined() // nowhere near a limit
			}
			if nested > window/8 {
				limit = deepestNested
			}
			// The stack is too deep if there is anything below the part that may be.
			frames = r.vm.CaptureCallStack(limit, frames[:0])
			part := len(frames)
			frames = r.vm.CaptureCallStack(0, frames[:0])
			if len(frames) > part {
				frames = nil
				panic(r.newError("RangeError", "Maximum call stack size exceeded"))
			}
			return goja.Undefined()
		})
	}
	return r.deep
}

// cycles tells which names lie on a cycle of calls.
type cycles struct {
	edges   map[unistring.String][]unistring.String
	index   map[unistring.String]int
	low     map[unistring.String]int
	stack   []unistring.String
	onStack map[unistring.String]bool
	inCycle map[unistring.String]bool
}

func newCycles(functions []*function) *cycles {
	c := &cycles{
		edges: map[unistring.String][]unistring.String{}, index: map[unistring.String]int{}, low: map[unistring.String]int{},
		onStack: map[unistring.String]bool{}, inCycle: map[unistring.String]bool{},
	}
	defined := map[unistring.String]bool{}
	for _, f := range functions {
		if f.name != "" {
			defined[f.name] = true
		}
	}
	for _, f := range functions {
		if f.name == "" {
			continue
		}
		for name := range f.calls {
			if defined[name] {
				c.edges[f.name] = append(c.edges[f.name], name)
			}
		}
	}
	for name := range c.edges {
		if _, seen := c.index[name]; !seen {
			c.visit(name)
		}
	}
	return c
}

func (c *cycles) has(name unistring.String) bool { return c.inCycle[name] }

// visit is Tarjan's search for strongly connected components, with a stack of
// its own: a bundle can have chains of thousands of functions.
func (c *cycles) visit(root unistring.String) {
	type step struct {
		name unistring.String
		next int
	}
	push := func(name unistring.String) step {
		c.index[name] = len(c.index)
		c.low[name] = c.index[name]
		c.stack = append(c.stack, name)
		c.onStack[name] = true
		return step{name: name}
	}
	work := []step{push(root)}
	for len(work) > 0 {
		top := &work[len(work)-1]
		if edges := c.edges[top.name]; top.next < len(edges) {
			to := edges[top.next]
			top.next++
			if to == top.name {
				c.inCycle[to] = true
			}
			if _, seen := c.index[to]; !seen {
				work = append(work, push(to))
			} else if c.onStack[to] {
				c.low[top.name] = min(c.low[top.name], c.index[to])
			}
			continue
		}
		name := top.name
		work = work[:len(work)-1]
		if len(work) > 0 {
			parent := work[len(work)-1].name
			c.low[parent] = min(c.low[parent], c.low[name])
		}
		if c.low[name] == c.index[name] {
			c.component(name)
		}
	}
}

// component takes a finished component off the stack.
func (c *cycles) component(root unistring.String) {
	for n := len(c.stack) - 1; ; n-- {
		c.onStack[c.stack[n]] = false
		if c.stack[n] == root {
			if members := c.stack[n:]; len(members) > 1 {
				for _, name := range members {
					c.inCycle[name] = true
				}
			}
			c.stack = c.stack[:n]
			return
		}
	}
}
