package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	var all strings.Builder
	for i := range 50 {
		all.WriteString(invokeRequest("hello", fmt.Sprint(i)))
	}
	c.send(all.String())
	for i := range 50 {
		if got := c.answer(); got.status != 200 || got.body != fmt.Sprint(i) {
			t.Fatalf("answer %d is %d %s", i, got.status, got.body)
		}
	}
}

func TestChunkedBodyIsReadWhole(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	c.send("POST " + invokeHello + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	want := `"` + strings.Repeat("0123456789", 20_000) + `"`
	for rest := want; rest != ""; {
		n := min(len(rest), 7777)
		c.send(fmt.Sprintf("%x\r\n%s\r\n", n, rest[:n]))
		rest = rest[n:]
	}
	c.send("0\r\n\r\n" + invokeRequest("hello", "2"))
	if got := c.answer(); got.status != 200 || got.body != want {
		t.Errorf("got %d, %d bytes; want 200, %d", got.status, len(got.body), len(want))
	}
	if got := c.answer(); got.body != "2" {
		t.Errorf("the next request on the connection: %d %s", got.status, got.body)
	}
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	c.send("POST " + invokeHello + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 100 ") {
		t.Fatalf("got %q, want 100", head)
	}
	c.send("[1]")
	if got := c.answer(); got.status != 200 || got.body != "[1]" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestHalfClosedConnectionGetsItsAnswer(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	c.send(invokeRequest("hello", "[1]"))
	if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got := c.answer(); got.status != 200 || got.body != "[1]" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if !c.ended() {
		t.Error("the server keeps the connection open")
	}
}

// TestBadRequestsAreRefused sends what no client should, and wants an error,
// a closed connection and a server that goes on.
func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	post := "POST " + invokeHello + " HTTP/1.1\r\nHost: x\r\n"
	tests := []struct {
		name, text string
		halfClose  bool
		status     int
		code       string
	}{
		{name: "no HTTP", text: "GET\r\n\r\n", status: 400, code: "BadRequestException"},
		{name: "bytes of TLS", text: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", status: 400, code: "BadRequestException"},
		{name: "headers without an end", text: post + "X: " + strings.Repeat("x", 20<<10), status: 431, code: "RequestHeaderFieldsTooLargeException"},
		{name: "a header without a colon", text: post + "nonsense\r\n\r\n", status: 400, code: "BadRequestException"},
		{name: "a negative length", text: post + "Content-Length: -1\r\n\r\n", status: 400, code: "BadRequestException"},
		{name: "two lengths", text: post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n[]", status: 400, code: "BadRequestException"},
		{name: "a length that overflows", text: post + "Content-Length: 99999999999999999999\r\n\r\n", status: 400, code: "BadRequestException"},
		{name: "a length over the limit", text: post + "Content-Length: 6291457\r\n\r\n[", status: 413, code: "RequestEntityTooLargeException"},
		{name: "a chunk with a broken size", text: post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", status: 400, code: "BadRequestException"},
		{name: "a chunk over the limit", text: post + "Transfer-Encoding: chunked\r\n\r\n700000\r\n" + strings.Repeat("x", runtime.MaxRequestBytes+1), status: 413, code: "RequestEntityTooLargeException"},
		{name: "a body that ends early", text: post + "Content-Length: 100000\r\n\r\n[1", halfClose: true, status: 400, code: "BadRequestException"},
		{name: "a large body that ends early", text: post + "Content-Length: 100000\r\n\r\n" + strings.Repeat("x", 50_000), halfClose: true, status: 400, code: "BadRequestException"},
		{name: "chunks that end early", text: post + "Transfer-Encoding: chunked\r\n\r\n5\r\n[1", halfClose: true, status: 400, code: "BadRequestException"},
	}
	_, addr := start(t, Config{}, func(context.Context, runtime.Invocation) (runtime.Result, error) {
		t.Error("the function ran")
		return runtime.Result{}, nil
	})
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, addr)
			go func() {
				_, _ = io.WriteString(c.Conn, tc.text)
				if tc.halfClose {
					_ = c.Conn.(*net.TCPConn).CloseWrite()
				}
			}()
			got := c.answer()
			if got.status != tc.status || got.header.Get("X-Amzn-Errortype") != tc.code {
				t.Errorf("got %d %s %s, want %d %s", got.status, got.header.Get("X-Amzn-Errortype"), got.body, tc.status, tc.code)
			}
			if !c.ended() {
				t.Error("the connection stays open")
			}
		})
	}
}

