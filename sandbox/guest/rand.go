package guest

import (
	crand "crypto/rand"
	"math/rand/v2"
)

// source is the generator behind Rand.
var source = rand.NewChaCha8(seed())

var random = rand.New(source)

// Rand is a generator that no two instances have in common: it is seeded anew in
// an instance that starts from a copy of another's memory. So is the one behind
// the functions of math/rand and math/rand/v2.
func Rand() *rand.Rand { return random }

func seed() (s [32]byte) {
	_, _ = crand.Read(s[:]) // never fails
	return s
}

func init() { OnRestore(func() { source.Seed(seed()) }) }
