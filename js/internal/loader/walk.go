package loader

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
)

// walker goes through a whole syntax tree, moves every position back by shift
// (the length of text that was put before the author's), and lets its owner
// replace nodes. Depth is bounded by the parser's own recursion.
type walker struct {
	shift file.Idx

	// expr is called with each expression after its parts; what it returns takes
	// the expression's place. It is not called where only a binding or an
	// assignment target can stand. Any of these may be nil.
	expr func(ast.Expression) ast.Expression
	// before is called with each expression before its parts; if it returns
	// true, the walker leaves the expression alone.
	before func(ast.Expression) bool
	// assign is called with each place that is assigned to after its declaration.
	assign func(ast.Expression)
	// iterate is called with what a for-of statement iterates over, bind with each
	// declaration or parameter that has a pattern or a value, after their parts.
	iterate func(*ast.Expression)
	bind    func(target, value ast.Expression)
	// catch is called with each catch clause after its parts.
	catch func(*ast.CatchStatement)
	// method is called with each method of a class after its parts.
	method func(c *ast.ClassLiteral, m *ast.MethodDefinition)
	// enter and leave are called around each function.
	enter func(fn ast.Expression)
	leave func(fn ast.Expression)
}

func (w *walker) move(idx *file.Idx) {
	if *idx > w.shift {
		*idx -= w.shift
	}
}

func (w *walker) stmts(list []ast.Statement) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w *walker) block(b *ast.BlockStatement) {
	if b != nil {
		w.move(&b.LeftBrace)
		w.move(&b.RightBrace)
		w.stmts(b.List)
	}
}

func (w *walker) stmt(s ast.Statement) {
	switch s := s.(type) {
	case *ast.BlockStatement:
		w.block(s)
	case *ast.BranchStatement:
		w.move(&s.Idx)
		w.ident(s.Label)
	case *ast.DebuggerStatement:
		w.move(&s.Debugger)
	case *ast.EmptyStatement:
		w.move(&s.Semicolon)
	case *ast.ExpressionStatement:
		s.Expression = w.value(s.Expression)
	case *ast.LabelledStatement:
		w.ident(s.Label)
		w.move(&s.Colon)
		w.stmt(s.Statement)
	case *ast.ReturnStatement:
		w.move(&s.Return)
		s.Argument = w.value(s.Argument)
	case *ast.ThrowStatement:
		w.move(&s.Throw)
		s.Argument = w.value(s.Argument)
	case *ast.VariableStatement:
		w.move(&s.Var)
		w.bindings(s.List)
	case *ast.LexicalDeclaration:
		w.move(&s.Idx)
		w.bindings(s.List)
	case *ast.FunctionDeclaration:
		w.function(s.Function)
	case *ast.ClassDeclaration:
		w.class(s.Class)
	case *ast.BadStatement:
	default:
		w.compound(s)
	}
}

// compound walks the statements that hold other statements.
func (w *walker) compound(s ast.Statement) {
	switch s := s.(type) {
	case *ast.IfStatement:
		w.move(&s.If)
		s.Test = w.value(s.Test)
		w.stmt(s.Consequent)
		if s.Alternate != nil {
			w.stmt(s.Alternate)
		}
	case *ast.WhileStatement:
		w.move(&s.While)
		s.Test = w.value(s.Test)
		w.stmt(s.Body)
	case *ast.DoWhileStatement:
		w.move(&s.Do)
		w.move(&s.RightParenthesis)
		w.stmt(s.Body)
		s.Test = w.value(s.Test)
	case *ast.WithStatement:
		w.move(&s.With)
		s.Object = w.value(s.Object)
		w.stmt(s.Body)
	case *ast.ForStatement:
		w.move(&s.For)
		w.forInit(s.Initializer)
		s.Test = w.value(s.Test)
		s.Update = w.value(s.Update)
		w.stmt(s.Body)
	case *ast.ForInStatement:
		w.move(&s.For)
		w.forInto(s.Into)
		s.Source = w.value(s.Source)
		w.stmt(s.Body)
	case *ast.ForOfStatement:
		w.move(&s.For)
		w.forInto(s.Into)
		s.Source = w.value(s.Source)
		if w.iterate != nil {
			w.iterate(&s.Source)
		}
		w.stmt(s.Body)
	case *ast.SwitchStatement:
		w.move(&s.Switch)
		w.move(&s.RightBrace)
		s.Discriminant = w.value(s.Discriminant)
		for _, c := range s.Body {
			w.move(&c.Case)
			c.Test = w.value(c.Test)
			w.stmts(c.Consequent)
		}
	case *ast.TryStatement:
		w.move(&s.Try)
		w.block(s.Body)
		if c := s.Catch; c != nil {
			w.move(&c.Catch)
			if c.Parameter != nil {
				w.target(c.Parameter)
			}
			w.block(c.Body)
			if w.catch != nil {
				w.catch(c)
			}
		}
		w.block(s.Finally)
	}
}

