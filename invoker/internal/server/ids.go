package server

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"
)

// newRequestID returns a random UUID (version 4). Ids need not be secret, so
// the runtime's fast generator, which the operating system seeds, is enough.
func newRequestID() string {
	var id [16]byte
	binary.LittleEndian.PutUint64(id[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(id[8:], rand.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:8], id[:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:], id[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// newTraceID returns a value of the X-Ray trace header for a request that has
// none: not sampled, as on Lambda.
func newTraceID(now time.Time) string {
	var random [20]byte
	binary.LittleEndian.PutUint64(random[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(random[8:16], rand.Uint64())
	binary.LittleEndian.PutUint32(random[16:], rand.Uint32())
	var seconds [4]byte
	binary.BigEndian.PutUint32(seconds[:], uint32(now.Unix())) //nolint:gosec // until 2106
	var text [74]byte
	copy(text[:], "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0")
	hex.Encode(text[7:15], seconds[:])
	hex.Encode(text[16:40], random[:12])
	hex.Encode(text[48:64], random[12:])
	return string(text[:])
}
