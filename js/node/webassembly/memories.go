package webassembly

import (
	"reflect"
	"weak"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// memory is a memory as the guest sees it.
type memory struct {
	module.WasmMemory
	object goja.Value
	// buffer is the guest's view of it, once there is one.
	buffer goja.ArrayBuffer
	viewed bool
}

// memory returns ours for the engine's, always the same.
func (w *world) memory(m module.WasmMemory) *memory {
	slot := m.Slot()
	if own, ok := (*slot).(*memory); ok {
		return own
	}
	own := &memory{WasmMemory: m}
	*slot = own
	return own
}

// memoryObject returns the guest's object.
func (w *world) memoryObject(m module.WasmMemory) goja.Value {
	own := w.memory(m)
	if own.object == nil {
		own.object = w.wrap("Memory", handle{own})
	}
	return own.object
}

// refresh detaches the buffers of memories that have grown.
func (w *world) refresh() {
	now := w.store.Growths()
	if now == w.growths {
		return
	}
	w.growths = now
	live := w.views[:0]
	for _, view := range w.views {
		m := view.Value()
		if m == nil {
			continue
		}
		if bytes := m.Bytes(); len(bytes) != len(m.buffer.Bytes()) || len(bytes) > 0 && &bytes[0] != &m.buffer.Bytes()[0] {
			m.detach()
			continue
		}
		live = append(live, view)
	}
	clear(w.views[len(live):])
	w.views = live
}

func (m *memory) detach() {
	if m.viewed {
		m.buffer.Detach()
		m.viewed = false
	}
}

// view returns the memory's ArrayBuffer.
func (w *world) view(m *memory) goja.Value {
	w.refresh()
	if !m.viewed {
		m.buffer, m.viewed = w.vm.NewArrayBuffer(m.Bytes()), true
		w.views = append(w.views, weak.Make(m))
	}
	return w.vm.ToValue(m.buffer)
}

// the returns the handle that a class has kept in its object.
func the[T any](v goja.Value) T {
	own, _ := unwrap(v).(T)
	return own
}

var handleType = reflect.TypeFor[handle]()

// unwrap returns what a handle is for, nil if the value is none. To export
// anything else could run the guest's code.
func unwrap(v goja.Value) any {
	o, ok := v.(*goja.Object)
	if !ok || o.ExportType() != handleType {
		return nil
	}
	h, _ := o.Export().(handle)
	return h.to
}

func (w *world) memories(n *bridge.Natives) {
	n.Func("newMemory", func(c goja.FunctionCall) goja.Value {
		m, err := w.engine().NewMemory(limits(c.Argument(0), c.Argument(1)))
		if err != nil {
			return w.fail(err, "WebAssembly.Memory()")
		}
		return w.vm.ToValue(handle{w.memory(m)})
	})
	n.Func("adoptMemory", func(c goja.FunctionCall) goja.Value {
		the[*memory](c.Argument(0)).object = c.Argument(1)
		return goja.Undefined()
	})
	n.Func("buffer", func(c goja.FunctionCall) goja.Value { return w.view(the[*memory](c.Argument(0))) })
	n.Func("growMemory", func(c goja.FunctionCall) goja.Value {
		m := the[*memory](c.Argument(0))
		before, ok := m.Grow(uint32(c.Argument(1).ToInteger()))
		if !ok {
			w.throw("RangeError", "WebAssembly.Memory.grow(): Maximum memory size exceeded")
		}
		m.detach() // even if it has grown by nothing
		w.refresh()
		return w.vm.ToValue(before)
	})
}

// limits are those of a descriptor, which JavaScript has checked.
func limits(initial, maximum goja.Value) module.WasmLimits {
	l := module.WasmLimits{Min: uint32(initial.ToInteger())}
	if !goja.IsUndefined(maximum) {
		l.HasMax, l.Max = true, uint32(maximum.ToInteger())
	}
	return l
}
