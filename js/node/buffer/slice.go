package buffer

import (
	"fmt"
	"math"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// sliceMethods are the methods that share, copy or overwrite memory.
var sliceMethods = map[string]method{
	"slice":    {2, subarray},
	"subarray": {2, subarray},
	"copy":     {4, copyBytes},
	"fill":     {4, fillBytes},
	"swap16":   {0, func(a *API, self []byte, c goja.FunctionCall) goja.Value { return a.swap(self, c.This, 2) }},
	"swap32":   {0, func(a *API, self []byte, c goja.FunctionCall) goja.Value { return a.swap(self, c.This, 4) }},
	"swap64":   {0, func(a *API, self []byte, c goja.FunctionCall) goja.Value { return a.swap(self, c.This, 8) }},
}

// relative converts an index that counts from the end if it is negative.
func relative(v goja.Value, unset, n int) int {
	if goja.IsUndefined(v) {
		return unset
	}
	at := clamp(v.ToFloat(), n)
	if at < 0 {
		at = max(0, at+n)
	}
	return at
}

func subarray(a *API, self []byte, c goja.FunctionCall) goja.Value {
	from := relative(c.Argument(0), 0, len(self))
	to := relative(c.Argument(1), len(self), len(self))
	return a.slice(c.This.(*goja.Object), from, max(from, to))
}

// index converts an index argument of copy as Node does: no fractions, and out
// of range is an error.
func (a *API) index(name string, v goja.Value, unset int) int {
	if goja.IsUndefined(v) {
		return unset
	}
	f := v.ToFloat()
	switch {
	case math.IsNaN(f):
		return 0
	case f < 0:
		nodeerr.Range(a.host, name, ">= 0", v)
	case f > math.MaxInt32*2:
		return math.MaxInt32
	}
	return int(f)
}

func copyBytes(a *API, self []byte, c goja.FunctionCall) goja.Value {
	target, ok := a.Bytes(c.Argument(0))
	if !ok {
		nodeerr.ArgType(a.host, "target", "an instance of Buffer or Uint8Array", c.Argument(0))
	}
	at := a.index("targetStart", c.Argument(1), 0)
	if v := c.Argument(2); !goja.IsUndefined(v) && v.ToFloat() < 0 {
		nodeerr.Range(a.host, "sourceStart", fmt.Sprintf(">= 0 && <= %d", len(self)), v)
	}
	from := a.index("sourceStart", c.Argument(2), 0)
	if from > len(self) {
		nodeerr.Range(a.host, "sourceStart", fmt.Sprintf(">= 0 && <= %d", len(self)), c.Argument(2))
	}
	to := a.index("sourceEnd", c.Argument(3), len(self))
	if at >= len(target) || from >= to {
		return a.vm.ToValue(0)
	}
	return a.vm.ToValue(copy(target[at:], self[from:min(to, len(self))]))
}

// fillBytes is buf.fill(value[, offset[, end]][, encoding]).
func fillBytes(a *API, self []byte, c goja.FunctionCall) goja.Value {
	value, start, end, encoding := c.Argument(0), c.Argument(1), c.Argument(2), c.Argument(3)
	if goja.IsString(value) {
		if goja.IsString(start) {
			encoding, start, end = start, goja.Undefined(), goja.Undefined()
		} else if goja.IsString(end) {
			encoding, end = end, goja.Undefined()
		}
	}
	from := a.bounded("offset", start, 0, MaxLength)
	to := a.bounded("end", end, len(self), len(self))
	if from < to {
		a.fillWith(self[from:to], value, encoding)
	}
	return c.This
}

// fillWith repeats value over dst.
func (a *API) fillWith(dst []byte, value, encoding goja.Value) {
	var pattern []byte
	if goja.IsString(value) {
		pattern = a.EncodingOf(encoding).AppendText(nil, value)
		if len(pattern) == 0 {
			if value.String() != "" {
				nodeerr.ArgValue(a.host, "value", value)
			}
			pattern = []byte{0}
		}
	} else if b, ok := a.Bytes(value); ok {
		if len(b) == 0 {
			nodeerr.Throw(a.vm, "TypeError", "ERR_INVALID_ARG_VALUE", "The argument 'value' is invalid. Received <Buffer >")
		}
		pattern = append([]byte(nil), b[:min(len(b), len(dst))]...)
	} else {
		pattern = []byte{byte(toInt(value))}
	}
	if len(pattern) == 1 && pattern[0] == 0 {
		clear(dst)
		return
	}
	for n := copy(dst, pattern); n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// toInt is ToInt32 for those who keep the low bits.
func toInt(v goja.Value) int64 {
	f := v.ToNumber().ToFloat()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return int64(math.Mod(math.Trunc(f), 1<<32))
}

func (a *API) swap(self []byte, this goja.Value, n int) goja.Value {
	if len(self)%n != 0 {
		nodeerr.Throw(a.vm, "RangeError", "ERR_INVALID_BUFFER_SIZE", "Buffer size must be a multiple of %d-bits", 8*n)
	}
	for i := 0; i < len(self); i += n {
		for lo, hi := i, i+n-1; lo < hi; lo, hi = lo+1, hi-1 {
			self[lo], self[hi] = self[hi], self[lo]
		}
	}
	return this
}
