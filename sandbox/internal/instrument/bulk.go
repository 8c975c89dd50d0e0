package instrument

// Bulk operations take as long as their operand says: a guest could spend half
// a second in one memory.fill. Their lengths are cut into chunks, between which
// the guest can be stopped. What an instruction does as a whole stays: it traps
// before it writes anything if its end is out of bounds, and copies as if
// through a buffer.

// chunk is how many bytes are moved between two checks: about 0.1 ms.
const chunk = 1 << 20

// helper is a function that does a bulk operation in chunks.
type helper struct {
	op      opcode
	segment uint32 // of memory.init
}

var helperNames = map[opcode]string{opMemoryFill: "fill", opMemoryCopy: "copy", opMemoryInit: "init"}

// bulk writes a bulk operation, as it is if it is known to be short.
func (e *editor) bulk(w *writer, in, before *instr) {
	short := before.op == opI32Const && uint32(before.value) <= chunk
	if in.op == opMemoryInit && len(e.m.data[in.a].bytes) <= chunk {
		short = true
	}
	if short {
		w.instr(in)
		return
	}
	w.at(opCall, e.helper(helper{op: in.op, segment: in.a}))
}

// helper returns the index of a helper, which it writes when first asked.
func (e *editor) helper(h helper) uint32 {
	if index, ok := e.helpers[h]; ok {
		return index
	}
	index := e.addFunc(helperNames[h.op], []ValType{I32, I32, I32}, nil, e.helperCode(h))
	e.helpers[h] = index
	return index
}

// The parameters of a helper: where to, where from or what, and how much.
const (
	paramTo = iota
	paramFrom
	paramLength
)

func (e *editor) helperCode(h helper) []byte {
	w := &writer{}
	in := instr{op: h.op, shape: h.op.shape(), a: h.segment}
	all := func() { // the operation on all that is left
		w.at(opLocalGet, paramTo)
		w.at(opLocalGet, paramFrom)
		w.at(opLocalGet, paramLength)
		w.instr(&in)
		w.op(opReturn)
	}
	ifShort := func() {
		w.at(opLocalGet, paramLength)
		w.i32(chunk + 1)
		w.op(opI32LtU)
		w.op(opIf)
		w.byte(emptyBlock)
		all()
		w.op(opEnd)
	}
	ifShort()
	// What ends out of bounds traps at once.
	bounds := func(param uint32, size func()) {
		w.at(opLocalGet, param)
		w.op(opI64ExtendI32U)
		w.at(opLocalGet, paramLength)
		w.op(opI64ExtendI32U)
		w.op(opI64Add)
		size()
		w.op(opI64GtU)
		w.op(opIf)
		w.byte(emptyBlock)
		all()
		w.op(opEnd)
	}
	memory := func() {
		w.op(opMemorySize)
		w.byte(0)
		w.op(opI64ExtendI32U)
		w.op(opI64Const)
		w.signed(16)
		w.op(opI64Shl)
	}
	bounds(paramTo, memory)
	switch h.op {
	case opMemoryCopy:
		bounds(paramFrom, memory)
	case opMemoryInit:
		bounds(paramFrom, func() {
			w.op(opI64Const)
			w.signed(int64(len(e.m.data[h.segment].bytes)))
		})
	}
	w.op(opBlock)
	w.byte(emptyBlock)
	if h.op == opMemoryCopy {
		// Upwards the last chunk comes first, lest it be overwritten.
		w.at(opLocalGet, paramTo)
		w.at(opLocalGet, paramFrom)
		w.op(opI32GtU)
		w.op(opIf)
		w.byte(emptyBlock)
		e.chunks(w, &in, ifShort, 2, true)
		w.op(opEnd)
	}
	e.chunks(w, &in, ifShort, 1, false)
	w.op(opEnd)
	w.op(opUnreachable)
	w.op(opEnd)
	return w.buf
}

// chunks writes a loop that does one chunk after another and returns after the
// last. It leaves by label, counted from within the loop, when it is stopped.
func (e *editor) chunks(w *writer, in *instr, ifShort func(), label int, backwards bool) {
	w.op(opLoop)
	w.byte(emptyBlock)
	e.check(w, label)
	ifShort()
	add := func(param uint32, op opcode) {
		w.at(opLocalGet, param)
		w.i32(chunk)
		w.op(op)
		w.at(opLocalSet, param)
	}
	if backwards {
		add(paramLength, opI32Sub)
		for _, param := range []uint32{paramTo, paramFrom} {
			w.at(opLocalGet, param)
			w.at(opLocalGet, paramLength)
			w.op(opI32Add)
		}
		w.i32(chunk)
		w.instr(in)
	} else {
		w.at(opLocalGet, paramTo)
		w.at(opLocalGet, paramFrom)
		w.i32(chunk)
		w.instr(in)
		add(paramTo, opI32Add)
		if in.op != opMemoryFill {
			add(paramFrom, opI32Add)
		}
		add(paramLength, opI32Sub)
	}
	w.at(opBr, 0)
	w.op(opEnd)
}
