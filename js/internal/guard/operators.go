package guard

import (
	"math/big"
	"time"

	"github.com/dlclark/regexp2/v2"
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

// CheckShift throws if x << y is a BigInt that is too large to compute. For
// x >> y, pass the negative of y.
func CheckShift(vm *goja.Runtime, x, y goja.Value) {
	a, b, ok := bigs(x, y)
	if !ok || b.Sign() <= 0 || a.Sign() == 0 {
		return
	}
	if !b.IsInt64() || b.Int64() > maxBigBits || b.Int64()+int64(a.BitLen()) > maxBigBits {
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

// patternTime is how long a regular expression that backtracks may search
// before it gives up and finds nothing. No function can be interrupted in the
// middle of a search, so this bounds how long one outlives its timeout.
const patternTime = 5 * time.Second

var _ = func() bool {
	regexp2.DefaultMatchTimeout = patternTime
	return true
}()
