package codec

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Inside the package, text is UTF-8 in which a lone surrogate stands as the
// three bytes that UTF-8 would have for it (WTF-8): JavaScript strings can
// hold such, and JSON.parse must not lose them. Bytes from outside never do.

// clean returns text with what is not UTF-8 replaced as the WHATWG decoder,
// and so Node, replaces it: one U+FFFD for each maximal part of a sequence.
func clean(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			n = badLen(text[i:])
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// badLen returns the length of the maximal part of a sequence at the start of
// s, which is not a valid one.
func badLen(s string) int {
	lo, hi, want := byte(0x80), byte(0xBF), 0
	switch ch := s[0]; {
	case ch >= 0xC2 && ch <= 0xDF:
		want = 1
	case ch >= 0xE0 && ch <= 0xEF:
		want = 2
		if ch == 0xE0 {
			lo = 0xA0
		} else if ch == 0xED {
			hi = 0x9F
		}
	case ch >= 0xF0 && ch <= 0xF4:
		want = 3
		if ch == 0xF0 {
			lo = 0x90
		} else if ch == 0xF4 {
			hi = 0x8F
		}
	}
	n := 1
	for ; n <= want && n < len(s) && s[n] >= lo && s[n] <= hi; n++ {
		lo, hi = 0x80, 0xBF
	}
	return n
}

// appendUnits appends UTF-16 to text, lone surrogates as described above.
func appendUnits(dst []byte, u []uint16) []byte {
	for i := 0; i < len(u); i++ {
		c := u[i]
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, byte(c))
		case !utf16.IsSurrogate(rune(c)):
			dst = utf8.AppendRune(dst, rune(c))
		case isPair(u, i):
			dst = utf8.AppendRune(dst, utf16.DecodeRune(rune(c), rune(u[i+1])))
			i++
		default:
			dst = append(dst, 0xE0|byte(c>>12), 0x80|byte(c>>6)&0x3F, 0x80|byte(c)&0x3F)
		}
	}
	return dst
}

// isPair reports whether a surrogate pair stands at u[i].
func isPair(u []uint16, i int) bool {
	return u[i]&0xFC00 == 0xD800 && i+1 < len(u) && u[i+1]&0xFC00 == 0xDC00
}

// decodeUnits appends text to UTF-16.
func decodeUnits(dst []uint16, text string) []uint16 {
	for i := 0; i < len(text); {
		ch := text[i]
		if ch < utf8.RuneSelf {
			dst = append(dst, uint16(ch))
			i++
			continue
		}
		if c, ok := loneAt(text, i); ok {
			dst = append(dst, c)
			i += 3
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		dst = utf16.AppendRune(dst, r)
		i += n
	}
	return dst
}

// loneAt returns the surrogate that stands in text at i, if one does.
func loneAt(text string, i int) (uint16, bool) {
	if text[i] == 0xED && i+2 < len(text) && text[i+1] >= 0xA0 && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 {
		return 0xD000 | uint16(text[i+1]&0x3F)<<6 | uint16(text[i+2]&0x3F), true
	}
	return 0, false
}

// unitLen returns the length of text in UTF-16 code units.
func unitLen(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch >= 0xF0:
			n += 2
		case ch&0xC0 != 0x80:
			n++
		}
	}
	return n
}

// isASCII reports whether text is ASCII.
func isASCII(text string) bool {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if word64(text, i)&highs != 0 {
			return false
		}
	}
	for ; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// view returns b as a string that shares its bytes.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
