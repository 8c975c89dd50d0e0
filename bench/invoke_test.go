package bench

import (
	"bytes"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/bench/internal/plaingoja"
	"github.com/lambent-run/lambent/bench/load"
	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/runtime"
)

// engine is something that runs a handler in process.
type engine struct {
	name string
	// open makes what invoke needs for h.
	open func(b *testing.B, h handlers.Handler) (invoke func(event []byte) ([]byte, error))
}

var engines = []engine{{"lambent", openLambent}, {"plain-goja", openPlainGoja}}

func newRuntime(b *testing.B, cfg runtime.Config) *runtime.Runtime {
	b.Helper()
	rt, err := runtime.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := rt.Close(); err != nil {
			b.Error(err)
		}
	})
	return rt
}

func deploy(b *testing.B, rt *runtime.Runtime, name, source string) {
	b.Helper()
	if err := rt.Deploy(b.Context(), runtime.Function{Name: name, Code: runtime.Source(source), Timeout: time.Minute}); err != nil {
		b.Fatal(err)
	}
}

func openLambent(b *testing.B, h handlers.Handler) func([]byte) ([]byte, error) {
	rt := newRuntime(b, runtime.Config{})
	deploy(b, rt, h.Name, h.Source)
	return func(event []byte) ([]byte, error) {
		result, err := rt.Invoke(b.Context(), h.Name, event)
		return result.Payload, err
	}
}

func openPlainGoja(b *testing.B, h handlers.Handler) func([]byte) ([]byte, error) {
	return plaingoja.NewPool(compile(b, h), 1000).Invoke
}

func compile(b *testing.B, h handlers.Handler) *plaingoja.Program {
	b.Helper()
	program, err := plaingoja.Compile(h.File, h.Source)
	if err != nil {
		b.Fatal(err)
	}
	return program
}

// check fails the benchmark if an answer is not the one that h must give.
func check(b *testing.B, h handlers.Handler, got []byte, err error) bool {
	if err == nil && bytes.Equal(got, h.Want) {
		return true
	}
	b.Errorf("%s answered %.80q, %v; want %.80q", h.Name, got, err, h.Want)
	return false
}

// reportCPU reports the processor time since begin for each operation. Unlike
// the time on the clock it says the same on a busy machine.
func reportCPU(b *testing.B, begin time.Duration) {
	b.ReportMetric(float64((cpuTime(b)-begin).Microseconds())/float64(b.N), "cpu-µs/op")
}

// cpuTime is this process's processor time, user and system.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkInvoke is a warm invocation, one at a time; of a handler that waits,
// 64 at a time.
func BenchmarkInvoke(b *testing.B) {
	for _, h := range handlers.All() {
		for _, e := range engines {
			b.Run(h.Name+"/"+e.name, func(b *testing.B) {
				invoke := e.open(b, h)
				answer, err := invoke(h.Event)
				check(b, h, answer, err)
				b.ReportAllocs()
				if h.Waits {
					parallel(b, h, invoke, 64)
					return
				}
				begin := cpuTime(b)
				for b.Loop() {
					answer, err := invoke(h.Event)
					check(b, h, answer, err)
				}
				reportCPU(b, begin)
			})
		}
	}
}

// BenchmarkParallel is a warm invocation, on all processors at a time.
func BenchmarkParallel(b *testing.B) {
	for _, h := range handlers.All() {
		for _, e := range engines {
			if h.Waits {
				continue // BenchmarkInvoke has it
			}
			b.Run(h.Name+"/"+e.name, func(b *testing.B) {
				b.ReportAllocs()
				parallel(b, h, e.open(b, h), 1)
			})
		}
	}
}

// parallel runs b.N invocations on the given number of goroutines per processor.
func parallel(b *testing.B, h handlers.Handler, invoke func([]byte) ([]byte, error), perCPU int) {
	b.SetParallelism(perCPU)
	begin := cpuTime(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if answer, err := invoke(h.Event); !check(b, h, answer, err) {
				return
			}
		}
	})
	b.StopTimer()
	reportCPU(b, begin)
}

