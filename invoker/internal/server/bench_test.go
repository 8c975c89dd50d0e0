package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"github.com/lambent-run/lambent/runtime"
)

// BenchmarkHTTP compares an invocation over HTTP, without the function's own
// cost, with fasthttp alone answering the same request with its body. Both run
// on the same kind of connection.
func BenchmarkHTTP(b *testing.B) {
	reply := []byte(`{"message":"hello Ada"}`)
	s := New(Config{
		Runtime: &fakeRuntime{do: func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
			return runtime.Result{Payload: reply, ExecutedVersion: "$LATEST"}, nil
		}},
		MaxConnections: 64, MaxHeaderBytes: 16 << 10, MaxBodyMemory: 1 << 20,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
	})
	bare := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) { ctx.SetBody(ctx.PostBody()) }}
	listen := map[string]func() (net.Listener, func() (net.Conn, error)){
		"memory": func() (net.Listener, func() (net.Conn, error)) {
			ln := fasthttputil.NewInmemoryListener()
			return ln, ln.Dial
		},
		"tcp": func() (net.Listener, func() (net.Conn, error)) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			return ln, func() (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) }
		},
	}
	for _, network := range []string{"memory", "tcp"} {
		for _, impl := range []struct {
			name  string
			serve func(net.Listener) error
		}{{"fasthttp", bare.Serve}, {"invoke", s.Serve}} {
			b.Run(network+"/"+impl.name, func(b *testing.B) {
				ln, dial := listen[network]()
				done := make(chan error, 1)
				go func() { done <- impl.serve(ln) }()
				benchRequests(b, dial)
				_ = ln.Close()
				if err := <-done; err != nil {
					b.Error(err)
				}
			})
		}
	}
}

const benchRequest = "POST /2015-03-31/functions/hello/invocations HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n" +
	"User-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n" + `{"name":"Ada"}`

func benchRequests(b *testing.B, dial func() (net.Conn, error)) {
	b.ReportAllocs()
	exchange(b, dial, b.Loop)
}

// exchange sends requests on one connection while more says so.
func exchange(b *testing.B, dial func() (net.Conn, error), more func() bool) {
	c, err := dial()
	if err != nil {
		b.Error(err)
		return
	}
	defer c.Close()
	r := bufio.NewReader(c)
	out := []byte(benchRequest)
	size := 0
	for first := true; more(); first = false {
		if _, err := c.Write(out); err != nil {
			b.Error(err)
			return
		}
		if !first {
			if _, err := r.Discard(size); err != nil {
				b.Error(err)
				return
			}
			continue
		}
		// The first response tells how long each of them is.
		res, err := http.ReadResponse(bufio.NewReader(io.TeeReader(c, count{&size})), nil)
		if err != nil || res.StatusCode != 200 {
			b.Error(res, err)
			return
		}
	}
}

type count struct{ n *int }

func (c count) Write(p []byte) (int, error) {
	*c.n += len(p)
	return len(p), nil
}
