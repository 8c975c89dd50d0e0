// Package bridge joins the two halves of a core module: the part written in
// JavaScript (a module.Script) and the part written in Go. It leaves it to each
// module which part does what.
package bridge

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Params are the parameters of every script run by Load: the object to fill,
// the function that returns other core modules, and the module's Go half.
const Params = "exports, require, native"

// Load runs a script whose parameters are Params and returns its exports: what
// the script returns if that is an object, else the object it was given. native
// may be nil.
func Load(h module.Host, s *module.Script, native *goja.Object) *goja.Object {
	exports := h.VM().NewObject()
	if res, ok := Extend(h, s, exports, native).(*goja.Object); ok {
		return res
	}
	return exports
}

// Extend runs a script that adds to exports made before, and returns what the
// script returns.
func Extend(h module.Host, s *module.Script, exports, native *goja.Object) goja.Value {
	vm := h.VM()
	require := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		return h.Require(call.Argument(0).String())
	})
	var third goja.Value = goja.Undefined()
	if native != nil {
		third = native
	}
	return s.Run(vm, exports, require, third)
}

// Func is a JavaScript function written in Go.
type Func = func(goja.FunctionCall) goja.Value

// Function makes a function with a name and a length, as Node's own have.
func Function(vm *goja.Runtime, name string, length int, fn Func) *goja.Object {
	f := vm.ToValue(fn).(*goja.Object)
	_ = f.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	if length != 0 {
		_ = f.DefineDataProperty("length", vm.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	return f
}

// Method adds a function to obj, enumerable as Node's exports are.
func Method(vm *goja.Runtime, obj *goja.Object, name string, length int, fn Func) {
	_ = obj.Set(name, Function(vm, name, length, fn))
}

// Native returns the Go function behind the value at a path of properties from
// the global object, such as "Object", "getOwnPropertyDescriptor". It is called
// without the cost of a call from Go, and panics with whatever it throws. If
// the guest has put something there that is no function, the result returns
// undefined: a realm that its own code has broken stays broken, not dangerous.
func Native(vm *goja.Runtime, path ...string) Func {
	var v goja.Value = vm.GlobalObject()
	for _, name := range path {
		o, ok := v.(*goja.Object)
		if !ok {
			return undefined
		}
		v = o.Get(name)
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return undefined
	}
	if fn, ok := o.Export().(func(goja.FunctionCall) goja.Value); ok {
		return fn
	}
	return undefined
}

func undefined(goja.FunctionCall) goja.Value { return goja.Undefined() }

// Call calls a JavaScript function from Go code that runs inside JavaScript:
// what it throws panics on.
func Call(fn goja.Callable, this goja.Value, args ...goja.Value) goja.Value {
	v, err := fn(this, args...)
	if err != nil {
		panic(err)
	}
	return v
}
