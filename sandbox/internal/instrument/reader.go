package instrument

import (
	"fmt"
	"unicode/utf8"
)

// reader reads the binary format. The first thing that goes wrong sticks: from
// then on every method returns a zero value and reads nothing, so that a parser
// asks for the error only where it loops or ends.
type reader struct {
	data     []byte // the module; offsets in errors count from its beginning
	pos, end int
	function int // for errors; -1 outside code
	err      *Error
}

func (r *reader) failAt(offset int, format string, args ...any) {
	if r.err == nil {
		r.err = &Error{Offset: offset, Function: r.function, Reason: fmt.Sprintf(format, args...)}
		r.end = r.pos
	}
}

func (r *reader) fail(format string, args ...any) { r.failAt(r.pos, format, args...) }

func (r *reader) left() int { return r.end - r.pos }

func (r *reader) byte() byte {
	if r.pos >= r.end {
		r.fail("the module ends too early")
		return 0
	}
	b := r.data[r.pos]
	r.pos++
	return b
}

// take returns the next n bytes, which still belong to the module.
func (r *reader) take(n int) []byte {
	if n < 0 || n > r.left() {
		r.fail("the module ends too early")
		return nil
	}
	b := r.data[r.pos : r.pos+n : r.pos+n]
	r.pos += n
	return b
}

// u32 reads an unsigned LEB128 number of up to 32 bits.
func (r *reader) u32() uint32 {
	start := r.pos
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		if shift == 28 && b > 0x0f {
			break
		}
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.failAt(start, "a number has more than 32 bits")
	return 0
}

// signed reads a signed LEB128 number of up to size bits: 32, 33 or 64.
func (r *reader) signed(size int) int64 {
	start := r.pos
	var v int64
	for shift := 0; shift < size; shift += 7 {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if b >= 0x80 {
			continue
		}
		if used := size - shift; used < 7 {
			// The bits beyond the number must repeat its sign.
			if rest := int8(b<<1) >> used; rest != 0 && rest != -1 {
				break
			}
		}
		if gap := 64 - shift - 7; gap > 0 {
			v = v << gap >> gap
		}
		return v
	}
	r.failAt(start, "a number has more than %d bits", size)
	return 0
}

// name reads a string, which must be UTF-8.
func (r *reader) name() string {
	start := r.pos
	b := r.take(int(r.u32()))
	if !utf8.Valid(b) {
		r.failAt(start, "a name is not UTF-8")
		return ""
	}
	return string(b)
}

// number reads a number of things, of which limit are allowed.
func (r *reader) number(what string, limit int) int {
	start := r.pos
	n := r.u32()
	if int64(n) > int64(limit) {
		r.failAt(start, "%d %s, of which at most %d are allowed", n, what, limit)
		return 0
	}
	return int(n)
}

// count reads the length of a vector. It fails too if there cannot be so many
// entries of at least one byte, so that nobody allocates for a lie.
func (r *reader) count(what string, limit int) int {
	start := r.pos
	n := r.number(what, limit)
	if n > r.left() {
		r.failAt(start, "the module ends too early")
		return 0
	}
	return n
}

// valType reads the type of a value.
func (r *reader) valType() ValType {
	start := r.pos
	t := ValType(r.byte())
	if !t.valid() {
		r.failAt(start, "unknown value type %#x", byte(t))
	}
	return t
}

func (r *reader) valTypes(what string, limit int) []ValType {
	n := r.count(what, limit)
	if n == 0 {
		return nil
	}
	types := make([]ValType, n)
	for i := range types {
		types[i] = r.valType()
	}
	return types
}
