package webassembly

import (
	"maps"
	"strconv"
	"weak"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// function is a function of an instance as the guest sees it.
type function struct {
	module.WasmFunc
	w               *world
	object          *goja.Object
	params, results []module.WasmType
	// spare is room for arguments and results while no call is using it.
	spare []uint64
}

// leastFunctions is how many functions need no looking after.
const leastFunctions = 1 << 8

// function returns the guest's function for the engine's, always the same.
func (w *world) function(f module.WasmFunc) *goja.Object {
	slot := f.Slot()
	if own, ok := (*slot).(*function); ok {
		return own.object
	}
	fn := &function{WasmFunc: f, w: w, params: f.Params(), results: f.Results()}
	fn.object = bridge.Function(w.vm, strconv.FormatUint(uint64(f.Number()), 10), len(fn.params), fn.call)
	*slot = fn
	if len(w.functions) >= max(w.pruneAt, leastFunctions) {
		maps.DeleteFunc(w.functions, func(o weak.Pointer[goja.Object], _ weak.Pointer[function]) bool { return o.Value() == nil })
		w.pruneAt = 2 * len(w.functions)
	}
	w.functions[weak.Make(fn.object)] = weak.Make(fn)
	return fn.object
}

// handle keeps our values from being reflected into the guest's world.
type handle struct{ to any }

// wasmFunc returns the engine's function behind a guest's, nil if it is none.
func (w *world) wasmFunc(v goja.Value) *function {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	return w.functions[weak.Make(o)].Value()
}

// funcRef returns a reference to a guest's function or to null; ok is false if
// the value is neither.
func (w *world) funcRef(v goja.Value, holder any) (ref uint64, ok bool) {
	if goja.IsNull(v) {
		return 0, true
	}
	fn := w.wasmFunc(v)
	if fn == nil {
		return 0, false
	}
	ref, err := w.store.Ref(fn.WasmFunc, holder)
	if err != nil {
		w.fail(err, "")
		return 0, false
	}
	return ref, true
}

// vectors says that values of a type would have to be passed that JavaScript
// does not have.
func vectors(types []module.WasmType) bool {
	for _, t := range types {
		if t == module.WasmV128 {
			return true
		}
	}
	return false
}

// call is the function as JavaScript calls it.
func (f *function) call(c goja.FunctionCall) goja.Value {
	w := f.w
	if vectors(f.params) || vectors(f.results) {
		w.throw("TypeError", incompatible)
	}
	stack := f.spare
	f.spare = nil
	if stack == nil {
		stack = make([]uint64, max(len(f.params), len(f.results)))
	}
	if w.depth == 0 {
		w.externs.sweep(w.store)
	}
	f.arguments(stack, c)
	if err := w.enter(func() error { return f.Call(stack) }); err != nil {
		return w.fail(err, "")
	}
	result := w.returned(stack, f.results)
	f.spare = stack
	return result
}

// arguments converts what a call was given. Conversions can run JavaScript, and
// that can call WebAssembly: references to values come last, for until the call
// nobody knows that they are in use.
func (f *function) arguments(stack []uint64, c goja.FunctionCall) {
	externs := false
	for i, t := range f.params {
		if t == module.WasmExternRef {
			externs = true
			continue
		}
		stack[i] = f.w.toWasm(c.Argument(i), t, f.WasmFunc)
	}
	for i, t := range f.params {
		if externs && t == module.WasmExternRef {
			stack[i] = f.w.externs.ref(f.w, c.Argument(i))
		}
	}
}

// enter runs the engine and looks after what it may have done to memories.
func (w *world) enter(run func() error) error {
	w.depth++
	err := run()
	w.depth--
	w.refresh()
	return err
}

// returned makes what a call answers of its results.
func (w *world) returned(stack []uint64, types []module.WasmType) goja.Value {
	switch len(types) {
	case 0:
		return goja.Undefined()
	case 1:
		return w.toJS(stack[0], types[0])
	}
	values := make([]any, len(types))
	for i, t := range types {
		values[i] = w.toJS(stack[i], t)
	}
	return w.vm.NewArray(values...)
}

// imported makes a host function of a JavaScript function that a module imports.
func (w *world) imported(fn goja.Callable, params, results []module.WasmType) module.WasmHost {
	// Conversions that can throw need somebody to catch it.
	guarded := !numbers(params) || !numbers(results) || len(results) > 1
	return func(stack []uint64) (err error) {
		defer func() {
			if x := recover(); x != nil { // for WebAssembly's frames would take it for theirs
				err = &enginePanic{x}
			}
		}()
		w.refresh()
		args := make([]goja.Value, len(params))
		convert := func() {
			if vectors(params) || vectors(results) {
				w.throw("TypeError", incompatible)
			}
			for i, t := range params {
				args[i] = w.toJS(stack[i], t)
			}
		}
		if !guarded {
			convert()
		} else if ex := w.vm.Try(convert); ex != nil {
			return ex
		}
		result, err := fn(goja.Undefined(), args...)
		switch {
		case err != nil:
			return uncaught(err)
		case len(results) == 0:
			return nil
		case !guarded && goja.IsNumber(result) && results[0] != module.WasmI64:
			stack[0] = w.toWasm(result, results[0], nil)
			return nil
		}
		if ex := w.vm.Try(func() { w.answer(stack, results, result) }); ex != nil {
			return ex
		}
		return nil
	}
}

// numbers says that all values of some types are numbers or BigInts.
func numbers(types []module.WasmType) bool {
	for _, t := range types {
		if t < module.WasmF64 {
			return false
		}
	}
	return true
}

// uncaught is an error of a callable: an exception as it is, everything else as
// the panic that it has to be again.
func uncaught(err error) error {
	if ex, ok := err.(*goja.Exception); ok {
		return ex
	}
	return &enginePanic{err}
}

// answer converts what an imported function has returned.
func (w *world) answer(stack []uint64, types []module.WasmType, v goja.Value) {
	if len(types) == 1 {
		stack[0] = w.toWasm(v, types[0], nil)
		return
	}
	var values []goja.Value
	list := bridge.Call(w.classes["list"], goja.Undefined(), v)
	w.vm.ForOf(list, func(item goja.Value) bool {
		values = append(values, item)
		return true
	})
	if len(values) != len(types) {
		w.throw("TypeError", "multi-return length mismatch")
	}
	for i, t := range types {
		stack[i] = w.toWasm(values[i], t, nil)
	}
}
