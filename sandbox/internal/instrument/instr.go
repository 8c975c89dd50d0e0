package instrument

// instr is one instruction. A reader fills the same one again and again: what
// it points to holds until the next is read.
type instr struct {
	op     opcode
	shape  shape
	offset int // of the opcode in the module

	// a and b are the operands that are indices: a type and a table, two tables,
	// a segment and a table, alignment and offset.
	a, b   uint32
	lane   byte
	value  int64    // of constants; of block types, as a signed number
	raw    []byte   // of floats and vectors
	labels []uint32 // of br_table, the last one included
}

// instr reads one instruction. It checks the encoding, not the operands.
func (r *reader) instr(in *instr) {
	in.offset = r.pos
	in.op = opcode(r.byte())
	switch in.op {
	case prefixMisc, prefixVector:
		sub := r.u32()
		if sub > 0xff {
			r.failAt(in.offset, "unknown instruction %#x %#x", byte(in.op), sub)
			return
		}
		// wazero takes the first byte of a vector instruction's number for all of
		// it. That is right for the shortest encoding only, which all compilers use.
		if length := r.pos - in.offset - 1; length > 1 && sub < 0x80 || length > 2 {
			r.failAt(in.offset, "instruction %#x %#x in an encoding that is not supported", byte(in.op), sub)
			return
		}
		in.op = in.op<<8 | opcode(sub)
	}
	in.shape = in.op.shape()
	r.operands(in)
}

func (r *reader) operands(in *instr) {
	switch in.shape {
	case alone:
	case blockType:
		in.value = r.signed(33)
	case label, funcIndex, localIndex, globalIndex, tableIndex, elemIndex, dataIndex:
		in.a = r.u32()
	case callTable, twoTables, elemTable:
		in.a, in.b = r.u32(), r.u32()
	case labelTable:
		in.labels = in.labels[:0]
		for n := r.count("labels", maxLabels); n >= 0; n-- {
			in.labels = append(in.labels, r.u32())
		}
	case dataMemory:
		in.a = r.u32()
		r.memoryZero()
	case oneMemory:
		r.memoryZero()
	case twoMemories:
		r.memoryZero()
		r.memoryZero()
	case memArg, memArgLane:
		in.a, in.b = r.u32(), r.u32()
		if in.a >= 32 {
			r.failAt(in.offset, "an alignment of 2 to the power of %d", in.a)
		}
		if in.shape == memArgLane {
			in.lane = r.byte()
		}
	case lane:
		in.lane = r.byte()
	case constI32:
		in.value = r.signed(32)
	case constI64:
		in.value = r.signed(64)
	case four:
		in.raw = r.take(4)
	case eight:
		in.raw = r.take(8)
	case sixteen:
		in.raw = r.take(16)
	case selectTypes:
		if n := r.u32(); n != 1 {
			r.failAt(in.offset, "a select with %d types", n)
		}
		in.a = uint32(r.valType())
	case refType:
		in.a = uint32(r.valType())
		if !ValType(in.a).isRef() {
			r.failAt(in.offset, "ref.null of type %s", ValType(in.a))
		}
	default:
		if in.op > 0xff {
			r.failAt(in.offset, "unknown instruction %#x %#x", byte(in.op>>8), byte(in.op))
			return
		}
		r.failAt(in.offset, "unknown instruction %#x", byte(in.op))
	}
}

// memoryZero reads the index of a memory, of which there is at most one.
func (r *reader) memoryZero() {
	start := r.pos
	if b := r.byte(); b != 0 {
		r.failAt(start, "memory %d, where only one is supported", b)
	}
}

// instr writes an instruction as it was read.
func (w *writer) instr(in *instr) {
	w.op(in.op)
	switch in.shape {
	case blockType, constI32, constI64:
		w.signed(in.value)
	case label, funcIndex, localIndex, globalIndex, tableIndex, elemIndex, dataIndex:
		w.u32(in.a)
	case callTable, twoTables, elemTable:
		w.u32(in.a)
		w.u32(in.b)
	case labelTable:
		w.u32(uint32(len(in.labels) - 1))
		for _, l := range in.labels {
			w.u32(l)
		}
	case dataMemory:
		w.u32(in.a)
		w.byte(0)
	case oneMemory:
		w.byte(0)
	case twoMemories:
		w.byte(0, 0)
	case memArg:
		w.u32(in.a)
		w.u32(in.b)
	case memArgLane:
		w.u32(in.a)
		w.u32(in.b)
		w.byte(in.lane)
	case lane:
		w.byte(in.lane)
	case four, eight, sixteen:
		w.byte(in.raw...)
	case selectTypes:
		w.byte(1, byte(in.a))
	case refType:
		w.byte(byte(in.a))
	}
}

// op writes an opcode with its prefix.
func (w *writer) op(op opcode) {
	if op > 0xff {
		w.byte(byte(op >> 8))
		w.u32(uint32(op & 0xff))
		return
	}
	w.byte(byte(op))
}

// The methods below write instructions that the rewriting adds.

// at writes an instruction with one index.
func (w *writer) at(op opcode, index uint32) {
	w.op(op)
	w.u32(index)
}

func (w *writer) i32(v int32) {
	w.op(opI32Const)
	w.signed(int64(v))
}
