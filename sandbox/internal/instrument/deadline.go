package instrument

// How a guest is stopped. Every instruction costs a credit, of which a hidden
// global holds those that are left. When they are used up, the guest calls the
// host (CheckModule, CheckName), which stops it or lets it go on with new ones.
//
// The call is needed even if nobody wants to stop the guest: machine code that
// never calls Go cannot be preempted, and a collection of garbage, for which Go
// stops all goroutines, would wait for it.
//
// Credits are taken in advance. A function takes as many as it has instructions
// outside loops when it is entered. One with loops takes a handful more into a
// local, from which every round of a loop pays, so that a round costs a
// subtraction and a branch on a register; when the local is empty, it is filled
// again from the global. What of it is left over at the end is lost.

const (
	// CheckModule and CheckName are the import of type () -> () that a module
	// with Options.Deadline calls at least every millisecond or so. Its host
	// function panics to stop the guest. A module whose author imports from
	// CheckModule is refused.
	CheckModule = "lambent\x00"
	CheckName   = "check"
)

const (
	// period is how many credits there are between two calls of the host: at two
	// or three instructions a nanosecond, some 100 microseconds.
	period = 1 << 18

	// starter is how many credits a function with loops takes into its purse when
	// it is entered, as most loops are short; advance is how many are in it
	// whenever it has been filled again.
	starter = 1 << 8
	advance = 1 << 13

	// quick is how many instructions a function without loops, calls and bulk
	// operations may have to be free of charge. A call costs as much.
	quick = 64
)

// addCheck imports the host's function, behind the author's imports, and makes
// room for it among the functions: those that the author defined move up by one.
func (e *editor) addCheck() error {
	m := e.m
	for i := range m.imports {
		if m.imports[i].Module == CheckModule {
			return refused("an import from %q, which is reserved", CheckModule)
		}
	}
	e.stopping = true
	e.check = uint32(m.importedFuncs)
	e.shiftFuncs()
	t := e.typeIndex(nil, nil)
	m.imports = append(m.imports[:len(m.imports):len(m.imports)], Import{Module: CheckModule, Name: CheckName})
	m.funcs = append(m.funcs[:m.importedFuncs:m.importedFuncs], append([]uint32{t}, m.funcs[m.importedFuncs:]...)...)
	m.importedFuncs++
	m.present[secImport] = true

	e.credits = uint32(len(m.globals))
	m.globals = append(m.globals, global{
		GlobalType: GlobalType{Type: I32, Mutable: true},
		init:       []byte{byte(opI32Const), 0, byte(opEnd)},
	})
	m.present[secGlobal] = true

	var w writer
	w.at(opCall, e.check)
	w.i32(period)
	w.at(opGlobalSet, e.credits)
	w.op(opEnd)
	e.refill = e.addFunc("refill", nil, nil, w.buf)
	e.settle = e.addFunc("settle", []ValType{I32}, []ValType{I32}, e.settleCode())
	return nil
}

// settleCode is a function that gets what is left in the local, which may be
// less than nothing, takes from the global what it must, and returns advance.
func (e *editor) settleCode() []byte {
	var w writer
	w.at(opLocalGet, 0)
	w.i32(advance)
	w.op(opI32Sub)
	w.at(opGlobalGet, e.credits)
	w.op(opI32Add)
	e.spend(&w)
	w.i32(advance)
	w.op(opEnd)
	return w.buf
}

// spend stores the number on the stack as the credits that are left, and calls
// the host if it is below zero.
func (e *editor) spend(w *writer) {
	w.at(opGlobalSet, e.credits)
	w.op(opBlock)
	w.byte(emptyBlock)
	w.at(opGlobalGet, e.credits)
	w.i32(0)
	w.op(opI32GeS)
	w.at(opBrIf, 0)
	w.at(opCall, e.refill)
	w.op(opEnd)
}

// pay takes a fixed number of credits.
func (e *editor) pay(w *writer, n int) {
	w.at(opGlobalGet, e.credits)
	w.i32(int32(n))
	w.op(opI32Sub)
	e.spend(w)
}

const emptyBlock = 0x40

