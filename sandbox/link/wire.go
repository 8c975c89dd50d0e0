package link

import (
	"errors"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// Sections of the binary format.
const (
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionTable    = 4
	sectionMemory   = 5
	sectionGlobal   = 6
	sectionExport   = 7
	sectionCode     = 10
)

// Instructions that the modules made here consist of.
const (
	opUnreachable = 0x00
	opEnd         = 0x0b
	opCall        = 0x10
	opLocalGet    = 0x20
	opGlobalGet   = 0x23
	opI32Const    = 0x41
	opI64Const    = 0x42
	opF32Const    = 0x43
	opF64Const    = 0x44
	opI32Add      = 0x6a
	opRefNull     = 0xd0
	opRefFunc     = 0xd2
)

const header = "\x00asm\x01\x00\x00\x00"

// wire builds the binary format.
type wire struct{ b []byte }

func (w *wire) byte(b ...byte) { w.b = append(w.b, b...) }

func (w *wire) u32(v uint32) {
	for ; v >= 0x80; v >>= 7 {
		w.b = append(w.b, byte(v)|0x80)
	}
	w.b = append(w.b, byte(v))
}

func (w *wire) signed(v int64) {
	for {
		low := byte(v & 0x7f)
		v >>= 7
		if v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			w.b = append(w.b, low)
			return
		}
		w.b = append(w.b, low|0x80)
	}
}

func (w *wire) name(s string) {
	w.u32(uint32(len(s)))
	w.b = append(w.b, s...)
}

func (w *wire) types(ts []ValType) {
	w.u32(uint32(len(ts)))
	for _, t := range ts {
		w.b = append(w.b, byte(t))
	}
}

func (w *wire) funcType(t FuncType) {
	w.byte(0x60)
	w.types(t.Params)
	w.types(t.Results)
}

func (w *wire) limits(l Limits) {
	if l.HasMax {
		w.byte(1)
		w.u32(l.Min)
		w.u32(l.Max)
		return
	}
	w.byte(0)
	w.u32(l.Min)
}

func (w *wire) globalType(t GlobalType) {
	mutable := byte(0)
	if t.Mutable {
		mutable = 1
	}
	w.byte(byte(t.Type), mutable)
}

// vector is a section that is built entry by entry.
type vector struct {
	wire
	n uint32
}

// add counts an entry, which the caller then writes.
func (v *vector) add() *wire {
	v.n++
	return &v.wire
}

// section appends a vector as a section, if it has entries.
func (w *wire) section(id byte, v *vector) {
	if v.n == 0 {
		return
	}
	var body wire
	body.u32(v.n)
	body.byte(v.b...)
	w.byte(id)
	w.u32(uint32(len(body.b)))
	w.byte(body.b...)
}

// errShort reports a module that instrument should not have written.
var errShort = errors.New("link: the rewritten module is malformed")

// unwire reads the binary format. The modules it reads come from instrument, so
// that it has one error, which sticks, for everything.
type unwire struct {
	b   []byte
	bad bool
}

func (r *unwire) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *unwire) u32() uint32 {
	var v uint32
	for shift := 0; shift < 35 && !r.bad; shift += 7 {
		c := r.byte()
		v |= uint32(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.bad = true
	return 0
}

func (r *unwire) take(n uint32) []byte {
	if uint64(n) > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *unwire) name() string { return string(r.take(r.u32())) }

func (r *unwire) types() []ValType {
	var ts []ValType
	for _, c := range r.take(r.u32()) {
		ts = append(ts, ValType(c))
	}
	return ts
}

func (r *unwire) limits() Limits {
	l := Limits{HasMax: r.byte()&1 != 0}
	l.Min = r.u32()
	if l.HasMax {
		l.Max = r.u32()
	}
	return l
}

// What instrument says of modules, under names that embedders can use.
type (
	// ValType is the type of a value, in the binary format's numbers.
	ValType = instrument.ValType
	// FuncType is the type of a function.
	FuncType = instrument.FuncType
	// Limits are the sizes of a memory, in pages, or a table, in entries.
	Limits = instrument.Limits
	// GlobalType is the type of a global.
	GlobalType = instrument.GlobalType
	// Extern is the type of an import or export.
	Extern = instrument.Extern
	// Import is one import of a module.
	Import = instrument.Import
	// Export is one export of a module.
	Export = instrument.Export
)

// The types of values.
const (
	I32       = instrument.I32
	I64       = instrument.I64
	F32       = instrument.F32
	F64       = instrument.F64
	V128      = instrument.V128
	FuncRef   = instrument.FuncRef
	ExternRef = instrument.ExternRef
)

// isRef says that values of a type are references.
func isRef(t ValType) bool { return t == instrument.FuncRef || t == instrument.ExternRef }
