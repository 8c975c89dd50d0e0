package link

import (
	"errors"
	"slices"
	"unsafe"

	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// References to functions. wazero passes them as addresses of structures of its
// own, a new one each time, so that two references to one function differ. To
// find out which function one refers to, the structure is read: it says where
// wazero keeps the instance and, for a function that the referring instance
// defines, its index. That layout is wazero's (wazevo's functionInstance) and may
// change with it; a test reads references of every kind.
type reference struct {
	executable uintptr
	opaque     uintptr
	typeID     uint32
	index      uint32 // 0 if the instance that made the reference imports the function
}

// read returns what is behind a reference that is not null. It is alive as long
// as the cluster that the reference is from.
func read(ref uint64) reference {
	return **(**reference)(unsafe.Pointer(&ref))
}

var errUnknownFunction = errors.New("link: a reference to an unknown function")

// Ref returns a reference to a function for something that will hold it: a Func
// to be called with it, a Table, a Global, or nil for what is running.
func (s *Store) Ref(f *Func, holder any) (uint64, error) {
	switch h := holder.(type) {
	case *Func:
		h.owner.cluster.join(f.owner.cluster)
	case *Table:
		h.owner.cluster.join(f.owner.cluster)
	case *Global:
		h.owner.cluster.join(f.owner.cluster)
	default:
		if s.running != nil {
			s.running.join(f.owner.cluster)
		}
	}
	return f.reference()
}

// reference returns a reference to the function. It lasts as long as the cluster.
func (f *Func) reference() (uint64, error) {
	if f.ref != 0 {
		return f.ref, nil
	}
	// A module that imports the function can refer to it.
	w := wire{b: []byte(header)}
	var types, imports, funcs, exports, code vector
	types.add().funcType(f.typ)
	types.add().funcType(FuncType{Results: []ValType{instrument.FuncRef}})
	i := imports.add()
	i.name("0")
	i.name(f.name)
	i.byte(byte(KindFunc), 0)
	funcs.add().u32(1)
	for index, name := range []string{"f", "ref"} {
		x := exports.add()
		x.name(name)
		x.byte(byte(KindFunc), byte(index))
	}
	code.add().byte(4, 0, opRefFunc, 0, opEnd)
	w.section(sectionType, &types)
	w.section(sectionImport, &imports)
	w.section(sectionFunction, &funcs)
	w.section(sectionExport, &exports)
	w.section(sectionCode, &code)
	s := f.owner.store
	m, err := s.engine.linker(w.b, nil)
	if err != nil {
		return 0, err
	}
	referrer, err := s.standIn(m, f.owner)
	if err != nil {
		return 0, err
	}
	var stack [1]uint64
	if err := s.enter(referrer.module.ExportedFunction("ref"), stack[:]); err != nil {
		return 0, err
	}
	f.ref = stack[0]
	return f.ref, nil
}

// FuncOf returns the function that a reference refers to, nil for null.
func (s *Store) FuncOf(ref uint64) (*Func, error) {
	if ref == 0 {
		return nil, nil
	}
	r := read(ref)
	i := s.instanceAt(r.opaque)
	if i == nil {
		return nil, errUnknownFunction
	}
	if r.index == 0 {
		// Either another instance imports the function, or it is the first of one
		// that imports none.
		if f, err := i.imported(r.executable); err == nil || i.facts.imported > 0 {
			return f, err
		}
	}
	if uint64(r.index) >= uint64(len(i.facts.types)) {
		return nil, errUnknownFunction
	}
	f := i.function(r.index)
	if f.ref == 0 {
		f.ref = ref
	}
	return f, nil
}

// imported returns the function of an instance that has its code at an address.
// Others have imported it, for which they needed a Func.
func (i *Instance) imported(executable uintptr) (*Func, error) {
	for _, f := range i.funcs {
		if f.owner != i || f.name == "" && f.ref == 0 {
			continue
		}
		ref, err := f.reference()
		if err != nil {
			return nil, err
		}
		if read(ref).executable == executable {
			return f, nil
		}
	}
	return nil, errUnknownFunction
}

// instanceAt returns the instance that wazero keeps at an address.
func (s *Store) instanceAt(opaque uintptr) *Instance {
	if i := s.opaque[opaque].Value(); i != nil {
		return i
	}
	for at, w := range s.opaque {
		if w.Value() == nil {
			delete(s.opaque, at)
		}
	}
	for _, w := range slices.Clone(s.instances) { // locate makes some
		if i := w.Value(); i != nil && !i.located {
			i.located = true
			if at, ok := i.locate(); ok {
				s.opaque[at] = w
			}
		}
	}
	return s.opaque[opaque].Value()
}

// locate finds out where wazero keeps an instance: any function that it defines
// and exports will do.
func (i *Instance) locate() (uintptr, bool) {
	for index := range i.facts.names {
		if index < i.facts.imported {
			continue
		}
		ref, err := i.function(index).reference()
		if err != nil {
			return 0, false
		}
		return read(ref).opaque, true
	}
	return 0, false
}

// standIn instantiates a module made here that imports from one instance.
func (s *Store) standIn(m *compiled, from *Instance) (*Instance, error) {
	module, err := s.engine.instantiate(s.ctx, m, func(string) api.Module { return from.module }, nil)
	if err != nil {
		return nil, err
	}
	i := &Instance{store: s, cluster: from.cluster, module: module, facts: &facts{}}
	i.cluster.keep(i)
	return i, nil
}

// ExternRefs calls keep for every externref but null that is in a table or a
// global of the store's. While nothing runs there are no others.
func (s *Store) ExternRefs(keep func(ref uint64)) {
	add := func(ref uint64) {
		if ref != 0 {
			keep(ref)
		}
	}
	for _, w := range s.instances {
		i := w.Value()
		if i == nil {
			continue
		}
		for _, ref := range i.constants { // some are functions: better too many
			add(ref)
		}
		for _, t := range i.tables {
			if t.names.Elem != ExternRef {
				continue
			}
			for at := range t.Len() {
				ref, _ := t.Get(at)
				add(ref)
			}
		}
		if i.facts.rewritten == nil {
			continue
		}
		for _, name := range i.facts.rewritten.AllGlobals {
			if g := i.module.ExportedGlobal(name); ValType(g.Type()) == ExternRef {
				add(g.Get())
			}
		}
	}
}
