package webassembly

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// table is a table as the guest sees it.
type table struct {
	module.WasmTable
	object goja.Value
}

func (w *world) table(t module.WasmTable) *table {
	slot := t.Slot()
	if own, ok := (*slot).(*table); ok {
		return own
	}
	own := &table{WasmTable: t}
	*slot = own
	return own
}

func (w *world) tableObject(t module.WasmTable) goja.Value {
	own := w.table(t)
	if own.object == nil {
		own.object = w.wrap("Table", handle{own})
	}
	return own.object
}

const notWasmFunction = "function-typed object must be null (if nullable) or a Wasm function object"

// reference converts a value that a table shall hold. refused is what to say of
// one that it cannot hold.
func (w *world) reference(t *table, v goja.Value, refused string) uint64 {
	if t.Type() == module.WasmExternRef {
		return w.externs.ref(w, v)
	}
	ref, ok := w.funcRef(v, t.WasmTable)
	if !ok {
		w.throw("TypeError", "%s", refused)
	}
	return ref
}

func (w *world) tables(n *bridge.Natives) {
	n.Func("newTable", func(c goja.FunctionCall) goja.Value {
		elem := module.WasmFuncRef
		if c.Argument(0).String() == "externref" {
			elem = module.WasmExternRef
		}
		made, err := w.engine().NewTable(elem, limits(c.Argument(1), c.Argument(2)))
		if err != nil {
			return w.fail(err, "WebAssembly.Table()")
		}
		t := w.table(made)
		if len(c.Arguments) > 3 {
			ref := w.reference(t, c.Arguments[3], "WebAssembly.Table(): Argument 2 must be undefined or a value of type compatible "+
				"with the type of the new table: "+notWasmFunction+".")
			for i := range t.Len() {
				t.Set(i, ref)
			}
		}
		return w.vm.ToValue(handle{t})
	})
	n.Func("adoptTable", func(c goja.FunctionCall) goja.Value {
		the[*table](c.Argument(0)).object = c.Argument(1)
		return goja.Undefined()
	})
	n.Func("tableLength", func(c goja.FunctionCall) goja.Value { return w.vm.ToValue(the[*table](c.Argument(0)).Len()) })
	n.Func("tableGet", func(c goja.FunctionCall) goja.Value {
		t, index := the[*table](c.Argument(0)), uint32(c.Argument(1).ToInteger())
		ref, ok := t.Get(index)
		if !ok {
			w.throw("RangeError", "WebAssembly.Table.get(): invalid index %d into %s table", index, t.content())
		}
		return w.toJS(ref, t.Type())
	})
	n.Func("tableSet", func(c goja.FunctionCall) goja.Value {
		t, index := the[*table](c.Argument(0)), uint32(c.Argument(1).ToInteger())
		if index >= t.Len() {
			w.throw("RangeError", "WebAssembly.Table.set(): invalid index %d into %s table", index, t.content())
		}
		t.Set(index, w.reference(t, c.Argument(2), "WebAssembly.Table.set(): Argument 1 is invalid for table: "+notWasmFunction))
		return goja.Undefined()
	})
	n.Func("tableGrow", func(c goja.FunctionCall) goja.Value {
		t, delta := the[*table](c.Argument(0)), uint32(c.Argument(1).ToInteger())
		before, ok := t.Grow(delta, w.reference(t, c.Argument(2), "WebAssembly.Table.grow(): Argument 1 is invalid: "+notWasmFunction))
		if !ok {
			w.throw("RangeError", "WebAssembly.Table.grow(): failed to grow table by %d", delta)
		}
		return w.vm.ToValue(before)
	})
	n.Func("holdsFunctions", func(c goja.FunctionCall) goja.Value {
		return w.vm.ToValue(the[*table](c.Argument(0)).Type() == module.WasmFuncRef)
	})
}

// content names what the table holds, as V8's messages do.
func (t *table) content() string {
	if t.Type() == module.WasmExternRef {
		return "externref"
	}
	return "function"
}
