package loader

import (
	"strconv"

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
	hiddenPow    = " pow"
	hiddenPowIn  = " powIn"
	hiddenShift  = " shift"
	hiddenNumber = " number"
)

// bigParams are the hidden parameters for these calls, in the order of what
// bigScript returns.
var bigParams = []string{hiddenPow, hiddenPowIn, hiddenShift, hiddenNumber}

// bigScript makes what the hidden calls call. check throws if x ** y is too
// large, checkShift if x << y is for any x.
var bigScript = module.NewScript("node:internal/bigints", "check, checkShift", `
// An object becomes the number or BigInt that the operator would take it for.
const numeric = (x) => (typeof x === 'object' || typeof x === 'function' ? -(-x) : x);
const pow = (x, y) => {
  x = numeric(x);
  y = numeric(y);
  if (typeof x === 'bigint') check(x, y);
  return x ** y;
};
return [
  pow,
  (object, key, y) => (object[key] = pow(object[key], y)),
  (y) => {
    y = numeric(y);
    if (typeof y === 'bigint') checkShift(y);
    return y;
  },
  (y) => {
    y = numeric(y);
    if (typeof y === 'bigint') throw new RangeError('Lambent does not support **= with a BigInt on a private member or one of super');
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
			return h.assignPow(e)
		case token.SHIFT_LEFT, token.SHIFT_RIGHT:
			e.Right = h.bigCall(hiddenShift, e.Right.Idx0(), e.Right)
		}
	}
	return e
}

// assignPow replaces left **= right. A place may be evaluated only once.
func (h *hooks) assignPow(e *ast.AssignExpression) ast.Expression {
	at := e.Right.Idx0()
	switch left := e.Left.(type) {
	case *ast.Identifier:
		e.Operator = token.ASSIGN
		e.Right = h.bigCall(hiddenPow, at, &ast.Identifier{Name: left.Name, Idx: left.Idx}, e.Right)
		return e
	case *ast.DotExpression:
		if _, super := left.Left.(*ast.SuperExpression); !super {
			key := &ast.StringLiteral{Idx: at, Value: left.Identifier.Name}
			return h.bigCall(hiddenPowIn, at, left.Left, key, e.Right)
		}
	case *ast.BracketExpression:
		if _, super := left.Left.(*ast.SuperExpression); !super {
			return h.bigCall(hiddenPowIn, at, left.Left, left.Member, e.Right)
		}
	}
	// A private member or one of super: only code of its class can reach it, so
	// the exponent is refused here if it is a BigInt at all.
	e.Right = h.bigCall(hiddenNumber, at, e.Right)
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

// bigFuncs returns the values of bigParams.
func (r *Realm) bigFuncs() []goja.Value {
	if r.big == nil {
		check := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			guard.CheckPow(r.vm, call.Argument(0), call.Argument(1))
			return goja.Undefined()
		})
		checkShift := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			guard.CheckDistance(r.vm, call.Argument(0))
			return goja.Undefined()
		})
		made := bigScript.Run(r.vm, check, checkShift).ToObject(r.vm)
		for i := range bigParams {
			r.big = append(r.big, made.Get(strconv.Itoa(i)))
		}
	}
	return r.big
}
