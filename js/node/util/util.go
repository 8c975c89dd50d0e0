// Package util is the core module "util". Inspecting and formatting are done in
// Go by internal/inspect, the rest is JavaScript; util/types has its own loader.
package util

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/inspect"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

//go:embed util.js
var source string

var script = module.NewScript("node:util", bridge.Params, source)

// Load is the loader of "util".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	in := inspect.New(h)
	native := vm.NewObject()
	inspectFn := bridge.Function(vm, "inspect", 2, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(in.Inspect(call.Argument(0), inspectOptions(in, call)))
	})
	in.SetInspect(inspectFn)
	_ = native.Set("inspect", inspectFn)
	_ = native.Set("custom", in.Custom())
	bridge.Method(vm, native, "format", 0, func(call goja.FunctionCall) goja.Value {
		if len(call.Arguments) == 1 {
			if s, ok := call.Arguments[0].(goja.String); ok {
				return s
			}
		}
		return vm.ToValue(in.Format(call.Arguments, nil))
	})
	bridge.Method(vm, native, "formatWithOptions", 1, func(call goja.FunctionCall) goja.Value {
		if _, ok := call.Argument(0).(*goja.Object); !ok {
			panic(nodeerr.InvalidArgType(h, "inspectOptions", "of type object", call.Argument(0)))
		}
		opts := in.ParseOptions(*in.DefaultOptions(), call.Argument(0))
		return vm.ToValue(in.Format(call.Arguments[1:], &opts))
	})
	bridge.Method(vm, native, "getStringWidth", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(inspect.Columns(call.Argument(0).String()))
	})
	bridge.Method(vm, native, "usv", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(call.Argument(0).String()) // Go's strings hold no lone surrogates
	})
	bridge.Method(vm, native, "setDefaults", 1, func(call goja.FunctionCall) goja.Value {
		*in.DefaultOptions() = in.ParseOptions(*in.DefaultOptions(), call.Argument(0))
		return goja.Undefined()
	})
	return bridge.Load(h, script, native)
}

// inspectOptions reads inspect(value, options) and the old form
// inspect(value, showHidden, depth, colors).
func inspectOptions(in *inspect.Inspector, call goja.FunctionCall) inspect.Options {
	opts := *in.DefaultOptions()
	second := call.Argument(1)
	if b, ok := second.Export().(bool); ok {
		opts.ShowHidden = b
		legacy := in.NewLegacyOptions(call.Argument(2), call.Argument(3))
		return in.ParseOptions(opts, legacy)
	}
	if _, ok := second.(*goja.Object); !ok && len(call.Arguments) > 2 {
		legacy := in.NewLegacyOptions(call.Argument(2), call.Argument(3))
		return in.ParseOptions(opts, legacy)
	}
	return in.ParseOptions(opts, second)
}
