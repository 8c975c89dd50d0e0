package whatwg

import (
	"strings"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

// set is a percent-encode set: the ASCII characters that are encoded. What is
// above ASCII always is.
type set [128]bool

func makeSet(base *set, chars string) *set {
	var s set
	if base != nil {
		s = *base
	} else {
		for c := range 0x20 {
			s[c] = true
		}
		s[0x7f] = true
	}
	for i := range len(chars) {
		s[chars[i]] = true
	}
	return &s
}

// The percent-encode sets of the standard.
var (
	c0Set       = makeSet(nil, "")
	fragmentSet = makeSet(c0Set, " \"<>`")
	querySet    = makeSet(c0Set, " \"#<>")
	specialSet  = makeSet(querySet, "'")
	pathSet     = makeSet(querySet, "?`{}")
	userinfoSet = makeSet(pathSet, "/:;=@[\\]^|")
	formSet     = makeSet(userinfoSet, "$&+,%!'()~")
)

func encodeRune(sb *strings.Builder, r rune, s *set) {
	if r < 0x80 {
		if !s[r] {
			sb.WriteByte(byte(r))
			return
		}
		percent(sb, byte(r))
		return
	}
	var buf [4]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], r)] {
		percent(sb, b)
	}
}

func percent(sb *strings.Builder, b byte) {
	sb.WriteByte('%')
	sb.WriteByte(upperHex[b>>4])
	sb.WriteByte(upperHex[b&15])
}

func encode(text string, s *set) string {
	var sb strings.Builder
	for _, r := range text {
		encodeRune(&sb, r, s)
	}
	return sb.String()
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// Decode replaces percent-encoded bytes; what is no encoding stays.
func Decode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, ok1 := unhex(s[i+1])
			lo, ok2 := unhex(s[i+2])
			if ok1 && ok2 {
				out = append(out, hi<<4|lo)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// ParseForm splits application/x-www-form-urlencoded text into pairs.
func ParseForm(s string) [][2]string {
	var pairs [][2]string
	for part := range strings.SplitSeq(s, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, [2]string{formText(name), formText(value)})
	}
	return pairs
}

func formText(s string) string {
	return strings.ToValidUTF8(Decode(strings.ReplaceAll(s, "+", " ")), "\ufffd")
}

// AppendForm appends one name or value as application/x-www-form-urlencoded.
func AppendForm(sb *strings.Builder, s string) {
	for _, r := range s {
		if r == ' ' {
			sb.WriteByte('+')
		} else {
			encodeRune(sb, r, formSet)
		}
	}
}
