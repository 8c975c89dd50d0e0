package guard

import (
	"math/big"

	"github.com/dop251/goja"
)

// Operators cannot be wrapped. Who compiles a guest's code can have it call
// these functions in place of ** and <<.

// CheckPow throws if x ** y is a BigInt that is too large to compute.
func CheckPow(vm *goja.Runtime, x, y goja.Value) {
	a, b, ok := bigs(x, y)
	if !ok || b.Sign() <= 0 || a.BitLen() <= 1 {
		return
	}
	if !b.IsInt64() || mul(b.Int64(), int64(a.BitLen()-1)) > maxBigBits {
		panic(realmOf(vm).rangeError("Maximum BigInt size exceeded"))
	}
}

// CheckDistance throws if x << y is a BigInt that is too large to compute for any
// x, or x >> y, which goes the other way for a negative y.
func CheckDistance(vm *goja.Runtime, y goja.Value) {
	if d, ok := y.Export().(*big.Int); ok && (!d.IsInt64() || d.Int64() > maxBigBits || d.Int64() < -maxBigBits) {
		panic(realmOf(vm).rangeError("Maximum BigInt size exceeded"))
	}
}

func bigs(x, y goja.Value) (a, b *big.Int, ok bool) {
	if !goja.IsBigInt(x) || !goja.IsBigInt(y) {
		return nil, nil, false
	}
	a, ok1 := x.Export().(*big.Int)
	b, ok2 := y.Export().(*big.Int)
	return a, b, ok1 && ok2
}
