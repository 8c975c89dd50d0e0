package crypto

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// addRandom defines the native half of the random functions.
func (m *module) addRandom(n *bridge.Natives) {
	vm := m.vm
	n.Func("randomBytes", func(c goja.FunctionCall) goja.Value {
		b := m.bytes.Make(c.Argument(0).ToInteger())
		_, _ = rand.Read(b) // never fails: it ends the program instead
		return m.bytes.Wrap(b)
	})
	n.Func("fill", func(c goja.FunctionCall) goja.Value {
		b, ok := m.bytes.Bytes(c.Argument(0))
		from, n := c.Argument(1).ToInteger(), c.Argument(2).ToInteger()
		if ok && from >= 0 && n >= 0 && from+n <= int64(len(b)) {
			_, _ = rand.Read(b[from : from+n])
		}
		return c.Argument(0)
	})
	// below returns a random integer in [0, n) for n up to 2^48.
	n.Func("below", func(c goja.FunctionCall) goja.Value {
		return vm.ToValue(int64(below(uint64(c.Argument(0).ToInteger()))))
	})
	n.Func("uuid", func(goja.FunctionCall) goja.Value { return vm.ToValue(uuid()) })
	n.Func("timingSafeEqual", func(c goja.FunctionCall) goja.Value {
		var in [2][]byte
		for i, name := range []string{"buf1", "buf2"} {
			b, ok := m.bytes.Bytes(c.Argument(i))
			if !ok {
				nodeerr.Throw(vm, "TypeError", nodeerr.InvalidArgTypeCode,
					`The "%s" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`, name)
			}
			in[i] = b
		}
		if len(in[0]) != len(in[1]) {
			nodeerr.Throw(vm, "RangeError", "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length")
		}
		return vm.ToValue(subtle.ConstantTimeCompare(in[0], in[1]) == 1)
	})
}

// below draws numbers of 48 bits until one is below the largest multiple of n,
// so that all results are equally likely.
func below(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	const space = 1 << 48
	limit := space - space%n
	for {
		var b [8]byte
		_, _ = rand.Read(b[:6])
		if v := binary.LittleEndian.Uint64(b[:]); v < limit {
			return v % n
		}
	}
}

// uuid makes a random UUID, version 4 (RFC 9562).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	var s [36]byte
	hex.Encode(s[0:], b[0:4])
	hex.Encode(s[9:], b[4:6])
	hex.Encode(s[14:], b[6:8])
	hex.Encode(s[19:], b[8:10])
	hex.Encode(s[24:], b[10:16])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}
