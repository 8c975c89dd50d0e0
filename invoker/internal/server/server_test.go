package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// fakeRuntime knows one function, "hello", and answers as do says.
type fakeRuntime struct {
	do func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error)

	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
}

func (f *fakeRuntime) Do(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
	if _, err := f.Route(function.ID{Region: inv.Region, Name: inv.Function}, inv.Qualifier); err != nil {
		return runtime.Result{}, err
	}
	return f.do(ctx, inv)
}

// Handle runs like Do, until Interrupt.
func (f *fakeRuntime) Handle(inv runtime.Invocation, to runtime.Receiver) {
	res, err := f.Do(f.base(), inv)
	to.Receive(&res, err)
}

// Interrupt ends the context of all that Handle runs.
func (f *fakeRuntime) Interrupt() {
	f.base()
	f.cancel()
}

func (f *fakeRuntime) base() context.Context {
	f.once.Do(func() { f.ctx, f.cancel = context.WithCancel(context.Background()) })
	return f.ctx
}

func (f *fakeRuntime) Route(id function.ID, qualifier string) (string, error) {
	if qualifier == "" {
		qualifier = "$LATEST"
	}
	if id.Name != "hello" || qualifier != "$LATEST" {
		return "", &runtime.NotFoundError{Resource: "arn:aws:lambda:" + id.Region + ":000000000000:function:" + id.Name + ":" + qualifier}
	}
	return "$LATEST", nil
}

func (f *fakeRuntime) Region() string    { return "us-east-1" }
func (f *fakeRuntime) AccountID() string { return "000000000000" }

// echo answers with the event.
func echo(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
	payload := append([]byte(nil), inv.Payload...)
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	return runtime.Result{Payload: payload, RequestID: inv.RequestID, ExecutedVersion: "$LATEST"}, nil
}

// start serves on a loopback port until the test ends.
func start(t testing.TB, cfg Config, do func(context.Context, runtime.Invocation) (runtime.Result, error)) (s *Server, addr string) {
	t.Helper()
	if do == nil {
		do = echo
	}
	cfg.Runtime = &fakeRuntime{do: do}
	for p, v := range map[*int]int{&cfg.MaxConnections: 64, &cfg.MaxHeaderBytes: 16 << 10} {
		if *p == 0 {
			*p = v
		}
	}
	for _, p := range []*time.Duration{&cfg.ReadTimeout, &cfg.WriteTimeout, &cfg.IdleTimeout} {
		if *p == 0 {
			*p = time.Minute
		}
	}
	if cfg.MaxBodyMemory == 0 {
		cfg.MaxBodyMemory = 64 << 20
	}
	s = New(cfg)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil && !errors.Is(err, ErrCutOff) {
			t.Errorf("Close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s, ln.Addr().String()
}

// answer is a response read whole.
type answer struct {
	status int
	header http.Header
	body   string
	// closing says that the response announces the end of the connection.
	closing bool
}

// post sends a POST with headers given as "Name: value".
func post(t testing.TB, addr, target, body string, headers ...string) answer {
	t.Helper()
	return send(t, addr, http.MethodPost, target, body, headers...)
}

// send sends one request on a connection of its own.
func send(t testing.TB, addr, method, target, body string, headers ...string) answer {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n", method, target, addr, len(body))
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return raw(t, addr, b.String())
}

// raw sends text on a connection of its own and reads one response.
func raw(t testing.TB, addr, text string) answer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, text)
	return readAnswer(t, bufio.NewReader(c))
}

func readAnswer(t testing.TB, r *bufio.Reader) answer {
	t.Helper()
	got, err := tryAnswer(r)
	if err != nil {
		t.Fatalf("read response: %v", err)
	}
	return got
}

func newReader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

func tryAnswer(r *bufio.Reader) (answer, error) {
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body), res.Close}, err
}

// peer is a client's connection in the hands of a test.
type peer struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, addr string) *peer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { _ = c.Close() })
	return &peer{t, c, bufio.NewReader(c)}
}

func (p *peer) send(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.Conn, text); err != nil {
		p.t.Fatalf("send: %v", err)
	}
}

// answer reads one response.
func (p *peer) answer() answer {
	p.t.Helper()
	return readAnswer(p.t, p.r)
}

// head reads a response's status line and headers as they came.
func (p *peer) head() string {
	p.t.Helper()
	var head strings.Builder
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			p.t.Fatalf("read head: %v", err)
		}
		head.WriteString(line)
		if line == "\r\n" {
			return head.String()
		}
	}
}

// ended reports whether the server has closed the connection, without sending
// anything more.
func (p *peer) ended() bool {
	p.t.Helper()
	n, err := p.r.Read(make([]byte, 1))
	return n == 0 && err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

func invokeRequest(name, body string) string {
	return fmt.Sprintf("POST /2015-03-31/functions/%s/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", name, len(body), body)
}
