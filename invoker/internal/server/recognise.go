package server

import (
	"bytes"
)

var (
	directStart    = []byte("POST /")
	directProtocol = []byte(" HTTP/1.1")
)

// recognise returns the body of a whole request that can be served directly,
// and sets the connection's route.
func (c *conn) recognise(p []byte) (body []byte, ok bool) {
	if !bytes.HasPrefix(p, directStart) {
		return nil, false
	}
	line, rest, ok := cutLine(p)
	if !ok || !bytes.HasSuffix(line, directProtocol) {
		return nil, false
	}
	uri := line[len("POST ") : len(line)-len(directProtocol)]
	length, hosts := -1, 0
	c.region = c.srv.region
	for {
		if line, rest, ok = cutLine(rest); !ok {
			return nil, false
		}
		if len(line) == 0 {
			break
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !isToken(line[:colon]) {
			return nil, false
		}
		switch meaningOf(line[:colon]) {
		case ignored:
		case host:
			hosts++
		case contentLength:
			if length >= 0 {
				return nil, false
			}
			if length, ok = smallNumber(bytes.TrimSpace(line[colon+1:])); !ok {
				return nil, false
			}
		case connection:
			// Node's clients say what HTTP/1.1 means anyway.
			if !equalFold(bytes.TrimSpace(line[colon+1:]), "keep-alive") {
				return nil, false
			}
		case authorization:
			// Nobody checks the signature, or the request would not get here.
			c.region = c.intern(scopeRegion(line, credentialHeader, slash))
		case special:
			return nil, false
		}
	}
	if hosts != 1 || len(rest) != max(length, 0) || !visible(uri) {
		return nil, false
	}
	if bytes.IndexByte(uri, '?') >= 0 && bytes.Contains(uri, credentialQuery) {
		return nil, false
	}
	r := c.route(uri)
	if r.op != opInvoke || r.err != nil || r.invalid != nil {
		return nil, false
	}
	return rest, true
}

// cutLine cuts p after its first line, which must end in CRLF and have no other
// CR in it.
func cutLine(p []byte) (line, rest []byte, ok bool) {
	i := bytes.IndexByte(p, '\n')
	if i < 1 || p[i-1] != '\r' || bytes.IndexByte(p[:i-1], '\r') >= 0 {
		return nil, nil, false
	}
	return p[:i-1], p[i+1:], true
}

// meaning is what a header is to the direct path.
type meaning uint8

const (
	ignored meaning = iota
	host
	contentLength
	connection
	authorization
	special // means something that only the whole server knows
)

// meaningOf tells by its name what to do about a header. All that the other
// path looks at are special, and so is what HTTP itself depends on.
func meaningOf(name []byte) meaning {
	switch name[0] | 0x20 {
	case 'a':
		if equalFold(name, "authorization") {
			return authorization
		}
	case 'h':
		if equalFold(name, "host") {
			return host
		}
		if equalFold(name, "http2-settings") {
			return special
		}
	case 'c':
		switch {
		case equalFold(name, "content-length"):
			return contentLength
		case equalFold(name, "connection"):
			return connection
		case equalFold(name, "content-encoding"):
			return special
		}
	case 'e':
		if equalFold(name, "expect") {
			return special
		}
	case 'o':
		if equalFold(name, "origin") {
			return special
		}
	case 't':
		if equalFold(name, "transfer-encoding") || equalFold(name, "te") || equalFold(name, "trailer") {
			return special
		}
	case 'u':
		if equalFold(name, "upgrade") {
			return special
		}
	case 'x':
		if len(name) >= len("x-amz") && equalFold(name[:len("x-amz")], "x-amz") && !ofSigning(name[len("x-amz"):]) {
			return special
		}
	}
	return ignored
}

// ofSigning reports whether an X-Amz header, by the end of its name, is one that
// the SDKs send with every request. Any other may matter.
func ofSigning(name []byte) bool {
	return equalFold(name, "-date") || equalFold(name, "-security-token") || equalFold(name, "-content-sha256") || equalFold(name, "-user-agent")
}

// equalFold compares an ASCII header name with one in lower case.
func equalFold(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// isToken reports whether a header's name is of the plain kind.
func isToken(name []byte) bool {
	for _, c := range name {
		if c < '0' && c != '-' || c > 'z' || c > '9' && c < 'A' || c > 'Z' && c < 'a' && c != '_' {
			return false
		}
	}
	return true
}

// visible reports whether a request target has no spaces or control bytes.
func visible(uri []byte) bool {
	for _, c := range uri {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// smallNumber reads up to five digits.
func smallNumber(text []byte) (n int, ok bool) {
	if len(text) == 0 || len(text) > 5 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}
