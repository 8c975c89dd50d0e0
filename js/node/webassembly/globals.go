package webassembly

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// global is a global as the guest sees it.
type global struct {
	module.WasmGlobal
	object goja.Value
}

func (w *world) global(g module.WasmGlobal) *global {
	slot := g.Slot()
	if own, ok := (*slot).(*global); ok {
		return own
	}
	own := &global{WasmGlobal: g}
	*slot = own
	return own
}

func (w *world) globalObject(g module.WasmGlobal) goja.Value {
	own := w.global(g)
	if own.object == nil {
		own.object = w.wrap("Global", handle{own})
	}
	return own.object
}

// valueTypes are the names of types in descriptors.
var valueTypes = map[string]module.WasmType{
	"i32": module.WasmI32, "i64": module.WasmI64, "f32": module.WasmF32, "f64": module.WasmF64,
	"anyfunc": module.WasmFuncRef, "externref": module.WasmExternRef,
}

func (w *world) globals(n *bridge.Natives) {
	n.Func("newGlobal", func(c goja.FunctionCall) goja.Value {
		t, mutable := valueTypes[c.Argument(0).String()], c.Argument(1).ToBoolean()
		var bits uint64
		if len(c.Arguments) > 2 {
			bits = w.initial(c.Arguments[2], t)
		}
		g, err := w.engine().NewGlobal(t, mutable, bits)
		if err != nil {
			return w.fail(err, "WebAssembly.Global()")
		}
		own := w.global(g)
		if len(c.Arguments) > 2 && t == module.WasmFuncRef {
			w.funcRef(c.Arguments[2], g) // now that there is somebody to hold it
		}
		return w.vm.ToValue(handle{own})
	})
	n.Func("adoptGlobal", func(c goja.FunctionCall) goja.Value {
		the[*global](c.Argument(0)).object = c.Argument(1)
		return goja.Undefined()
	})
	n.Func("globalGet", func(c goja.FunctionCall) goja.Value {
		g := the[*global](c.Argument(0))
		if g.Type() == module.WasmV128 {
			w.throw("TypeError", "%s: Can't get the value of s128 WebAssembly.Global", c.Argument(1))
		}
		return w.toJS(g.Get(), g.Type())
	})
	n.Func("globalSet", func(c goja.FunctionCall) goja.Value {
		g := the[*global](c.Argument(0))
		const what = "set WebAssembly.Global.value: "
		switch {
		case !g.Mutable():
			w.throw("TypeError", what+"Can't set the value of an immutable global.")
		case g.Type() == module.WasmV128:
			w.throw("TypeError", what+"Can't set the value of s128 WebAssembly.Global")
		case g.Type() == module.WasmFuncRef:
			g.setFunction(w, c.Argument(1), what)
		default:
			g.Set(w.toWasm(c.Argument(1), g.Type(), g.WasmGlobal))
		}
		return goja.Undefined()
	})
}

// initial converts the value that a new global shall have.
func (w *world) initial(v goja.Value, t module.WasmType) uint64 {
	if t != module.WasmFuncRef {
		return w.toWasm(v, t, nil)
	}
	ref, ok := w.funcRef(v, nil)
	if !ok {
		w.throw("TypeError", "WebAssembly.Global(): "+notWasmFunction)
	}
	return ref
}

func (g *global) setFunction(w *world, v goja.Value, what string) {
	ref, ok := w.funcRef(v, g.WasmGlobal)
	if !ok {
		w.throw("TypeError", "%s%s", what, notWasmFunction)
	}
	g.Set(ref)
}
