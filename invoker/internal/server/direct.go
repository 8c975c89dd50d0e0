package server

import (
	"bytes"
	"io"
	"net"
	"runtime/debug"
	"strconv"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/runtime"
)

// The requests that matter for throughput look all alike: a POST to Invoke with
// a small event and headers that say nothing of interest. This file serves them
// on the connection itself, before fasthttp sees them: conn.Read, which fasthttp
// calls to wait for a request, recognises such a request if it arrives whole,
// answers it, and goes on reading. Whatever is not exactly of that form goes to
// fasthttp untouched, so this file knows no malformed request, no limit and no
// feature but one. That halves the cost of HTTP.

// maxDirectPayload is the largest response that is copied behind its head; a
// larger one goes out from where it is.
const maxDirectPayload = 8 << 10

// Read reads for fasthttp what cannot be served directly.
func (c *conn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || n == 0 || !c.between() || c.srv.indirect {
			return n, err
		}
		body, ok := c.recognise(p[:n])
		if !ok {
			return n, nil
		}
		if err := c.serveDirect(body); err != nil {
			return 0, err
		}
	}
}

// between reports whether the connection is between requests, so that fasthttp
// waits for the first byte of the next.
func (c *conn) between() bool {
	p := c.state.Load() & (1<<phaseBits - 1)
	return p == phaseIdle || p == phaseNew
}

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
		case special:
			return nil, false
		}
	}
	if hosts != 1 || len(rest) != max(length, 0) || !visible(uri) {
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
	special // means something that only the whole server knows
)

// meaningOf tells by its name what to do about a header. All that the other
// path looks at are special, and so is what HTTP itself depends on.
func meaningOf(name []byte) meaning {
	switch name[0] | 0x20 {
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

// serveDirect runs the invocation of a recognised request and writes the
// answer. An error ends the connection.
func (c *conn) serveDirect(body []byte) (err error) {
	s := c.srv
	c.enter(phaseWorking)
	defer func() {
		if fault := recover(); fault != nil {
			s.logf("panic while serving %.200q: %v\n%s", c.lastURI, fault, debug.Stack())
			c.out = appendFault(c.out[:0], serviceError("An internal error occurred."), newRequestID(), s.conns.date(), true)
			_, _ = c.Write(c.out)
			err = io.EOF
		}
	}()
	r := &c.last
	var req request
	req.id, req.traceID = newIDs(c.reg.wallClock())
	fault := s.checkPlace(&r.fn)
	var res runtime.Result
	if fault == nil {
		// The function may keep the event if it cannot be stopped, so it gets a
		// copy: the bytes that were read are fasthttp's.
		c.body = append(c.body[:0], body...)
		res, err = s.do(&req, r, c.body, nil)
		s.releaseBody(c, res.Abandoned)
		fault = s.failure(&res, err)
	}
	closing := s.conns.draining()
	if fault != nil {
		c.out = appendFault(c.out[:0], fault, req.id, s.conns.date(), closing)
	} else {
		c.out = appendReply(c.out[:0], &req, &res, err != nil, s.conns.date(), closing)
	}
	if err := c.send(res.Payload, fault == nil); err != nil {
		return err
	}
	if closing {
		return io.EOF
	}
	c.enter(phaseIdle)
	if s.conns.draining() {
		return io.EOF // see connState
	}
	return nil
}

// send writes the head in c.out, and the payload behind it if there is one.
func (c *conn) send(payload []byte, has bool) (err error) {
	switch {
	case !has:
		_, err = c.Write(c.out)
	case len(payload) <= maxDirectPayload:
		c.out = append(c.out, payload...)
		_, err = c.Write(c.out)
	default:
		c.writing.Store(c.reg.now.Load())
		both := net.Buffers{c.out, payload}
		_, err = both.WriteTo(c.Conn)
		c.writing.Store(0)
	}
	return err
}

// appendReply appends the head of a successful response.
func appendReply(dst []byte, req *request, res *runtime.Result, failed bool, date []byte, closing bool) []byte {
	dst = append(dst, "HTTP/1.1 200 OK\r\n"...)
	dst = append(dst, date...)
	dst = append(dst, "Content-Type: application/json\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(res.Payload)), 10)
	dst = append(dst, "\r\nx-amzn-RequestId: "...)
	dst = append(dst, req.id...)
	dst = append(dst, "\r\nX-Amz-Executed-Version: "...)
	dst = append(dst, res.ExecutedVersion...)
	dst = append(dst, "\r\nX-Amzn-Trace-Id: "...)
	dst = append(dst, req.traceID...)
	dst = append(dst, "\r\nx-amzn-Remapped-Content-Length: 0\r\n"...)
	if failed {
		dst = append(dst, "X-Amz-Function-Error: Unhandled\r\n"...)
	}
	return appendEnd(dst, closing)
}

// appendFault appends a whole response with an error.
func appendFault(dst []byte, e *apiError, requestID string, date []byte, closing bool) []byte {
	body := e.body()
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(e.status), 10)
	dst = append(dst, ' ')
	dst = append(dst, fasthttp.StatusMessage(e.status)...)
	dst = append(dst, "\r\n"...)
	dst = append(dst, date...)
	dst = append(dst, "Content-Type: application/json\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\nx-amzn-RequestId: "...)
	dst = append(dst, requestID...)
	dst = append(dst, "\r\nx-amzn-ErrorType: "...)
	dst = append(dst, e.code...)
	dst = append(dst, "\r\n"...)
	if e.retryAfter > 0 {
		dst = append(dst, "Retry-After: "...)
		dst = append(dst, e.retryAfterSeconds()...)
		dst = append(dst, "\r\n"...)
	}
	return append(appendEnd(dst, closing), body...)
}

func appendEnd(dst []byte, closing bool) []byte {
	if closing {
		dst = append(dst, "Connection: close\r\n"...)
	}
	return append(dst, "\r\n"...)
}
