package server

import (
	"math/rand/v2"
	"time"
	"unsafe"
)

// Ids need not be secret, so the generator of package rand, which the operating
// system seeds, is enough. They are made for every invocation, hence by hand.

// Lengths of the texts of ids.
const (
	requestIDLen = 36
	traceIDLen   = 74
)

// newRequestID returns a random UUID (version 4).
func newRequestID() string {
	var text [requestIDLen]byte
	putRequestID(&text)
	return string(text[:])
}

// newIDs returns a request id and the value of an X-Ray trace header, for a
// request without one: not sampled, as on Lambda. They share their memory.
func newIDs(now time.Time) (requestID, traceID string) {
	text := new([requestIDLen + traceIDLen]byte)
	putRequestID((*[requestIDLen]byte)(text[:requestIDLen]))
	putTraceID((*[traceIDLen]byte)(text[requestIDLen:]), now)
	both := unsafe.String(&text[0], len(text)) // nobody writes to text any more
	return both[:requestIDLen], both[requestIDLen:]
}

// putRequestID writes xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx.
func putRequestID(text *[requestIDLen]byte) {
	hi := rand.Uint64()&^0xf000 | 0x4000
	lo := rand.Uint64()&^(3<<62) | 2<<62
	putHex(text[0:8], hi>>32)
	text[8] = '-'
	putHex(text[9:13], hi>>16)
	text[13] = '-'
	putHex(text[14:18], hi)
	text[18] = '-'
	putHex(text[19:23], lo>>48)
	text[23] = '-'
	putHex(text[24:36], lo)
}

// putTraceID writes Root=1-SECONDS-24 digits;Parent=16 digits;Sampled=0.
func putTraceID(text *[traceIDLen]byte, now time.Time) {
	copy(text[:], "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0")
	random := rand.Uint64()
	putHex(text[7:15], uint64(now.Unix())) //nolint:gosec // a time of day
	putHex(text[16:24], random)
	putHex(text[24:40], rand.Uint64())
	putHex(text[48:64], random*0x9e3779b97f4a7c15) // another number, as good as random
}

// hexDigits are the two digits of each byte.
var hexDigits = func() (t [256][2]byte) {
	const digits = "0123456789abcdef"
	for i := range t {
		t[i] = [2]byte{digits[i>>4], digits[i&15]}
	}
	return t
}()

// putHex fills text, of even length, with the last digits of v.
func putHex(text []byte, v uint64) {
	for i := len(text) - 2; i >= 0; i -= 2 {
		pair := &hexDigits[byte(v)]
		text[i], text[i+1] = pair[0], pair[1]
		v >>= 8
	}
}
