// Package webassembly is the global WebAssembly, after the WebAssembly
// JavaScript Interface 2.0 and in V8's words where something is wrong. The
// classes and what checks their arguments are JavaScript (webassembly.js); what
// handles values and instances is Go. The engine is a module.WasmStore, which the
// host of the isolate brings.
package webassembly

import (
	_ "embed"
	"errors"
	"fmt"
	"weak"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed webassembly.js
var source string

var script = module.NewScript("node:internal/webassembly", bridge.Params, source)

// world is WebAssembly in one isolate.
type world struct {
	vm    *goja.Runtime
	host  module.Host
	bytes *buffer.API
	store module.WasmStore

	// classes make the guest's objects for handles, and errors.
	classes map[string]goja.Callable
	// functions leads from the guest's functions to ours, which they keep alive.
	// pruneAt is how many there may be before those that are gone are left out.
	functions map[weak.Pointer[goja.Object]]weak.Pointer[function]
	pruneAt   int
	asIntN    bridge.Func
	// externs are the values behind externrefs.
	externs externs
	// depth counts calls into WebAssembly that are nested in each other.
	depth int
	// views are the memories that a guest may have an ArrayBuffer of; growths is
	// up to which of WasmStore.Growths they are up to date.
	views   []weak.Pointer[memory]
	growths uint64
}

// Load makes "internal/webassembly".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	w := &world{vm: vm, host: h, bytes: buffer.Of(h), classes: map[string]goja.Callable{}}
	if wasm := h.System().Wasm; wasm != nil {
		w.store = wasm()
	}
	w.functions = map[weak.Pointer[goja.Object]]weak.Pointer[function]{}
	w.asIntN = bridge.Native(vm, "BigInt", "asIntN")
	n := bridge.NewNatives(vm)
	n.Func("register", func(c goja.FunctionCall) goja.Value {
		w.classes[c.Argument(0).String()], _ = goja.AssertFunction(c.Argument(1))
		return goja.Undefined()
	})
	w.modules(n)
	w.memories(n)
	w.tables(n)
	w.globals(n)
	return bridge.Load(h, script, n.Object())
}

// wrap makes the guest's object for a handle.
func (w *world) wrap(class string, handle any) goja.Value {
	return bridge.Call(w.classes[class], goja.Undefined(), w.vm.ToValue(handle))
}

// throw throws an error of one of the language's classes or of ours.
func (w *world) throw(class, format string, args ...any) {
	text := w.vm.ToValue(fmt.Sprintf(format, args...))
	if make, ok := w.classes[class]; ok {
		panic(bridge.Call(make, goja.Undefined(), text))
	}
	e, err := w.vm.New(w.vm.GlobalObject().Get(class), text)
	if err != nil {
		panic(err)
	}
	panic(e)
}

// enginePanic carries a panic of goja's through the frames of WebAssembly.
type enginePanic struct{ value any }

// Error is for those who do not know what to do with it.
func (p *enginePanic) Error() string { return fmt.Sprint(p.value) }

// fail throws what a call of the engine's has returned. what is the operation,
// for messages ("WebAssembly.Instance()"), or empty.
func (w *world) fail(err error, what string) goja.Value {
	var exception *goja.Exception
	var foreign *enginePanic
	var wasm *module.WasmError
	switch {
	case errors.As(err, &exception):
		panic(exception)
	case errors.As(err, &foreign):
		panic(foreign.value)
	case errors.As(err, &wasm):
		if what != "" && (wasm.Memory || wasm.Kind == "CompileError") {
			w.throw(wasm.Kind, "%s: %s", what, wasm.Message)
		}
		w.throw(wasm.Kind, "%s", wasm.Message)
	case errors.Is(err, module.ErrWasmInterrupted):
		return goja.Undefined() // so is JavaScript, at its next instruction
	}
	panic(err) // an engine that fails ends the isolate
}

// engine returns the store, or throws where there is none.
func (w *world) engine() module.WasmStore {
	if w.store == nil {
		w.throw("RuntimeError", "WebAssembly is not available here")
	}
	return w.store
}
