package server

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

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
