// Package errors is the core module "internal/errors": how the modules that are
// written in JavaScript make Node's errors and check their arguments. Guests
// cannot require it.
package errors

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

//go:embed errors.js
var source string

var script = module.NewScript("node:internal/errors", bridge.Params, source)

// Load is the module's loader.
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	native := vm.NewObject()
	bridge.Method(vm, native, "brand", 2, func(call goja.FunctionCall) goja.Value {
		if e, ok := call.Argument(0).(*goja.Object); ok {
			nodeerr.Brand(vm, e, call.Argument(1).String())
		}
		return goja.Undefined()
	})
	bridge.Method(vm, native, "received", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(nodeerr.Received(h, call.Argument(0)))
	})
	bridge.Method(vm, native, "argTypeText", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(nodeerr.The(call.Argument(0).String()))
	})
	bridge.Method(vm, native, "invalidArgValue", 3, func(call goja.FunctionCall) goja.Value {
		reason := "is invalid"
		if r := call.Argument(2); !goja.IsUndefined(r) {
			reason = r.String()
		}
		return nodeerr.InvalidArgValue(h, call.Argument(0).String(), call.Argument(1), reason)
	})
	bridge.Method(vm, native, "outOfRange", 3, func(call goja.FunctionCall) goja.Value {
		return nodeerr.OutOfRange(h, call.Argument(0).String(), call.Argument(1).String(), call.Argument(2))
	})
	return bridge.Load(h, script, native)
}
