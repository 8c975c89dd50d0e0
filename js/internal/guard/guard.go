// Package guard keeps single operations of a guest from taking the process
// down. goja's built-ins allocate and loop as they are told: 'x'.repeat(2**40)
// ends the program for lack of memory, Array(2**32-1).fill(0) runs for minutes
// and cannot be interrupted. With the guard they throw the RangeErrors that V8
// throws, or run as JavaScript, which can be interrupted.
//
// goja makes the functions of a realm when they are first used, from templates
// that all realms share. The guard changes the templates, once, before there is
// any realm: a guarded realm costs nothing more than an entry in a table, and a
// function that is never used is never wrapped. If goja is not laid out as the
// guard knows it, Install wraps the functions of the one realm instead.
package guard

import (
	"math"
	"runtime"
	"sync"
	"weak"

	"github.com/dop251/goja"
)

// maxString is V8's limit on the length of a string, in UTF-16 units.
const maxString = 0x1fffffe8

// defaultLimit is the limit of realms that Install has not seen.
const defaultLimit = 512 << 20

// limits has the memory limits by realm. Entries go when the realm is collected.
var limits sync.Map // weak.Pointer[goja.Runtime] -> int64

// Install guards a realm. limit is the function's memory in bytes; no string or
// ArrayBuffer can be larger. It must be called before the realm runs any code.
func Install(vm *goja.Runtime, limit int64) {
	if limit <= 0 {
		limit = defaultLimit
	}
	key := weak.Make(vm)
	limits.Store(key, limit)
	runtime.AddCleanup(vm, func(key weak.Pointer[goja.Runtime]) { limits.Delete(key) }, key)
	if !shared {
		wrapOne(vm)
	}
}

// realm is what the wrappers of one realm share.
type realm struct {
	vm    *goja.Runtime
	limit int64
	// depth counts nested calls of the natives that call themselves without
	// the VM noticing.
	depth int
	loops *goja.Object // the JavaScript versions, once they are needed
}

// realmOf makes the state for one wrapper.
func realmOf(vm *goja.Runtime) *realm {
	r := &realm{vm: vm, limit: defaultLimit}
	if l, ok := limits.Load(weak.Make(vm)); ok {
		r.limit = l.(int64)
	}
	return r
}

// maxText is the length that a string may have.
func (r *realm) maxText() int64 { return min(maxString, r.limit) }

func (r *realm) rangeError(text string) *goja.Object {
	if ctor, ok := goja.AssertConstructor(r.vm.GlobalObject().Get("RangeError")); ok {
		if e, err := ctor(nil, r.vm.ToValue(text)); err == nil {
			return e
		}
	}
	return r.vm.NewTypeError(text)
}

func (r *realm) stringTooLong() { panic(r.rangeError("Invalid string length")) }
func (r *realm) tooDeep()       { panic(r.rangeError("Maximum call stack size exceeded")) }

// toLength is ToLength of the language.
func toLength(v goja.Value) int64 {
	if v == nil {
		return 0
	}
	f := v.ToNumber().ToFloat()
	switch {
	case math.IsNaN(f) || f <= 0:
		return 0
	case f >= 1<<53-1:
		return 1<<53 - 1
	}
	return int64(f)
}
