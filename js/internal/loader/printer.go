package loader

import (
	"fmt"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// intermediate is what V8 calls a value that no short text names.
const intermediate = "(intermediate value)"

// maxPrinted bounds how deep and long an expression is printed.
const maxPrinted = 40

// printed returns an expression as V8 names it in messages such as "a.b is not
// a function".
func printed(e ast.Expression) string { return printAt(e, maxPrinted) }

func printAt(e ast.Expression, depth int) string {
	if depth == 0 {
		return intermediate
	}
	depth--
	switch e := e.(type) {
	case *ast.Identifier:
		return strings.TrimPrefix(e.Name.String(), authored)
	case *ast.ThisExpression:
		return "this"
	case *ast.DotExpression:
		if name, ok := imported(e); ok {
			return name
		}
		return printChain(e.Left, ".", depth) + e.Identifier.Name.String()
	case *ast.PrivateDotExpression:
		return printAt(e.Left, depth) + "[#" + e.Identifier.Name.String() + "]"
	case *ast.BracketExpression:
		if s, ok := e.Member.(*ast.StringLiteral); ok {
			return printChain(e.Left, ".", depth) + s.Value.String()
		}
		left := printChain(e.Left, "", depth)
		return left + "[" + printAt(e.Member, depth) + "]"
	case *ast.OptionalChain:
		return printAt(e.Expression, depth)
	case *ast.Optional:
		return printAt(e.Expression, depth)
	case *ast.CallExpression:
		return printAt(e.Callee, depth) + "(...)"
	case *ast.NewExpression:
		return "new " + printAt(e.Callee, depth) + "(...)"
	case *ast.SequenceExpression:
		return printSequence(e, depth)
	case *ast.UnaryExpression:
		return printUnary(e, depth)
	case *ast.BinaryExpression:
		return "(" + printAt(e.Left, depth) + " " + e.Operator.String() + " " + printAt(e.Right, depth) + ")"
	}
	return printLiteral(e)
}

// imported returns the name of an import, which the transformed code reads
// from a namespace: import_x.name.
func imported(e *ast.DotExpression) (string, bool) {
	id, ok := e.Left.(*ast.Identifier)
	if !ok || !strings.HasPrefix(string(id.Name), "import_") {
		return "", false
	}
	return e.Identifier.Name.String(), true
}

func printChain(left ast.Expression, dot string, depth int) string {
	switch left := left.(type) {
	case *ast.Optional:
		return printAt(left.Expression, depth) + "?."
	case *ast.SuperExpression:
		return intermediate + dot
	}
	return printAt(left, depth) + dot
}

// printSequence prints (0 , f), but the import f where the transformed code
// has (0, import_x.f).
func printSequence(e *ast.SequenceExpression, depth int) string {
	if len(e.Sequence) == 2 {
		if dot, ok := e.Sequence[1].(*ast.DotExpression); ok {
			if name, ok := imported(dot); ok {
				return name
			}
		}
	}
	parts := make([]string, len(e.Sequence))
	for i, x := range e.Sequence {
		parts[i] = printAt(x, depth)
	}
	return "(" + strings.Join(parts, " , ") + ")"
}

func printUnary(e *ast.UnaryExpression, depth int) string {
	op := e.Operator.String()
	if e.Postfix {
		return "(" + printAt(e.Operand, depth) + op + ")"
	}
	switch e.Operator {
	case token.TYPEOF, token.VOID, token.DELETE:
		op += " "
	}
	return "(" + op + printAt(e.Operand, depth) + ")"
}

func printLiteral(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.NullLiteral:
		return "null"
	case *ast.BooleanLiteral:
		return fmt.Sprint(e.Value)
	case *ast.NumberLiteral:
		return e.Literal
	case *ast.StringLiteral:
		return `"` + e.Value.String() + `"`
	case *ast.ObjectLiteral:
		if len(e.Value) == 0 {
			return "{}"
		}
		return "{" + intermediate + "}"
	case *ast.ArrayLiteral:
		return "[]"
	}
	return intermediate
}
