package link

import (
	goruntime "runtime"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// Kind says what an import or export is.
type Kind = instrument.Kind

// The kinds of imports and exports.
const (
	KindFunc   = instrument.KindFunc
	KindTable  = instrument.KindTable
	KindMemory = instrument.KindMemory
	KindGlobal = instrument.KindGlobal
)

// Module is a compiled module. It may be used in any store of its engine.
type Module struct{ c *compiled }

// Compile compiles a module, or finds it compiled already. It may be called from
// any goroutine. A module that is not valid is a *CompileError; ErrInterrupted
// and ErrMemory are of the store.
func (s *Store) Compile(code []byte) (*Module, error) {
	if s.stopped.Load() {
		return nil, ErrInterrupted
	}
	size := int64(len(code))
	if !s.ledger.charge(size) {
		return nil, ErrMemory
	}
	c, err := s.engine.compile(code, s.stop)
	if err != nil {
		s.ledger.used.Add(-size)
		return nil, err
	}
	m := &Module{c}
	goruntime.AddCleanup(m, func(l *ledger) { l.used.Add(-size) }, &s.ledger)
	return m, nil
}

// Imports lists what the module imports. It is shared: read it only.
func (m *Module) Imports() []Import { return m.c.rewritten.Imports }

// Exports lists what the module exports. It is shared: read it only.
func (m *Module) Exports() []Export { return m.c.rewritten.Exports }

// Customs returns copies of the custom sections of that name.
func (m *Module) Customs(name string) [][]byte {
	var found [][]byte
	for _, c := range m.c.rewritten.Customs {
		if c.Name == name {
			found = append(found, append([]byte{}, c.Data...))
		}
	}
	return found
}
