package guard

import (
	"math"
	"math/big"
	"strings"

	"github.com/dop251/goja"
)

// textOf converts this or an argument of a string function, once, so that the
// function itself does not convert it again.
func textOf(v goja.Value) goja.String {
	if s, ok := v.(goja.String); ok {
		return s
	}
	if s, ok := v.ToString().(goja.String); ok {
		return s
	}
	var b goja.StringBuilder
	b.WriteUTF8String(v.String())
	return b.String()
}

func isNil(v goja.Value) bool { return v == nil || goja.IsUndefined(v) || goja.IsNull(v) }

// number is ToNumber of an argument, for checks: what is not a number is 0.
func number(v goja.Value) float64 {
	if f := v.ToNumber().ToFloat(); !math.IsNaN(f) {
		return f
	}
	return 0
}

// repeat guards String.prototype.repeat.
func repeat(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 0 && !isNil(c.This) {
			s, n := textOf(c.This), c.Arguments[0].ToNumber()
			if f := number(n); f > 0 && !math.IsInf(f, 0) && f*float64(s.Length()) > float64(r.maxText()) {
				r.stringTooLong()
			}
			c.This, c.Arguments = s, []goja.Value{n}
		}
		return old(c)
	}
}

// pad guards padStart and padEnd.
func pad(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if len(c.Arguments) > 0 && !isNil(c.This) {
			s, n := textOf(c.This), c.Arguments[0].ToNumber()
			args := append([]goja.Value{n}, c.Arguments[1:]...)
			if f := number(n); f > float64(r.maxText()) && f > float64(s.Length()) {
				if len(args) < 2 || goja.IsUndefined(args[1]) || textOf(args[1]).Length() > 0 {
					r.stringTooLong()
				}
			}
			c.This, c.Arguments = s, args
		}
		return old(c)
	}
}

// concatStrings guards String.prototype.concat.
func concatStrings(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if isNil(c.This) {
			return old(c)
		}
		s := textOf(c.This)
		total := int64(s.Length())
		args := make([]goja.Value, len(c.Arguments))
		for i, v := range c.Arguments {
			t := textOf(v)
			args[i] = t
			if total += int64(t.Length()); total > r.maxText() {
				r.stringTooLong()
			}
		}
		return old(goja.FunctionCall{This: s, Arguments: args})
	}
}

// replace guards String.prototype.replace and replaceAll.
func replace(all bool) wrapper {
	return func(r *realm, old native) native {
		return func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) < 2 || isNil(c.This) {
				return old(c)
			}
			s, ok := c.This.(goja.String)
			if !ok || s.Length() < 1024 && !isLong(c.Arguments[1]) {
				return old(c) // at most a thousand times something short
			}
			if fn, ok := goja.AssertFunction(c.Arguments[1]); ok {
				c.Arguments = []goja.Value{c.Arguments[0], r.countingReplacer(int64(s.Length()), fn)}
				return old(c)
			}
			by := textOf(c.Arguments[1])
			c.Arguments = []goja.Value{c.Arguments[0], by}
			once := r.expanded(by, s)
			pattern, plain := c.Arguments[0].(goja.String)
			matches := int64(1)
			switch {
			case plain && all:
				matches = occurrences(s.String(), pattern.String())
			case !plain:
				matches = int64(s.Length()) + 1
			}
			if int64(s.Length())+mul(matches, once) > r.maxText() {
				if !plain {
					matches = r.countMatches(old, c, s)
				}
				if int64(s.Length())+mul(matches, once) > r.maxText() {
					r.stringTooLong()
				}
			}
			return old(c)
		}
	}
}

// isLong reports whether one replacement may be long. Functions may.
func isLong(v goja.Value) bool {
	s, ok := v.(goja.String)
	return !ok || s.Length() > 4096
}

func mul(a, b int64) int64 {
	if a > 0 && b > math.MaxInt64/4/a {
		return math.MaxInt64 / 4
	}
	return a * b
}

