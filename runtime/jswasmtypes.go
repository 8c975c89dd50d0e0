package runtime

import (
	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/sandbox/link"
)

// linkModule is a link.Module as a module.WasmModule.
type linkModule struct{ *link.Module }

func (m linkModule) Imports() []module.WasmImport {
	list := make([]module.WasmImport, len(m.Module.Imports()))
	for i, x := range m.Module.Imports() {
		list[i] = module.WasmImport{Module: x.Module, Name: x.Name, WasmExtern: externOf(x.Extern)}
	}
	return list
}

func (m linkModule) Exports() []module.WasmExport {
	list := make([]module.WasmExport, len(m.Module.Exports()))
	for i, x := range m.Module.Exports() {
		list[i] = module.WasmExport{Name: x.Name, WasmExtern: externOf(x.Extern)}
	}
	return list
}

func externOf(x link.Extern) module.WasmExtern {
	e := module.WasmExtern{Kind: x.Kind.String(), Limits: module.WasmLimits(x.Limits)}
	switch x.Kind {
	case link.KindFunc:
		e.Params, e.Results = typesOf(x.Func.Params), typesOf(x.Func.Results)
	case link.KindTable:
		e.Type = module.WasmType(x.Table)
	case link.KindGlobal:
		e.Type, e.Mutable = module.WasmType(x.Global.Type), x.Global.Mutable
	}
	return e
}

func typesOf(types []link.ValType) []module.WasmType {
	list := make([]module.WasmType, len(types))
	for i, t := range types {
		list[i] = module.WasmType(t)
	}
	return list
}

// linkFunc is a link.Func as a module.WasmFunc.
type linkFunc struct{ *link.Func }

func (f linkFunc) Params() []module.WasmType  { return typesOf(f.Type().Params) }
func (f linkFunc) Results() []module.WasmType { return typesOf(f.Type().Results) }

func (f linkFunc) Call(stack []uint64) error { return fromLink(f.Func.Call(stack), "Out of memory") }

// linkMemory is a link.Memory as a module.WasmMemory.
type linkMemory struct{ *link.Memory }

func (m linkMemory) Limits() module.WasmLimits { return module.WasmLimits(m.Memory.Limits()) }

// linkTable is a link.Table as a module.WasmTable.
type linkTable struct{ *link.Table }

func (t linkTable) Type() module.WasmType     { return module.WasmType(t.Table.Type()) }
func (t linkTable) Limits() module.WasmLimits { return module.WasmLimits(t.Table.Limits()) }

// linkGlobal is a link.Global as a module.WasmGlobal.
type linkGlobal struct{ *link.Global }

func (g linkGlobal) Type() module.WasmType { return module.WasmType(g.Global.Type().Type) }
func (g linkGlobal) Mutable() bool         { return g.Global.Type().Mutable }

var (
	_ module.WasmEngine = wasmForJS{}
	_ module.WasmStore  = linkStore{}
	_ module.WasmModule = linkModule{}
	_ module.WasmFunc   = linkFunc{}
	_ module.WasmMemory = linkMemory{}
	_ module.WasmTable  = linkTable{}
	_ module.WasmGlobal = linkGlobal{}
)
