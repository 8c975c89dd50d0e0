package instrument

// Bulk operations take as long as their operand says: a guest could spend half
// a second in one memory.fill. They cost credits by their length, and lengths
// are cut into chunks, between which the guest can be stopped. What an
// instruction does as a whole stays: it traps before it writes anything if its
// end is out of bounds, and copies as if through a buffer. Operations on tables
// and memory.grow are rare and bounded by the caps: the host is called before
// each.

const (
	// chunk is how many bytes are moved at once: about 0.1 ms.
	chunk = 1 << 20

	// bytesPerCredit is how many bytes cost a credit, as a power of two.
	bytesPerCredit = 4

	// small is a length that is not worth a call, let alone a credit.
	small = 1 << 10
)

// helper is a function that does a bulk operation in chunks.
type helper struct {
	op      opcode
	segment uint32 // of memory.init
}

var helperNames = map[opcode]string{opMemoryFill: "fill", opMemoryCopy: "copy", opMemoryInit: "init"}

// bulk writes a bulk operation, as it is if it is known to be short.
func (e *editor) bulk(w *writer, in, before *instr) {
	short := before.op == opI32Const && uint32(before.value) <= small
	if in.op == opMemoryInit && len(e.m.data[in.a].bytes) <= small {
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
	b := bulkWriter{e: e, in: instr{op: h.op, shape: h.op.shape(), a: h.segment}}
	b.write()
	index := e.addFunc(helperNames[h.op], []ValType{I32, I32, I32}, nil, b.buf)
	e.helpers[h] = index
	return index
}

// The parameters of a helper: where to, where from or what, and how much.
const (
	paramTo = iota
	paramFrom
	paramLength
)

// bulkWriter writes the code of a helper.
type bulkWriter struct {
	writer
	e  *editor
	in instr
}

func (b *bulkWriter) write() {
	b.ifShort()
	b.bounds(paramTo, b.memoryBytes)
	switch b.in.op {
	case opMemoryCopy:
		b.bounds(paramFrom, b.memoryBytes)
		// Upwards the last chunk comes first, lest it be overwritten.
		b.at(opLocalGet, paramTo)
		b.at(opLocalGet, paramFrom)
		b.op(opI32GtU)
		b.begin(opIf)
		b.chunks(true)
		b.op(opEnd)
	case opMemoryInit:
		b.bounds(paramFrom, func() {
			b.op(opI64Const)
			b.signed(int64(len(b.e.m.data[b.in.a].bytes)))
		})
	}
	b.chunks(false)
	b.op(opEnd)
}

// begin writes the beginning of a block without a result.
func (b *bulkWriter) begin(op opcode) {
	b.op(op)
	b.byte(emptyBlock)
}

// all does the operation on all that is left, and returns.
func (b *bulkWriter) all() {
	b.at(opLocalGet, paramTo)
	b.at(opLocalGet, paramFrom)
	b.at(opLocalGet, paramLength)
	b.instr(&b.in)
	b.op(opReturn)
}

// ifShort does what is left at once if it is no more than a chunk.
func (b *bulkWriter) ifShort() {
	b.at(opLocalGet, paramLength)
	b.i32(chunk + 1)
	b.op(opI32LtU)
	b.begin(opIf)
	b.at(opGlobalGet, b.e.credits)
	b.at(opLocalGet, paramLength)
	b.i32(bytesPerCredit)
	b.op(opI32ShrU)
	b.op(opI32Sub)
	b.e.spend(&b.writer)
	b.all()
	b.op(opEnd)
}

// bounds lets the instruction itself trap if it would end beyond size.
func (b *bulkWriter) bounds(param uint32, size func()) {
	b.at(opLocalGet, param)
	b.op(opI64ExtendI32U)
	b.at(opLocalGet, paramLength)
	b.op(opI64ExtendI32U)
	b.op(opI64Add)
	size()
	b.op(opI64GtU)
	b.begin(opIf)
	b.all()
	b.op(opEnd)
}

func (b *bulkWriter) memoryBytes() {
	b.op(opMemorySize)
	b.byte(0)
	b.op(opI64ExtendI32U)
	b.op(opI64Const)
	b.signed(16)
	b.op(opI64Shl)
}

// chunks does one chunk after another and returns after the last.
func (b *bulkWriter) chunks(backwards bool) {
	b.begin(opLoop)
	b.ifShort()
	b.e.pay(&b.writer, chunk>>bytesPerCredit)
	if backwards {
		b.add(paramLength, opI32Sub)
		for _, param := range []uint32{paramTo, paramFrom} {
			b.at(opLocalGet, param)
			b.at(opLocalGet, paramLength)
			b.op(opI32Add)
		}
		b.i32(chunk)
		b.instr(&b.in)
	} else {
		b.at(opLocalGet, paramTo)
		b.at(opLocalGet, paramFrom)
		b.i32(chunk)
		b.instr(&b.in)
		b.add(paramTo, opI32Add)
		if b.in.op != opMemoryFill {
			b.add(paramFrom, opI32Add)
		}
		b.add(paramLength, opI32Sub)
	}
	b.at(opBr, 0)
	b.op(opEnd)
}

// add adds a chunk to a parameter, or takes it off.
func (b *bulkWriter) add(param uint32, op opcode) {
	b.at(opLocalGet, param)
	b.i32(chunk)
	b.op(op)
	b.at(opLocalSet, param)
}
