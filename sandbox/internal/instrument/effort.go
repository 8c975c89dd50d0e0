package instrument

// The compiler's time and memory grow with the square of a function's blocks,
// and with its blocks times its locals: a module of 100 KB can keep it busy for
// hours. What real modules have is orders of magnitude below these limits: Go's
// largest function has a thousand blocks, the squares of a whole program's sum
// up to ten million.
const (
	maxBlocks       = 20_000        // of a function
	maxBlockLocals  = 10_000_000    // blocks times locals, of a function
	maxBlockSquares = 2_000_000_000 // of all functions
)

// blocksOf says how many blocks an instruction makes in the compiler, those
// included that a deadline adds.
func blocksOf(op opcode) int {
	switch op {
	case opLoop:
		return 5
	case opIf:
		return 3
	case opBlock, opBrIf:
		return 1
	}
	return 0
}

// effort adds up what the compiler will have to do.
type effort struct{ squares int }

// add refuses a function that is too much by itself or after all others.
func (e *effort) add(r *reader, b *body) {
	locals := b.params
	for _, l := range b.locals {
		locals += int(l.n)
	}
	e.squares += b.blocks * b.blocks
	switch {
	case b.blocks > maxBlocks:
		r.fail("code of %d blocks, where %d are allowed,", b.blocks, maxBlocks)
	case b.blocks*locals > maxBlockLocals:
		r.fail("code of %d blocks with %d locals, more than are allowed,", b.blocks, locals)
	case e.squares > maxBlockSquares:
		r.fail("more blocks than are allowed, up to the code")
	}
}
