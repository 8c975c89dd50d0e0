package server

import (
	"context"
	"errors"
	"net"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"github.com/lambent-run/lambent/runtime"
)

func TestCloseLetsRunningRequestsFinish(t *testing.T) {
	t.Parallel()
	running, release := make(chan struct{}), make(chan struct{})
	s, addr := start(t, Config{}, func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		if string(inv.Payload) == `"slow"` {
			close(running)
			<-release
		}
		return echo(ctx, inv)
	})
	idle, fresh, busy := dial(t, addr), dial(t, addr), dial(t, addr)
	idle.send(invokeRequest("hello", "1"))
	idle.answer()
	s.conns.await(t, func(state int64) bool { return state&(1<<phaseBits-1) == phaseIdle })
	s.conns.await(t, func(state int64) bool { return state&(1<<phaseBits-1) == phaseNew })
	busy.send(invokeRequest("hello", `"slow"`))
	<-running

	closed := make(chan error, 1)
	go func() { closed <- s.Close(context.Background()) }()
	if !idle.ended() {
		t.Error("the idle connection stays open")
	}
	if !fresh.ended() {
		t.Error("the connection without a request stays open")
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		_ = c.Close()
		t.Error("a new connection is accepted")
	}
	select {
	case err := <-closed:
		t.Fatalf("Close returned %v while a request ran", err)
	default:
	}
	close(release)
	if got := busy.answer(); got.status != 200 || got.body != `"slow"` || !got.closing {
		t.Errorf("the running request got %d %s, closing %v", got.status, got.body, got.closing)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := s.Serve(nopListener{}); !errors.Is(err, ErrClosed) {
		t.Errorf("Serve after Close: %v", err)
	}
}

// nopListener is a listener to be refused.
type nopListener struct{ net.Listener }

func (nopListener) Close() error { return nil }

func TestCloseCutsOffWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	running := make(chan struct{})
	s, addr := start(t, Config{}, func(ctx context.Context, _ runtime.Invocation) (runtime.Result, error) {
		close(running)
		<-ctx.Done()
		return runtime.Result{}, ctx.Err()
	})
	c := dial(t, addr)
	c.send(invokeRequest("hello", "1"))
	<-running
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(ctx); !errors.Is(err, ErrCutOff) || !errors.Is(err, context.Canceled) {
		t.Errorf("Close: %v, want ErrCutOff", err)
	}
	if got := c.answer(); got.status != 503 || !strings.Contains(got.body, "shutting down") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestClientHangingUpDoesNotEndItsInvocation(t *testing.T) {
	t.Parallel()
	running, gone, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	_, addr := start(t, Config{}, func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		close(running)
		<-gone
		ended <- ctx.Err()
		return echo(ctx, inv)
	})
	c := dial(t, addr)
	c.send(invokeRequest("hello", "1"))
	<-running
	_ = c.Close()
	close(gone)
	if err := <-ended; err != nil {
		t.Errorf("the invocation's context ended: %v", err)
	}
}

func TestCloseWaitsForAStreamWithoutItsClient(t *testing.T) {
	t.Parallel()
	gone, ended := make(chan struct{}), make(chan error, 1)
	s, addr := start(t, Config{}, func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		_, _ = inv.Stream.Write([]byte("first"))
		<-gone
		_, _ = inv.Stream.Write(make([]byte, 4<<20)) // the connection ends here at the latest
		ended <- ctx.Err()
		return runtime.Result{}, nil
	})
	c := dial(t, addr)
	c.send("POST /2021-11-15/functions/hello/response-streaming-invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	c.head()
	_ = c.Close()
	closed := make(chan error, 1)
	go func() { closed <- s.Close(context.Background()) }()
	close(gone)
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the invocation was cut off: %v", err)
		}
	default:
		t.Error("Close returned before the invocation")
	}
}

// TestNothingIsLeftRunning wants every goroutine gone after Close.
func TestNothingIsLeftRunning(t *testing.T) {
	warm := New(Config{Runtime: &fakeRuntime{do: echo}, MaxConnections: 8, MaxHeaderBytes: 4096, ReadTimeout: time.Hour, WriteTimeout: time.Hour, IdleTimeout: time.Hour})
	serveOnce(t, warm) // starts fasthttp's clock, which never ends
	before := goruntime.NumGoroutine()
	for range 5 {
		s := New(Config{Runtime: &fakeRuntime{do: echo}, MaxConnections: 8, MaxHeaderBytes: 4096, ReadTimeout: time.Hour, WriteTimeout: time.Hour, IdleTimeout: time.Hour})
		serveOnce(t, s)
	}
	for deadline := time.Now().Add(10 * time.Second); goruntime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", goruntime.NumGoroutine(), before, stacks[:goruntime.Stack(stacks, true)])
		}
	}
}

// serveOnce serves a few requests and closes.
func serveOnce(t *testing.T, s *Server) {
	t.Helper()
	ln := fasthttputil.NewInmemoryListener()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	for range 4 {
		nc, err := ln.Dial()
		if err != nil {
			t.Fatal(err)
		}
		c := &peer{t: t, Conn: nc, r: newReader(nc)}
		c.send(invokeRequest("hello", "1"))
		if got := c.answer(); got.status != 200 {
			t.Errorf("got %d", got.status)
		}
		_ = nc.Close()
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestAcceptWaitsOutPassingTroubles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Runtime: &fakeRuntime{do: echo}, MaxConnections: 1, MaxHeaderBytes: 4096, ReadTimeout: time.Hour, WriteTimeout: time.Hour, IdleTimeout: time.Hour})
		ln := &troubledListener{fail: 10}
		began := time.Now()
		c, err := (&listener{Listener: ln, srv: s}).Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
		// 5 ms, doubled up to a second.
		if waited := time.Since(began); waited != (5+10+20+40+80+160+320+640+1000+1000)*time.Millisecond {
			t.Errorf("waited %s", waited)
		}
	})
}

// troubledListener fails for a while, as if there were no file descriptors.
type troubledListener struct {
	net.Listener
	fail int
}

type passing struct{ error }

func (passing) Temporary() bool { return true }

func (l *troubledListener) Accept() (net.Conn, error) {
	if l.fail > 0 {
		l.fail--
		return nil, passing{errors.New("too many open files")}
	}
	c, _ := net.Pipe()
	return c, nil
}

func TestInvocationCostsFewAllocations(t *testing.T) {
	s := New(Config{
		Runtime: &fakeRuntime{do: func(context.Context, runtime.Invocation) (runtime.Result, error) {
			return runtime.Result{Payload: []byte("1"), ExecutedVersion: "$LATEST"}, nil
		}},
		MaxConnections: 1, MaxHeaderBytes: 4096, ReadTimeout: time.Hour, WriteTimeout: time.Hour, IdleTimeout: time.Hour,
	})
	ln := fasthttputil.NewInmemoryListener()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	nc, err := ln.Dial()
	if err != nil {
		t.Fatal(err)
	}
	request := []byte(invokeRequest("hello", `{"name":"Ada"}`))
	response := make([]byte, 4096)
	exchange := func() {
		if _, err := nc.Write(request); err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Read(response); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		exchange() // buffers grow to their size
	}
	// The request id, the trace id, and the fake runtime's payload.
	if n := testing.AllocsPerRun(1000, exchange); n > 4 {
		t.Errorf("%v allocations per invocation, want 4 or fewer", n)
	}
	_ = nc.Close()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	<-served
}
