package load

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// serve runs a fasthttp server for the test and returns its address.
func serve(t *testing.T, handler fasthttp.RequestHandler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &fasthttp.Server{Handler: handler, NoDefaultServerHeader: true}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

func TestRunCountsEachAnsweredRequest(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	var wrong atomic.Pointer[string]
	addr := serve(t, func(ctx *fasthttp.RequestCtx) {
		served.Add(1)
		if got := string(ctx.Method()) + " " + string(ctx.Path()) + " " + string(ctx.PostBody()); got != "PUT /x/y ping" {
			wrong.Store(&got)
		}
		ctx.SetBodyString("pong")
	})
	result, err := Run(t.Context(), Config{
		Addr: addr, Method: "PUT", Path: "/x/y", Body: []byte("ping"), Want: []byte("pong"),
		Connections: 4, Requests: 1000, Duration: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := wrong.Load(); got != nil {
		t.Errorf("server got %q, want %q", *got, "PUT /x/y ping")
	}
	if result.Requests != 1000 || served.Load() != 1000 {
		t.Errorf("counted %d requests, served %d; want 1000 and 1000", result.Requests, served.Load())
	}
	if result.P50 <= 0 || result.P50 > result.P99 || result.P99 > result.Max || result.Max > result.Elapsed+result.Elapsed/64 {
		t.Errorf("latencies are out of order: %+v", result)
	}
	if got := result.Throughput(); got <= 0 {
		t.Errorf("throughput is %v, want more than 0", got)
	}
}

func TestRunEndsWithItsDuration(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("pong") })
	result, err := Run(t.Context(), Config{Addr: addr, Want: []byte("pong"), Connections: 2, Duration: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if result.Requests == 0 || result.Elapsed < 20*time.Millisecond {
		t.Errorf("Run = %+v, want requests over at least 20ms", result)
	}
}

func TestRunReadsChunkedAnswers(t *testing.T) {
	t.Parallel()
	want := strings.Repeat("0123456789", 10_000)
	addr := serve(t, func(ctx *fasthttp.RequestCtx) { ctx.SetBodyStream(strings.NewReader(want), -1) })
	result, err := Run(t.Context(), Config{Addr: addr, Want: []byte(want), Requests: 20, Duration: time.Minute})
	if err != nil || result.Requests != 20 {
		t.Errorf("Run = %d requests, %v; want 20 and no error", result.Requests, err)
	}
}

func TestRunFailsOnWrongAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		handler fasthttp.RequestHandler
		wantErr string
	}{
		{"another body", func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("punk") }, `answer of 4 bytes "punk", want 4 bytes "pong"`},
		{"a longer body", func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("pong!") }, `answer of 5 bytes "pong!"`},
		{"another status", func(ctx *fasthttp.RequestCtx) { ctx.Error("broken", 502) }, `status 502: "broken"`},
		{"a closed connection", func(ctx *fasthttp.RequestCtx) { _ = ctx.Conn().Close() }, "read answer: "},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, tc.handler)
			_, err := Run(t.Context(), Config{Addr: addr, Want: []byte("pong"), Connections: 3, Duration: time.Minute})
			if err == nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("Run: %v; want an error with %q", err, tc.wantErr)
			}
		})
	}
}

func TestRunFailsOnMalformedAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, answer, wantErr string }{
		{"no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "status line"},
		{"a status that is no number", "HTTP/1.1 2x0 OK\r\n\r\n", "status line"},
		{"no length", "HTTP/1.1 200 OK\r\n\r\n", "neither a length nor chunks"},
		{"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "header"},
		{"a huge length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "larger than"},
		{"a bad chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk size"},
		{"a chunk without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n", "chunk without an end"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, tc.answer)
				_, _ = io.Copy(io.Discard, conn) // until the client gives up
				_ = conn.Close()
			}()
			_, err = Run(t.Context(), Config{Addr: listener.Addr().String(), Duration: time.Minute})
			if err == nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("Run: %v; want an error with %q", err, tc.wantErr)
			}
		})
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	addr := serve(t, func(ctx *fasthttp.RequestCtx) {
		cancel(reason)
		ctx.SetBodyString("pong")
	})
	_, err := Run(ctx, Config{Addr: addr, Want: []byte("pong"), Connections: 2, Duration: time.Minute})
	if !errors.Is(err, reason) {
		t.Errorf("Run: %v; want %v", err, reason)
	}
}

func TestRunRefusesSenselessSettings(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"no address":           {},
		"negative connections": {Addr: "127.0.0.1:1", Connections: -1},
		"nobody listens":       {Addr: "127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Run(t.Context(), cfg); err == nil {
				t.Error("Run: no error, want one")
			}
		})
	}
}
