package buffer

import (
	"encoding/base64"
	"encoding/hex"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// Encoding is one of Node's ways to turn text into bytes and back.
type Encoding int

// The encodings. The zero value is Node's default.
const (
	UTF8 Encoding = iota
	UTF16LE
	Latin1
	ASCII
	Base64
	Base64URL
	Hex
)

// MaxStringLength is V8's limit on the length of a string, in UTF-16 units.
const MaxStringLength = 0x1fffffe8

// ParseEncoding finds an encoding by any of its names, in any case.
func ParseEncoding(name string) (Encoding, bool) {
	switch name {
	case "utf8", "utf-8", "":
		return UTF8, name != ""
	case "hex":
		return Hex, true
	case "base64":
		return Base64, true
	}
	if len(name) > 9 {
		return UTF8, false
	}
	var buf [9]byte
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	switch string(buf[:len(name)]) {
	case "utf8", "utf-8":
		return UTF8, true
	case "ucs2", "ucs-2", "utf16le", "utf-16le":
		return UTF16LE, true
	case "latin1", "binary":
		return Latin1, true
	case "ascii":
		return ASCII, true
	case "base64":
		return Base64, true
	case "base64url":
		return Base64URL, true
	case "hex":
		return Hex, true
	}
	return UTF8, false
}

// String returns Node's canonical name of the encoding.
func (e Encoding) String() string {
	return [...]string{"utf8", "utf16le", "latin1", "ascii", "base64", "base64url", "hex"}[e]
}

// AppendText appends the bytes of a string in the encoding. Characters that an
// encoding does not have become what Node makes of them.
func (e Encoding) AppendText(dst []byte, v goja.Value) []byte {
	s := v.String() // well formed UTF-8, lone surrogates are U+FFFD by now
	switch e {
	case Hex:
		return appendHex(dst, s)
	case UTF8:
		return append(dst, s...)
	}
	units := ToString(v)
	n := units.Length()
	if e == Base64 || e == Base64URL {
		if n != len(s) {
			s = string(Latin1.AppendText(nil, units)) // Node looks at the low bytes
		}
		return appendBase64(dst, s)
	}
	if e == UTF16LE {
		if n == len(s) {
			for i := 0; i < n; i++ {
				dst = append(dst, s[i], 0)
			}
			return dst
		}
		for i := 0; i < n; i++ {
			c := units.CharAt(i)
			dst = append(dst, byte(c), byte(c>>8))
		}
		return dst
	}
	if n == len(s) {
		return append(dst, s...)
	}
	for i := 0; i < n; i++ {
		dst = append(dst, byte(units.CharAt(i)))
	}
	return dst
}

// Text returns the string that bytes stand for in the encoding.
func (e Encoding) Text(vm *goja.Runtime, b []byte) goja.Value {
	switch e {
	case Hex:
		return vm.ToValue(hex.EncodeToString(b))
	case Base64:
		return vm.ToValue(base64.StdEncoding.EncodeToString(b))
	case Base64URL:
		return vm.ToValue(base64.RawURLEncoding.EncodeToString(b))
	case UTF8:
		return vm.ToValue(DecodeUTF8(b))
	case UTF16LE:
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
		}
		return goja.StringFromUTF16(units)
	case ASCII:
		seven := make([]byte, len(b))
		for i, c := range b {
			seven[i] = c & 0x7f
		}
		return vm.ToValue(string(seven))
	}
	return latin1Text(vm, b)
}

func latin1Text(vm *goja.Runtime, b []byte) goja.Value {
	if isASCII(b) {
		return vm.ToValue(string(b))
	}
	units := make([]uint16, len(b))
	for i, c := range b {
		units[i] = uint16(c)
	}
	return goja.StringFromUTF16(units)
}

// textLength is the length of Text in UTF-16 units, or an upper bound for it.
func (e Encoding) textLength(n int) int {
	switch e {
	case Hex:
		return 2 * n
	case Base64, Base64URL:
		return (n + 2) / 3 * 4
	case UTF16LE:
		return n / 2
	}
	return n
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// DecodeUTF8 returns the text of UTF-8 bytes, each maximal part that is not
// UTF-8 replaced by one U+FFFD, as the Encoding Standard asks for.
func DecodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out := make([]byte, 0, len(b)+len(b)/4+8)
	for len(b) > 0 {
		if r, n := utf8.DecodeRune(b); r != utf8.RuneError || n > 1 {
			out = append(out, b[:n]...)
			b = b[n:]
			continue
		}
		out = append(out, "\uFFFD"...)
		b = b[badPrefix(b):]
	}
	return string(out)
}

// badPrefix returns the length of the maximal part at the start of b, which is
// no valid sequence, that one U+FFFD replaces (Unicode chapter 3, "U+FFFD
// substitution of maximal subparts").
func badPrefix(b []byte) int {
	lo, hi := byte(0x80), byte(0xBF)
	var need int
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			lo = 0xA0
		} else if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			lo = 0x90
		} else if c == 0xF4 {
			hi = 0x8F
		}
	default:
		return 1
	}
	n := 1
	for ; n <= need && n < len(b); n++ {
		if b[n] < lo || b[n] > hi {
			break
		}
		lo, hi = 0x80, 0xBF
	}
	return n
}

func appendHex(dst []byte, s string) []byte {
	for i := 0; i+1 < len(s); i += 2 {
		hi, lo := unhex(s[i]), unhex(s[i+1])
		if hi|lo > 15 {
			break
		}
		dst = append(dst, hi<<4|lo)
	}
	return dst
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xFF
}

// sextets maps a character of either Base64 alphabet to its value, others to 0xFF.
var sextets = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	const std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := 0; i < len(std); i++ {
		t[std[i]] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

// appendBase64 reads Base64 as leniently as Node does: both alphabets, anything
// else is skipped, and "=" ends the text.
func appendBase64(dst []byte, s string) []byte {
	i := 0
	for ; i+4 <= len(s); i += 4 {
		a, b, c, d := sextets[s[i]], sextets[s[i+1]], sextets[s[i+2]], sextets[s[i+3]]
		if a|b|c|d > 63 {
			break
		}
		dst = append(dst, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	var acc uint32
	bits := 0
	for ; i < len(s) && s[i] != '='; i++ {
		v := sextets[s[i]]
		if v > 63 {
			continue
		}
		acc = acc<<6 | uint32(v)
		if bits += 6; bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits))
		}
	}
	return dst
}

// ByteLength is Buffer.byteLength: for Base64 it goes by the length of the text
// alone, as Node's does.
func (e Encoding) ByteLength(v goja.Value) int {
	s := v.String()
	n16 := ToString(v).Length()
	switch e {
	case UTF8:
		return len(s)
	case Hex:
		return n16 / 2
	case UTF16LE:
		return 2 * n16
	case Base64, Base64URL:
		n := n16
		if n > 0 && s[len(s)-1] == '=' {
			n--
			if n > 0 && s[len(s)-2] == '=' {
				n--
			}
		}
		return n * 3 >> 2
	}
	return n16
}

// ToString converts as String(v) does. Symbols become their description.
func ToString(v goja.Value) goja.String {
	if s, ok := v.ToString().(goja.String); ok {
		return s
	}
	return goja.StringFromUTF16(utf16.Encode([]rune(v.String())))
}