func (w *walker) forInit(init ast.ForLoopInitializer) {
	switch init := init.(type) {
	case *ast.ForLoopInitializerExpression:
		init.Expression = w.value(init.Expression)
	case *ast.ForLoopInitializerVarDeclList:
		w.move(&init.Var)
		w.bindings(init.List)
	case *ast.ForLoopInitializerLexicalDecl:
		w.move(&init.LexicalDeclaration.Idx)
		w.bindings(init.LexicalDeclaration.List)
	}
}

func (w *walker) forInto(into ast.ForInto) {
	switch into := into.(type) {
	case *ast.ForIntoVar:
		w.bindings([]*ast.Binding{into.Binding})
	case *ast.ForDeclaration:
		w.move(&into.Idx)
		w.target(into.Target)
	case *ast.ForIntoExpression:
		w.assigned(into.Expression)
	}
}

func (w *walker) bindings(list []*ast.Binding) {
	for _, b := range list {
		w.target(b.Target)
		b.Initializer = w.value(b.Initializer)
		if w.bind != nil {
			w.bind(b.Target, b.Initializer)
		}
	}
}

func (w *walker) ident(id *ast.Identifier) {
	if id != nil {
		w.move(&id.Idx)
	}
}

// declarations moves the lists of var declarations that functions carry. The
// bindings in them are those of the statements, which are walked there.
func (w *walker) declarations(list []*ast.VariableDeclaration) {
	for _, d := range list {
		w.move(&d.Var)
	}
}

func (w *walker) function(f *ast.FunctionLiteral) {
	if w.enter != nil {
		w.enter(f)
	}
	w.move(&f.Function)
	w.ident(f.Name)
	w.params(f.ParameterList)
	w.block(f.Body)
	w.declarations(f.DeclarationList)
	if w.leave != nil {
		w.leave(f)
	}
}

func (w *walker) arrow(f *ast.ArrowFunctionLiteral) {
	if w.enter != nil {
		w.enter(f)
	}
	w.move(&f.Start)
	w.params(f.ParameterList)
	switch body := f.Body.(type) {
	case *ast.BlockStatement:
		w.block(body)
	case *ast.ExpressionBody:
		body.Expression = w.value(body.Expression)
	}
	w.declarations(f.DeclarationList)
	if w.leave != nil {
		w.leave(f)
	}
}

func (w *walker) params(p *ast.ParameterList) {
	if p == nil {
		return
	}
	w.move(&p.Opening)
	w.move(&p.Closing)
	w.bindings(p.List)
	if p.Rest != nil {
		w.target(p.Rest)
	}
}

func (w *walker) class(c *ast.ClassLiteral) {
	w.move(&c.Class)
	w.move(&c.RightBrace)
	w.ident(c.Name)
	c.SuperClass = w.value(c.SuperClass)
	for _, el := range c.Body {
		switch el := el.(type) {
		case *ast.FieldDefinition:
			w.move(&el.Idx)
			w.key(&el.Key, el.Computed)
			el.Initializer = w.value(el.Initializer)
		case *ast.MethodDefinition:
			w.move(&el.Idx)
			w.key(&el.Key, el.Computed)
			w.function(el.Body)
			if w.method != nil && !el.Computed {
				w.method(c, el)
			}
		case *ast.ClassStaticBlock:
			w.move(&el.Static)
			w.block(el.Block)
			w.declarations(el.DeclarationList)
		}
	}
}

// key walks the name of a property. One that is not computed must stay what it
// is.
func (w *walker) key(k *ast.Expression, computed bool) {
	if computed {
		*k = w.value(*k)
		return
	}
	w.parts(*k)
}

// value walks an expression in a place where any expression can stand.
func (w *walker) value(e ast.Expression) ast.Expression {
	if e == nil {
		return nil
	}
	w.parts(e)
	if w.expr != nil {
		return w.expr(e)
	}
	return e
}

func (w *walker) values(list []ast.Expression) {
	for i, e := range list {
		list[i] = w.value(e) // a hole of an array is nil and stays so
	}
}