// BenchmarkHTTP is a warm invocation over HTTP on the loopback interface, with
// 64 connections; client and server share this process. "fasthttp" is a server
// that answers with the request's body.
func BenchmarkHTTP(b *testing.B) {
	for _, h := range handlers.All() {
		b.Run(h.Name+"/lambent", func(b *testing.B) {
			rt := newRuntime(b, runtime.Config{})
			deploy(b, rt, h.Name, h.Source)
			front, err := invoker.New(invoker.Config{Runtime: rt})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := front.Close(b.Context()); err != nil && b.Context().Err() == nil {
					b.Error(err)
				}
			})
			drive(b, front.Serve, "/2015-03-31/functions/"+h.Name+"/invocations", h.Event, h.Want)
		})
		b.Run(h.Name+"/plain-goja", func(b *testing.B) {
			invoke := openPlainGoja(b, h)
			serveBare(b, h.Event, h.Want, func(ctx *fasthttp.RequestCtx) {
				answer, err := invoke(ctx.PostBody())
				if err != nil {
					ctx.Error(err.Error(), fasthttp.StatusBadGateway)
					return
				}
				ctx.Response.SetBodyRaw(answer)
			})
		})
		b.Run(h.Name+"/fasthttp", func(b *testing.B) {
			serveBare(b, h.Event, h.Event, func(ctx *fasthttp.RequestCtx) { ctx.SetBody(ctx.PostBody()) })
		})
	}
}

func serveBare(b *testing.B, event, want []byte, handler fasthttp.RequestHandler) {
	server := &fasthttp.Server{Handler: handler, MaxRequestBodySize: 6 << 20}
	b.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			b.Error(err)
		}
	})
	drive(b, server.Serve, "/", event, want)
}

// drive serves a port of the loopback interface and sends it b.N requests.
func drive(b *testing.B, serve func(net.Listener) error, path string, event, want []byte) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = serve(listener) }() // until the cleanup shuts the server down
	run := func(n int) {
		result, err := load.Run(b.Context(), load.Config{
			Addr: listener.Addr().String(), Path: path, Body: event, Want: want,
			Connections: min(64, n), Requests: int64(n), Duration: time.Hour,
		})
		if err != nil || result.Requests != int64(n) {
			b.Fatalf("%d of %d requests: %v", result.Requests, n, err)
		}
	}
	run(64)
	b.ReportAllocs()
	begin := cpuTime(b)
	b.ResetTimer()
	run(b.N)
	b.StopTimer()
	reportCPU(b, begin)
}

// BenchmarkColdStart is from the invocation to its answer when a new isolate
// must be made of code that is compiled already.
func BenchmarkColdStart(b *testing.B) {
	h, err := handlers.Named("hello")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("lambent", func(b *testing.B) {
		// There is room for one isolate, so each function turns out the other's.
		rt := newRuntime(b, runtime.Config{MaxIsolates: 1, BurstIsolates: -1})
		names := []string{"one", "two"}
		for _, name := range names {
			deploy(b, rt, name, h.Source)
		}
		b.ReportAllocs()
		begin := cpuTime(b)
		for i := 0; b.Loop(); i++ {
			result, err := rt.Invoke(b.Context(), names[i%2], h.Event)
			if !check(b, h, result.Payload, err) || !result.ColdStart {
				b.Fatalf("invocation %d was not a cold start", i)
			}
		}
		reportCPU(b, begin)
	})
	b.Run("plain-goja", func(b *testing.B) {
		program := compile(b, h)
		b.ReportAllocs()
		begin := cpuTime(b)
		for b.Loop() {
			iso, err := program.NewIsolate()
			if err != nil {
				b.Fatal(err)
			}
			answer, err := iso.Invoke(h.Event)
			check(b, h, answer, err)
		}
		reportCPU(b, begin)
	})
}
