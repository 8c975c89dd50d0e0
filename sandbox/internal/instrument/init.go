package instrument

import (
	"cmp"
	"slices"
	"strconv"
)

// addInit adds the function that does what instantiation no longer does. With
// data, the active data segments become passive; the function copies each to
// where it belongs and drops it, in order, and traps where instantiation would
// have. The start function comes last.
func (e *editor) addInit(data bool, used *uses) {
	m := e.m
	var w writer
	if data {
		for _, p := range e.passive(used) {
			w.byte(p.offset[:len(p.offset)-1]...) // without its end
			w.i32(int32(p.from))
			w.i32(int32(p.length))
			in := instr{op: opMemoryInit, shape: opMemoryInit.shape(), a: p.segment}
			if e.stopping {
				e.bulk(&w, &in, &instr{op: opI32Const, value: int64(p.length)})
			} else {
				w.instr(&in)
			}
			if p.last {
				w.at(opDataDrop, p.segment)
			}
		}
	}
	if m.start >= 0 {
		w.at(opCall, uint32(m.start))
		m.start, m.present[secStart] = -1, false
	}
	if len(w.buf) == 0 {
		return
	}
	w.op(opEnd)
	e.out.Init = e.hide("init", KindFunc, e.addFunc("initialise", nil, nil, w.buf))
}

// piece is a part of a data segment that is copied to memory.
type piece struct {
	offset  []byte // a constant expression
	segment uint32
	from    int // in the segment
	length  int
	last    bool // nothing more is copied from the segment
}

// passive makes all data segments passive and returns what is to be copied.
func (e *editor) passive(used *uses) []piece {
	m := e.m
	if !slices.ContainsFunc(m.data, func(s dataSegment) bool { return s.active() }) {
		return nil
	}
	var pieces []piece
	if used.dataDrop || slices.Contains(used.dataInit, true) {
		for i := range m.data {
			s := &m.data[i]
			if s.active() {
				pieces = append(pieces, piece{offset: s.offset, segment: uint32(i), length: len(s.bytes), last: true})
				s.flags, s.offset = 1, nil
			}
		}
	} else {
		pieces = m.merge()
	}
	m.dataCount, m.present[secDataCount] = len(m.data), true
	return pieces
}

// maxGap is how many zeros may be written between two data segments to copy both
// at once. Go's linker leaves them out and makes tens of thousands of segments,
// each of which would cost every instance.
const maxGap = 64

// merge puts the bytes of all active segments into a single one, to which no
// code refers. Where the memory is the module's own, and so full of zeros, and
// no segment writes over another, they are sorted and neighbours are joined.
func (m *module) merge() []piece {
	type segment struct {
		at    int64 // in memory; -1: not known
		index int
	}
	var order []segment
	apart := !m.memory.Imported
	for i := range m.data {
		if m.data[i].active() {
			s := segment{constantI32(m.data[i].offset), i}
			order = append(order, s)
			apart = apart && s.at >= 0
		}
	}
	sorted := slices.SortedStableFunc(slices.Values(order), func(a, b segment) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(sorted) && apart; i++ {
		last := sorted[i-1]
		apart = last.at+int64(len(m.data[last.index].bytes)) <= sorted[i].at
	}
	if apart {
		order = sorted
	}
	var pieces []piece
	var all []byte
	end := int64(0) // in memory, of the last piece
	for i, s := range order {
		d := m.data[s.index]
		if gap := s.at - end; apart && i > 0 && gap <= maxGap {
			all = append(all, make([]byte, gap)...)
			pieces[len(pieces)-1].length += int(gap) + len(d.bytes)
		} else {
			pieces = append(pieces, piece{offset: d.offset, from: len(all), length: len(d.bytes)})
		}
		all = append(all, d.bytes...)
		end = s.at + int64(len(d.bytes))
	}
	pieces[len(pieces)-1].last = true
	m.data = []dataSegment{{flags: 1, bytes: all}}
	return pieces
}

// constantI32 returns the value of a constant expression that is an i32.const,
// or -1.
func constantI32(expr []byte) int64 {
	r := &reader{data: expr, end: len(expr)}
	var in instr
	r.instr(&in)
	if in.op != opI32Const || r.left() != 1 {
		return -1
	}
	return int64(uint32(in.value))
}

// exportGlobals exports the mutable globals that the author defined.
func (e *editor) exportGlobals() {
	for i, g := range e.m.globals {
		if i < e.m.importedGlobals || !g.Mutable || e.stopping && uint32(i) == e.credits {
			continue
		}
		name := e.hide("global "+strconv.Itoa(i), KindGlobal, uint32(i))
		e.out.Globals = append(e.out.Globals, Global{Export: name, Type: g.Type})
	}
}
