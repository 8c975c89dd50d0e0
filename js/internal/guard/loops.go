package guard

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

//go:embed loops.js
var loopsSource string

// loops are the functions of Array.prototype in JavaScript: slower, but the VM
// can be interrupted between any two of their steps.
var loops = module.NewScript("node:internal/loops", "RangeError, TypeError", loopsSource)

// javaScript runs the JavaScript version of a function.
func (r *realm) javaScript(name string, c goja.FunctionCall) goja.Value {
	if r.loops == nil {
		global := r.vm.GlobalObject()
		r.loops = loops.Run(r.vm, global.Get("RangeError"), global.Get("TypeError")).ToObject(r.vm)
	}
	fn, ok := goja.AssertFunction(r.loops.Get(name))
	if !ok {
		panic(r.vm.NewTypeError(name + " is not a function"))
	}
	v, err := fn(c.This, c.Arguments...)
	if err != nil {
		panic(err)
	}
	return v
}
