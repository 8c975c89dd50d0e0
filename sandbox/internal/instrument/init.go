package instrument

import "strconv"

// addInit adds the function that does what instantiation no longer does. With
// data, the active data segments become passive; the function copies each to
// where it belongs and drops it, in order, and traps where instantiation would
// have. The start function comes last.
func (e *editor) addInit(data bool) {
	m := e.m
	var w writer
	if data {
		for i := range m.data {
			s := &m.data[i]
			if !s.active() {
				continue
			}
			w.byte(s.offset[:len(s.offset)-1]...) // without its end
			w.i32(0)
			w.i32(int32(len(s.bytes)))
			e.initSegment(&w, uint32(i))
			w.at(opDataDrop, uint32(i))
			s.flags, s.offset = 1, nil
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
	if data && len(m.data) > 0 {
		m.dataCount, m.present[secDataCount] = len(m.data), true
	}
	e.out.Init = e.hide("init", KindFunc, e.addFunc("initialise", nil, nil, w.buf))
}

func (e *editor) initSegment(w *writer, segment uint32) {
	in := instr{op: opMemoryInit, shape: opMemoryInit.shape(), a: segment}
	if e.stopping {
		e.bulk(w, &in, &instr{})
	} else {
		w.instr(&in)
	}
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
