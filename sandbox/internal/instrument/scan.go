package instrument

// body is a function's code, looked through once: every index in it is known to
// be one of the author's, every label to be within the function, every block to
// be closed. So nothing of what the rewriting adds can be reached from it.
type body struct {
	index  int // of the function
	params int
	locals []local // without parameters
	start  int     // of the instructions in the module
	end    int

	calls  bool  // other functions, which may take any time
	bulk   bool  // has an instruction whose time depends on an operand
	weight int   // the credits that it costs, without its loops
	loops  []int // what a round of each costs, without loops in it
}

// local is a run of locals of one type.
type local struct {
	n uint32
	t ValType
}

// uses says which instructions occur anywhere in a module.
type uses struct {
	tableChange bool
	dataDrop    bool
	dataInit    []bool // by data segment: memory.init
}

// scan looks through the code of the i-th function that the module defines.
func (m *module) scan(wasm []byte, i int, u *uses) (body, error) {
	b := body{index: m.importedFuncs + i}
	r := &reader{data: wasm, pos: m.codes[i].pos, end: m.codes[i].end, function: b.index}
	b.params = len(m.types[m.funcs[b.index]].Params)
	count := b.params
	for n := r.count("runs of locals", maxLocals); n > 0 && r.err == nil; n-- {
		start := r.pos
		l := local{n: r.u32(), t: r.valType()}
		if int64(count)+int64(l.n) > maxLocals {
			r.failAt(start, "more than %d locals", maxLocals)
			break
		}
		count += int(l.n)
		b.locals = append(b.locals, l)
	}
	b.start, b.end = r.pos, r.end
	b.look(m, r, u, count)
	if r.err == nil && r.left() > 0 {
		r.fail("code after the end of the function")
	}
	if r.err != nil {
		return b, r.err
	}
	return b, nil
}

// look goes through the instructions.
func (b *body) look(m *module, r *reader, u *uses, locals int) {
	var in instr
	var open []int // for each open block the loop that it is in; -1: none
	loop := -1
	for r.err == nil {
		r.instr(&in)
		if r.err != nil {
			return
		}
		m.checkOperands(r, &in, len(open), locals)
		cost := 1
		switch in.op {
		case opBlock, opIf:
			open = append(open, loop)
		case opLoop:
			open = append(open, loop)
			loop = len(b.loops)
			b.loops = append(b.loops, 0)
		case opEnd:
			if len(open) == 0 {
				return
			}
			loop = open[len(open)-1]
			open = open[:len(open)-1]
		case opCall, opCallIndirect, opReturnCall, opReturnCallIndirect:
			b.calls = true
			cost = quick
		case opMemoryFill, opMemoryCopy, opMemoryInit, opTableFill, opTableCopy, opTableInit, opTableGrow, opMemoryGrow:
			b.bulk = true
			cost = quick
		}
		if loop < 0 {
			b.weight += cost
		} else {
			b.loops[loop] += cost
		}
		u.note(&in)
	}
}

func (u *uses) note(in *instr) {
	switch in.op {
	case opTableSet, opTableGrow, opTableFill, opTableInit, opTableCopy:
		u.tableChange = true
	case opDataDrop:
		u.dataDrop = true
	case opMemoryInit:
		u.dataInit[in.a] = true
	}
}

// checkOperands refuses an operand that is out of range. Types are left to the
// compiler.
func (m *module) checkOperands(r *reader, in *instr, depth, locals int) {
	limit := func(what string, index uint32, count int) {
		if int64(index) >= int64(count) {
			r.failAt(in.offset, "%s %d, of which there are %d,", what, index, count)
		}
	}
	switch in.shape {
	case blockType:
		if in.value >= 0 {
			limit("type", uint32(in.value), len(m.types))
		} else if in.value != -64 && (in.value < -64 || !ValType(in.value&0x7f).valid()) {
			r.failAt(in.offset, "unknown block type %d", in.value)
		}
	case label:
		limit("label", in.a, depth+1)
	case labels:
		for _, l := range in.labels {
			limit("label", l, depth+1)
		}
	case funcIndex:
		limit("function", in.a, len(m.funcs))
	case callTable:
		limit("type", in.a, len(m.types))
		limit("table", in.b, len(m.tables))
	case localIndex:
		limit("local", in.a, locals)
	case globalIndex:
		limit("global", in.a, len(m.globals))
	case tableIndex:
		limit("table", in.a, len(m.tables))
	case twoTables:
		limit("table", in.a, len(m.tables))
		limit("table", in.b, len(m.tables))
	case elemTable:
		limit("element segment", in.a, len(m.elems))
		limit("table", in.b, len(m.tables))
	case elemIndex:
		limit("element segment", in.a, len(m.elems))
	case dataMemory, dataIndex:
		limit("data segment", in.a, max(m.dataCount, 0))
	}
}
