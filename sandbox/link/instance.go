package link

import (
	"fmt"
	"slices"
	"strconv"
	"weak"

	"github.com/tetratelabs/wazero/api"
)

// Instance is a module come to life, or a linker.
type Instance struct {
	store   *Store
	cluster *cluster
	module  api.Module
	facts   *facts

	// funcs are the functions that somebody has asked for, by their index in
	// the rewritten module, and those that are imported.
	funcs   map[uint32]*Func
	memory  *Memory
	tables  []*Table
	globals map[uint32]*Global // those that are imported or exported
	exports []any
	located bool // and so in Store.opaque
	// constants are the references that a linker's globals hold.
	constants []uint64
}

// Instantiate makes an instance. imports are what the module imports, in the
// order of Module.Imports: a *Func, *Memory, *Table or *Global, a Host for a
// function, or a uint64, the value of an immutable global. Their types must be
// right, and sizes within limits; that is for the embedder to say in its own words.
//
// If the start function or a segment fails, that is a *Trap or what a Host has
// returned, and there may be effects on what was imported. ErrMemory means that
// the memory which the module wants is not there.
func (s *Store) Instantiate(m *Module, imports []any) (*Instance, error) {
	if s.stopped.Load() {
		return nil, ErrInterrupted
	}
	i, err := s.instantiate(m.c, imports)
	if err != nil {
		return nil, err
	}
	i.expose()
	if err := i.initialise(); err != nil {
		return nil, err
	}
	return i, nil
}

// make instantiates a module made here, which imports nothing.
func (s *Store) make(code []byte) (*Instance, error) {
	m, err := s.engine.compile(code, s.stop)
	if err != nil {
		return nil, err
	}
	i, err := s.instantiate(m, nil)
	if err != nil {
		return nil, err
	}
	i.expose()
	return i, nil
}

func (s *Store) instantiate(m *compiled, imports []any) (*Instance, error) {
	if err := s.admit(m); err != nil {
		return nil, err
	}
	i := &Instance{store: s, cluster: s.newCluster(), facts: &m.facts, funcs: map[uint32]*Func{}, globals: map[uint32]*Global{}}
	var linked *Instance
	if len(imports) > 0 {
		var err error
		if linked, err = s.link(i, imports); err != nil {
			return nil, err
		}
	}
	resolve := func(string) api.Module { return linked.module }
	module, err := s.engine.instantiate(s.ctx, m, resolve, allocator{s})
	if err != nil {
		return nil, err
	}
	i.module = module
	i.cluster.keep(i)
	s.note(i)
	return i, nil
}

// note adds an instance to those of the store, from which it goes by itself.
func (s *Store) note(i *Instance) {
	if len(s.instances) == cap(s.instances) {
		s.instances = slices.DeleteFunc(s.instances, func(w weak.Pointer[Instance]) bool { return w.Value() == nil })
	}
	s.instances = append(s.instances, weak.Make(i))
}

// overhead is about what wazero takes for an instance, besides its memory and
// tables; an entry of a table, with the function in it, takes entrySize.
const (
	overhead  = 4 << 10
	entrySize = 8
)

// admit says whether there is memory for an instance. That of linear memory is
// counted as it is allocated.
func (s *Store) admit(m *compiled) error {
	want := int64(overhead)
	if m.rewritten == nil {
		return nil
	}
	for _, t := range m.rewritten.Tables {
		if !t.Imported {
			want += int64(t.Limits.Min) * entrySize
		}
	}
	if mem := m.rewritten.Memory; mem != nil && !mem.Imported {
		want += int64(mem.Min) * PageSize
	}
	if !s.charge(want) {
		return ErrMemory
	}
	s.ledger.used.Add(-want)
	return nil
}

// link makes the linker of an instance and puts the imports into its place.
func (s *Store) link(i *Instance, imports []any) (*Instance, error) {
	wanted := i.facts.rewritten.Imports
	if len(imports) != len(wanted) {
		return nil, fmt.Errorf("link: %d imports given, %d wanted", len(imports), len(wanted))
	}
	l := &linker{}
	var hosts []*host
	globals := uint32(0)
	bound := make([]*Func, 0, len(imports)) // by function index; nil: a host's
	for n, given := range imports {
		switch x := given.(type) {
		case *Func:
			i.cluster.join(x.owner.cluster)
			bound = append(bound, x)
			if x.name == "" { // it is in tables only, and can only be called from here
				bound[len(bound)-1] = nil
				hosts = append(hosts, &host{x.Call})
				l.host(n, wanted[n].Func)
				break
			}
			l.from(n, KindFunc, x.owner, x.name, wanted[n].Extern)
		case Host:
			bound = append(bound, nil)
			hosts = append(hosts, &host{x})
			l.host(n, wanted[n].Func)
		case *Memory:
			i.cluster.join(x.owner.cluster)
			i.memory = x
			l.from(n, KindMemory, x.owner, x.owner.facts.rewritten.MemoryExport, wanted[n].Extern)
		case *Table:
			i.cluster.join(x.owner.cluster)
			i.tables = append(i.tables, x)
			l.from(n, KindTable, x.owner, x.names.Export, wanted[n].Extern)
		case *Global:
			i.cluster.join(x.owner.cluster)
			i.globals[globals] = x
			globals++
			if isRef(x.typ.Type) && !x.typ.Mutable {
				l.value(n, x.typ.Type, x.Get())
				break
			}
			l.from(n, KindGlobal, x.owner, x.name, wanted[n].Extern)
		case uint64:
			globals++ // expose makes it, if need be
			l.value(n, wanted[n].Global.Type, x)
		default:
			return nil, fmt.Errorf("link: import %d is a %T", n, given)
		}
	}
	return s.join(i, l, hosts, bound)
}

