package instrument

import (
	"fmt"
	"slices"
	"strings"
)

// Options say what Rewrite does to a module. With none, the module is only
// checked and encoded anew.
type Options struct {
	// Deadline makes the guest call the host before it can run for long, see
	// CheckModule, and moves the start function to Module.Init.
	Deadline bool

	// Bare moves the data segments and the start function to Module.Init, so that
	// instantiation alone leaves the memory untouched, and exports the mutable
	// globals under hidden names.
	Bare bool

	// Expose exports everything under hidden names: see Module.Tables,
	// Module.AllGlobals, Module.MemoryExport.
	Expose bool

	// MaxPages caps what the module's own memory may grow to, in pages of 64 KiB.
	// A module that wants more from the start is refused. 0: no cap.
	MaxPages uint32

	// OpenMax takes the maximum off the module's own memory, for a host that
	// decides by itself how far it may grow.
	OpenMax bool

	// MaxEntries caps the entries of all the module's own tables together, in the
	// same way. 0: no cap.
	MaxEntries uint32
}

// Rewrite checks a module and returns it rewritten. A module that it cannot read
// to the last byte, or that names anything that it does not define, is refused
// with an *Error. Types are not checked: that is for the compiler that gets the
// result, which must be given Features.
func Rewrite(wasm []byte, opts Options) (*Module, error) {
	m, err := parse(wasm)
	if err != nil {
		return nil, err
	}
	out := &Module{
		Imports:  m.imports,
		Exports:  m.exports,
		Memory:   m.memory,
		HasStart: m.start >= 0,
	}
	for _, c := range m.customs {
		out.Customs = append(out.Customs, c.Custom)
	}
	used := &uses{dataInit: make([]bool, max(m.dataCount, 0))}
	bodies := make([]body, len(m.codes))
	for i := range m.codes {
		if bodies[i], err = m.scan(wasm, i, used); err != nil {
			return nil, err
		}
	}
	m.freeLoops(bodies)
	out.TablesChange = used.tableChange || m.importedTables > 0
	out.NoSnapshot = m.noSnapshot(out, used)
	if err := m.cap(opts); err != nil {
		return nil, err
	}

	e := newEditor(wasm, m, out)
	if opts.Deadline {
		if err := e.addCheck(); err != nil {
			return nil, err
		}
	}
	if opts.Bare || opts.Deadline {
		e.addInit(opts.Bare, used)
	}
	if opts.Bare || opts.Expose {
		e.exportGlobals()
	}
	if opts.Expose {
		e.exposeAll()
	}
	code := make([][]byte, 0, len(bodies)+len(e.added))
	for i := range bodies {
		code = append(code, e.body(&bodies[i]))
	}
	e.finish()
	out.Code = m.encode(append(code, e.added...))
	return out, nil
}

// noSnapshot says what state an instance has besides its memory and those
// globals that a host can read and set.
func (m *module) noSnapshot(out *Module, used *uses) string {
	switch {
	case m.memory != nil && m.memory.Imported:
		return "the memory is imported"
	case out.TablesChange:
		return "a table can change"
	case used.dataDrop:
		return "data segments can be dropped"
	}
	for i, inits := range used.dataInit {
		if inits && m.data[i].active() {
			return "a data segment that initialisation drops is used again"
		}
	}
	for i, g := range m.globals {
		switch {
		case !g.Mutable:
		case i < m.importedGlobals:
			return "a mutable global is imported"
		case g.Type.isRef() || g.Type == V128:
			return "a mutable global is of type " + g.Type.String()
		}
	}
	return ""
}

// cap lowers the maxima of memory and tables, or takes the memory's off.
func (m *module) cap(opts Options) error {
	if mem := m.memory; opts.MaxPages > 0 && mem != nil && !mem.Imported {
		if mem.Min > opts.MaxPages {
			return refused("a memory of %d pages, where %d are allowed", mem.Min, opts.MaxPages)
		}
		capped := *mem // the original's stays what it was
		if !mem.HasMax || mem.Max > opts.MaxPages {
			capped.HasMax, capped.Max = true, opts.MaxPages
		}
		m.memory = &capped
	}
	if mem := m.memory; opts.OpenMax && mem != nil && !mem.Imported {
		open := *mem
		open.HasMax, open.Max = false, 0
		m.memory = &open
	}
	own := m.tables[m.importedTables:]
	if opts.MaxEntries == 0 || len(own) == 0 {
		return nil
	}
	var sum uint64
	for _, t := range own {
		sum += uint64(t.limits.Min)
	}
	if sum > uint64(opts.MaxEntries) {
		return refused("tables of %d entries, where %d are allowed", sum, opts.MaxEntries)
	}
	room := (uint64(opts.MaxEntries) - sum) / uint64(len(own))
	for i := range own {
		limits := &own[i].limits
		if most := uint64(limits.Min) + room; !limits.HasMax || uint64(limits.Max) > most {
			limits.HasMax, limits.Max = true, uint32(most)
		}
	}
	return nil
}

func refused(format string, args ...any) error {
	return &Error{Function: -1, Reason: fmt.Sprintf(format, args...)}
}

// editor changes a module: it appends globals, functions, types and exports,
// which leaves every index as it was.
type editor struct {
	wasm  []byte
	m     *module
	out   *Module
	added [][]byte // bodies of functions behind the author's

	prefix  string // of hidden exports
	names   []named
	helpers map[helper]uint32

	stopping bool   // there is a deadline, and with it:
	check    uint32 // the import
	credits  uint32 // the global
	refill   uint32 // the functions of deadline.go
	settle   uint32
}

// named is a name for a function that was added, as it appears in traces.
type named struct {
	index uint32
	name  string
}

func newEditor(wasm []byte, m *module, out *Module) *editor {
	e := &editor{wasm: wasm, m: m, out: out, prefix: "lambent\x00", helpers: map[helper]uint32{}}
	for _, x := range out.Exports {
		for strings.HasPrefix(x.Name, e.prefix) {
			e.prefix += "\x00"
		}
	}
	// The exports that are added must not appear among the author's.
	m.exports = append(make([]Export, 0, len(m.exports)+8), m.exports...)
	return e
}

// hide exports something under a hidden name, which it returns.
func (e *editor) hide(name string, kind Kind, index uint32) string {
	name = e.prefix + name
	e.m.exports = append(e.m.exports, Export{Name: name, Index: index, Extern: Extern{Kind: kind}})
	e.m.present[secExport] = true
	return name
}

// typeIndex returns the index of a function type, which it adds if need be.
func (e *editor) typeIndex(params, results []ValType) uint32 {
	for i, t := range e.m.types {
		if slices.Equal(t.Params, params) && slices.Equal(t.Results, results) {
			return uint32(i)
		}
	}
	e.m.types = append(e.m.types, FuncType{Params: params, Results: results})
	e.m.present[secType] = true
	return uint32(len(e.m.types) - 1)
}

// addFunc appends a function without locals and returns its index.
func (e *editor) addFunc(name string, params, results []ValType, code []byte) uint32 {
	e.m.funcs = append(e.m.funcs, e.typeIndex(params, results))
	e.m.present[secFunction], e.m.present[secCode] = true, true
	e.added = append(e.added, append([]byte{0}, code...))
	index := uint32(len(e.m.funcs) - 1)
	e.names = append(e.names, named{index, "lambent." + name})
	return index
}
