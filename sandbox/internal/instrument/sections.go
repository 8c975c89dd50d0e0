package instrument

func (m *module) readTypes(r *reader) {
	for n := r.count("types", maxTypes); n > 0 && r.err == nil; n-- {
		start := r.pos
		if form := r.byte(); form != 0x60 {
			r.failAt(start, "type form %#x, where only functions are supported", form)
			return
		}
		m.types = append(m.types, FuncType{
			Params:  r.valTypes("parameters", maxParams),
			Results: r.valTypes("results", maxResults),
		})
	}
}

// readIndex reads an index of something of which there are count.
func (m *module) readIndex(r *reader, what string, count int) uint32 {
	start := r.pos
	i := r.u32()
	if int64(i) >= int64(count) {
		r.failAt(start, "%s %d, of which there are %d", what, i, count)
		return 0
	}
	return i
}

func (m *module) readImports(r *reader) {
	for n := r.count("imports", maxImports); n > 0 && r.err == nil; n-- {
		imp := Import{Module: r.name(), Name: r.name()}
		start := r.pos
		imp.Kind = Kind(r.byte())
		switch imp.Kind {
		case KindFunc:
			index := m.readIndex(r, "type", len(m.types))
			if r.err != nil {
				return
			}
			imp.Func = m.types[index]
			m.funcs = append(m.funcs, index)
			m.importedFuncs++
		case KindTable:
			t := readTable(r)
			imp.Table, imp.Limits = t.elem, t.limits
			m.tables = append(m.tables, t)
			m.importedTables++
		case KindMemory:
			m.readMemory(r, true)
			if r.err == nil {
				imp.Limits = m.memory.Limits
			}
		case KindGlobal:
			imp.Global = readGlobalType(r)
			m.globals = append(m.globals, global{GlobalType: imp.Global})
			m.importedGlobals++
		default:
			r.failAt(start, "import %q.%q of unknown kind %#x", imp.Module, imp.Name, byte(imp.Kind))
		}
		m.imports = append(m.imports, imp)
	}
}

func (m *module) readFuncs(r *reader) {
	for n := r.count("functions", maxFuncs); n > 0 && r.err == nil; n-- {
		m.funcs = append(m.funcs, m.readIndex(r, "type", len(m.types)))
	}
}

func (m *module) readTables(r *reader) {
	for n := r.count("tables", maxTables); n > 0 && r.err == nil; n-- {
		m.tables = append(m.tables, readTable(r))
	}
}

func readTable(r *reader) table {
	start := r.pos
	t := table{elem: r.valType()}
	if r.err == nil && !t.elem.isRef() {
		r.failAt(start, "a table of %s", t.elem)
	}
	var shared bool
	t.limits, shared = readLimits(r)
	if shared {
		r.failAt(start, "a shared table")
	}
	return t
}

func readLimits(r *reader) (l Limits, shared bool) {
	start := r.pos
	flags := r.byte()
	if flags > 3 {
		r.failAt(start, "limits of unknown form %#x", flags)
		return l, false
	}
	l.Min = r.u32()
	if l.HasMax = flags&1 != 0; l.HasMax {
		if l.Max = r.u32(); l.Max < l.Min {
			r.failAt(start, "a maximum of %d below the minimum of %d", l.Max, l.Min)
		}
	}
	return l, flags&2 != 0
}

func (m *module) readMemories(r *reader) {
	for n := r.count("memories", 1); n > 0 && r.err == nil; n-- {
		m.readMemory(r, false)
	}
}

func (m *module) readMemory(r *reader, imported bool) {
	start := r.pos
	limits, shared := readLimits(r)
	switch {
	case m.memory != nil:
		r.failAt(start, "a second memory, where only one is supported")
	case shared:
		r.failAt(start, "a shared memory, which is not supported")
	case limits.Min > maxPages || limits.HasMax && limits.Max > maxPages:
		r.failAt(start, "a memory of more than %d pages", maxPages)
	}
	m.memory = &Memory{Limits: limits, Shared: shared, Imported: imported}
}

func readGlobalType(r *reader) GlobalType {
	t := GlobalType{Type: r.valType()}
	start := r.pos
	switch mutable := r.byte(); mutable {
	case 0:
	case 1:
		t.Mutable = true
	default:
		r.failAt(start, "a global of unknown mutability %#x", mutable)
	}
	return t
}

func (m *module) readGlobals(r *reader) {
	for n := r.count("globals", maxGlobals); n > 0 && r.err == nil; n-- {
		g := global{GlobalType: readGlobalType(r)}
		g.init = m.readConstant(r)
		m.globals = append(m.globals, g)
	}
}

