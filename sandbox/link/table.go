package link

import (
	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// Table is a table of references.
type Table struct {
	owner  *Instance
	names  instrument.Table // of what the owner exports for it
	limits Limits
	slot   any
	// The functions that work on it, once needed.
	get, set, grow, size api.Function
}

// NewTable makes a table that no module has defined.
func (s *Store) NewTable(elem ValType, limits Limits) (*Table, error) {
	var w wire
	w.byte([]byte(header)...)
	var v vector
	e := v.add()
	e.byte(byte(elem))
	e.limits(limits)
	w.section(sectionTable, &v)
	i, err := s.make(w.b)
	if err != nil {
		return nil, err
	}
	t := i.tables[0]
	t.limits = limits // those of the module are capped
	return t, nil
}

// Type is what the table holds.
func (t *Table) Type() ValType { return t.names.Elem }

// Limits are what the table was declared with.
func (t *Table) Limits() Limits { return t.limits }

// Slot is the embedder's, to note something about the table.
func (t *Table) Slot() *any { return &t.slot }

// Len is how many entries the table has.
func (t *Table) Len() uint32 {
	var stack [1]uint64
	if t.call(&t.size, t.names.Size, stack[:]) != nil {
		return 0
	}
	return uint32(stack[0])
}

// Get returns an entry. ok is false if there is none of that index.
func (t *Table) Get(index uint32) (ref uint64, ok bool) {
	stack := [1]uint64{uint64(index)}
	if t.call(&t.get, t.names.Get, stack[:]) != nil {
		return 0, false
	}
	return stack[0], true
}

// Set changes an entry. It returns false if there is none of that index.
func (t *Table) Set(index uint32, ref uint64) bool {
	stack := [2]uint64{uint64(index), ref}
	return t.call(&t.set, t.names.Set, stack[:]) == nil
}

// Grow adds entries and returns how many there were. ok is false if that would
// be too many.
func (t *Table) Grow(entries uint32, ref uint64) (before uint32, ok bool) {
	stack := [2]uint64{ref, uint64(entries)}
	if t.call(&t.grow, t.names.Grow, stack[:]) != nil {
		return 0, false
	}
	return uint32(stack[0]), int32(stack[0]) >= 0
}

// call calls one of the table's functions.
func (t *Table) call(fn *api.Function, name string, stack []uint64) error {
	if *fn == nil {
		*fn = t.owner.module.ExportedFunction(name)
	}
	return t.owner.store.enter(*fn, stack)
}
