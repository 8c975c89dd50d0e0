package server

import (
	"io"
	"net"
	"net/http"
	"sync"
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

	// What follows belongs to the goroutine that serves the connection.

	// body is the buffer for small request bodies.
	body []byte
	// held is how much of the server's budget for large bodies is ours.
	held int64
	// lastURI and last are the latest route: clients tend to repeat themselves.
	lastURI string
	last    route
	// out is the buffer for the answers of direct.go.
	out []byte
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

// registry knows the open connections and ends those that take too long.
type registry struct {
	limit                         int
	readLimit, writeLimit, idling int64 // nanoseconds
	every                         time.Duration
	began                         time.Time

	// now is the time since began in nanoseconds, renewed by the sweeper. It is
	// never 0, so that 0 can mean "not".
	now atomic.Int64
	// wall and dateLine are the time of day, renewed with now.
	wall     atomic.Pointer[time.Time]
	dateLine atomic.Pointer[[]byte]
	shutting atomic.Bool

	// gone is closed when a drain has begun and no connection is left.
	gone chan struct{}

	mu        sync.Mutex // guards the fields below
	conns     map[*conn]struct{}
	listeners []net.Listener
	quit      chan struct{} // of the sweeper; nil if it does not run
}

func (g *registry) init(cfg Config) {
	g.limit = cfg.MaxConnections
	g.readLimit, g.writeLimit, g.idling = int64(cfg.ReadTimeout), int64(cfg.WriteTimeout), int64(cfg.IdleTimeout)
	g.every = min(time.Second, max(min(cfg.ReadTimeout, cfg.WriteTimeout, cfg.IdleTimeout)/4, time.Millisecond))
	g.conns = make(map[*conn]struct{})
	g.gone = make(chan struct{})
	g.began = time.Now()
	g.now.Store(1)
	g.setDate()
}

// serve notes a listener, so that drain can close it, and runs the sweeper if
// it does not run yet.
func (g *registry) serve(ln net.Listener) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.draining() {
		return ErrClosed
	}
	g.listeners = append(g.listeners, ln)
	if g.quit == nil {
		g.quit = make(chan struct{})
		go g.run(g.quit)
	}
	return nil
}

func (g *registry) run(quit chan struct{}) {
	ticker := time.NewTicker(g.every)
	defer ticker.Stop()
	for {
		select {
		case <-quit:
			return
		case <-ticker.C:
			g.sweep(int64(time.Since(g.began)) + 1)
		}
	}
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// sweep sets the time to now and ends what takes too long. Where the client
// waits for an answer, a read or a write fails with a timeout, and the
// connection's goroutine does the rest.
func (g *registry) sweep(now int64) {
	g.now.Store(now)
	g.setDate()
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		state := c.state.Load()
		since := now - state>>phaseBits
		switch state & (1<<phaseBits - 1) {
		case phaseNew:
			if since > g.readLimit {
				_ = c.Conn.Close()
			}
		case phaseReading:
			if since > g.readLimit {
				_ = c.SetReadDeadline(past)
			}
		case phaseIdle:
			if since > g.idling {
				_ = c.Conn.Close()
			}
		}
		if began := c.writing.Load(); began != 0 && now-began > g.writeLimit {
			_ = c.SetWriteDeadline(past)
		}
	}
}

// add registers a new connection, unless there are too many.
func (g *registry) add(nc net.Conn, srv *Server) (*conn, bool) {
	c := &conn{Conn: nc, srv: srv, reg: g}
	c.enter(phaseNew)
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.conns) >= g.limit || g.draining() {
		return nil, false
	}
	g.conns[c] = struct{}{}
	return c, true
}

func (g *registry) remove(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.conns[c]; !ok {
		return
	}
	delete(g.conns, c)
	if len(g.conns) == 0 && g.draining() {
		close(g.gone)
	}
}

// wallClock is the time of day, at most a second or so old.
func (g *registry) wallClock() time.Time { return *g.wall.Load() }

// setDate renews the time of day.
func (g *registry) setDate() {
	wall := time.Now()
	line := append([]byte("Date: "), wall.UTC().Format(http.TimeFormat)+"\r\n"...)
	g.wall.Store(&wall)
	g.dateLine.Store(&line)
}

// date is the header Date as a line.
func (g *registry) date() []byte { return *g.dateLine.Load() }

func (g *registry) draining() bool { return g.shutting.Load() }

// drain closes the listeners and the connections that wait for a request;
// each of the others closes when its request is done. The returned channel is
// closed when none is left.
func (g *registry) drain() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shutting.Swap(true) {
		return g.gone
	}
	for _, ln := range g.listeners {
		_ = ln.Close()
	}
	if len(g.conns) == 0 {
		close(g.gone)
	}
	for c := range g.conns {
		if p := c.state.Load() & (1<<phaseBits - 1); p == phaseNew || p == phaseIdle {
			_ = c.Conn.Close()
		}
	}
	return g.gone
}

// closeAll closes every connection, whatever it does.
func (g *registry) closeAll() {
	g.mu.Lock()
	open := make([]*conn, 0, len(g.conns))
	for c := range g.conns {
		open = append(open, c)
	}
	g.mu.Unlock()
	for _, c := range open {
		c.linger.Store(false)
		_ = c.Close()
	}
}

// stop ends the sweeper for good.
func (g *registry) stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.quit != nil {
		close(g.quit)
		g.quit = nil
	}
}

// listener registers the connections it accepts.
type listener struct {
	net.Listener
	srv *Server
}

// Backoff of Accept when the process is short of file descriptors.
const (
	minAcceptDelay = 5 * time.Millisecond
	maxAcceptDelay = time.Second
)

// Accept returns the next connection. Those beyond the limit are told so and
// closed. Passing troubles, such as having no file descriptor left, are waited
// out.
func (l *listener) Accept() (net.Conn, error) {
	delay := minAcceptDelay
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			//nolint:staticcheck // Nothing replaces Temporary for errors of Accept.
			if te, ok := err.(interface{ Temporary() bool }); ok && te.Temporary() && !l.srv.conns.draining() {
				l.srv.logf("accept: %v; trying again in %s", err, delay)
				time.Sleep(delay)
				delay = min(2*delay, maxAcceptDelay)
				continue
			}
			if l.srv.conns.draining() {
				return nil, io.EOF
			}
			return nil, err
		}
		delay = minAcceptDelay
		if c, ok := l.srv.conns.add(nc, l.srv); ok {
			return c, nil
		}
		// The answer fits any socket buffer, so the write does not block; the
		// deadline is for listeners that are not sockets.
		_ = nc.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = nc.Write(overloaded)
		_ = nc.Close()
	}
}
