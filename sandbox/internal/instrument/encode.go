package instrument

// encode puts a module together again; bodies are those of the functions it
// defines, each with its locals and without its length.
func (m *module) encode(bodies [][]byte) []byte {
	size := len(magic) + len(version)
	for _, b := range bodies {
		size += len(b) + 5
	}
	for i := range m.data {
		size += len(m.data[i].bytes) + 16
	}
	w := &writer{buf: make([]byte, 0, size+size/8)}
	w.byte(magic...)
	w.byte(version...)
	m.customsAfter(w, 0)
	var content writer
	for _, id := range sectionOrder {
		if m.present[id] {
			content.buf = content.buf[:0]
			m.writeSection(&content, id, bodies)
			w.byte(id)
			w.bytes(content.buf)
		}
		m.customsAfter(w, id)
	}
	return w.buf
}

func (m *module) customsAfter(w *writer, id byte) {
	for _, c := range m.customs {
		if c.after == id {
			var content writer
			content.name(c.Name)
			content.byte(c.Data...)
			w.byte(secCustom)
			w.bytes(content.buf)
		}
	}
}

func (m *module) writeSection(w *writer, id byte, bodies [][]byte) {
	switch id {
	case secType:
		w.u32(uint32(len(m.types)))
		for _, t := range m.types {
			w.byte(0x60)
			w.valTypes(t.Params)
			w.valTypes(t.Results)
		}
	case secImport:
		m.writeImports(w)
	case secFunction:
		defined := m.funcs[m.importedFuncs:]
		w.u32(uint32(len(defined)))
		for _, t := range defined {
			w.u32(t)
		}
	case secTable:
		defined := m.tables[m.importedTables:]
		w.u32(uint32(len(defined)))
		for _, t := range defined {
			w.byte(byte(t.elem))
			w.limits(t.limits)
		}
	case secMemory:
		m.writeMemory(w)
	case secGlobal:
		defined := m.globals[m.importedGlobals:]
		w.u32(uint32(len(defined)))
		for _, g := range defined {
			w.globalType(g.GlobalType)
			w.byte(g.init...)
		}
	case secExport:
		w.u32(uint32(len(m.exports)))
		for _, e := range m.exports {
			w.name(e.Name)
			w.byte(byte(e.Kind))
			w.u32(e.Index)
		}
	case secStart:
		w.u32(uint32(m.start))
	case secElement:
		m.writeElems(w)
	case secDataCount:
		w.u32(uint32(m.dataCount))
	case secCode:
		w.u32(uint32(len(bodies)))
		for _, b := range bodies {
			w.bytes(b)
		}
	case secData:
		m.writeData(w)
	}
}

func (m *module) writeImports(w *writer) {
	w.u32(uint32(len(m.imports)))
	funcs := 0
	for i := range m.imports {
		imp := &m.imports[i]
		w.name(imp.Module)
		w.name(imp.Name)
		w.byte(byte(imp.Kind))
		switch imp.Kind {
		case KindFunc:
			w.u32(m.funcs[funcs])
			funcs++
		case KindTable:
			w.byte(byte(imp.Table))
			w.limits(imp.Limits)
		case KindMemory:
			w.limits(imp.Limits)
		case KindGlobal:
			w.globalType(imp.Global)
		}
	}
}

func (w *writer) globalType(t GlobalType) {
	w.byte(byte(t.Type))
	if t.Mutable {
		w.byte(1)
	} else {
		w.byte(0)
	}
}

func (m *module) writeMemory(w *writer) {
	if m.memory == nil || m.memory.Imported {
		w.u32(0)
		return
	}
	w.u32(1)
	w.limits(m.memory.Limits)
}

func (m *module) writeElems(w *writer) {
	w.u32(uint32(len(m.elems)))
	for i := range m.elems {
		s := &m.elems[i]
		w.u32(s.flags)
		if s.active() {
			if s.flags&2 != 0 {
				w.u32(s.table)
			}
			w.byte(s.offset...)
		}
		if s.flags&3 != 0 {
			w.byte(s.kind)
		}
		w.u32(uint32(len(s.funcs) + len(s.exprs)))
		for _, f := range s.funcs {
			w.u32(f)
		}
		for _, e := range s.exprs {
			w.byte(e...)
		}
	}
}

func (m *module) writeData(w *writer) {
	w.u32(uint32(len(m.data)))
	for i := range m.data {
		s := &m.data[i]
		w.u32(s.flags)
		if s.flags == 2 {
			w.u32(0)
		}
		if s.active() {
			w.byte(s.offset...)
		}
		w.bytes(s.bytes)
	}
}
