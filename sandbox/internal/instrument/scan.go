package instrument

import "slices"

// body is a function's code, looked through once: every index in it is known to
// be one of the author's, every label to be within the function, every block to
// be closed. So nothing of what the rewriting adds can be reached from it.
type body struct {
	index  int // of the function
	params int
	locals []local // without parameters
	start  int     // of the instructions in the module
	end    int

	calls  bool // other functions, which may take any time
	bulk   bool // has an instruction whose time depends on an operand
	weight int  // the credits that it costs, without its loops
	loops  []loopFacts
	blocks int // see blocksOf
}

// loopFacts is what is known of a loop.
type loopFacts struct {
	weight int // the credits that a round costs, without loops in it

	// callee is a function that every round calls before it can begin anew; -1:
	// none that is known. free says that this function pays for the round.
	callee int
	begun  bool // a branch to the loop's head has been seen
	free   bool
}

// pays says that the function pays credits when it is entered.
func (b *body) pays() bool { return b.calls || b.bulk || b.weight > quick || len(b.loops) > 0 }

// heavy says that a round costs so much that it can be paid for from the global.
func (l *loopFacts) heavy() bool { return l.weight > advance/8 }

// purse says whether there are loops that pay from a local.
func (b *body) purse() bool {
	return slices.ContainsFunc(b.loops, func(l loopFacts) bool { return !l.free && !l.heavy() })
}

// block is a block that is open while code is looked through.
type block struct {
	loop   int  // the innermost loop, itself included; -1: none
	isLoop bool // it is a loop itself
}

// local is a run of locals of one type.
type local struct {
	n uint32
	t ValType
}

// uses says what code does anywhere in a module.
type uses struct {
	tableChange bool
	dataDrop    bool
	dataInit    []bool // by data segment: memory.init
	effort      effort
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
	u.effort.add(r, &b)
	if r.err != nil {
		return b, r.err
	}
	return b, nil
}

// look goes through the instructions.
func (b *body) look(m *module, r *reader, u *uses, locals int) {
	var in instr
	open := []block{{loop: -1}} // the first is the function
	for r.err == nil && len(open) > 0 {
		r.instr(&in)
		if r.err != nil {
			return
		}
		m.checkOperands(r, &in, len(open), locals)
		if r.err != nil {
			return
		}
		innermost := open[len(open)-1]
		b.blocks += blocksOf(in.op)
		cost := 1
		switch in.op {
		case opBlock, opIf:
			open = append(open, block{loop: innermost.loop})
		case opLoop:
			innermost = block{loop: len(b.loops), isLoop: true}
			open = append(open, innermost)
			b.loops = append(b.loops, loopFacts{callee: -1})
		case opEnd:
			open = open[:len(open)-1]
		case opBr, opBrIf, opBrTable:
			b.branch(&in, open)
		case opCall, opCallIndirect, opReturnCall, opReturnCallIndirect:
			b.calls = true
			cost = quick
			if in.op == opCall && innermost.isLoop && !b.loops[innermost.loop].begun {
				b.loops[innermost.loop].callee = int(in.a)
			}
		case opMemoryFill, opMemoryCopy, opMemoryInit, opTableFill, opTableCopy, opTableInit, opTableGrow, opMemoryGrow:
			b.bulk = true
			cost = quick
		}
		if innermost.loop < 0 {
			b.weight += cost
		} else {
			b.loops[innermost.loop].weight += cost
		}
		u.note(&in)
	}
}

// branch notes which loops begin anew from here on.
func (b *body) branch(in *instr, open []block) {
	to := func(label uint32) {
		if target := open[len(open)-1-int(label)]; target.isLoop {
			b.loops[target.loop].begun = true
		}
	}
	if in.op != opBrTable {
		to(in.a)
		return
	}
	for _, label := range in.labels {
		to(label)
	}
}

// freeLoops finds the loops of which every round calls a function that pays. A
// recursion in disguise, as compilers make of two calls at a function's end, so
// costs no more than it did.
func (m *module) freeLoops(bodies []body) {
	for i := range bodies {
		for j := range bodies[i].loops {
			l := &bodies[i].loops[j]
			callee := l.callee - m.importedFuncs
			l.free = callee >= 0 && bodies[callee].pays() && l.weight <= 4*quick
		}
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
func (m *module) checkOperands(r *reader, in *instr, labels, locals int) {
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
		limit("label", in.a, labels)
	case labelTable:
		for _, l := range in.labels {
			limit("label", l, labels)
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
