package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/invoker/internal/sigv4"
	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// Runtime is what the server needs of a *runtime.Runtime.
type Runtime interface {
	Do(ctx context.Context, inv runtime.Invocation) (runtime.Result, error)
	Handle(inv runtime.Invocation, to runtime.Receiver)
	Interrupt()
	Route(id function.ID, qualifier string) (version string, err error)
	Region() string
	AccountID() string
}

// Config sets a Server's limits; all of them are required.
type Config struct {
	Runtime Runtime
	// Verifier says who signed a request, and Permits what resource policies let
	// them invoke. A nil Verifier asks nobody: everybody may call everything.
	Verifier *sigv4.Verifier
	Permits  Permits
	// Control answers what is not an invocation, and Logs, if it is not nil, what
	// is for CloudWatch Logs. A nil Control refuses operations by their names.
	Control, Logs Control
	// MaxConnections caps open connections; more are answered with a 503.
	MaxConnections int
	// MaxHeaderBytes limits a request's line and headers together.
	MaxHeaderBytes int
	// MaxBodyMemory bounds the request bodies in memory over all connections,
	// those of up to 64 KB not counted.
	MaxBodyMemory int64
	// ReadTimeout limits the time from a request's first byte to its last,
	// WriteTimeout that of one write of a response (for a streamed one, of each
	// piece), IdleTimeout the time that a connection may wait between requests.
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// ErrorLog takes the server's own troubles, a line each. It may be nil.
	ErrorLog io.Writer
}

// Server serves the Lambda API.
type Server struct {
	cfg   Config
	http  *fasthttp.Server
	conns registry

	// base is the context of all invocations: a client that hangs up does not
	// end its invocation, as on Lambda; Close does, if it has to.
	base   context.Context
	cancel context.CancelFunc

	// streams counts invocations that answer from a goroutine of their own, which
	// may outlive its connection.
	streams sync.WaitGroup

	region, account string
	bodies          budget

	// indirect turns direct.go off, so that tests can compare.
	indirect bool
}

// New returns a Server that is not serving yet.
func New(cfg Config) *Server {
	if cfg.Control == nil {
		cfg.Control = api.New(api.Config{})
	}
	s := &Server{cfg: cfg, region: cfg.Runtime.Region(), account: cfg.Runtime.AccountID()}
	s.base, s.cancel = context.WithCancel(context.Background())
	s.bodies.limit = cfg.MaxBodyMemory
	s.conns.init(cfg)
	s.http = &fasthttp.Server{
		Handler:      s.handle,
		ErrorHandler: s.handleMalformed,
		ConnState:    connState,
		// Connections are counted at the listener, which words the refusal.
		Concurrency: 2*cfg.MaxConnections + 64,
		// fasthttp's cleaner notices the end only after this long.
		MaxIdleWorkerDuration: time.Second,
		ReadBufferSize:        cfg.MaxHeaderBytes,
		// The handler reads the body itself, so that it decides how much. Of a
		// streamed body fasthttp reads as much ahead as this "maximum" says, and
		// the handler waits for that: not for long, then.
		StreamRequestBody:            true,
		MaxRequestBodySize:           1,
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		LazyRequestTime:              true,
		SecureErrorLogMessage:        true,
		Logger:                       discard{},
	}
	return s
}

// ErrClosed reports a Serve after Close.
var ErrClosed = errors.New("server: closed")

// ErrCutOff says that requests were still running when Close had to end.
var ErrCutOff = errors.New("server: requests were cut off")

// Serve answers the connections of ln until Close, and then returns nil. It
// closes ln. Several listeners may be served at once.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.conns.serve(ln); err != nil {
		_ = ln.Close()
		return err
	}
	if err := s.http.Serve(&listener{Listener: ln, srv: s}); err != nil {
		return fmt.Errorf("server: accept connections on %s: %w", ln.Addr(), err)
	}
	return nil
}

// cutOffGrace is how long cancelled invocations have to answer.
const cutOffGrace = time.Second

// Close stops accepting, closes connections that wait for a request, lets
// running requests finish and returns when all are done. If ctx ends first, all
// invocations in flight in the Runtime are interrupted, and the error is
// ErrCutOff.
func (s *Server) Close(ctx context.Context) error {
	gone := s.conns.drain()
	defer s.conns.stop()
	defer s.cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-gone
		s.streams.Wait() // nothing adds to it without a connection
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	s.cfg.Runtime.Interrupt()
	grace := time.NewTimer(cutOffGrace)
	defer grace.Stop()
	select {
	case <-ended:
	case <-grace.C:
		s.conns.closeAll()
	}
	return fmt.Errorf("%w: %w", ErrCutOff, context.Cause(ctx))
}

// handle serves one request.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	c, _ := ctx.Conn().(*conn)
	defer s.finish(ctx)
	r := c.route(ctx.Request.Header.RequestURI())
	if r.err != nil {
		s.fail(ctx, r.err)
		return
	}
	switch r.op {
	case opInvoke:
		if ctx.IsPost() {
			s.invoke(ctx, c, r)
			return
		}
	case opInvokeStream:
		if ctx.IsPost() {
			s.invokeStream(ctx, c, r)
			return
		}
	case opHealth:
		if ctx.IsGet() || ctx.IsHead() {
			s.health(ctx)
			return
		}
	}
	if r.op == opUnknown {
		s.control(ctx, c)
		return
	}
	s.fail(ctx, wrongMethodFor(string(ctx.Method()), r.op))
}

// health answers GET /healthz.
func (s *Server) health(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("application/json")
	if s.conns.draining() {
		ctx.SetStatusCode(fasthttp.StatusServiceUnavailable)
		ctx.SetBodyString(`{"status":"draining"}`)
		return
	}
	ctx.SetBodyString(`{"status":"ok"}`)
}

// finish ends every request. It keeps a fault of ours in one request from
// ending the process.
func (s *Server) finish(ctx *fasthttp.RequestCtx) {
	if fault := recover(); fault != nil {
		s.logf("panic while serving %s %.200q: %v\n%s", ctx.Method(), ctx.Request.Header.RequestURI(), fault, debug.Stack())
		ctx.Response.Reset()
		s.fail(ctx, serviceError("An internal error occurred."))
		ctx.SetConnectionClose()
	}
	if s.conns.draining() {
		ctx.SetConnectionClose()
	}
}

// handleMalformed answers what fasthttp could not read as a request. The
// connection closes after it.
func (s *Server) handleMalformed(ctx *fasthttp.RequestCtx, err error) {
	if c, ok := ctx.Conn().(*conn); ok {
		c.linger.Store(true)
	}
	var tooSmall *fasthttp.ErrSmallBuffer
	var netErr net.Error
	switch {
	case errors.As(err, &tooSmall):
		s.fail(ctx, headersTooLarge(s.cfg.MaxHeaderBytes))
	case errors.As(err, &netErr) && netErr.Timeout():
		s.fail(ctx, requestTimeout())
	default:
		s.fail(ctx, malformedRequest())
	}
}

func (s *Server) logf(format string, args ...any) {
	if s.cfg.ErrorLog != nil {
		_, _ = fmt.Fprintf(s.cfg.ErrorLog, "lambent: "+format+"\n", args...)
	}
}

// discard is a fasthttp logger: what it would log is a client's doing.
type discard struct{}

func (discard) Printf(string, ...any) {}
