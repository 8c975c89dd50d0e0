// Package http is Node's http and https modules, as clients, and the global
// fetch with Headers, Request, Response and FormData. Requests go through the
// http.RoundTripper that the isolate was given, on goroutines of their own; what
// arrives is handed to the isolate's loop. A server cannot be started, but the
// classes of one exist, since frameworks build on them.
package http

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/molecule-man/go-brrr"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// chunk is how much of a body is read at a time.
const chunk = 64 << 10

// maxInFlight is how many requests of one isolate may be under way.
const maxInFlight = 1024

// client is what the two modules and fetch have in common.
type client struct {
	h        module.Host
	vm       *goja.Runtime
	bytes    *buffer.API
	inFlight int
}

// exchange is one request and its response. The goroutines that serve it touch
// nothing of the guest.
type exchange struct {
	cancel context.CancelFunc

	mu   sync.Mutex // guards body; never held while reading
	body io.ReadCloser
}

type box struct{ x *exchange }

// natives are the Go functions of the scripts.
func natives(h module.Host) *goja.Object {
	c := &client{h: h, vm: h.VM(), bytes: buffer.Of(h)}
	n := bridge.NewNatives(c.vm)
	n.Func("send", c.send)
	n.Func("read", c.read)
	n.Func("abort", func(call goja.FunctionCall) goja.Value {
		c.exchangeOf(call.Argument(0)).close()
		return goja.Undefined()
	})
	n.Func("isBytes", func(call goja.FunctionCall) goja.Value {
		_, ok := c.bytes.Bytes(call.Argument(0))
		return c.vm.ToValue(ok)
	})
	n.Func("view", func(call goja.FunctionCall) goja.Value {
		b, _ := c.bytes.Bytes(call.Argument(0))
		return c.bytes.Wrap(b)
	})
	return n.Object()
}

func (c *client) exchangeOf(v goja.Value) *exchange {
	if o, ok := v.(*goja.Object); ok {
		if b, ok := o.Export().(*box); ok {
			return b.x
		}
	}
	panic(c.vm.NewTypeError("Illegal invocation"))
}

// close ends an exchange, wherever it is.
func (x *exchange) close() {
	x.cancel()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.body != nil {
		_ = x.body.Close()
		x.body = nil
	}
}

// send starts a request: (method, url, headers as a flat list, body or
// undefined, whether to decode the body, callback(error, status, text, headers)).
func (c *client) send(call goja.FunctionCall) goja.Value {
	done, ok := goja.AssertFunction(call.Argument(5))
	if !ok {
		panic(c.vm.NewTypeError("not a function"))
	}
	ctx, cancel := context.WithCancel(context.Background())
	x := &exchange{cancel: cancel}
	handle := &box{x}
	// A guest may forget an exchange before its end.
	runtime.AddCleanup(handle, func(x *exchange) { x.close() }, x)
	req, host, err := c.request(ctx, call)
	switch {
	case err != nil:
	case c.h.System().HTTP == nil:
		err = errNoNetwork
	case c.inFlight >= maxInFlight:
		err = errTooMany
	}
	pending := c.h.Loop().Pending()
	if err != nil {
		cancel()
		pending(func() error {
			_, e := done(goja.Undefined(), c.failure(err, host))
			return e
		})
		return c.vm.ToValue(handle)
	}
	c.inFlight++
	decode := call.Argument(4).ToBoolean()
	transport := c.h.System().HTTP
	go func() {
		res, err := roundTrip(transport, req)
		if err == nil {
			x.mu.Lock()
			x.body = res.Body
			x.mu.Unlock()
			if decode {
				err = x.decode(res)
			}
		}
		pending(func() error {
			c.inFlight--
			if err != nil {
				cancel()
				_, e := done(goja.Undefined(), c.failure(err, host))
				return e
			}
			_, e := done(goja.Undefined(), goja.Null(), c.vm.ToValue(res.StatusCode), c.vm.ToValue(statusText(res)), c.headers(res.Header))
			return e
		})
	}()
	return c.vm.ToValue(handle)
}

// roundTrip turns a panic of the transport, or of what it was given, into an
// error: it must not end the process.
func roundTrip(transport http.RoundTripper, req *http.Request) (res *http.Response, err error) {
	defer func() {
		if recover() != nil {
			res, err = nil, errAborted
		}
	}()
	return transport.RoundTrip(req)
}

