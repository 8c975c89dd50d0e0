package api

import "strings"

// query is a parsed query string, in its order.
type query []pair

type pair struct{ key, value string }

// parseQuery decodes a query string; ok is false if its encoding is broken.
func parseQuery(raw string) (q query, ok bool) {
	for raw != "" {
		var item string
		item, raw, _ = strings.Cut(raw, "&")
		if item == "" {
			continue
		}
		key, value, _ := strings.Cut(item, "=")
		if key, ok = unescape(key, true); !ok {
			return nil, false
		}
		if value, ok = unescape(value, true); !ok {
			return nil, false
		}
		q = append(q, pair{key, value})
	}
	return q, true
}

// first returns the first value of a key, empty if there is none.
func (q query) first(key string) string {
	for _, p := range q {
		if p.key == key {
			return p.value
		}
	}
	return ""
}

// all returns the values of a key; nil if there is none.
func (q query) all(key string) []string {
	var values []string
	for _, p := range q {
		if p.key == key {
			values = append(values, p.value)
		}
	}
	return values
}

// unescape decodes percent-encoding, once, and in a query + as a space.
func unescape(s string, inQuery bool) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && (!inQuery || strings.IndexByte(s, '+') < 0) {
		return s, true
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+' && inQuery:
			b.WriteByte(' ')
		case s[i] == '%':
			if i+2 >= len(s) {
				return "", false
			}
			high, low := hexDigit(s[i+1]), hexDigit(s[i+2])
			if high < 0 || low < 0 {
				return "", false
			}
			b.WriteByte(byte(high<<4 | low))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), true
}

// hexDigit returns a hexadecimal digit's value, or -1.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
