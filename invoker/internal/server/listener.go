package server

import (
	"io"
	"net"
	"time"
)

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