func TestUnreadBodyDoesNotSpoilTheNextRequest(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	body := invokeRequest("nobody", "{}") // looks like a request
	c.send(fmt.Sprintf("GET /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	c.send(invokeRequest("hello", "[1]"))
	if got := c.answer(); got.status != 404 || got.header.Get("X-Amzn-Errortype") != "UnknownOperationException" {
		t.Errorf("first: %d %s", got.status, got.body)
	}
	if got := c.answer(); got.status != 200 || got.body != "[1]" {
		t.Errorf("second: %d %s", got.status, got.body)
	}
}

func TestLargestBodyPassesAndMemoryIsGivenBack(t *testing.T) {
	t.Parallel()
	s, addr := start(t, Config{MaxBodyMemory: 16 << 20}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		return runtime.Result{Payload: fmt.Append(nil, len(inv.Payload)), ExecutedVersion: "$LATEST"}, nil
	})
	body := strings.Repeat("1", runtime.MaxRequestBytes)
	c := dial(t, addr)
	for range 3 {
		go c.send(invokeRequest("hello", body))
		if got := c.answer(); got.status != 200 || got.body != fmt.Sprint(len(body)) {
			t.Fatalf("got %d %.100s", got.status, got.body)
		}
	}
	if used := s.bodies.used.Load(); used != 0 {
		t.Errorf("%d bytes of the budget are still taken", used)
	}
}

func TestBodiesBeyondTheBudgetAreRefused(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	running := make(chan struct{}, 1)
	s, addr := start(t, Config{MaxBodyMemory: 1 << 20}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		running <- struct{}{}
		<-release
		return runtime.Result{Payload: []byte("1"), ExecutedVersion: "$LATEST"}, nil
	})
	first := dial(t, addr)
	go first.send(invokeRequest("hello", strings.Repeat("1", 700<<10)))
	<-running
	got := post(t, addr, invokeHello, strings.Repeat("1", 700<<10))
	if got.status != 503 || got.header.Get("Retry-After") != "1" || got.header.Get("X-Amzn-Errortype") != "ServiceException" {
		t.Errorf("second large body: %d %s", got.status, got.body)
	}
	close(release)
	if got := post(t, addr, invokeHello, strings.Repeat("1", 60<<10)); got.status != 200 {
		t.Errorf("a small body needs no budget, but got %d %s", got.status, got.body)
	}
	if got := first.answer(); got.status != 200 {
		t.Errorf("first large body: %d %s", got.status, got.body)
	}
	if used := s.bodies.used.Load(); used != 0 {
		t.Errorf("%d bytes of the budget are still taken", used)
	}
}

func TestConnectionsBeyondTheLimitAreTold(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{MaxConnections: 2}, nil)
	first, second := dial(t, addr), dial(t, addr)
	for _, c := range []*peer{first, second} {
		c.send(invokeRequest("hello", "1"))
		if got := c.answer(); got.status != 200 {
			t.Fatalf("got %d", got.status)
		}
	}
	third := dial(t, addr)
	if got := third.answer(); got.status != 503 || got.header.Get("Retry-After") != "1" || !strings.Contains(got.body, "Too many connections") {
		t.Errorf("third connection: %d %s", got.status, got.body)
	}
	if !third.ended() {
		t.Error("the third connection stays open")
	}
	first.send("POST " + invokeHello + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	first.answer()
	if !first.ended() {
		t.Error("Connection: close is ignored")
	}
	// The server forgets a connection before it closes it.
	fourth := dial(t, addr)
	fourth.send(invokeRequest("hello", "1"))
	if got := fourth.answer(); got.status != 200 {
		t.Errorf("a connection after one has gone: %d %s", got.status, got.body)
	}
}

