package api

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/lambent-run/lambent/runtime/registry"
)

// MaxRequestBytes is the largest body that an operation accepts: that of a
// function's code and settings together. Whoever reads bodies should stop there
// and answer with TooLarge.
const MaxRequestBytes = 70_167_211

// Request is a call of the API.
type Request struct {
	Method string
	// Path is as the client sent it, percent-encoded. RawQuery is what follows
	// the question mark.
	Path, RawQuery string
	// Header returns the value of a request header, empty if there is none.
	Header func(name string) string
	// Body is only read until Serve returns.
	Body []byte
	// Region and Account say where the call takes place.
	Region, Account string
	// Host is the name and port by which the client reached this server.
	Host string
	// RequestID goes into the response's headers.
	RequestID string
	// Caller is who signed the request; nil if nobody asks.
	Caller *Caller
}

// Response is what the client gets.
type Response struct {
	Status int
	Header [][2]string
	Body   []byte
	// Stream is the body instead if it is not nil: Length bytes, to be closed by
	// the receiver.
	Stream io.ReadCloser
	Length int64
}

// Config is what an API needs.
type Config struct {
	// Registry holds what the operations are about. Without one each operation
	// is refused by its name.
	Registry *registry.Registry
	// Logf reports what went wrong on this side. Default: nobody is told.
	Logf func(format string, args ...any)
	// Now is the time. Default time.Now.
	Now func() time.Time
}

// API serves the operations of the control plane. It is safe for concurrent
// use.
type API struct {
	registry *registry.Registry
	logf     func(format string, args ...any)
	now      func() time.Time
}

// New returns an API on a registry.
func New(cfg Config) *API {
	a := &API{registry: cfg.Registry, logf: cfg.Logf, now: cfg.Now}
	if a.logf == nil {
		a.logf = func(string, ...any) {}
	}
	if a.now == nil {
		a.now = time.Now
	}
	return a
}

// call is one request on its way.
type call struct {
	*Request
	op     *operation
	params params
	query  query
}

// Serve answers a request. The response is never nil: what is unknown, wrong or
// not implemented is an error that says so.
func (a *API) Serve(ctx context.Context, req *Request) (res *Response) {
	c := &call{Request: req}
	defer func() {
		if p := recover(); p != nil {
			a.logf("api: %s %s: panic: %v\n%s", req.Method, req.Path, p, debug.Stack())
			res = serviceError().response(req)
		}
	}()
	res, err := a.do(ctx, c)
	if err != nil {
		return a.fault(c, err).response(req)
	}
	return res
}

// do routes and runs a call.
func (a *API) do(ctx context.Context, c *call) (*Response, error) {
	if a.registry != nil && Public(c.Path) {
		return a.download(ctx, c.Request)
	}
	if err := c.route(); err != nil {
		return nil, err
	}
	if c.op.handler == nil || a.registry == nil {
		return nil, c.op.absent()
	}
	if len(c.Body) > MaxRequestBytes {
		return nil, tooLarge(c.op.name)
	}
	if err := c.authorize(c.resource()); err != nil {
		return nil, err
	}
	result, err := c.op.handler.run(ctx, a, c)
	if err != nil {
		return nil, err
	}
	return success(c, result), nil
}

// success is the response of an operation that did what was asked.
func success(c *call, result any) *Response {
	res := &Response{Status: c.op.status, Header: [][2]string{{headerRequestID, c.RequestID}}}
	if c.op.status == statusNoContent {
		return res
	}
	if result == nil {
		result = struct{}{}
	}
	body, err := encode(result)
	if err != nil {
		// Results are plain data.
		panic(fmt.Errorf("api: %s: %w", c.op.name, err))
	}
	res.Header = append(res.Header, [2]string{"Content-Type", "application/json"})
	res.Body = body
	return res
}
