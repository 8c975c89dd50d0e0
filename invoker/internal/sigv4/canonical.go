package sigv4

import (
	"bytes"
	"cmp"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// canonical is the canonical request: what the signature covers.
func canonical(req *Request, headers map[string][]string, c *claim, payload string) string {
	var b strings.Builder
	b.WriteString(req.Method)
	b.WriteByte('\n')
	b.WriteString(canonicalPath(req.Path))
	b.WriteByte('\n')
	b.WriteString(canonicalQuery(req.Query))
	b.WriteByte('\n')
	for _, name := range c.signed {
		b.WriteString(name)
		b.WriteByte(':')
		for i, value := range headers[name] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(squeeze(value))
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(strings.Join(c.signed, ";"))
	b.WriteByte('\n')
	b.WriteString(payload)
	return b.String()
}

// canonicalPath encodes the path as it came once more, which for all services
// but S3 is what clients sign, without empty and dot segments.
func canonicalPath(path string) string {
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, escape(segment))
		}
	}
	text := "/" + strings.Join(kept, "/")
	if len(kept) > 0 && strings.HasSuffix(path, "/") {
		text += "/"
	}
	return text
}

// canonicalQuery sorts the parameters, but for the signature, and encodes them
// in one way.
func canonicalQuery(query string) string {
	type pair struct{ name, value string }
	var pairs []pair
	for name, value := range parameters(query) {
		if name != "X-Amz-Signature" {
			pairs = append(pairs, pair{escape(name), escape(value)})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value)) })
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name)
		b.WriteByte('=')
		b.WriteString(p.value)
	}
	return b.String()
}

// parameters yields the decoded parameters of a query. What is not properly
// encoded is taken as it is.
func parameters(query string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for part := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(part, "=")
			if part != "" && !yield(unescape(name), unescape(value)) {
				return
			}
		}
	}
}

// queryOf returns the first value of each parameter.
func queryOf(query string) map[string]string {
	all := map[string]string{}
	for name, value := range parameters(query) {
		if _, has := all[name]; !has {
			all[name] = value
		}
	}
	return all
}

func unescape(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

// escape encodes all bytes but unreserved ones (RFC 3986, section 2.3).
func escape(text string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}

// squeeze trims a header's value and makes runs of spaces one.
func squeeze(value string) string {
	value = strings.Trim(value, " \t")
	if !strings.Contains(value, "  ") {
		return value
	}
	var b strings.Builder
	for i := range len(value) {
		if value[i] != ' ' || value[i-1] != ' ' {
			b.WriteByte(value[i])
		}
	}
	return b.String()
}

// collect makes a map of headers.
func collect(headers iter.Seq2[string, string]) map[string][]string {
	all := map[string][]string{}
	for name, value := range headers {
		all[name] = append(all[name], value)
	}
	return all
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// fromHTTPDate turns the header Date into the form of X-Amz-Date. Some clients
// put that form there anyway.
func fromHTTPDate(text string) string {
	if at, err := http.ParseTime(text); err == nil {
		return at.UTC().Format(dateForm)
	}
	if _, err := time.Parse(dateForm, text); err == nil {
		return text
	}
	return ""
}

// printable cuts what a client sent to what fits into a message.
func printable(text string) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) > 64 {
		text = text[:64] + "..."
	}
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' {
			return '?'
		}
		return r
	}, []byte(text)))
}