// expanded bounds the length of one replacement, in which $&, $1 and the like
// stand for parts of the string.
func (r *realm) expanded(by, s goja.String) int64 {
	text := by.String()
	n := int64(by.Length())
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '$' && strings.IndexByte("&`'0123456789<", text[i+1]) >= 0 {
			n += int64(s.Length())
		}
	}
	return n
}

func occurrences(s, pattern string) int64 {
	return int64(strings.Count(s, pattern))
}

// countMatches lets the replacement run with a function that replaces nothing,
// to see how often it is called.
func (r *realm) countMatches(old native, c goja.FunctionCall, s goja.String) int64 {
	n := int64(0)
	pattern, isObject := c.Arguments[0].(*goja.Object)
	var last goja.Value
	if isObject {
		last = pattern.Get("lastIndex")
	}
	old(goja.FunctionCall{This: s, Arguments: []goja.Value{c.Arguments[0], r.vm.ToValue(func(goja.FunctionCall) goja.Value {
		n++
		return r.vm.ToValue("")
	})}})
	if isObject && last != nil {
		_ = pattern.Set("lastIndex", last)
	}
	return n
}

// countingReplacer wraps a replacer so that it throws when all that it has
// returned is too long.
func (r *realm) countingReplacer(total int64, fn goja.Callable) goja.Value {
	return r.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		v, err := fn(c.This, c.Arguments...)
		if err != nil {
			panic(err)
		}
		s := textOf(v)
		if total += int64(s.Length()); total > r.maxText() {
			r.stringTooLong()
		}
		return s
	})
}

// split guards String.prototype.split: an element takes many times the memory
// of a character.
func split(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		s, ok := c.This.(goja.String)
		if ok && s.Length() > 1<<20 {
			parts := int64(s.Length())
			if sep, plain := c.Argument(0).(goja.String); plain && sep.Length() > 0 {
				parts = occurrences(s.String(), sep.String())
			}
			if limit := c.Argument(1); !goja.IsUndefined(limit) {
				parts = min(parts, limit.ToInteger())
			}
			if parts > max(r.limit/8, 1<<22) {
				panic(r.rangeError("Invalid array length"))
			}
		}
		return old(c)
	}
}

// raw guards String.raw: its loop goes by a length that may be anything.
func raw(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if cooked, ok := c.Argument(0).(*goja.Object); ok {
			list := cooked.Get("raw")
			if n, filled, ok := known(list); !ok || !filled && n > 1024 {
				return r.javaScript("raw", c)
			}
		}
		return old(c)
	}
}

// asN guards BigInt.asIntN (signed) and asUintN, which make a number of as many
// bits as they are told.
func asN(signed bool) wrapper {
	return func(r *realm, old native) native {
		return func(c goja.FunctionCall) goja.Value {
			if len(c.Arguments) < 2 {
				return old(c)
			}
			bits := c.Arguments[0].ToNumber()
			if f := number(bits); f > 1<<16 && f <= 1<<53-1 {
				n, ok := c.Arguments[1].Export().(*big.Int)
				if ok && goja.IsBigInt(c.Arguments[1]) && float64(n.BitLen()) < f && (signed || n.Sign() >= 0) {
					return c.Arguments[1]
				}
				if f > maxBigBits {
					panic(r.rangeError("Maximum BigInt size exceeded"))
				}
			}
			return old(goja.FunctionCall{This: c.This, Arguments: append([]goja.Value{bits}, c.Arguments[1:]...)})
		}
	}
}

// maxBigBits is how many bits a BigInt may have. V8 allows 2^30, with which one
// multiplication takes minutes here.
const maxBigBits = 1 << 24

// maxBigDigits is the length of text that BigInt() reads.
const maxBigDigits = 1 << 22

// parseBigInt guards BigInt(text).
func parseBigInt(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if s, ok := c.Argument(0).(goja.String); ok && s.Length() > maxBigDigits {
			panic(r.rangeError("Maximum BigInt size exceeded"))
		}
		return old(c)
	}
}
