package instrument

// How a guest is stopped. A hidden mutable global is 0 until the host sets it.
// The guest reads it at every loop head and at the entry of functions, and jumps
// to an unreachable instruction at the end of the function if it is not 0. A
// mutable global is read afresh at a loop head and at a function's entry
// whatever the compiler knows, because what a loop or a caller did to it cannot
// be known; the tests hold wazero to that. Nothing counts down, no host
// function is called and no register is taken, which is why it costs so little.

// quick is how many instructions a function without loops, calls and bulk
// operations may have to go without a check at its entry.
const quick = 512

// straight is how many instructions may follow each other without a check.
const straight = 1 << 14

func (e *editor) addStop() {
	e.stopping = true
	e.stop = uint32(len(e.m.globals))
	e.m.globals = append(e.m.globals, global{
		GlobalType: GlobalType{Type: I32, Mutable: true},
		init:       []byte{byte(opI32Const), 0, byte(opEnd)},
	})
	e.m.present[secGlobal] = true
	e.out.Stop = e.hide("stop", KindGlobal, e.stop)
}

// check writes a look at the global: on to label if it is set. It is only read
// afresh right behind a loop's head, a call or a function's beginning.
func (e *editor) check(w *writer, label int) {
	w.at(opGlobalGet, e.stop)
	w.at(opBrIf, uint32(label))
}

// body writes a function's code anew. With a deadline it becomes
//
//	block           ;; behind which it is stopped
//	  check         ;; unless the function is quick
//	  ...           ;; as it was, with a check at each loop's head
//	  return
//	end
//	unreachable
//
// so that labels of the function itself are one further out than before.
func (e *editor) body(b *body) []byte {
	w := &writer{buf: make([]byte, 0, (b.end-b.start)*9/8+32)}
	w.u32(uint32(len(b.locals)))
	for _, l := range b.locals {
		w.u32(l.n)
		w.byte(byte(l.t))
	}
	entry := b.calls || b.bulk || b.weight > quick
	if !e.stopping || !entry && !b.loops {
		e.copy(w, b, false)
		return w.buf
	}
	w.op(opBlock)
	w.byte(emptyBlock)
	if entry {
		e.check(w, 0)
	}
	e.copy(w, b, true)
	w.op(opUnreachable)
	w.op(opEnd)
	return w.buf
}

const emptyBlock = 0x40

// copy writes the instructions of a function, with checks or as they are.
func (e *editor) copy(w *writer, b *body, checks bool) {
	r := &reader{data: e.wasm, pos: b.start, end: b.end, function: b.index}
	var in, before instr
	spent := 0 // instructions since the last check, at most
	for depth := 0; depth >= 0; {
		r.instr(&in)
		if !checks {
			if in.op == opEnd {
				depth--
			} else if in.shape == blockType {
				depth++
			}
			w.instr(&in)
			continue
		}
		if spent++; spent > straight {
			w.op(opLoop)
			w.byte(emptyBlock)
			e.check(w, depth+1)
			w.op(opEnd)
			spent = 0
		}
		switch in.op {
		case opLoop:
			w.instr(&in)
			depth++
			e.check(w, depth)
			spent = 0
		case opBlock, opIf:
			depth++
			w.instr(&in)
		case opEnd:
			if depth--; depth < 0 {
				w.op(opReturn)
			}
			w.instr(&in)
		case opBr, opBrIf, opBrTable:
			relabel(&in, depth)
			w.instr(&in)
		case opCall, opCallIndirect:
			spent += quick
			w.instr(&in)
		case opMemoryFill, opMemoryCopy, opMemoryInit:
			e.bulk(w, &in, &before)
		default:
			w.instr(&in)
		}
		before.op, before.value = in.op, in.value
	}
}

// relabel makes branches out of the function go one block further.
func relabel(in *instr, depth int) {
	if in.a == uint32(depth) {
		in.a++
	}
	for i, l := range in.labels {
		if l == uint32(depth) {
			in.labels[i]++
		}
	}
}
