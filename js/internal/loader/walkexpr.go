package loader

import "github.com/dop251/goja/ast"

// parts walks what an expression consists of, and moves its own positions.
func (w *walker) parts(e ast.Expression) {
	if w.before != nil && w.before(e) {
		return
	}
	switch e := e.(type) {
	case *ast.Identifier:
		w.move(&e.Idx)
	case *ast.PrivateIdentifier:
		w.move(&e.Idx)
	case *ast.ThisExpression:
		w.move(&e.Idx)
	case *ast.SuperExpression:
		w.move(&e.Idx)
	case *ast.NullLiteral:
		w.move(&e.Idx)
	case *ast.NumberLiteral:
		w.move(&e.Idx)
	case *ast.StringLiteral:
		w.move(&e.Idx)
	case *ast.BooleanLiteral:
		w.move(&e.Idx)
	case *ast.RegExpLiteral:
		w.move(&e.Idx)
	case *ast.MetaProperty:
		w.move(&e.Idx)
		w.ident(e.Meta)
		w.ident(e.Property)
	case *ast.BadExpression:
		w.move(&e.From)
		w.move(&e.To)
	case *ast.FunctionLiteral:
		w.function(e)
	case *ast.ArrowFunctionLiteral:
		w.arrow(e)
	case *ast.ClassLiteral:
		w.class(e)
	case *ast.ObjectLiteral, *ast.ArrayLiteral, *ast.TemplateLiteral, *ast.SpreadElement,
		*ast.ObjectPattern, *ast.ArrayPattern, *ast.PropertyShort, *ast.PropertyKeyed, *ast.Binding:
		w.literal(e)
	default:
		w.operation(e)
	}
}

func (w *walker) operation(e ast.Expression) {
	switch e := e.(type) {
	case *ast.DotExpression:
		e.Left = w.value(e.Left)
		w.move(&e.Identifier.Idx)
	case *ast.PrivateDotExpression:
		e.Left = w.value(e.Left)
		w.move(&e.Identifier.Idx)
	case *ast.BracketExpression:
		w.move(&e.LeftBracket)
		w.move(&e.RightBracket)
		e.Left = w.value(e.Left)
		e.Member = w.value(e.Member)
	case *ast.CallExpression:
		w.move(&e.LeftParenthesis)
		w.move(&e.RightParenthesis)
		w.callee(&e.Callee)
		w.values(e.ArgumentList)
	case *ast.NewExpression:
		w.move(&e.New)
		w.move(&e.LeftParenthesis)
		w.move(&e.RightParenthesis)
		e.Callee = w.value(e.Callee)
		w.values(e.ArgumentList)
	case *ast.AssignExpression:
		w.assigned(e.Left)
		e.Right = w.value(e.Right)
	case *ast.BinaryExpression:
		// Long chains of operators lean to the left: no recursion along them.
		w.binary(e)
	case *ast.ConditionalExpression:
		e.Test = w.value(e.Test)
		e.Consequent = w.value(e.Consequent)
		e.Alternate = w.value(e.Alternate)
	case *ast.UnaryExpression:
		w.move(&e.Idx)
		w.operand(e)
	case *ast.SequenceExpression:
		w.values(e.Sequence)
	case *ast.AwaitExpression:
		w.move(&e.Await)
		e.Argument = w.value(e.Argument)
	case *ast.YieldExpression:
		w.move(&e.Yield)
		e.Argument = w.value(e.Argument)
	case *ast.OptionalChain:
		e.Expression = w.chain(e.Expression)
	case *ast.Optional:
		e.Expression = w.value(e.Expression)
	}
}

func (w *walker) binary(e *ast.BinaryExpression) {
	chain := []*ast.BinaryExpression{e}
	for {
		left, ok := e.Left.(*ast.BinaryExpression)
		if !ok {
			break
		}
		chain = append(chain, left)
		e = left
	}
	e.Left = w.value(e.Left)
	for i := len(chain) - 1; i >= 0; i-- {
		e := chain[i]
		e.Right = w.value(e.Right)
		if i > 0 && w.expr != nil {
			chain[i-1].Left = w.expr(e)
		}
	}
}

