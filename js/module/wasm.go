package module

import "errors"

// WasmEngine runs WebAssembly for isolates. It is safe for concurrent use.
type WasmEngine interface {
	// NewStore makes the world of one isolate's instances, whose memories may
	// take that many bytes together.
	NewStore(memory int64) WasmStore
}

// WasmStore has the instances of one isolate. It belongs to the isolate's
// goroutine; only Compile and Interrupt may be called from others.
//
// Errors are *WasmError, what a WasmHost has returned on the way, or
// ErrWasmInterrupted, after which the store is of no use.
type WasmStore interface {
	Compile(code []byte) (WasmModule, error)
	// Instantiate makes an instance and returns what it exports, in the order of
	// WasmModule.Exports. The imports are in the order of WasmModule.Imports: a
	// WasmFunc, WasmMemory, WasmTable or WasmGlobal of this store, a WasmHost, or
	// a uint64 as the value of an immutable global. The caller has checked their
	// types.
	Instantiate(m WasmModule, imports []any) (exports []any, err error)
	NewMemory(l WasmLimits) (WasmMemory, error)
	NewTable(elem WasmType, l WasmLimits) (WasmTable, error)
	NewGlobal(t WasmType, mutable bool, bits uint64) (WasmGlobal, error)
	// Ref returns a reference to f for a holder to keep, which is a WasmFunc that
	// is called with it, a WasmTable, a WasmGlobal, or nil for whoever is running.
	Ref(f WasmFunc, holder any) (uint64, error)
	// FuncOf returns the function that a reference refers to, nil for null.
	FuncOf(ref uint64) (WasmFunc, error)
	// ExternRefs calls keep for every externref that is not null and that an
	// instance could still come up with. Nothing may be running.
	ExternRefs(keep func(ref uint64))
	// Growths changes when a memory has grown.
	Growths() uint64
	// Interrupt ends what runs in the store, and all that is begun after it.
	Interrupt()
	// Close frees the instances. Bytes of memories stay readable.
	Close()
}

// WasmHost is a function of the isolate's that a module imports. stack holds the
// arguments and takes the results, as in WasmFunc.Call.
type WasmHost = func(stack []uint64) error

// WasmModule is a compiled module.
type WasmModule interface {
	Imports() []WasmImport
	Exports() []WasmExport
	// Customs returns copies of the custom sections of a name.
	Customs(name string) [][]byte
}

// WasmType is the type of a value, in the binary format's numbers.
type WasmType byte

// The types of values.
const (
	WasmI32       WasmType = 0x7f
	WasmI64       WasmType = 0x7e
	WasmF32       WasmType = 0x7d
	WasmF64       WasmType = 0x7c
	WasmV128      WasmType = 0x7b
	WasmFuncRef   WasmType = 0x70
	WasmExternRef WasmType = 0x6f
)

// WasmLimits are the sizes of a memory, in pages of 64 KiB, or of a table, in
// entries. Max counts only if HasMax.
type WasmLimits struct {
	Min, Max uint32
	HasMax   bool
}

// WasmExtern is the type of an import or export: Kind ("function", "table",
// "memory", "global") says which fields count.
type WasmExtern struct {
	Kind            string
	Params, Results []WasmType // of a function
	Limits          WasmLimits // of a memory or a table
	Type            WasmType   // of a global, or of a table's entries
	Mutable         bool       // of a global
}

// WasmImport is one import of a module.
type WasmImport struct {
	Module, Name string
	WasmExtern
}

// WasmExport is one export of a module.
type WasmExport struct {
	Name string
	WasmExtern
}

// WasmFunc is a function of an instance. However it is reached, it is the same
// value.
type WasmFunc interface {
	// Number is its index in its module.
	Number() uint32
	Params() []WasmType
	Results() []WasmType
	// Call calls the function. stack holds the arguments, one in each entry, and
	// takes the results; floats are bits, references what Ref returns, and what
	// an externref refers to is the caller's to know, 0 being null.
	Call(stack []uint64) error
	// Slot is the isolate's, for its object that stands for the function.
	Slot() *any
}

// WasmMemory is a linear memory. It is the same value however it is reached.
type WasmMemory interface {
	Limits() WasmLimits
	// Bytes is the memory itself, until it grows.
	Bytes() []byte
	// Grow returns the size before, in pages.
	Grow(pages uint32) (before uint32, ok bool)
	Slot() *any
}

// WasmTable is a table of references. It is the same value however it is reached.
type WasmTable interface {
	Type() WasmType
	Limits() WasmLimits
	Len() uint32
	Get(index uint32) (ref uint64, ok bool)
	Set(index uint32, ref uint64) (ok bool)
	Grow(entries uint32, ref uint64) (before uint32, ok bool)
	Slot() *any
}

// WasmGlobal is a global. It is the same value however it is reached.
type WasmGlobal interface {
	Type() WasmType
	Mutable() bool
	Get() uint64
	Set(bits uint64)
	Slot() *any
}

// ErrWasmInterrupted reports that WasmStore.Interrupt ended a call.
var ErrWasmInterrupted = errors.New("wasm: interrupted")

// WasmError says what went wrong in WebAssembly. Kind is the class that it has
// in JavaScript: CompileError, RuntimeError or RangeError.
type WasmError struct {
	Kind, Message string
	// Memory says that there was not enough of it for what was asked.
	Memory bool
}

// Error tells the message.
func (e *WasmError) Error() string { return "wasm: " + e.Message }
