package zlib

import (
	"bytes"
	"encoding/binary"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/molecule-man/go-brrr"
)

// mode is what a stream does, numbered as zlib's bindings in Node number it.
type mode int

const (
	deflate mode = iota + 1
	inflate
	gzip
	gunzip
	deflateRaw
	inflateRaw
	unzip
	brotliDecode
	brotliEncode
)

// flush values of zlib and Brotli that matter here.
const (
	noFlush  = 0
	finish   = 4
	brFinish = 2
)

// compressor is what the libraries have in common.
type compressor interface {
	io.WriteCloser
	Flush() error
}

// encoder compresses. What it makes is collected in out.
type encoder struct {
	mode   mode
	w      compressor
	level  int
	pooled bool
	out    bytes.Buffer
	check  hash.Hash32
	size   uint32
	closed bool
}

// writers are idle flate.Writers by level: one takes most of a megabyte, and
// compressing a response is the most frequent use.
var writers [12]sync.Pool

func newEncoder(o options) (*encoder, error) {
	e := &encoder{mode: o.mode, level: o.level}
	var err error
	switch o.mode {
	case brotliEncode:
		opts := brrr.WriterOptions{}
		if o.window > 0 {
			opts.LGWin = o.window
		}
		e.w, err = brrr.NewWriterOptions(&e.out, o.level, opts)
		return e, err
	case deflate:
		e.check = adler32.New()
		e.zlibHeader(o.dictionary)
	case gzip:
		e.check = crc32.NewIEEE()
		// No name, no time, made on Unix.
		extra := byte(0)
		switch o.level {
		case 9:
			extra = 2
		case 1:
			extra = 4
		}
		e.out.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, extra, 3})
	}
	switch {
	case o.strategy == 2: // Huffman codes only
		e.w, err = flate.NewWriter(&e.out, flate.HuffmanOnly)
	case len(o.dictionary) > 0:
		e.w, err = flate.NewWriterDict(&e.out, o.level, o.dictionary)
	default:
		if w, ok := writers[o.level+1].Get().(*flate.Writer); ok {
			w.Reset(&e.out)
			e.w = w
		} else {
			e.w, err = flate.NewWriter(&e.out, o.level)
		}
		e.pooled = true
	}
	return e, err
}

// zlibHeader writes CMF, FLG and the dictionary's checksum (RFC 1950).
func (e *encoder) zlibHeader(dictionary []byte) {
	level := byte(2)
	switch {
	case e.level == 0 || e.level == 1:
		level = 0
	case e.level > 1 && e.level < 6:
		level = 1
	case e.level > 6:
		level = 3
	}
	flags := level << 6
	if len(dictionary) > 0 {
		flags |= 1 << 5
	}
	flags += byte(31 - (0x7800+uint16(flags))%31)
	e.out.Write([]byte{0x78, flags})
	if len(dictionary) > 0 {
		_ = binary.Write(&e.out, binary.BigEndian, adler32.Checksum(dictionary))
	}
}

// push compresses p, then flushes or ends the stream.
func (e *encoder) push(p []byte, flush int) error {
	if e.closed {
		return nil
	}
	if len(p) > 0 {
		if _, err := e.w.Write(p); err != nil {
			return err
		}
		if e.check != nil {
			_, _ = e.check.Write(p)
		}
		e.size += uint32(len(p))
	}
	switch {
	case flush == noFlush:
		return nil
	case e.mode == brotliEncode && flush != brFinish, e.mode != brotliEncode && flush != finish:
		return e.w.Flush()
	}
	if err := e.w.Close(); err != nil {
		return err
	}
	e.closed = true
	switch e.mode {
	case deflate:
		_ = binary.Write(&e.out, binary.BigEndian, e.check.Sum32())
	case gzip:
		_ = binary.Write(&e.out, binary.LittleEndian, [2]uint32{e.check.Sum32(), e.size})
	}
	e.release()
	return nil
}

// pull returns what was made since the last call, or nil.
func (e *encoder) pull() ([]byte, error) {
	if e.out.Len() == 0 {
		return nil, nil
	}
	b := bytes.Clone(e.out.Bytes())
	e.out.Reset()
	return b, nil
}

func (e *encoder) close() {
	if !e.closed {
		e.closed = true
		e.release()
	}
}

// release gives the writer to the next stream of the level.
func (e *encoder) release() {
	if w, ok := e.w.(*flate.Writer); ok && e.pooled {
		w.Reset(io.Discard)
		writers[e.level+1].Put(w)
	}
	e.w = nil
}

// params changes the level. What came before is flushed.
func (e *encoder) params(level int) error {
	if e.closed || e.level == level || e.mode == brotliEncode {
		return nil
	}
	if err := e.w.Flush(); err != nil {
		return err
	}
	// A new writer does not know what came before, which is allowed: it only
	// compresses less well for a while.
	w, err := flate.NewWriter(&e.out, level)
	if err != nil {
		return err
	}
	e.release()
	e.w, e.level, e.pooled = w, level, true
	return nil
}
