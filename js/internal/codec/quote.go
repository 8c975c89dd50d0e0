package codec

import (
	"unicode/utf8"

	"github.com/dop251/goja/unistring"
)

const hexDigits = "0123456789abcdef"

// appendASCII appends a string of ASCII text, quoted.
func appendASCII(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for {
		i := plainRun(s, 0)
		dst = append(dst, s[:i]...)
		if i == len(s) {
			return append(dst, '"')
		}
		dst = appendEscape(dst, s[i])
		s = s[i+1:]
	}
}

// appendQuoted appends a string of UTF-8, quoted. What is not UTF-8 counts as
// U+FFFD, a byte at a time, as goja has it.
func appendQuoted(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return appendASCII(dst, s) // nothing from 0x80 on needs an escape
	}
	return appendASCII(dst, string([]rune(s)))
}

// appendQuotedUnits appends a string of UTF-16, quoted. Lone surrogates are
// escaped.
func appendQuotedUnits(dst []byte, u []uint16) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(u); i++ {
		switch c := u[i]; {
		case c < 0x20 || c == '"' || c == '\\':
			dst = appendEscape(dst, byte(c))
		case c < utf8.RuneSelf:
			dst = append(dst, byte(c))
		case isPair(u, i):
			dst = appendUnits(dst, u[i:i+2])
			i++
		case c&0xF800 == 0xD800:
			dst = append(dst, '\\', 'u', hexDigits[c>>12], hexDigits[c>>8&0xF], hexDigits[c>>4&0xF], hexDigits[c&0xF])
		default:
			dst = utf8.AppendRune(dst, rune(c))
		}
	}
	return append(dst, '"')
}

// appendKey appends a property name, quoted, and the colon.
func appendKey(dst []byte, name unistring.String) []byte {
	if u := name.AsUtf16(); u != nil {
		dst = appendQuotedUnits(dst, u[1:])
	} else {
		dst = appendASCII(dst, string(name))
	}
	return append(dst, ':')
}

// appendEscape appends the escape sequence of a character that has one.
func appendEscape(dst []byte, ch byte) []byte {
	switch ch {
	case '"', '\\':
		return append(dst, '\\', ch)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[ch>>4], hexDigits[ch&0xF])
}
