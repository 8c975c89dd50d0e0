package server

import (
	"bytes"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
)

// operation is what a request's path asks for.
type operation uint8

const (
	opUnknown operation = iota
	opInvoke
	opInvokeStream
	opHealth
)

// route is a parsed request URI.
type route struct {
	op operation
	// fn is the function of an invocation. Its qualifier is the one that counts,
	// of the name or of the query.
	fn function.Reference
	// path is the decoded path of an unknown operation.
	path string
	// err refuses the request because of its URI.
	err *apiError
	// invalid are violations that the caller may join with others.
	invalid *function.ValidationError
}

// maxCachedURI bounds what a connection remembers.
const maxCachedURI = 512

// route returns the route of uri, at no cost if it is the same as that of the
// connection's previous request.
func (c *conn) route(uri []byte) *route {
	if string(uri) == c.lastURI && len(uri) > 0 {
		return &c.last
	}
	c.last = parseRoute(string(uri))
	c.lastURI = ""
	if len(uri) <= maxCachedURI {
		c.lastURI = string(uri)
	}
	return &c.last
}

// Paths of the operations.
const (
	pathHealth        = "/healthz"
	prefixInvoke      = "/2015-03-31/functions/"
	suffixInvoke      = "/invocations"
	prefixStream      = "/2021-11-15/functions/"
	suffixStream      = "/response-streaming-invocations"
	queryQualifier    = "Qualifier"
	maxPathInMessages = 300
)

// parseRoute reads a request target: path and query, or a whole URL.
func parseRoute(uri string) route {
	uri = originForm(uri)
	path, query, _ := strings.Cut(uri, "?")
	if path == pathHealth {
		return route{op: opHealth}
	}
	if name, ok := between(path, prefixInvoke, suffixInvoke); ok {
		return invocationRoute(opInvoke, name, query)
	}
	if name, ok := between(path, prefixStream, suffixStream); ok {
		return invocationRoute(opInvokeStream, name, query)
	}
	decoded, ok := unescape(path, false)
	if !ok {
		decoded = path
	}
	return route{op: opUnknown, path: decoded}
}

// originForm cuts scheme and authority off a request target in absolute form,
// which clients of proxies send.
func originForm(uri string) string {
	rest, ok := strings.CutPrefix(uri, "http://")
	if !ok {
		if rest, ok = strings.CutPrefix(uri, "https://"); !ok {
			return uri
		}
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// between returns what stands between prefix and suffix, if it is one path
// segment.
func between(path, prefix, suffix string) (string, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return "", false
	}
	name, ok := strings.CutSuffix(rest, suffix)
	return name, ok && strings.IndexByte(name, '/') < 0
}

// invocationRoute reads the function's name and the query of an invocation.
func invocationRoute(op operation, escaped, query string) route {
	r := route{op: op}
	name, ok := unescape(escaped, false)
	if !ok {
		r.err = malformedRequest()
		return r
	}
	qualifier, has, ok := queryValue(query, queryQualifier)
	if !ok {
		r.err = malformedRequest()
		return r
	}
	fn, err := function.Resolve(name, qualifier, has)
	if err == nil {
		r.fn = fn
		return r
	}
	if invalid, ok := err.(*function.ValidationError); ok { //nolint:errorlint // Resolve does not wrap it.
		r.invalid = invalid
		return r
	}
	r.err = invalidParameter("The derived qualifier from the function name does not match the specified qualifier.")
	return r
}

// queryValue returns the first value of a query parameter. ok is false if the
// query is malformed there.
func queryValue(query, name string) (value string, has, ok bool) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, escaped, _ := strings.Cut(pair, "=")
		if key != name {
			continue
		}
		value, ok = unescape(escaped, true)
		return value, true, ok
	}
	return "", false, true
}

// unescape decodes percent-encoding, once, and in a query + as a space.
func unescape(s string, query bool) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && (!query || strings.IndexByte(s, '+') < 0) {
		return s, true
	}
	var b bytes.Buffer
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+' && query:
			b.WriteByte(' ')
		case s[i] == '%':
			if i+2 >= len(s) {
				return "", false
			}
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi > 15 || lo > 15 {
				return "", false
			}
			b.WriteByte(hi<<4 | lo)
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), true
}

// unhex returns the value of a hexadecimal digit, or 255.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
