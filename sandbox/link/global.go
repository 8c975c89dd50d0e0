package link

import (
	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// Global is a global.
type Global struct {
	owner  *Instance
	name   string // the hidden export
	typ    GlobalType
	global api.Global
	slot   any
}

// NewGlobal makes a global that no module has defined. bits is its value as
// calls pass values of its type.
func (s *Store) NewGlobal(typ GlobalType, bits uint64) (*Global, error) {
	made := GlobalType{Type: typ.Type, Mutable: typ.Mutable || isRef(typ.Type)}
	var w wire
	w.byte([]byte(header)...)
	var v vector
	e := v.add()
	e.globalType(made)
	if made.Mutable { // modules are kept by content, so it says nothing of the value
		e.constant(typ.Type, 0)
	} else {
		e.constant(typ.Type, bits)
	}
	w.section(sectionGlobal, &v)
	i, err := s.make(w.b)
	if err != nil {
		return nil, err
	}
	g := i.global(Export{Extern: Extern{Global: typ}})
	if made.Mutable {
		g.put(bits)
	}
	return g, nil
}

// constant writes an expression that has a value. References are null.
func (w *wire) constant(t ValType, bits uint64) {
	switch t {
	case instrument.I32:
		w.byte(opI32Const)
		w.signed(int64(int32(bits)))
	case instrument.I64:
		w.byte(opI64Const)
		w.signed(int64(bits))
	case instrument.F32:
		w.byte(opF32Const, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
	case instrument.F64:
		w.byte(opF64Const)
		for shift := 0; shift < 64; shift += 8 {
			w.byte(byte(bits >> shift))
		}
	default:
		w.byte(opRefNull, byte(t))
	}
	w.byte(opEnd)
}

// Type is the global's type.
func (g *Global) Type() GlobalType { return g.typ }

// Slot is the embedder's, to note something about the global.
func (g *Global) Slot() *any { return &g.slot }

// Get returns the value as calls pass it. A v128 has no value here.
func (g *Global) Get() uint64 { return g.global.Get() }

// Set changes the value of a mutable global.
func (g *Global) Set(bits uint64) {
	if g.typ.Mutable {
		g.put(bits)
	}
}

func (g *Global) put(bits uint64) {
	if m, ok := g.global.(api.MutableGlobal); ok {
		m.Set(bits)
	}
}
