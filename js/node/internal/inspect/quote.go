package inspect

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/width"
)

// quote returns a string literal for the text, in the quotes that need the
// fewest escapes.
func quote(text string) string {
	q := byte('\'')
	if strings.Contains(text, "'") {
		switch {
		case !strings.Contains(text, `"`):
			q = '"'
		case !strings.Contains(text, "`") && !strings.Contains(text, "${"):
			q = '`'
		}
	}
	var sb strings.Builder
	sb.Grow(len(text) + 2)
	sb.WriteByte(q)
	escape(&sb, text, q)
	sb.WriteByte(q)
	return sb.String()
}

// escape writes text with control characters, backslashes and the quote q
// escaped. Lone surrogates, which text holds as WTF-8, become \uXXXX.
func escape(sb *strings.Builder, text string, q byte) {
	start := 0
	flush := func(i int) { sb.WriteString(text[start:i]) }
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= 0x20 && c < 0x7f && c != '\\' && c != q:
			i++
			continue
		case c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0:
			flush(i)
			fmt.Fprintf(sb, `\x%02X`, text[i+1])
			i += 2
		case c == 0xed && i+2 < len(text) && text[i+1] >= 0xa0: // a surrogate in WTF-8
			flush(i)
			fmt.Fprintf(sb, `\u%04x`, 0xd000|int(text[i+1]&0x3f)<<6|int(text[i+2]&0x3f))
			i += 3
		case c >= 0x80:
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
			continue
		default:
			flush(i)
			escapeByte(sb, c)
			i++
		}
		start = i
	}
	flush(len(text))
}

func escapeByte(sb *strings.Builder, c byte) {
	switch c {
	case '\b':
		sb.WriteString(`\b`)
	case '\t':
		sb.WriteString(`\t`)
	case '\n':
		sb.WriteString(`\n`)
	case '\f':
		sb.WriteString(`\f`)
	case '\r':
		sb.WriteString(`\r`)
	case '\\', '\'', '"', '`':
		sb.WriteByte('\\')
		sb.WriteByte(c)
	default:
		fmt.Fprintf(sb, `\x%02X`, c)
	}
}

// text returns a JavaScript string as UTF-8, with lone surrogates kept as
// three bytes each (WTF-8), so that escape can see them.
func text(s goja.String) string {
	plain := s.String()
	if !strings.ContainsRune(plain, utf8.RuneError) {
		return plain
	}
	var sb strings.Builder
	n := s.Length()
	for i := 0; i < n; i++ {
		c := rune(s.CharAt(i))
		switch {
		case c >= 0xd800 && c < 0xdc00 && i+1 < n && s.CharAt(i+1)&0xfc00 == 0xdc00:
			i++
			sb.WriteRune((c-0xd800)<<10 + rune(s.CharAt(i)) - 0xdc00 + 0x10000)
		case c >= 0xd800 && c < 0xe000:
			sb.Write([]byte{0xe0 | byte(c>>12), 0x80 | byte(c>>6)&0x3f, 0x80 | byte(c)&0x3f})
		default:
			sb.WriteRune(c)
		}
	}
	return sb.String()
}

// units returns the length of a text in UTF-16 code units.
func units(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < 0x80 || c >= 0xc0 && c < 0xf0:
			n++
		case c >= 0xf0:
			n += 2
		}
	}
	return n
}

// Columns returns how many columns of a terminal a text takes, colours aside.
func Columns(text string) int { return columns(text) }

func columns(s string) int {
	n := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c == 0x1b && i+1 < len(s) && s[i+1] == '[' {
			if end := strings.IndexByte(s[i:], 'm'); end > 0 {
				i += end + 1
				continue
			}
		}
		if c < 0x80 {
			if c >= 0x20 && c != 0x7f {
				n++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0xa0, r >= 0x300 && r <= 0x36f, r >= 0x200b && r <= 0x200f, r >= 0x20d0 && r <= 0x20ff,
		r >= 0xfe00 && r <= 0xfe0f, r >= 0xfe20 && r <= 0xfe2f, r >= 0xe0100 && r <= 0xe01ef:
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// styles are the colours of util.inspect by the kind of text.
var styles = map[string][2]string{
	"special": {"36", "39"}, "number": {"33", "39"}, "bigint": {"33", "39"}, "boolean": {"33", "39"},
	"undefined": {"90", "39"}, "null": {"1", "22"}, "string": {"32", "39"}, "symbol": {"32", "39"},
	"date": {"35", "39"}, "regexp": {"31", "39"}, "module": {"4", "24"},
}

// paint colours a text for a terminal.
func paint(text, style string) string {
	if c, ok := styles[style]; ok {
		return "\x1b[" + c[0] + "m" + text + "\x1b[" + c[1] + "m"
	}
	return text
}

func (s *state) style(text, style string) string {
	if s.Colors {
		return paint(text, style)
	}
	return text
}