// join instantiates a linker, within the cluster of the instance it is for.
func (s *Store) join(i *Instance, l *linker, hosts []*host, bound []*Func) (*Instance, error) {
	code, shims := l.build()
	m, err := s.engine.linker(code, l.kinds)
	if err != nil {
		return nil, err
	}
	li := &Instance{store: s, cluster: i.cluster, funcs: map[uint32]*Func{}}
	li.facts = &facts{relinked: relinked{imported: shims}, authored: shims, names: map[uint32]string{}}
	resolve := func(name string) api.Module {
		if name == dispatchFrom {
			return m.dispatch
		}
		n, err := strconv.Atoi(name)
		if err != nil || n >= len(l.origins) {
			return nil
		}
		return l.origins[n].module
	}
	if li.module, err = s.engine.instantiate(s.ctx, m, resolve, nil); err != nil {
		return nil, err
	}
	li.cluster.keep(li)
	s.note(li)
	if len(hosts) > 0 {
		if base, ok := li.module.ExportedGlobal(baseGlobal).(api.MutableGlobal); ok {
			base.Set(uint64(s.addHosts(li.cluster, hosts)))
		}
	}
	for n, bits := range l.references {
		if g, ok := li.module.ExportedGlobal(strconv.Itoa(n)).(api.MutableGlobal); ok {
			g.Set(bits)
		}
		li.constants = append(li.constants, bits)
	}
	li.facts.types = make([]FuncType, shims, shims+uint32(len(hosts)))
	for n, h := range l.hosts {
		index := shims + uint32(n)
		li.facts.types = append(li.facts.types, h.typ)
		li.facts.names[index] = strconv.Itoa(h.import_)
		li.funcs[index] = &Func{owner: li, index: index, typ: h.typ, name: li.facts.names[index]}
	}
	shim := shims
	for number, f := range bound {
		if f == nil {
			f = li.funcs[shim]
			f.number = uint32(number)
			shim++
		}
		i.funcs[i.facts.inner(uint32(number))] = f
	}
	return li, nil
}

// expose makes the handles of what the instance has and exports.
func (i *Instance) expose() {
	m := i.facts.rewritten
	if m.Memory != nil && i.memory == nil {
		i.memory = &Memory{owner: i, memory: i.module.ExportedMemory(m.MemoryExport), limits: m.Memory.Limits}
	}
	for n, t := range m.Tables {
		if n < len(i.tables) {
			continue // imported
		}
		i.tables = append(i.tables, &Table{owner: i, names: t, limits: t.Limits})
	}
	for _, x := range m.Exports {
		switch x.Kind {
		case KindFunc:
			i.exports = append(i.exports, i.function(i.facts.inner(x.Index)))
		case KindMemory:
			i.exports = append(i.exports, i.memory)
		case KindTable:
			t := i.tables[x.Index]
			if t.owner == i {
				t.limits = x.Limits // as the author wrote them
			}
			i.exports = append(i.exports, t)
		case KindGlobal:
			i.exports = append(i.exports, i.global(x))
		}
	}
}

// global returns the handle of a global that is exported.
func (i *Instance) global(x Export) *Global {
	if i.globals[x.Index] == nil {
		name := i.facts.rewritten.AllGlobals[x.Index]
		i.globals[x.Index] = &Global{owner: i, name: name, typ: x.Global, global: i.module.ExportedGlobal(name)}
	}
	return i.globals[x.Index]
}

// Exports are a *Func, *Memory, *Table or *Global for each of Module.Exports, in
// that order.
func (i *Instance) Exports() []any { return i.exports }

// initialise runs what the module wants to be run at the beginning.
func (i *Instance) initialise() error {
	init := i.facts.rewritten.Init
	if init == "" {
		return nil
	}
	caller := i.store.running
	i.store.running = i.cluster
	err := i.store.enter(i.module.ExportedFunction(init), nil)
	i.store.running = caller
	return err
}
