package instrument

import "fmt"

// Kind says what an import or export is, in the binary format's numbers.
type Kind byte

// The kinds of imports and exports.
const (
	KindFunc   Kind = 0
	KindTable  Kind = 1
	KindMemory Kind = 2
	KindGlobal Kind = 3
)

// String is the name that the JavaScript API gives the kind.
func (k Kind) String() string {
	switch k {
	case KindFunc:
		return "function"
	case KindTable:
		return "table"
	case KindMemory:
		return "memory"
	case KindGlobal:
		return "global"
	}
	return fmt.Sprintf("kind %d", byte(k))
}

// ValType is the type of a value, in the binary format's numbers, which are
// those of wazero's api.ValueType too.
type ValType byte

// The types of values.
const (
	I32       ValType = 0x7f
	I64       ValType = 0x7e
	F32       ValType = 0x7d
	F64       ValType = 0x7c
	V128      ValType = 0x7b
	FuncRef   ValType = 0x70
	ExternRef ValType = 0x6f
)

var valTypeNames = map[ValType]string{
	I32: "i32", I64: "i64", F32: "f32", F64: "f64", V128: "v128", FuncRef: "funcref", ExternRef: "externref",
}

// String is the type's name in the text format.
func (t ValType) String() string {
	if name, ok := valTypeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("type %#x", byte(t))
}

func (t ValType) valid() bool { _, ok := valTypeNames[t]; return ok }

func (t ValType) isRef() bool { return t == FuncRef || t == ExternRef }

// FuncType is the type of a function.
type FuncType struct {
	Params, Results []ValType
}

// Limits are the sizes of a memory in pages of 64 KiB, or of a table in
// entries. Max counts only if HasMax.
type Limits struct {
	Min, Max uint32
	HasMax   bool
}

// GlobalType is the type of a global.
type GlobalType struct {
	Type    ValType
	Mutable bool
}

// Extern is the type of an import or export: Kind says which of the others
// counts.
type Extern struct {
	Kind   Kind
	Func   FuncType
	Table  ValType // what the table holds
	Limits Limits  // of a memory or a table
	Global GlobalType
}

// Import is one import, as the module's author wrote it.
type Import struct {
	Module, Name string
	Extern
}

// Export is one export, as the module's author wrote it.
type Export struct {
	Name  string
	Index uint32 // among its kind, imports first; functions are elsewhere in Code
	Extern
}

// Custom is a custom section. Data aliases the module that was read.
type Custom struct {
	Name string
	Data []byte
}

// Memory is the module's memory, as its author wrote it.
type Memory struct {
	Limits
	Shared, Imported bool
}

// Global is a mutable global that the module defines, and the hidden name under
// which it is exported.
type Global struct {
	Export string
	Type   ValType
}

// Table is one table of the module and the hidden names of what the rewritten
// module exports for it: the table itself and functions that work on it.
type Table struct {
	Elem     ValType
	Limits   Limits
	Imported bool
	Export   string
	Size     string // () -> i32
	Get      string // (index i32) -> reference; traps out of bounds
	Set      string // (index i32, reference); traps out of bounds
	Grow     string // (reference, entries i32) -> i32, the size before or -1
}

// Module is a rewritten module and what is known of it. Slices and strings of
// the original are shared, so that must not change.
type Module struct {
	// Code is the rewritten module, in the binary format.
	Code []byte

	// Imports, Exports, Customs, Memory are as the author wrote them.
	Imports []Import
	Exports []Export
	Customs []Custom
	Memory  *Memory // nil: none

	// HasStart says that the author's module has a start function.
	HasStart bool

	// Init is the hidden export, of type () -> (), that does what instantiation
	// would have done and the rewritten module does not: it copies the data
	// segments and calls the start function, in that order, and is called once,
	// after instantiation and before anything else. Empty: nothing to do.
	Init string

	// Globals are the mutable globals that the module defines, in the order of
	// their indices. Empty without Options.Bare or Options.Expose.
	Globals []Global

	// Tables are all tables of the module, imports first. Only with Options.Expose.
	Tables []Table

	// AllGlobals and MemoryExport are hidden exports of every global, imports
	// first, and of the memory. Only with Options.Expose.
	AllGlobals   []string
	MemoryExport string

	// TablesChange says that code of the module can change a table after
	// instantiation, or that a table is imported.
	TablesChange bool

	// NoSnapshot says why the memory and Globals are not all the state that an
	// instance has after Init. Empty: they are.
	NoSnapshot string
}

// Error says why a module was refused.
type Error struct {
	Offset   int // in bytes from the module's beginning
	Function int // the index of the function whose code it is; -1: not in code
	Reason   string
}

// Error tells the reason and where it is.
func (e *Error) Error() string {
	if e.Function >= 0 {
		return fmt.Sprintf("instrument: %s in function %d at offset %#x", e.Reason, e.Function, e.Offset)
	}
	return fmt.Sprintf("instrument: %s at offset %#x", e.Reason, e.Offset)
}
