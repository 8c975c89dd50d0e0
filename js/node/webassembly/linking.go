package webassembly

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// linking is the acceptance of one value as an import.
type linking struct {
	w      *world
	what   string // the operation
	number int    // of the import
	want   module.WasmImport
}

// refuse throws a LinkError about the import.
func (l *linking) refuse(format string, args ...any) {
	l.w.throw("LinkError", "%s: Import #%d module=%q function=%q error: %s",
		l.what, l.number, l.want.Module, l.want.Name, fmt.Sprintf(format, args...))
}

// refuseSize throws a LinkError about a size.
func (l *linking) refuseSize(format string, args ...any) {
	l.w.throw("LinkError", "%s: %s import %d %s", l.what, l.want.Kind, l.number, fmt.Sprintf(format, args...))
}

// accept returns the import as the engine wants it, or throws. Memories, tables
// and globals come as handles, which no guest can have.
func (l *linking) accept(v goja.Value) any {
	handle := unwrap(v)
	switch l.want.Kind {
	case "function":
		return l.function(v)
	case "memory":
		if m, ok := handle.(*memory); ok {
			return l.memory(m)
		}
		l.refuse("memory import must be a WebAssembly.Memory object")
	case "table":
		if t, ok := handle.(*table); ok {
			return l.table(t)
		}
		l.refuse("table import requires a WebAssembly.Table")
	case "global":
		if g, ok := handle.(*global); ok {
			return l.global(g)
		}
		return l.value(v)
	}
	return nil
}

func (l *linking) function(v goja.Value) any {
	if fn := l.w.wasmFunc(v); fn != nil {
		if !slices.Equal(fn.params, l.want.Params) || !slices.Equal(fn.results, l.want.Results) {
			l.refuse("imported function does not match the expected type")
		}
		return fn.WasmFunc
	}
	call, ok := goja.AssertFunction(v)
	if !ok {
		l.refuse("function import requires a callable")
	}
	return l.w.imported(call, l.want.Params, l.want.Results)
}

func (l *linking) memory(m *memory) any {
	have, want := m.Limits(), l.want.Limits
	if size := uint32(len(m.Bytes()) >> 16); size < want.Min {
		l.refuseSize("is smaller than initial %d, got %d", want.Min, size)
	}
	if want.HasMax && !have.HasMax {
		l.refuseSize("has no maximum limit, expected at most %d", want.Max)
	}
	if want.HasMax && have.Max > want.Max {
		l.refuseSize("has a larger maximum size %d than the module's declared maximum %d", have.Max, want.Max)
	}
	return m.WasmMemory
}

func (l *linking) table(t *table) any {
	have, want := t.Limits(), l.want.Limits
	if size := t.Len(); size < want.Min {
		l.refuseSize("is smaller than initial %d, got %d", want.Min, size)
	}
	if want.HasMax && !have.HasMax {
		l.refuseSize("has no maximum length, expected %d", want.Max)
	}
	if want.HasMax && have.Max > want.Max {
		l.refuseSize("has a larger maximum size %d than the module's declared maximum %d", have.Max, want.Max)
	}
	if t.Type() != l.want.Type {
		l.refuse("imported table does not match the expected type")
	}
	return t.WasmTable
}

func (l *linking) global(g *global) any {
	if g.Mutable() != l.want.Mutable {
		l.refuse("imported global does not match the expected mutability")
	}
	if g.Type() != l.want.Type {
		l.refuse("imported global does not match the expected type")
	}
	return g.WasmGlobal
}

// value accepts a value as an immutable global.
func (l *linking) value(v goja.Value) any {
	t := l.want.Type
	if l.want.Mutable {
		l.refuse("imported mutable global must be a WebAssembly.Global object")
	}
	switch {
	case t == module.WasmExternRef:
	case t == module.WasmFuncRef:
		if !goja.IsNull(v) && l.w.wasmFunc(v) == nil {
			l.refuse("%s", notWasmFunction)
		}
	case t == module.WasmI64 && goja.IsBigInt(v):
	case t != module.WasmI64 && t != module.WasmV128 && goja.IsNumber(v):
	default:
		l.refuse("global import must be a number, valid Wasm reference, or WebAssembly.Global object")
	}
	return l.w.toWasm(v, t, nil)
}

func index(i int) string { return strconv.Itoa(i) }

// misfit says, in V8's words, what is wrong with the first bytes of a module.
func misfit(code []byte) string {
	for _, part := range []struct{ what, want string }{{"magic word", "\x00asm"}, {"version", "\x01\x00\x00\x00"}} {
		at := 0
		if part.what == "version" {
			at = 4
		}
		switch {
		case len(code) == 0:
			return "BufferSource argument is empty"
		case len(code) < at+4:
			return fmt.Sprintf("expected 4 bytes, fell off end @+%d", at)
		case string(code[at:at+4]) != part.want:
			return fmt.Sprintf("expected %s % x, found % x @+%d", part.what, part.want, code[at:at+4], at)
		}
	}
	return ""
}