// operand walks what a unary operator works on. delete, typeof and the
// increments need a reference there, not a value.
func (w *walker) operand(e *ast.UnaryExpression) {
	switch e.Operator.String() {
	case "++", "--":
		w.assigned(e.Operand)
	case "delete":
		w.target(e.Operand)
	case "typeof":
		if _, ok := e.Operand.(*ast.Identifier); ok {
			w.parts(e.Operand)
			return
		}
		e.Operand = w.value(e.Operand)
	default:
		e.Operand = w.value(e.Operand)
	}
}

// callee walks what is called. A member that is called stays a member: it
// gives the call its this.
func (w *walker) callee(e *ast.Expression) {
	switch (*e).(type) {
	case *ast.DotExpression, *ast.BracketExpression, *ast.PrivateDotExpression, *ast.SuperExpression, *ast.OptionalChain, *ast.Optional:
		w.parts(*e)
	default:
		*e = w.value(*e)
	}
}

// chain walks the inside of an optional chain, whose end must stay a member or
// a call for the chain to be cut short.
func (w *walker) chain(e ast.Expression) ast.Expression {
	return w.value(e)
}

// target walks a place that is assigned to or bound.
func (w *walker) target(e ast.Expression) {
	if e != nil {
		w.parts(e)
	}
}

// assigned walks a place that is assigned to.
func (w *walker) assigned(e ast.Expression) {
	if e != nil && w.assign != nil {
		w.assign(e)
	}
	w.target(e)
}

// literal walks object and array literals and patterns.
func (w *walker) literal(e ast.Expression) {
	switch e := e.(type) {
	case *ast.ObjectLiteral:
		w.move(&e.LeftBrace)
		w.move(&e.RightBrace)
		for _, p := range e.Value {
			w.property(p, true)
		}
	case *ast.ArrayLiteral:
		w.move(&e.LeftBracket)
		w.move(&e.RightBracket)
		w.values(e.Value)
	case *ast.SpreadElement:
		e.Expression = w.value(e.Expression)
	case *ast.TemplateLiteral:
		w.move(&e.OpenQuote)
		w.move(&e.CloseQuote)
		if e.Tag != nil {
			w.callee(&e.Tag)
		}
		for _, el := range e.Elements {
			w.move(&el.Idx)
		}
		w.values(e.Expressions)
	case *ast.ObjectPattern:
		w.move(&e.LeftBrace)
		w.move(&e.RightBrace)
		for _, p := range e.Properties {
			w.property(p, false)
		}
		w.target(e.Rest)
	case *ast.ArrayPattern:
		w.move(&e.LeftBracket)
		w.move(&e.RightBracket)
		for _, el := range e.Elements {
			w.target(el)
		}
		w.target(e.Rest)
	case *ast.Binding:
		w.target(e.Target)
		e.Initializer = w.value(e.Initializer)
	default:
		w.property(e, false)
	}
}

// property walks a member of an object literal (value is set) or pattern.
func (w *walker) property(e ast.Expression, value bool) {
	switch e := e.(type) {
	case *ast.PropertyShort:
		w.move(&e.Name.Idx)
		e.Initializer = w.value(e.Initializer)
	case *ast.PropertyKeyed:
		w.key(&e.Key, e.Computed)
		switch v := e.Value.(type) {
		case *ast.FunctionLiteral:
			w.function(v) // may be a method: it must stay one
		case *ast.AssignExpression:
			if !value { // a default of a pattern
				w.target(v.Left)
				v.Right = w.value(v.Right)
				return
			}
			e.Value = w.value(v)
		default:
			if value {
				e.Value = w.value(v)
			} else {
				w.target(v)
			}
		}
	case *ast.SpreadElement:
		e.Expression = w.value(e.Expression)
	default:
		w.parts(e)
	}
}
