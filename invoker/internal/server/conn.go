package server

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// phase is what a connection is doing.
type phase = int64

const (
	phaseNew     phase = iota // connected, nothing received yet
	phaseReading              // a request is coming in
	phaseWorking              // its operation runs, or its answer is written
	phaseIdle                 // waiting for the next request
)

// phaseBits is how many low bits of conn.state hold the phase; the others hold
// the time at which it began.
const phaseBits = 2

// conn is a client's connection. Its time limits need no deadlines, whose
// setting would cost each request more than all the rest of this package: the
// connection notes what it does since when, and the registry's sweeper ends
// those that take too long.
type conn struct {
	net.Conn
	srv *Server
	reg *registry

	// state is the phase and the coarse time of its beginning.
	state atomic.Int64
	// writing is the coarse time at which a Write began, or 0.
	writing atomic.Int64
	// linger says that the client may still be sending what nobody will read.
	linger atomic.Bool
	closed atomic.Bool
	// abandoned says that the goroutine that serves the connection is stuck in a
	// function, and that the connection was ended without it.
	abandoned atomic.Bool

	// What follows belongs to the goroutine that serves the connection.

	// body is the buffer for small request bodies.
	body []byte
	// held is how much of the server's budget for large bodies is ours.
	held int64
	// lastURI and last are the latest route: clients tend to repeat themselves.
	lastURI string
	last    route
	// abroad is the latest Region that was not the server's own, and region that
	// of a request for direct.go.
	abroad, region string
	// out is the buffer for the answers of direct.go, requestID and traceID are
	// those of its present request, and ended is why the connection ends after it.
	out                []byte
	requestID, traceID string
	ended              error
	// scratch holds a header's value while it is set.
	scratch []byte
}

// bytes returns s as bytes that are valid until the next call.
func (c *conn) bytes(s string) []byte {
	c.scratch = append(c.scratch[:0], s...)
	return c.scratch
}

// enter notes that the connection is in phase p from now on.
func (c *conn) enter(p phase) { c.state.Store(c.reg.now.Load()<<phaseBits | p) }

// Write writes p, and lets the sweeper see for how long.
func (c *conn) Write(p []byte) (int, error) {
	c.writing.Store(c.reg.now.Load())
	n, err := c.Conn.Write(p)
	c.writing.Store(0)
	return n, err
}

// Limits of a lingering close.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 64 << 20
)

// Close closes the connection. If the client was refused while it may still be
// sending, what it sends is read and dropped for a while: closing at once would
// make its kernel throw away our answer.
func (c *conn) Close() error {
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	c.reg.remove(c)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger.Load() {
		if half.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}

// connState follows fasthttp's view of a connection.
func connState(nc net.Conn, state fasthttp.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	switch state {
	case fasthttp.StateActive:
		c.enter(phaseReading)
	case fasthttp.StateIdle:
		c.enter(phaseIdle)
		// Either drain sees the new phase, or we see that it has begun.
		if c.reg.draining() {
			_ = c.SetReadDeadline(past)
		}
	}
}
