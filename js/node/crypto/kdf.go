package crypto

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"

	"github.com/dop251/goja"
	"golang.org/x/crypto/salsa20/salsa"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// job is a derivation that runs in slices: our JavaScript calls step until it is
// done, so that the isolate can be interrupted between two slices, and other
// work of its loop gets its turn.
type job interface {
	// step works for about a millisecond. It returns the key when it is done.
	step() []byte
}

// addDerivation defines the native half of pbkdf2, scrypt and hkdf.
func (m *module) addDerivation(n *bridge.Natives) {
	vm := m.vm
	n.Func("pbkdf2", func(c goja.FunctionCall) goja.Value {
		d := m.validDigest(c.Argument(4).String())
		m.bytes.Make(c.Argument(3).ToInteger()) // throws if the key is too long
		return m.handle(newPBKDF2(d, m.copyOf(c.Argument(0)), m.copyOf(c.Argument(1)),
			int(c.Argument(2).ToInteger()), int(c.Argument(3).ToInteger())))
	})
	n.Func("scrypt", m.newScrypt)
	n.Func("step", func(c goja.FunctionCall) goja.Value {
		if key := handleOf[job](m, c.Argument(0)).step(); key != nil {
			return m.bytes.Wrap(key)
		}
		return goja.Undefined()
	})
	n.Func("hkdf", func(c goja.FunctionCall) goja.Value {
		d := m.validDigest(c.Argument(0).String())
		size := int(c.Argument(4).ToInteger())
		if size > 255*d.make().Size() {
			nodeerr.Throw(vm, "RangeError", "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
		}
		key, err := hkdf.Key(d.make, m.copyOf(c.Argument(1)), m.copyOf(c.Argument(2)), string(m.copyOf(c.Argument(3))), size)
		if err != nil {
			nodeerr.Throw(vm, "RangeError", "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
		}
		return m.bytes.ArrayBuffer(key)
	})
}

// copyOf copies an argument that is text or bytes.
func (m *module) copyOf(v goja.Value) []byte {
	if b, ok := m.bytes.Bytes(v); ok {
		return append([]byte(nil), b...)
	}
	return []byte(v.String())
}

// pbkdf2Job is PBKDF2 (RFC 8018) under way.
type pbkdf2Job struct {
	mac        hash.Hash
	salt       []byte
	iterations int
	size       int
	key        []byte
	block      uint32
	u, t       []byte
	done       int // iterations of the current block
}

func newPBKDF2(d *digest, password, salt []byte, iterations, size int) *pbkdf2Job {
	return &pbkdf2Job{mac: hmac.New(d.make, password), salt: salt, iterations: iterations, size: size, key: []byte{}}
}

const pbkdf2Slice = 2000

func (j *pbkdf2Job) step() []byte {
	for range pbkdf2Slice {
		if len(j.key) >= j.size {
			return j.key[:j.size]
		}
		j.mac.Reset()
		if j.done == 0 {
			j.block++
			_, _ = j.mac.Write(binary.BigEndian.AppendUint32(append([]byte(nil), j.salt...), j.block))
			j.u = j.mac.Sum(j.u[:0])
			j.t = append(j.t[:0], j.u...)
		} else {
			_, _ = j.mac.Write(j.u)
			j.u = j.mac.Sum(j.u[:0])
			for i, c := range j.u {
				j.t[i] ^= c
			}
		}
		if j.done++; j.done == j.iterations {
			j.key = append(j.key, j.t...)
			j.done = 0
		}
	}
	return nil
}

// newScrypt checks the costs: (password, salt, size, N, r, p, maxmem).
func (m *module) newScrypt(c goja.FunctionCall) goja.Value {
	n, r, p := c.Argument(3).ToInteger(), c.Argument(4).ToInteger(), c.Argument(5).ToInteger()
	if n < 2 || bits.OnesCount64(uint64(n)) != 1 || r < 1 || p < 1 || r > 1<<24 || p > (1<<30-1)/r {
		nodeerr.Throw(m.vm, "RangeError", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params")
	}
	memory := float64(128) * float64(r) * (float64(n) + float64(p) + 2)
	if memory > c.Argument(6).ToFloat() || m.h.System().MemoryLimit > 0 && memory > float64(m.h.System().MemoryLimit) {
		nodeerr.Throw(m.vm, "RangeError", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
			"Invalid scrypt params: error:030000AC:digital envelope routines::memory limit exceeded")
	}
	m.bytes.Make(c.Argument(2).ToInteger())
	j, err := newScryptJob(m.copyOf(c.Argument(0)), m.copyOf(c.Argument(1)), int(n), int(r), int(p), int(c.Argument(2).ToInteger()))
	if err != nil {
		nodeerr.Throw(m.vm, "RangeError", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params")
	}
	return m.handle(j)
}

// scryptJob is scrypt (RFC 7914) under way: p times a walk forth over n blocks
// of 128*r bytes, and back in an order that depends on the data.
type scryptJob struct {
	password []byte
	n, r     int
	size     int
	b        []byte // p blocks
	at       int    // the block that is mixed
	i        int    // 0 to n: forth; n to 2n: back
	x, y     []byte
	v        []byte
}

func newScryptJob(password, salt []byte, n, r, p, size int) (*scryptJob, error) {
	b, err := pbkdf2.Key(sha256.New, string(password), salt, 1, p*128*r)
	return &scryptJob{password: password, n: n, r: r, size: size, b: b,
		x: make([]byte, 128*r), y: make([]byte, 128*r), v: make([]byte, n*128*r)}, err
}

// scryptSlice is how many bytes are mixed in a slice.
const scryptSlice = 1 << 19

func (j *scryptJob) step() []byte {
	width := 128 * j.r
	for range max(1, scryptSlice/width) {
		if j.at == len(j.b) {
			key, err := pbkdf2.Key(sha256.New, string(j.password), j.b, 1, max(j.size, 1))
			if err != nil {
				return []byte{}
			}
			return key[:j.size]
		}
		if j.i == 0 {
			copy(j.x, j.b[j.at:])
		}
		if j.i < j.n {
			copy(j.v[j.i*width:], j.x)
		} else {
			k := int(binary.LittleEndian.Uint64(j.x[width-64:]) & uint64(j.n-1))
			for i, c := range j.v[k*width : (k+1)*width] {
				j.x[i] ^= c
			}
		}
		j.mix()
		if j.i++; j.i == 2*j.n {
			j.at += copy(j.b[j.at:], j.x)
			j.i = 0
		}
	}
	return nil
}

// mix is BlockMix with Salsa20/8.
func (j *scryptJob) mix() {
	var t [64]byte
	blocks := 2 * j.r
	copy(t[:], j.x[(blocks-1)*64:])
	for i := range blocks {
		for k, c := range j.x[i*64 : (i+1)*64] {
			t[k] ^= c
		}
		in := t
		salsa.Core208(&t, &in)
		// Even blocks come first, odd ones after them.
		copy(j.y[(i/2+(i%2)*j.r)*64:], t[:])
	}
	j.x, j.y = j.y, j.x
}
