package zlib

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"hash/crc32"
	"io"
	"iter"
	"runtime"

	"github.com/klauspost/compress/flate"
	"github.com/molecule-man/go-brrr"
)

// fault is an error as zlib reports it.
type fault struct {
	errno         int
	code, message string
}

func (f *fault) Error() string { return "zlib: " + f.message }

var (
	badHeader   = &fault{-3, "Z_DATA_ERROR", "incorrect header check"}
	badMethod   = &fault{-3, "Z_DATA_ERROR", "unknown compression method"}
	badData     = &fault{-3, "Z_DATA_ERROR", "invalid block type"}
	badCheck    = &fault{-3, "Z_DATA_ERROR", "incorrect data check"}
	badLength   = &fault{-3, "Z_DATA_ERROR", "incorrect length check"}
	needDict    = &fault{2, "Z_NEED_DICT", "Missing dictionary"}
	badDict     = &fault{2, "Z_NEED_DICT", "Bad dictionary"}
	tooShort    = &fault{-5, "Z_BUF_ERROR", "unexpected end of file"}
	brotliFault = &fault{-2, "ERR__ERROR_FORMAT_PADDING_1", "Decompression failed"}
	errStopped  = errors.New("zlib: the stream was closed")
)

// outputChunk is how much a decoder makes between two looks at the world.
const outputChunk = 64 << 10

// decoder decompresses. The libraries want to read their input, but it arrives
// bit by bit: so they run as a coroutine, which rests when it needs more.
type decoder struct {
	next func() (output, bool)
	stop func()
	in   *source
}

// output is what the coroutine hands over: data, or neither if it needs input.
type output struct {
	data []byte
	err  error
}

// source is the input of the coroutine.
type source struct {
	buf   []byte
	final bool // no more is to come
	wait  func() bool
}

func newDecoder(o options) *decoder {
	in := &source{}
	next, stop := iter.Pull(func(yield func(output) bool) {
		in.wait = func() bool { return yield(output{}) }
		err := run(in, o, func(p []byte) bool { return yield(output{data: p}) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(output{err: err})
		}
	})
	d := &decoder{next: next, stop: stop, in: in}
	// A guest may drop a stream before its end; the coroutine must not stay.
	runtime.AddCleanup(d, func(stop func()) { stop() }, stop)
	return d
}

func (s *source) fill() error {
	for len(s.buf) == 0 {
		if s.final {
			return io.EOF
		}
		if !s.wait() {
			return errStopped
		}
	}
	return nil
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.fill(); err != nil {
		return 0, err
	}
	n := copy(p, s.buf)
	s.buf = s.buf[n:]
	return n, nil
}

// ReadByte keeps the libraries from reading ahead.
func (s *source) ReadByte() (byte, error) {
	if err := s.fill(); err != nil {
		return 0, err
	}
	c := s.buf[0]
	s.buf = s.buf[1:]
	return c, nil
}

func (d *decoder) push(p []byte, flush int) error {
	d.in.buf = append(d.in.buf, p...)
	return nil
}

// end says that no more input comes.
func (d *decoder) end() { d.in.final = true }

func (d *decoder) pull() ([]byte, error) {
	o, ok := d.next()
	if !ok {
		return nil, nil
	}
	return o.data, o.err
}

func (d *decoder) close() { d.stop() }

// run decompresses one stream.
func run(in *source, o options, emit func([]byte) bool) error {
	switch o.mode {
	case brotliDecode:
		err := pour(brrr.NewReader(in), emit, nil)
		if err != nil && !errors.Is(err, errStopped) && err != tooShort {
			return brotliFault
		}
		return err
	case inflateRaw:
		return pour(flate.NewReaderDict(in, o.dictionary), emit, nil)
	case inflate:
		return runZlib(in, o, emit)
	case gunzip:
		return runGzip(in, emit)
	}
	// unzip: gzip if it begins so, else zlib.
	first, err := in.ReadByte()
	if err != nil {
		return short(err)
	}
	in.buf = append([]byte{first}, in.buf...)
	if first == 0x1f {
		return runGzip(in, emit)
	}
	return runZlib(in, o, emit)
}

func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return tooShort
	}
	return err
}