// body writes a function's code anew.
func (e *editor) body(b *body) []byte {
	w := &writer{buf: make([]byte, 0, (b.end-b.start)*5/4+64)}
	purse := e.stopping && b.purse()
	if purse {
		b.locals = append(b.locals, local{1, I32})
	}
	w.u32(uint32(len(b.locals)))
	for _, l := range b.locals {
		w.u32(l.n)
		w.byte(byte(l.t))
	}
	c := &copier{e: e, w: w, b: b, purse: uint32(b.params)}
	switch {
	case purse:
		for _, l := range b.locals[:len(b.locals)-1] {
			c.purse += l.n
		}
		e.pay(w, b.weight+starter)
		w.i32(starter)
		w.at(opLocalSet, c.purse)
	case e.stopping && b.pays():
		e.pay(w, b.weight)
	}
	c.copy()
	return w.buf
}

// copier copies the instructions of a function, with checks if there is a
// deadline. A loop becomes
//
//	loop           ;; where a round that cannot be paid for goes back to
//	  fill the purse if it is overdrawn
//	  loop         ;; the author's
//	    pay for a round; go back to the outer loop if that overdraws the purse
//	    ...
//	  end
//	end
//
// so that the loop that is run has no call in it, for which the compiler would
// have to save registers: with a call in it, mandelbrot took half as long again.
type copier struct {
	e     *editor
	w     *writer
	b     *body
	purse uint32 // the local with the credits of this function's loops

	open  []int // for each open block of the author's, how many blocks there are around it and in it
	inner int   // blocks that are open
	loops int   // loops so far
}

func (c *copier) copy() {
	r := &reader{data: c.e.wasm, pos: c.b.start, end: c.b.end, function: c.b.index}
	var in, before instr
	for {
		r.instr(&in)
		if in.op == opEnd && len(c.open) == 0 {
			c.w.instr(&in)
			return
		}
		c.instr(&in, &before)
		before.op, before.value = in.op, in.value
	}
}

// instr writes an instruction; before is the one that stood before it.
func (c *copier) instr(in, before *instr) {
	e, w := c.e, c.w
	if in.shape == funcIndex {
		in.a = e.shifted(in.a)
	}
	switch in.op {
	case opBlock, opIf:
		c.begin(1)
		w.instr(in)
	case opLoop:
		c.loop(in)
	case opEnd:
		c.end(in)
	case opBr, opBrIf, opBrTable:
		c.relabel(in)
		w.instr(in)
	case opMemoryFill, opMemoryCopy, opMemoryInit:
		if e.stopping {
			e.bulk(w, in, before)
		} else {
			w.instr(in)
		}
	case opTableFill, opTableCopy, opTableInit, opTableGrow, opMemoryGrow:
		if e.stopping {
			w.at(opCall, e.refill)
		}
		w.instr(in)
	default:
		w.instr(in)
	}
}

// begin notes that a block of the author's begins, for which n are written.
func (c *copier) begin(n int) {
	c.inner += n
	c.open = append(c.open, c.inner)
}

// end ends a block and what was written around it.
func (c *copier) end(in *instr) {
	outside := 0
	c.open = c.open[:len(c.open)-1]
	if n := len(c.open); n > 0 {
		outside = c.open[n-1]
	}
	for ; c.inner > outside; c.inner-- {
		c.w.instr(in)
	}
}

// loop writes a loop's beginning.
func (c *copier) loop(in *instr) {
	e, w := c.e, c.w
	facts := c.b.loops[c.loops]
	c.loops++
	w.instr(in)
	switch {
	case !e.stopping || facts.free:
		c.begin(1)
		return
	case facts.heavy():
		c.begin(1)
		e.pay(w, facts.weight)
		return
	}
	w.op(opBlock)
	w.byte(emptyBlock)
	w.at(opLocalGet, c.purse)
	w.i32(0)
	w.op(opI32GeS)
	w.at(opBrIf, 0)
	w.at(opLocalGet, c.purse)
	w.at(opCall, e.settle)
	w.at(opLocalSet, c.purse)
	w.op(opEnd)

	w.instr(in)
	w.at(opLocalGet, c.purse)
	w.i32(int32(facts.weight))
	w.op(opI32Sub)
	w.at(opLocalTee, c.purse)
	w.i32(0)
	w.op(opI32LtS)
	w.at(opBrIf, 1)
	c.begin(2)
}

// relabel makes branches go past the loops that were added.
func (c *copier) relabel(in *instr) {
	to := func(label uint32) uint32 {
		target := len(c.open) - 1 - int(label)
		if target < 0 { // out of the function
			return uint32(c.inner)
		}
		return uint32(c.inner - c.open[target])
	}
	in.a = to(in.a)
	for i, l := range in.labels {
		in.labels[i] = to(l)
	}
}
