package server

import (
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
		if err != nil || n == 0 || !c.between() || c.srv.indirect || c.srv.cfg.Verifier != nil {
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

// serveDirect runs the invocation of a recognised request and writes the
// answer. An error ends the connection.
func (c *conn) serveDirect(body []byte) error {
	s := c.srv
	c.enter(phaseWorking)
	defer func() {
		if fault := recover(); fault != nil {
			s.logf("panic while serving %.200q: %v\n%s", c.lastURI, fault, debug.Stack())
			c.out = appendFault(c.out[:0], serviceError("An internal error occurred."), newRequestID(), s.conns.date(), true)
			_, _ = c.Write(c.out)
			c.ended = io.EOF
		}
	}()
	r := &c.last
	c.requestID, c.traceID = newIDs(c.reg.wallClock())
	c.ended = nil
	if fault := s.checkPlace(&r.fn, c.region); fault != nil {
		c.answer(&runtime.Result{}, fault, false, s.conns.draining())
	} else {
		// The bytes that were read are fasthttp's, and the function may keep the
		// event if it cannot be stopped.
		c.body = append(c.body[:0], body...)
		s.cfg.Runtime.Handle(runtime.Invocation{
			Function: r.fn.Name, Region: c.region, Qualifier: r.fn.Qualifier, Payload: c.body, RequestID: c.requestID, TraceID: c.traceID,
		}, c)
	}
	if c.abandoned.Load() {
		return io.EOF // answered and closed by Receive, while we were stuck
	}
	return c.ended
}

// Receive writes the answer of an invocation, as a runtime.Receiver. It runs on
// the connection's goroutine, unless that is stuck in the function: then the
// connection ends with this answer.
func (c *conn) Receive(res *runtime.Result, err error) {
	s := c.srv
	fault := s.failure(res, err)
	if res.Abandoned {
		c.answer(res, fault, err != nil, true)
		c.abandoned.Store(true)
		_ = c.Close()
		return
	}
	s.releaseBody(c, false)
	c.answer(res, fault, err != nil, s.conns.draining())
}

// answer writes a fault, or a result that the function made or failed to make.
func (c *conn) answer(res *runtime.Result, fault *apiError, failed, closing bool) {
	s := c.srv
	if fault != nil {
		c.out = appendFault(c.out[:0], fault, c.requestID, s.conns.date(), closing)
	} else {
		c.out = c.appendReply(c.out[:0], res, failed, s.conns.date(), closing)
	}
	if err := c.send(res.Payload, fault == nil); err != nil {
		c.ended = err
		return
	}
	if !closing {
		c.enter(phaseIdle)
		closing = s.conns.draining() // see connState
	}
	if closing {
		c.ended = io.EOF
	}
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
func (c *conn) appendReply(dst []byte, res *runtime.Result, failed bool, date []byte, closing bool) []byte {
	dst = append(dst, "HTTP/1.1 200 OK\r\n"...)
	dst = append(dst, date...)
	dst = append(dst, "Content-Type: application/json\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(res.Payload)), 10)
	dst = append(dst, "\r\nx-amzn-RequestId: "...)
	dst = append(dst, c.requestID...)
	dst = append(dst, "\r\nX-Amz-Executed-Version: "...)
	dst = append(dst, res.ExecutedVersion...)
	dst = append(dst, "\r\nX-Amzn-Trace-Id: "...)
	dst = append(dst, c.traceID...)
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
