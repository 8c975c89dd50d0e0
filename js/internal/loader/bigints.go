package loader

import (
	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"

	"github.com/lambent-run/lambent/js/internal/guard"
	"github.com/lambent-run/lambent/js/module"
)

// A single ** or << of BigInts can ask for more memory than any machine has,
// and the process would end. So where the right operand is not a number
// literal, with which a BigInt cannot be mixed anyway, the operator asks first.
const (
	hiddenPow   = " pow"
	hiddenShift = " shift"
)

// bigScript makes what the hidden calls call. check throws if x ** y is too
// large, checkShift if x << y is for any x.
var bigScript = module.NewScript("node:internal/bigints", "check, checkShift", `
// An object becomes the number or BigInt that the operator would take it for.
const numeric = (x) => (typeof x === 'object' || typeof x === 'function' ? -(-x) : x);
return [
  (x, y) => {
    x = numeric(x);
    y = numeric(y);
    if (typeof x === 'bigint') check(x, y);
    return x ** y;
  },
  (y) => {
    y = numeric(y);
    if (typeof y === 'bigint') checkShift(y);
    return y;
  },
];`)

// boundBig puts the hidden calls in.
func (h *hooks) boundBig(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.BinaryExpression:
		if isNumber(e.Left) || isNumber(e.Right) {
			return e
		}
		switch e.Operator {
		case token.EXPONENT:
			return h.bigCall(hiddenPow, e.Idx0(), e.Left, e.Right)
		case token.SHIFT_LEFT, token.SHIFT_RIGHT:
			e.Right = h.bigCall(hiddenShift, e.Right.Idx0(), e.Right)
		}
	case *ast.AssignExpression:
		if isNumber(e.Right) {
			return e
		}
		switch e.Operator {
		case token.EXPONENT:
			id, ok := e.Left.(*ast.Identifier)
			if !ok {
				// The place must not be evaluated twice. No exponent of a BigInt
				// that this lets pass makes more than some MB of a word.
				e.Right = h.bigCall(hiddenShift, e.Right.Idx0(), e.Right)
				return e
			}
			e.Operator = token.ASSIGN
			e.Right = h.bigCall(hiddenPow, e.Right.Idx0(), &ast.Identifier{Name: id.Name, Idx: id.Idx}, e.Right)
		case token.SHIFT_LEFT, token.SHIFT_RIGHT:
			e.Right = h.bigCall(hiddenShift, e.Right.Idx0(), e.Right)
		}
	}
	return e
}

func isNumber(e ast.Expression) bool {
	n, ok := e.(*ast.NumberLiteral)
	if !ok {
		return false
	}
	switch n.Value.(type) {
	case int64, float64:
		return true
	}
	return false // a BigInt
}

func (h *hooks) bigCall(name string, at file.Idx, args ...ast.Expression) ast.Expression {
	h.big = true
	return callHidden(name, at, args...)
}

// bigFuncs returns the values of hiddenPow and hiddenShift.
func (r *Realm) bigFuncs() (pow, shift goja.Value) {
	if r.pow == nil {
		check := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			guard.CheckPow(r.vm, call.Argument(0), call.Argument(1))
			return goja.Undefined()
		})
		checkShift := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			guard.CheckDistance(r.vm, call.Argument(0))
			return goja.Undefined()
		})
		made := bigScript.Run(r.vm, check, checkShift).ToObject(r.vm)
		r.pow, r.shift = made.Get("0"), made.Get("1")
	}
	return r.pow, r.shift
}
