package webassembly

import (
	"bytes"
	"errors"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

func (w *world) modules(n *bridge.Natives) {
	n.Func("isBytes", func(c goja.FunctionCall) goja.Value {
		_, ok := w.bytes.Bytes(c.Argument(0))
		return w.vm.ToValue(ok)
	})
	n.Func("validate", func(c goja.FunctionCall) goja.Value {
		m, err := w.compile(w.code(c.Argument(0)))
		var refused *module.WasmError
		if err != nil && !errors.As(err, &refused) {
			return w.fail(err, "")
		}
		return w.vm.ToValue(m != nil)
	})
	n.Func("compile", func(c goja.FunctionCall) goja.Value {
		m, err := w.compile(w.code(c.Argument(0)))
		if err != nil {
			return w.fail(err, c.Argument(1).String())
		}
		return w.vm.ToValue(handle{m})
	})
	n.Func("compileLater", w.compileLater)
	n.Func("imports", func(c goja.FunctionCall) goja.Value {
		list := w.vm.NewArray()
		for i, x := range the[module.WasmModule](c.Argument(0)).Imports() {
			w.describe(list, i, "module", x.Module, "name", x.Name, "kind", x.Kind)
		}
		return list
	})
	n.Func("exports", func(c goja.FunctionCall) goja.Value {
		list := w.vm.NewArray()
		for i, x := range the[module.WasmModule](c.Argument(0)).Exports() {
			w.describe(list, i, "name", x.Name, "kind", x.Kind)
		}
		return list
	})
	n.Func("customs", func(c goja.FunctionCall) goja.Value {
		list := w.vm.NewArray()
		for i, data := range the[module.WasmModule](c.Argument(0)).Customs(c.Argument(1).String()) {
			_ = list.Set(index(i), w.vm.NewArrayBuffer(data))
		}
		return list
	})
	n.Func("instantiate", w.instantiate)
}

// describe appends an object of names and texts to a list.
func (w *world) describe(list *goja.Object, i int, pairs ...string) {
	o := w.vm.NewObject()
	for p := 0; p < len(pairs); p += 2 {
		_ = o.Set(pairs[p], pairs[p+1])
	}
	_ = list.Set(index(i), o)
}

// code copies the bytes of a buffer source: what the guest does with it later is
// no concern of the module's.
func (w *world) code(v goja.Value) []byte {
	b, _ := w.bytes.Bytes(v)
	return bytes.Clone(b)
}

// compile compiles a module. What is plain to see V8 has words of its own for.
func (w *world) compile(code []byte) (module.WasmModule, error) {
	if reason := misfit(code); reason != "" {
		return nil, &module.WasmError{Kind: "CompileError", Message: reason}
	}
	return w.engine().Compile(code)
}

// compileLater compiles on another goroutine and tells one of two functions what
// came of it.
func (w *world) compileLater(c goja.FunctionCall) goja.Value {
	code, what := w.code(c.Argument(0)), c.Argument(1).String()
	resolve, _ := goja.AssertFunction(c.Argument(2))
	reject, _ := goja.AssertFunction(c.Argument(3))
	w.engine()
	done := w.host.Loop().Pending()
	go func() {
		m, err := w.compile(code)
		done(func() error {
			if err == nil {
				_, err = resolve(goja.Undefined(), w.vm.ToValue(handle{m}))
				return err
			}
			if ex := w.vm.Try(func() { w.fail(err, what) }); ex != nil {
				_, err = reject(goja.Undefined(), ex.Value())
				return err
			}
			return nil // interrupted
		})
	}()
	return goja.Undefined()
}

// instantiate makes an instance of a module and of the values that were found
// for its imports, and returns its exports as a list.
func (w *world) instantiate(c goja.FunctionCall) goja.Value {
	m, what := the[module.WasmModule](c.Argument(0)), c.Argument(2).String()
	values, ok := c.Argument(1).(*goja.Object)
	if !ok {
		return goja.Undefined()
	}
	imports := make([]any, len(m.Imports()))
	for i, x := range m.Imports() {
		l := linking{w: w, what: what, number: i, want: x}
		imports[i] = l.accept(values.Get(index(i)))
	}
	var exports []any
	err := w.enter(func() (err error) {
		exports, err = w.engine().Instantiate(m, imports)
		return err
	})
	if err != nil {
		return w.fail(err, what)
	}
	list := w.vm.NewArray()
	for i, x := range exports {
		_ = list.Set(index(i), w.export(x))
	}
	return list
}

// export returns the guest's object for something of an instance.
func (w *world) export(x any) goja.Value {
	switch x := x.(type) {
	case module.WasmFunc:
		return w.function(x)
	case module.WasmMemory:
		return w.memoryObject(x)
	case module.WasmTable:
		return w.tableObject(x)
	case module.WasmGlobal:
		return w.globalObject(x)
	}
	return goja.Undefined()
}