func (m *module) readExports(r *reader) {
	n := r.count("exports", maxExports)
	seen := make(map[string]bool, n)
	for ; n > 0 && r.err == nil; n-- {
		start := r.pos
		e := Export{Name: r.name()}
		if seen[e.Name] {
			r.failAt(start, "a second export named %q", e.Name)
		}
		seen[e.Name] = true
		e.Kind = Kind(r.byte())
		e.Index = r.u32()
		if count := m.countOf(e.Kind); r.err == nil && int64(e.Index) >= int64(count) {
			r.failAt(start, "export %q is %s %d, of which there are %d", e.Name, e.Kind, e.Index, count)
		}
		if r.err != nil {
			return
		}
		e.Extern = m.extern(e.Kind, e.Index)
		m.exports = append(m.exports, e)
	}
}

func (m *module) countOf(k Kind) int {
	switch k {
	case KindFunc:
		return len(m.funcs)
	case KindTable:
		return len(m.tables)
	case KindMemory:
		if m.memory != nil {
			return 1
		}
	case KindGlobal:
		return len(m.globals)
	}
	return 0
}

func (m *module) extern(k Kind, index uint32) Extern {
	e := Extern{Kind: k}
	switch k {
	case KindFunc:
		e.Func = m.types[m.funcs[index]]
	case KindTable:
		e.Table, e.Limits = m.tables[index].elem, m.tables[index].limits
	case KindMemory:
		e.Limits = m.memory.Limits
	case KindGlobal:
		e.Global = m.globals[index].GlobalType
	}
	return e
}

func (m *module) readElems(r *reader) {
	for n := r.count("element segments", maxSegments); n > 0 && r.err == nil; n-- {
		m.elems = append(m.elems, m.readElem(r))
	}
}

func (m *module) readElem(r *reader) elemSegment {
	start := r.pos
	s := elemSegment{flags: r.u32()}
	if s.flags > 7 {
		r.failAt(start, "an element segment of unknown form %#x", s.flags)
		return s
	}
	if s.active() {
		if s.flags&2 != 0 {
			s.table = r.u32()
		}
		if r.err == nil && int64(s.table) >= int64(len(m.tables)) {
			r.failAt(start, "table %d, of which there are %d", s.table, len(m.tables))
		}
		s.offset = m.readConstant(r)
	}
	expressions := s.flags&4 != 0
	if s.flags&3 != 0 {
		at := r.pos
		s.kind = r.byte()
		if ok := s.kind == 0; !expressions && !ok || expressions && !ValType(s.kind).isRef() {
			r.failAt(at, "an element segment of unknown kind %#x", s.kind)
		}
	}
	for n := r.count("elements", maxElements); n > 0 && r.err == nil; n-- {
		if expressions {
			s.exprs = append(s.exprs, m.readConstant(r))
		} else {
			s.funcs = append(s.funcs, m.readIndex(r, "function", len(m.funcs)))
		}
	}
	return s
}

func (m *module) readCodes(r *reader) {
	for n := r.count("functions", maxFuncs); n > 0 && r.err == nil; n-- {
		r.function = m.importedFuncs + len(m.codes)
		start := r.pos
		size := r.u32()
		if size > maxCodeBytes {
			r.failAt(start, "a function of %d bytes, of which at most %d are allowed", size, maxCodeBytes)
		}
		c := code{pos: r.pos}
		r.take(int(size))
		c.end = r.pos
		m.codes = append(m.codes, c)
	}
}

func (m *module) readData(r *reader) {
	for n := r.count("data segments", maxSegments); n > 0 && r.err == nil; n-- {
		start := r.pos
		s := dataSegment{flags: r.u32()}
		if s.flags > 2 {
			r.failAt(start, "a data segment of unknown form %#x", s.flags)
		}
		if s.flags == 2 {
			r.memoryZero()
		}
		if s.active() {
			if m.memory == nil {
				r.failAt(start, "a data segment without a memory")
			}
			s.offset = m.readConstant(r)
		}
		s.bytes = r.take(int(r.u32()))
		m.data = append(m.data, s)
	}
}

func (s *dataSegment) active() bool { return s.flags != 1 }

// readConstant reads a constant expression with its end and returns it in the
// shortest encoding. Whether its types are right is the compiler's to say.
func (m *module) readConstant(r *reader) []byte {
	var w writer
	var in instr
	for r.err == nil {
		r.instr(&in)
		switch in.op {
		case opEnd:
			w.instr(&in)
			return w.buf
		case opI32Const, opI64Const, opF32Const, opF64Const, opV128Const, opRefNull,
			opI32Add, opI32Sub, opI32Mul, opI64Add, opI64Sub, opI64Mul:
		case opGlobalGet:
			if int64(in.a) >= int64(len(m.globals)) {
				r.failAt(in.offset, "global %d, of which there are %d so far", in.a, len(m.globals))
			}
		case opRefFunc:
			if int64(in.a) >= int64(len(m.funcs)) {
				r.failAt(in.offset, "function %d, of which there are %d", in.a, len(m.funcs))
			}
		default:
			r.failAt(in.offset, "instruction %#x in a constant expression", uint16(in.op))
		}
		w.instr(&in)
	}
	return nil
}
