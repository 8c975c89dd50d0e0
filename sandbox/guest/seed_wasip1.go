package guest

import (
	crand "crypto/rand"
	"math/rand/v2"
	"os"
	"unsafe"
)

// The functions of math/rand draw from a generator that the Go runtime seeds
// when it starts, in the init phase, and that nobody can seed again: instances
// that start from one image would all draw the same numbers. So the init phase
// looks for the generator in its own memory, by the numbers that it has just
// drawn, and lambent_restore fills it with fresh ones. If it is not found where
// and as this file believes, the guest keeps a file open, which means that there
// is no image.

// generator is the state of ChaCha8 as Go's internal/chacha8rand has it.
type generator struct {
	buf     [32]uint64 // numbers to draw
	seed    [4]uint64
	i, n, c uint32 // next in buf, end of those to draw, counter
}

// anchor is a variable, near which the runtime's are.
var anchor uint64

func init() {
	g := findGenerator()
	if g == nil {
		noImage, _ = os.Open("/")
		return
	}
	OnRestore(g.renew)
}

// noImage is a file that is kept open.
var noImage *os.File

// findGenerator returns the runtime's generator, or nil.
func findGenerator() *generator {
	for range 4 { // a draw may come just when the numbers are used up
		one, two, three := rand.Uint64(), rand.Uint64(), rand.Uint64()
		heap := uintptr(unsafe.Pointer(new([64]uint64))) // behind all variables
		for at := uintptr(4096); at < heap; at += 8 {
			if *word(at) != one || *word(at + 8) != two || *word(at + 16) != three {
				continue
			}
			for drawn := range uintptr(len(generator{}.buf)) {
				g := (*generator)(unsafe.Pointer(word(at - drawn*8)))
				if at > drawn*8 && g.i == uint32(drawn)+3 && g.n <= uint32(len(g.buf)) && g.i < g.n && g.obeys() {
					return g
				}
			}
		}
	}
	return nil
}

// word is 8 bytes of the linear memory.
func word(at uintptr) *uint64 {
	here := unsafe.Pointer(&anchor)
	return (*uint64)(unsafe.Add(here, int(at)-int(uintptr(here))))
}

// obeys reports whether the next number is the one that g says.
func (g *generator) obeys() bool {
	next := g.buf[g.i]
	return rand.Uint64() == next
}

// renew fills the generator with numbers that nobody else has. They are used up,
// so that the next draw makes new ones from the new seed.
func (g *generator) renew() {
	fresh := unsafe.Slice((*byte)(unsafe.Pointer(g)), unsafe.Offsetof(g.i))
	_, _ = crand.Read(fresh) // never fails
	g.i = g.n
}