func TestStreamGoesOnWithoutItsClient(t *testing.T) {
	t.Parallel()
	gone, result := make(chan struct{}), make(chan error, 1)
	_, addr := start(t, Config{}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		_, _ = inv.Stream.Write([]byte("first"))
		<-gone
		chunk := make([]byte, 1<<20)
		for range 64 {
			if _, err := inv.Stream.Write(chunk); err != nil {
				result <- err
				return runtime.Result{}, err
			}
		}
		result <- nil
		return runtime.Result{}, nil
	})
	c := dial(t, addr)
	c.send("POST /2021-11-15/functions/hello/response-streaming-invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	c.head()
	_ = c.Close()
	close(gone)
	if err := <-result; err != nil {
		t.Errorf("the function's write failed: %v", err)
	}
}

func TestAbortedStreamReleasesTheFunction(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		wrote := make(chan error, 1)
		go func() {
			// The client reads nothing, so this blocks.
			_, err := inv.Stream.Write(make([]byte, 256<<20))
			wrote <- err
		}()
		inv.Stream.(interface{ Abort() }).Abort()
		if err := <-wrote; !errors.Is(err, errAborted) {
			t.Errorf("the blocked write returned %v", err)
		}
		return runtime.Result{}, &runtime.FunctionError{Type: "Sandbox.Timedout", Payload: []byte("{}")}
	})
	c := dial(t, addr)
	c.send("POST /2021-11-15/functions/hello/response-streaming-invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	if got := c.answer(); got.status != 200 || !strings.Contains(got.body, "Sandbox.Timedout") {
		t.Errorf("got %d, %d bytes", got.status, len(got.body))
	}
}

// TestHammer has many clients that send, hang up half way, pipeline and send
// garbage, and wants every whole request answered with its own event.
func TestHammer(t *testing.T) {
	t.Parallel()
	s, addr := start(t, Config{MaxConnections: 256}, nil)
	var wg sync.WaitGroup
	var answered atomic.Int64
	for client := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for round := range 40 {
				hammerOnce(t, addr, client, round, &answered)
			}
		}()
	}
	wg.Wait()
	if answered.Load() < 16*40/4 {
		t.Errorf("only %d answers", answered.Load())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	if used := s.bodies.used.Load(); used != 0 {
		t.Errorf("%d bytes of the body budget are lost", used)
	}
}

func hammerOnce(t *testing.T, addr string, client, round int, answered *atomic.Int64) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Errorf("dial: %v", err)
		return
	}
	defer nc.Close()
	c := &peer{t: t, Conn: nc}
	event := func(i int) string { return fmt.Sprintf(`"%d.%d.%d%s"`, client, round, i, strings.Repeat("x", i*5000)) }
	switch (client + round) % 4 {
	case 0: // a few pipelined requests
		go func() {
			for i := range 5 {
				_, _ = io.WriteString(nc, invokeRequest("hello", event(i)))
			}
		}()
		r := bufio.NewReader(nc)
		for i := range 5 {
			got, err := tryAnswer(r)
			if err != nil || got.status != 200 || got.body != event(i) {
				t.Errorf("client %d round %d: answer %d is %d %.60s, %v", client, round, i, got.status, got.body, err)
				return
			}
			answered.Add(1)
		}
	case 1: // a request whose client hangs up
		_, _ = io.WriteString(c, invokeRequest("hello", event(20)))
	case 2: // half a request
		text := invokeRequest("hello", event(20))
		_, _ = io.WriteString(c, text[:len(text)*(round%10)/10])
	case 3: // garbage
		_, _ = io.WriteString(c, strings.Repeat("\x00\xff garbage \r\n", 1+round*100))
	}
}
