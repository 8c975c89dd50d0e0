package server

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
)

// The event stream encoding of AWS: frames of
//
//	u32 length of all | u32 length of headers | u32 CRC of these two |
//	headers | payload | u32 CRC of everything before
//
// with big-endian numbers and the IEEE polynomial.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
const (
	framePrelude  = 12
	frameTrailer  = 4
	stringHeader  = 7 // type of a header's value
	maxFrameBytes = 64 << 10
)

var (
	chunkHeaders    = eventHeaders("PayloadChunk", "application/octet-stream")
	completeHeaders = eventHeaders("InvokeComplete", "application/json")
)

// eventHeaders encodes the three headers of an event.
func eventHeaders(event, contentType string) []byte {
	var b []byte
	for _, h := range [][2]string{{":message-type", "event"}, {":event-type", event}, {":content-type", contentType}} {
		b = append(b, byte(len(h[0])))
		b = append(b, h[0]...)
		b = append(b, stringHeader)
		b = binary.BigEndian.AppendUint16(b, uint16(len(h[1]))) //nolint:gosec // short constants
		b = append(b, h[1]...)
	}
	return b
}

// appendFrame appends a frame to dst.
func appendFrame(dst, headers, payload []byte) []byte {
	start := len(dst)
	total := framePrelude + len(headers) + len(payload) + frameTrailer
	dst = binary.BigEndian.AppendUint32(dst, uint32(total))        //nolint:gosec // bounded by the callers
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(headers))) //nolint:gosec // constants
	dst = binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
	dst = append(dst, headers...)
	dst = append(dst, payload...)
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
}

// completion is the payload of InvokeComplete. Absent members are left out.
type completion struct {
	ErrorCode    string `json:",omitempty"`
	ErrorDetails string `json:",omitempty"`
	LogResult    string `json:",omitempty"`
}

// appendComplete appends the last frame of a stream.
func appendComplete(dst []byte, c completion) []byte {
	payload, _ := json.Marshal(c) // strings cannot fail
	return appendFrame(dst, completeHeaders, payload)
}