// readSome reads from a body, whose decoder may be at odds with its input.
func readSome(body io.Reader, p []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, errAborted
		}
	}()
	for n == 0 && err == nil {
		n, err = body.Read(p)
	}
	return n, err
}

func statusText(res *http.Response) string {
	_, text, _ := strings.Cut(res.Status, " ")
	return text
}

// headers is the flat list of names and values.
func (c *client) headers(h http.Header) goja.Value {
	var list []any
	for name, values := range h {
		for _, v := range values {
			list = append(list, name, v)
		}
	}
	return c.vm.NewArray(list...)
}

// request makes Go's request of the arguments of send.
func (c *client) request(ctx context.Context, call goja.FunctionCall) (req *http.Request, host string, err error) {
	u, err := url.Parse(call.Argument(1).String())
	if err != nil {
		return nil, "", errBadURL
	}
	host = u.Host
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, host, errBadURL
	}
	var body []byte
	var reader io.Reader
	if b, ok := c.bytes.Bytes(call.Argument(3)); ok {
		body = append([]byte(nil), b...) // the guest may change its own
		reader = bytes.NewReader(body)
	}
	req, err = http.NewRequestWithContext(ctx, call.Argument(0).String(), u.String(), reader)
	if err != nil {
		return nil, host, errBadURL
	}
	req.ContentLength = int64(len(body))
	if call.Argument(3) != nil && len(body) == 0 {
		req.Body = http.NoBody
	}
	var list []string
	if err := c.vm.ExportTo(call.Argument(2), &list); err != nil {
		return nil, host, errBadURL
	}
	for i := 0; i+1 < len(list); i += 2 {
		switch name := http.CanonicalHeaderKey(list[i]); name {
		case "Host":
			req.Host = list[i+1]
		case "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Expect", "Te":
		default:
			req.Header.Add(name, list[i+1])
		}
	}
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = []string{""} // none, rather than Go's own
	}
	if _, ok := req.Header["Accept-Encoding"]; !ok {
		req.Header["Accept-Encoding"] = []string{"identity"} // nobody but the guest decodes
	}
	return req, host, nil
}

// decode undoes the content encoding of a response, as fetch does.
func (x *exchange) decode(res *http.Response) error {
	var r io.Reader
	var err error
	switch strings.ToLower(res.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(res.Body)
	case "deflate":
		var head [1]byte
		if _, err = io.ReadFull(res.Body, head[:]); err == nil {
			whole := io.MultiReader(bytes.NewReader(head[:]), res.Body)
			if head[0]&0x0F == 8 {
				r, err = zlib.NewReader(whole)
			} else {
				r = flate.NewReader(whole)
			}
		}
	case "br":
		r = brrr.NewReader(res.Body)
	default:
		return nil
	}
	if errors.Is(err, io.EOF) { // an empty body, to HEAD for instance
		return nil
	}
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.body != nil {
		x.body = decoded{r, x.body}
	}
	return nil
}

type decoded struct {
	io.Reader
	io.Closer
}

// read reads the next part of a body: (exchange, callback(error, bytes or null)).
func (c *client) read(call goja.FunctionCall) goja.Value {
	x := c.exchangeOf(call.Argument(0))
	done, ok := goja.AssertFunction(call.Argument(1))
	if !ok {
		panic(c.vm.NewTypeError("not a function"))
	}
	x.mu.Lock()
	body := x.body
	x.mu.Unlock()
	pending := c.h.Loop().Pending()
	go func() {
		var p []byte
		err := errAborted
		if body != nil {
			p = make([]byte, chunk)
			var n int
			n, err = readSome(body, p)
			p = p[:n]
		}
		pending(func() error {
			switch {
			case len(p) > 0:
				_, e := done(goja.Undefined(), goja.Null(), c.bytes.Wrap(p))
				return e
			case errors.Is(err, io.EOF):
				x.close()
				_, e := done(goja.Undefined(), goja.Null(), goja.Null())
				return e
			}
			x.close()
			_, e := done(goja.Undefined(), c.failure(err, ""))
			return e
		})
	}()
	return goja.Undefined()
}
