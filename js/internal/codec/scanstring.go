package codec

import (
	"math/bits"
	"unsafe"
)

// Constants of the search for several bytes at once.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// word64 returns the eight bytes of s from i, which must be there, with the
// first in the lowest place.
func word64(s string, i int) uint64 {
	b := unsafe.Slice(unsafe.StringData(s), len(s))[i : i+8 : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// special marks, by their high bits, the bytes of w that are a quote, a
// backslash or a control character. Bytes from 0x80 are not marked. Those
// above the lowest marked one may be marked wrongly.
func special(w uint64) uint64 {
	quote, slash := w^(ones*'"'), w^(ones*'\\')
	return ((w - ones*0x20) | (quote - ones) | (slash - ones)) & ^w & highs
}

// plainRun returns the index from i on of the first byte of s that is a quote,
// a backslash or a control character, or len(s).
func plainRun(s string, i int) int {
	for i+8 <= len(s) {
		if m := special(word64(s, i)); m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
		i += 8
	}
	for i < len(s) && !stops[s[i]] {
		i++
	}
	return i
}

// stops has the bytes that plainRun stops at.
var stops = func() (t [256]bool) {
	for i := range 0x20 {
		t[i] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// str reads the string whose opening quote is at i, and returns the index
// behind its closing quote.
func (s *scanner) str(i int, flags *nodeFlags) (int, *syntaxError) {
	i++
	for {
		i = plainRun(s.text, i)
		if i == len(s.text) {
			return i, failString(i)
		}
		switch s.text[i] {
		case '"':
			return i + 1, nil
		case '\\':
			var err *syntaxError
			if i, err = s.escape(i, flags); err != nil {
				return i, err
			}
		default:
			return i, failControl(i)
		}
	}
}

// escape reads the escape sequence at i.
func (s *scanner) escape(i int, flags *nodeFlags) (int, *syntaxError) {
	i++
	s.escapes = true
	if i == len(s.text) {
		return i, failEnd(i)
	}
	switch s.text[i] {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		return i + 1, nil
	case '/':
		*flags &^= canonical
		return i + 1, nil
	case 'u':
		for j := 1; j <= 4; j++ {
			if i+j == len(s.text) || unhex[s.text[i+j]] < 0 {
				return i, failUnicode(i + j)
			}
		}
		if !canonicalEscape(s.text[i+1 : i+5]) {
			*flags &^= canonical
		}
		return i + 5, nil
	}
	return i, failEscape(i)
}

// canonicalEscape reports whether JSON.stringify writes \uXXXX for the
// character with these four digits: for control characters that have no
// shorter form. (It does so for lone surrogates too, which are not worth the
// look at what stands beside them.)
func canonicalEscape(digits string) bool {
	if digits[0] != '0' || digits[1] != '0' || digits[2] > '1' {
		return false
	}
	switch {
	case digits[3] >= 'A' && digits[3] <= 'F':
		return false
	case digits[2] == '0':
		return digits[3] != '8' && digits[3] != '9' && digits[3] != 'a' && digits[3] != 'c' && digits[3] != 'd'
	}
	return true
}

// unhex has the values of the hexadecimal digits, and -1 for other bytes.
var unhex = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range 10 {
		t['0'+i] = int8(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = int8(10+i), int8(10+i)
	}
	return t
}()