// pour decompresses to the end of the stream.
func pour(r io.Reader, emit func([]byte) bool, sum io.Writer) error {
	for {
		p := make([]byte, outputChunk)
		n, err := r.Read(p)
		if n > 0 {
			if sum != nil {
				_, _ = sum.Write(p[:n])
			}
			if !emit(p[:n]) {
				return errStopped
			}
		}
		var corrupt flate.CorruptInputError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &corrupt):
			return badData
		case err != nil:
			return short(err)
		}
	}
}

func runZlib(in *source, o options, emit func([]byte) bool) error {
	var header [2]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return short(err)
	}
	switch {
	case binary.BigEndian.Uint16(header[:])%31 != 0:
		return badHeader
	case header[0]&0x0F != 8:
		return badMethod
	}
	var dictionary []byte
	if header[1]&0x20 != 0 {
		var sum uint32
		if err := binary.Read(in, binary.BigEndian, &sum); err != nil {
			return short(err)
		}
		switch {
		case len(o.dictionary) == 0:
			return needDict
		case adler32.Checksum(o.dictionary) != sum:
			return badDict
		}
		dictionary = o.dictionary
	}
	sum := adler32.New()
	if err := pour(flate.NewReaderDict(in, dictionary), emit, sum); err != nil {
		return err
	}
	var want uint32
	if err := binary.Read(in, binary.BigEndian, &want); err != nil {
		return short(err)
	}
	if want != sum.Sum32() {
		return badCheck
	}
	return nil
}

// runGzip decompresses one member after the other; zeros after the last are
// padding (RFC 1952).
func runGzip(in *source, emit func([]byte) bool) error {
	for first := true; ; first = false {
		if !first {
			c, err := in.ReadByte()
			if err != nil {
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
			if c == 0 {
				return nil
			}
			in.buf = append([]byte{c}, in.buf...)
		}
		if err := gzipHeader(in); err != nil {
			return err
		}
		sum, size := crc32.NewIEEE(), counter(0)
		if err := pour(flate.NewReader(in), emit, io.MultiWriter(sum, &size)); err != nil {
			return err
		}
		var trailer [2]uint32
		if err := binary.Read(in, binary.LittleEndian, &trailer); err != nil {
			return short(err)
		}
		switch {
		case trailer[0] != sum.Sum32():
			return badCheck
		case trailer[1] != uint32(size):
			return badLength
		}
	}
}

type counter uint32

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func gzipHeader(in *source) error {
	var h [10]byte
	for i := range h {
		c, err := in.ReadByte()
		if err != nil {
			return short(err)
		}
		h[i] = c
		switch {
		case i == 0 && c != 0x1f || i == 1 && c != 0x8b:
			return badHeader
		case i == 2 && c != 8:
			return badMethod
		}
	}
	flags := h[3]
	if flags&4 != 0 {
		var n uint16
		if err := binary.Read(in, binary.LittleEndian, &n); err != nil {
			return short(err)
		}
		if _, err := io.CopyN(io.Discard, bufio.NewReaderSize(io.LimitReader(in, int64(n)), 16), int64(n)); err != nil {
			return short(err)
		}
	}
	for _, bit := range []byte{8, 16} { // name, comment
		for flags&bit != 0 {
			c, err := in.ReadByte()
			if err != nil {
				return short(err)
			}
			if c == 0 {
				break
			}
		}
	}
	if flags&2 != 0 {
		var crc [2]byte
		if _, err := io.ReadFull(in, crc[:]); err != nil {
			return short(err)
		}
	}
	return nil
}

var _ io.ByteReader = (*source)(nil)
