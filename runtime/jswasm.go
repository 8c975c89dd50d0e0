package runtime

import (
	"errors"
	"sync"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/sandbox/link"
)

// wasmForJS is package link as the WebAssembly of JavaScript functions.
type wasmForJS struct{}

// linkEngine is shared by all runtimes of the process, as are the modules that
// it has compiled.
var linkEngine = sync.OnceValues(link.NewEngine)

func (wasmForJS) NewStore(memory int64) module.WasmStore {
	engine, err := linkEngine()
	if err != nil {
		return nil // wazero's compiler does not run here
	}
	return linkStore{engine.NewStore(memory)}
}

type linkStore struct{ *link.Store }

func (s linkStore) Compile(code []byte) (module.WasmModule, error) {
	m, err := s.Store.Compile(code)
	if err != nil {
		return nil, fromLink(err, "Out of memory")
	}
	return linkModule{m}, nil
}

func (s linkStore) Instantiate(m module.WasmModule, imports []any) ([]any, error) {
	given := make([]any, len(imports))
	for i, x := range imports {
		given[i] = toLink(x)
	}
	instance, err := s.Store.Instantiate(m.(linkModule).Module, given)
	if err != nil {
		return nil, fromLink(err, "Out of memory: Cannot allocate Wasm memory for new instance")
	}
	exports := make([]any, len(instance.Exports()))
	for i, x := range instance.Exports() {
		switch x := x.(type) {
		case *link.Func:
			exports[i] = linkFunc{x}
		case *link.Memory:
			exports[i] = linkMemory{x}
		case *link.Table:
			exports[i] = linkTable{x}
		case *link.Global:
			exports[i] = linkGlobal{x}
		}
	}
	return exports, nil
}

// toLink turns an import, or what holds a reference, into package link's.
func toLink(x any) any {
	switch x := x.(type) {
	case linkFunc:
		return x.Func
	case linkMemory:
		return x.Memory
	case linkTable:
		return x.Table
	case linkGlobal:
		return x.Global
	case module.WasmHost:
		return link.Host(x)
	}
	return x
}

func (s linkStore) NewMemory(l module.WasmLimits) (module.WasmMemory, error) {
	m, err := s.Store.NewMemory(link.Limits(l))
	if err != nil {
		return nil, fromLink(err, "could not allocate memory")
	}
	return linkMemory{m}, nil
}

func (s linkStore) NewTable(elem module.WasmType, l module.WasmLimits) (module.WasmTable, error) {
	t, err := s.Store.NewTable(link.ValType(elem), link.Limits(l))
	if err != nil {
		return nil, fromLink(err, "could not allocate table")
	}
	return linkTable{t}, nil
}

func (s linkStore) NewGlobal(t module.WasmType, mutable bool, bits uint64) (module.WasmGlobal, error) {
	g, err := s.Store.NewGlobal(link.GlobalType{Type: link.ValType(t), Mutable: mutable}, bits)
	if err != nil {
		return nil, fromLink(err, "could not allocate memory")
	}
	return linkGlobal{g}, nil
}

func (s linkStore) Ref(f module.WasmFunc, holder any) (uint64, error) {
	ref, err := s.Store.Ref(f.(linkFunc).Func, toLink(holder))
	return ref, fromLink(err, "Out of memory")
}

func (s linkStore) FuncOf(ref uint64) (module.WasmFunc, error) {
	f, err := s.Store.FuncOf(ref)
	if f == nil || err != nil {
		return nil, fromLink(err, "Out of memory")
	}
	return linkFunc{f}, nil
}

// fromLink translates the errors of package link. short is what to say if there
// is not enough memory.
func fromLink(err error, short string) error {
	var refused *link.CompileError
	var trap *link.Trap
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return &module.WasmError{Kind: "CompileError", Message: refused.Reason}
	case errors.As(err, &trap):
		return &module.WasmError{Kind: "RuntimeError", Message: trap.Reason}
	case errors.Is(err, link.ErrStack):
		return &module.WasmError{Kind: "RangeError", Message: "Maximum call stack size exceeded"}
	case errors.Is(err, link.ErrMemory):
		return &module.WasmError{Kind: "RangeError", Message: short, Memory: true}
	case errors.Is(err, link.ErrInterrupted):
		return module.ErrWasmInterrupted
	}
	return err
}
