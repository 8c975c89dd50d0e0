package server

import (
	"errors"
	"io"
	"net"
	"sync/atomic"

	"github.com/valyala/fasthttp"
)

// Sizes of body buffers, in bytes.
const (
	// keptBody is the largest buffer that a connection keeps.
	keptBody = 8 << 10
	// freeBody is what a request may take without asking the budget.
	freeBody = 64 << 10
)

// budget bounds the memory of large bodies over all connections.
type budget struct {
	limit int64
	used  atomic.Int64
}

func (b *budget) take(n int64) bool {
	if b.used.Add(n) <= b.limit {
		return true
	}
	b.used.Add(-n)
	return false
}

// bodyTooLarge is readBody's refusal of a body over the limit. Its caller knows
// the words for it.
var bodyTooLarge = &apiError{}

// readBody returns the request's body, which is valid until the handler
// returns. A body over limit is bodyTooLarge, and not read any further. Memory for
// it grows with what arrives, not with what is announced. Call releaseBody when
// done, whatever readBody returned.
func (s *Server) readBody(ctx *fasthttp.RequestCtx, c *conn, limit int) ([]byte, *apiError) {
	src := ctx.RequestBodyStream()
	if src == nil {
		return nil, nil
	}
	want := ctx.Request.Header.ContentLength() // negative if chunked
	if want > limit {
		return nil, refuseRest(ctx, c, bodyTooLarge)
	}
	size := keptBody
	if want >= 0 && want < keptBody {
		size = want
	}
	buf := c.body
	if cap(buf) < size {
		// Round up, so that a client's next, slightly larger event fits.
		buf = make([]byte, min(keptBody, size+size/2+64))
		c.body = buf
	}
	buf = buf[:cap(buf)]
	n := 0
	for {
		m, err := src.Read(buf[n:])
		if n += m; n > limit {
			return nil, refuseRest(ctx, c, bodyTooLarge)
		}
		if n == want && (err == nil || err == io.EOF) {
			return buf[:n], nil
		}
		if err != nil {
			if err == io.EOF && want < 0 {
				return buf[:n], nil
			}
			return nil, refuseRest(ctx, c, readFault(err))
		}
		if n == len(buf) {
			if buf = s.growBody(c, buf, limit); buf == nil {
				return nil, refuseRest(ctx, c, unavailable("Too many large requests are in progress.", retrySoon))
			}
		}
	}
}

// growBody doubles a full body buffer. Beyond freeBody it asks the budget, and
// returns nil if that has nothing left.
func (s *Server) growBody(c *conn, buf []byte, limit int) []byte {
	size := min(2*len(buf), limit+1)
	if size > freeBody {
		more := int64(size) - c.held
		if !s.bodies.take(more) {
			return nil
		}
		c.held += more
	}
	grown := make([]byte, size)
	copy(grown, buf)
	return grown
}

// releaseBody gives back what readBody took. If abandoned, somebody may still
// be reading the body, so its memory is not used again.
func (s *Server) releaseBody(c *conn, abandoned bool) {
	if c.held != 0 {
		s.bodies.used.Add(-c.held)
		c.held = 0
	}
	if abandoned {
		c.body = nil
	}
}

// refuseRest ends the connection after the answer: the rest of the body is not
// worth reading.
func refuseRest(ctx *fasthttp.RequestCtx, c *conn, e *apiError) *apiError {
	c.linger.Store(true)
	ctx.SetConnectionClose()
	return e
}

// readFault says why a body could not be read.
func readFault(err error) *apiError {
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() {
		return requestTimeout()
	}
	return incompleteBody()
}
