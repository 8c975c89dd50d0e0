//go:build unix

package server

import (
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/runtime"
)

// cpuTime is the processor time that the process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkHello is the whole path, isolate included, beside a bare fasthttp
// echo and beside the path without an isolate: requests over loopback TCP, one
// at a time and from many clients.
func BenchmarkHello(b *testing.B) {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer rt.Close()
	hello := "exports.handler = async (event) => ({ message: 'hello ' + event.name })"
	if err := rt.Deploy(b.Context(), runtime.Function{Name: "hello", Code: runtime.Source(hello)}); err != nil {
		b.Fatal(err)
	}
	s := New(Config{
		Runtime: rt, MaxConnections: 64, MaxHeaderBytes: 16 << 10, MaxBodyMemory: 1 << 20,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
	})
	limits := s.cfg
	limits.Runtime = &fakeRuntime{do: echo}
	hollow := New(limits)
	bare := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) { ctx.SetBody(ctx.PostBody()) }}
	for _, impl := range []struct {
		name  string
		serve func(net.Listener) error
	}{{"fasthttp", bare.Serve}, {"hollow", hollow.Serve}, {"hello", s.Serve}} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- impl.serve(ln) }()
		dial := func() (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) }
		b.Run(impl.name+"/serial", func(b *testing.B) { benchRequests(b, dial) })
		b.Run(impl.name+"/parallel", func(b *testing.B) {
			b.SetParallelism(16)
			before := cpuTime(b)
			b.RunParallel(func(pb *testing.PB) { exchange(b, dial, pb.Next) })
			// Of client and server together.
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
		_ = ln.Close()
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}
