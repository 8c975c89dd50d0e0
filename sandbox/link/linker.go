package link

import (
	"slices"
	"strconv"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// baseGlobal is the export of a linker by which it learns where the numbers of
// its host functions begin.
const baseGlobal = "base"

// dispatchFrom is the module from which linkers import the ways into the host,
// each under the type of the functions that go through it.
const dispatchFrom = "dispatch"

// linker builds the module that stands between an instance and its imports. It
// exports each import under its number:
//
//   - what another instance has, by importing it from there;
//   - a function of the host as a function that calls dispatch with its own
//     arguments and the number of the host function;
//   - a number as a constant global, a reference as a global to be set.
//
// What it looks like depends on types and names alone, so that the same module
// linked in the same way again finds its linker compiled.
type linker struct {
	types, imports, funcs, globals, exports, code vector

	typeIndex map[string]uint32
	// origins are the instances that it imports from, by number.
	origins []*Instance
	// dispatch has the function index of the way into the host, by type.
	dispatch map[string]uint32
	kinds    []FuncType // of dispatch, in the order of their indices

	hosts []hostImport
	// reexports are where the things are that it imports from origins.
	reexports []reexport
	// references are the globals to be set, by the number of the import.
	references map[int]uint64
	constants  []constant
}

type hostImport struct {
	import_ int
	typ     FuncType
}

type reexport struct {
	import_ int
	kind    Kind
	origin  int
	name    string
	typ     Extern
}

type constant struct {
	import_ int
	typ     ValType
	bits    uint64
}

// origin returns the number of an instance to import from.
func (l *linker) origin(i *Instance) int {
	if n := slices.Index(l.origins, i); n >= 0 {
		return n
	}
	l.origins = append(l.origins, i)
	return len(l.origins) - 1
}

// from imports something of an instance and exports it again.
func (l *linker) from(number int, kind Kind, i *Instance, name string, typ Extern) {
	l.reexports = append(l.reexports, reexport{number, kind, l.origin(i), name, typ})
}

// host makes a function that calls the host.
func (l *linker) host(number int, typ FuncType) { l.hosts = append(l.hosts, hostImport{number, typ}) }

// value makes a global.
func (l *linker) value(number int, typ ValType, bits uint64) {
	l.constants = append(l.constants, constant{number, typ, bits})
	if isRef(typ) {
		if l.references == nil {
			l.references = map[int]uint64{}
		}
		l.references[number] = bits
	}
}

// signature is a type as a map's key.
func signature(t FuncType) string {
	b := make([]byte, 0, len(t.Params)+len(t.Results)+1)
	for _, p := range t.Params {
		b = append(b, byte(p))
	}
	b = append(b, '>')
	for _, r := range t.Results {
		b = append(b, byte(r))
	}
	return string(b)
}

// way is the type of the way into the host for functions of a type: the same
// with one more parameter, the number. Vectors cannot be passed to a host; what
// wants to call with one gets an exception instead, and so no arguments.
func way(t FuncType) FuncType {
	if slices.Contains(t.Params, instrument.V128) || slices.Contains(t.Results, instrument.V128) {
		return FuncType{Params: []ValType{instrument.I32}}
	}
	return FuncType{Params: append(slices.Clip(t.Params), instrument.I32), Results: t.Results}
}

func (l *linker) typ(t FuncType) uint32 {
	key := signature(t)
	if i, ok := l.typeIndex[key]; ok {
		return i
	}
	i := l.types.n
	l.typeIndex[key] = i
	l.types.add().funcType(t)
	return i
}

// build writes the module. shims is the index of the first function that calls
// the host; the others follow in the order of hosts.
func (l *linker) build() (code []byte, shims uint32) {
	l.typeIndex, l.dispatch = map[string]uint32{}, map[string]uint32{}
	var count [4]uint32 // of the imports, by kind
	export := func(number int, kind Kind, index uint32) {
		w := l.exports.add()
		w.name(strconv.Itoa(number))
		w.byte(byte(kind))
		w.u32(index)
	}
	for _, r := range l.reexports {
		w := l.imports.add()
		w.name(strconv.Itoa(r.origin))
		w.name(r.name)
		w.byte(byte(r.kind))
		l.describe(w, r.kind, r.typ)
		export(r.import_, r.kind, count[r.kind])
		count[r.kind]++
	}
	for _, h := range l.hosts {
		t := way(h.typ)
		key := signature(t)
		if _, ok := l.dispatch[key]; ok {
			continue
		}
		w := l.imports.add()
		w.name(dispatchFrom)
		w.name(key)
		w.byte(byte(KindFunc))
		w.u32(l.typ(t))
		l.dispatch[key] = count[KindFunc]
		l.kinds = append(l.kinds, t)
		count[KindFunc]++
	}
	base := count[KindGlobal]
	shims = count[KindFunc]
	if len(l.hosts) > 0 {
		l.global(GlobalType{Type: instrument.I32, Mutable: true}, 0)
		w := l.exports.add()
		w.name(baseGlobal)
		w.byte(byte(KindGlobal))
		w.u32(base)
	}
	for i, h := range l.hosts {
		l.shim(h.typ, uint32(i), base)
		export(h.import_, KindFunc, shims+uint32(i))
	}
	for _, c := range l.constants {
		export(c.import_, KindGlobal, base+l.globals.n)
		l.global(GlobalType{Type: c.typ, Mutable: isRef(c.typ)}, c.bits)
	}
	w := wire{b: []byte(header)}
	w.section(sectionType, &l.types)
	w.section(sectionImport, &l.imports)
	w.section(sectionFunction, &l.funcs)
	w.section(sectionGlobal, &l.globals)
	w.section(sectionExport, &l.exports)
	w.section(sectionCode, &l.code)
	return w.b, shims
}

func (l *linker) global(t GlobalType, bits uint64) {
	w := l.globals.add()
	w.globalType(t)
	w.constant(t.Type, bits)
}

// describe writes the type of an import. Memories and tables of any size will do:
// it is the instance that has a claim on them, and wazero will check it.
func (l *linker) describe(w *wire, kind Kind, t Extern) {
	switch kind {
	case KindFunc:
		w.u32(l.typ(t.Func))
	case KindTable:
		w.byte(byte(t.Table))
		w.limits(Limits{})
	case KindMemory:
		w.limits(Limits{})
	case KindGlobal:
		w.globalType(t.Global)
	}
}

// shim writes the function that calls the host in the place of one of its
// functions.
func (l *linker) shim(t FuncType, number, base uint32) {
	l.funcs.add().u32(l.typ(t))
	to := way(t)
	var w wire
	w.byte(0) // no locals
	for p := range len(to.Params) - 1 {
		w.byte(opLocalGet)
		w.u32(uint32(p))
	}
	w.byte(opGlobalGet)
	w.u32(base)
	w.byte(opI32Const)
	w.signed(int64(number))
	w.byte(opI32Add, opCall)
	w.u32(l.dispatch[signature(to)])
	if len(to.Results) != len(t.Results) {
		w.byte(opUnreachable) // the host has thrown
	}
	w.byte(opEnd)
	body := l.code.add()
	body.u32(uint32(len(w.b)))
	body.byte(w.b...)
}
