// Package asynchooks is the core module "async_hooks": AsyncLocalStorage and
// AsyncResource on top of internal/asyncctx.
package asynchooks

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/asyncctx"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed async_hooks.js
var source string

var script = module.NewScript("node:async_hooks", bridge.Params, source)

// frame is a context as guests hold it: opaque, without exported members.
type frame struct{ f asyncctx.Frame }

// Load is the loader of "async_hooks".
func Load(h module.Host) *goja.Object {
	vm, ctx := h.VM(), asyncctx.Of(h)
	native := vm.NewObject()
	add := func(name string, fn func(args func(int) goja.Value) goja.Value) {
		bridge.Method(vm, native, name, 0, func(call goja.FunctionCall) goja.Value { return fn(call.Argument) })
	}
	add("track", func(func(int) goja.Value) goja.Value { ctx.Track(); return goja.Undefined() })
	add("grab", func(func(int) goja.Value) goja.Value { return vm.ToValue(&frame{ctx.Grab()}) })
	add("get", func(arg func(int) goja.Value) goja.Value {
		if o, ok := arg(0).(*goja.Object); ok {
			if v := ctx.Get(o); v != nil {
				return v
			}
		}
		return goja.Undefined()
	})
	// run(frame, fn, this, args)
	add("run", func(arg func(int) goja.Value) goja.Value {
		f, _ := arg(0).Export().(*frame)
		if f == nil {
			f = &frame{}
		}
		return call(vm, ctx, f.f, arg(1), arg(2), arg(3))
	})
	// enter(storage, store, fn, args); without fn the context stays
	add("enter", func(arg func(int) goja.Value) goja.Value {
		o, ok := arg(0).(*goja.Object)
		if !ok {
			return goja.Undefined()
		}
		ctx.Track()
		next := ctx.With(o, arg(1))
		if goja.IsUndefined(arg(2)) {
			ctx.Enter(next)
			return goja.Undefined()
		}
		return call(vm, ctx, next, arg(2), goja.Undefined(), arg(3))
	})
	// exit(storage, fn, args); without fn the context stays
	add("exit", func(arg func(int) goja.Value) goja.Value {
		o, ok := arg(0).(*goja.Object)
		if !ok {
			return goja.Undefined()
		}
		next := ctx.With(o, nil)
		if goja.IsUndefined(arg(1)) {
			ctx.Enter(next)
			return goja.Undefined()
		}
		return call(vm, ctx, next, arg(1), goja.Undefined(), arg(2))
	})
	return bridge.Load(h, script, native)
}

// call calls a function in a context.
func call(vm *goja.Runtime, ctx *asyncctx.State, f asyncctx.Frame, fn, this, args goja.Value) goja.Value {
	callable, ok := goja.AssertFunction(fn)
	if !ok {
		panic(vm.NewTypeError("fn is not a function"))
	}
	var list []goja.Value
	if o, ok := args.(*goja.Object); ok {
		vm.ForOf(o, func(v goja.Value) bool {
			list = append(list, v)
			return true
		})
	}
	var res goja.Value
	if err := ctx.Run(f, func() (err error) {
		res, err = callable(this, list...)
		return err
	}); err != nil {
		panic(err)
	}
	return res
}
