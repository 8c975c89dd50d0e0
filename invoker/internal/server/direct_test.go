package server

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

const directHead = "POST " + invokeHello + " HTTP/1.1\r\nHost: x\r\n"

func TestWhichRequestsAreServedDirectly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		direct     bool
		body       string
	}{
		{"the plainest", directHead + "Content-Length: 3\r\n\r\n[1]", true, "[1]"},
		{"no body", directHead + "Content-Length: 0\r\n\r\n", true, ""},
		{"no length", directHead + "\r\n", true, ""},
		{"a signed request", directHead + "authorization: AWS4-HMAC-SHA256 Credential=x\r\nX-Amz-Date: 20260101T000000Z\r\nX-Amz-Security-Token: t\r\nX-Amz-Content-Sha256: h\r\nx-amz-user-agent: aws-sdk-js\r\nConnection: Keep-Alive\r\nAmz-Sdk-Request: attempt=1; max=3\r\nContent-Length: 1\r\n\r\n1", true, "1"},
		{"a presigned request", strings.Replace(directHead, "invocations", "invocations?X-Amz-Credential=k%2F20260101%2Feu-west-1%2Flambda%2Faws4_request", 1) + "\r\n", false, ""},
		{"names in any case", "POST " + invokeHello + " HTTP/1.1\r\nhOST: x\r\ncONTENT-lENGTH:  1 \r\n\r\n1", true, "1"},
		{"an ARN", strings.Replace(directHead, "hello", "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ahello", 1) + "\r\n", true, ""},
		{"half a body", directHead + "Content-Length: 3\r\n\r\n[1", false, ""},
		{"half a head", directHead + "Content-Le", false, ""},
		{"two requests at once", directHead + "Content-Length: 1\r\n\r\n1" + directHead + "\r\n", false, ""},
		{"another method", strings.Replace(directHead, "POST", "PUT", 1) + "\r\n", false, ""},
		{"another protocol", strings.Replace(directHead, "1.1", "1.0", 1) + "\r\n", false, ""},
		{"another operation", strings.Replace(directHead, "invocations", "code", 1) + "\r\n", false, ""},
		{"a malformed name", strings.Replace(directHead, "hello", "he!lo", 1) + "\r\n", false, ""},
		{"a space in the target", strings.Replace(directHead, "hello", "he llo", 1) + "\r\n", false, ""},
		{"no host", "POST " + invokeHello + " HTTP/1.1\r\n\r\n", false, ""},
		{"two hosts", directHead + "Host: y\r\n\r\n", false, ""},
		{"two lengths", directHead + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n1", false, ""},
		{"a signed length", directHead + "Content-Length: +1\r\n\r\n1", false, ""},
		{"a length of many digits", directHead + "Content-Length: 000001\r\n\r\n1", false, ""},
		{"chunks", directHead + "Transfer-Encoding: chunked\r\n\r\n", false, ""},
		{"a header that begins like X-Amz", directHead + "X-Am: 1\r\n\r\n", true, ""},
		{"an expectation", directHead + "Expect: 100-continue\r\n\r\n", false, ""},
		{"a connection that is to close", directHead + "Connection: close\r\n\r\n", false, ""},
		{"an encoded body", directHead + "Content-Encoding: gzip\r\n\r\n", false, ""},
		{"an origin", directHead + "Origin: http://x\r\n\r\n", false, ""},
		{"an upgrade", directHead + "Upgrade: h2c\r\n\r\n", false, ""},
		{"a log type", directHead + "X-Amz-Log-Type: Tail\r\n\r\n", false, ""},
		{"a trace id", directHead + "X-Amzn-Trace-Id: Root=1\r\n\r\n", false, ""},
		{"an X-Amz header of the future", directHead + "X-Amz-Whatever: 1\r\n\r\n", false, ""},
		{"a line that ends in LF alone", directHead + "X: y\n\r\n", false, ""},
		{"a CR inside a line", directHead + "X: y\rTransfer-Encoding: chunked\r\n\r\n", false, ""},
		{"a space before the colon", directHead + "Content-Length : 1\r\n\r\n1", false, ""},
		{"a folded line", directHead + "X: y\r\n z\r\n\r\n", false, ""},
		{"a header without a name", directHead + ": y\r\n\r\n", false, ""},
		{"an underscore in a name", directHead + "X_Y: z\r\n\r\n", true, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			body, ok := (&conn{srv: &Server{region: "us-east-1"}}).recognise([]byte(tc.text))
			if ok != tc.direct || string(body) != tc.body {
				t.Errorf("recognised %v with body %q, want %v with %q", ok, body, tc.direct, tc.body)
			}
		})
	}
}

var volatile = regexp.MustCompile(`(?i)\r\n(date|x-amzn-requestid|x-amzn-trace-id): [^\r]*`)

// TestBothPathsAnswerAlike sends the same requests to a server that serves them
// directly and to one that leaves them to fasthttp.
func TestBothPathsAnswerAlike(t *testing.T) {
	t.Parallel()
	large := []byte(`"` + strings.Repeat("x", 100_000) + `"`)
	var runs atomic.Int64
	do := func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		runs.Add(1)
		if !uuid.MatchString(inv.RequestID) || !strings.HasPrefix(inv.TraceID, "Root=1-") {
			t.Errorf("ids %q, %q", inv.RequestID, inv.TraceID)
		}
		switch string(inv.Payload) {
		case `"large"`:
			return runtime.Result{Payload: large, ExecutedVersion: "$LATEST"}, nil
		case `"fail"`:
			return runtime.Result{ExecutedVersion: "$LATEST"}, &runtime.FunctionError{Payload: []byte(`{"errorType":"Error"}`)}
		case `"throttle"`:
			return runtime.Result{}, &runtime.ThrottledError{Reason: runtime.ReasonConcurrency}
		case `"suspended"`:
			return runtime.Result{}, &runtime.SuspendedError{Function: "hello", Stuck: 1, RetryAfter: 1500 * time.Millisecond}
		case `"panic"`:
			panic("boom")
		}
		return echo(ctx, inv)
	}
	direct, directAddr := start(t, Config{}, do)
	if direct.indirect {
		t.Fatal("the direct path is off")
	}
	s, indirectAddr := start(t, Config{}, do)
	s.indirect = true
	nameTo := func(name string) string { return strings.Replace(directHead, "hello", name, 1) }
	for _, text := range []string{
		directHead + "Content-Length: 3\r\n\r\n[1]",
		directHead + "\r\n",
		directHead + "Content-Length: 7\r\n\r\n\"large\"",
		directHead + "Content-Length: 6\r\n\r\n\"fail\"",
		directHead + "Content-Length: 10\r\n\r\n\"throttle\"",
		directHead + "Content-Length: 11\r\n\r\n\"suspended\"",
		nameTo("nobody") + "\r\n",
		nameTo("eu-west-1:hello") + "\r\n",
		nameTo("123456789012:hello") + "\r\n",
		directHead + "Content-Length: 7\r\n\r\n\"panic\"",
	} {
		before := runs.Load()
		a, b := wire(t, directAddr, text), wire(t, indirectAddr, text)
		if a != b {
			t.Errorf("%q\ndirectly:\n%.600s\nthrough fasthttp:\n%.600s", text, a, b)
		}
		if n := runs.Load() - before; n != 0 && n != 2 {
			t.Errorf("%q ran %d times", text, n)
		}
	}
}

// wire returns one response as it came, with sorted headers and without what
// differs from one to the next.
func wire(t *testing.T, addr, text string) string {
	t.Helper()
	c := dial(t, addr)
	c.send(text)
	head := volatile.ReplaceAllString(c.head(), "\r\n$1: *")
	lines := strings.Split(strings.TrimSuffix(head, "\r\n\r\n"), "\r\n")
	res, err := http.ReadResponse(bufio.NewReader(io.MultiReader(strings.NewReader(head), c.r)), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	// The order of headers differs.
	names := lines[1:]
	for i := range names {
		for j := i + 1; j < len(names); j++ {
			if names[j] < names[i] {
				names[i], names[j] = names[j], names[i]
			}
		}
	}
	return strings.Join(lines, "\n") + "\n\n" + string(body)
}

func TestBothPathsTakeTurnsOnOneConnection(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	for i, text := range []string{
		invokeRequest("hello", "1"),
		directHead + "X-Amz-Log-Type: None\r\nContent-Length: 1\r\n\r\n1",
		invokeRequest("hello", "1"),
		invokeRequest("hello", "1") + invokeRequest("hello", "1"),
		invokeRequest("hello", "1"),
		"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		invokeRequest("hello", "1"),
	} {
		c.send(text)
		for range strings.Count(text, "HTTP/1.1") {
			if got := c.answer(); got.status != 200 {
				t.Fatalf("request %d: %d %s", i, got.status, got.body)
			}
		}
	}
	// A request in two pieces is fasthttp's, wherever it is cut.
	whole := invokeRequest("hello", `"whole"`)
	for cut := 1; cut < len(whole); cut += 7 {
		c.send(whole[:cut])
		time.Sleep(100 * time.Microsecond) // let the pieces arrive apart, most of the time
		c.send(whole[cut:])
		if got := c.answer(); got.status != 200 || got.body != `"whole"` {
			t.Fatalf("cut at %d: %d %s", cut, got.status, got.body)
		}
	}
}

func TestAbandonedEventIsNotOverwritten(t *testing.T) {
	t.Parallel()
	var kept []byte
	_, addr := start(t, Config{}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		if kept == nil {
			kept = inv.Payload
			return runtime.Result{Abandoned: true, ExecutedVersion: "$LATEST"}, &runtime.FunctionError{Payload: []byte("{}")}
		}
		return runtime.Result{Payload: []byte("2"), ExecutedVersion: "$LATEST"}, nil
	})
	c := dial(t, addr)
	for _, text := range []string{`"first"`, `"other"`, `"third"`} {
		for _, header := range []string{"", "X-Amz-Log-Type: None\r\n"} { // both paths
			c.send(directHead + header + "Content-Length: 7\r\n\r\n" + text)
			got := c.answer()
			if stuck := got.closing; stuck != (text == `"first"` && header == "") {
				t.Errorf("%s: the answer ends the connection: %v", text, stuck)
			} else if stuck { // its goroutine has no use for it any more
				c = dial(t, addr)
			}
		}
	}
	if string(kept) != `"first"` {
		t.Errorf("the event that is still being read became %s", kept)
	}
}

func TestDrainingEndsAConnectionServedDirectly(t *testing.T) {
	t.Parallel()
	running, release := make(chan struct{}), make(chan struct{})
	s, addr := start(t, Config{}, func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		close(running)
		<-release
		return echo(ctx, inv)
	})
	c := dial(t, addr)
	c.send(invokeRequest("hello", "1"))
	<-running
	gone := s.conns.drain()
	close(release)
	if got := c.answer(); got.status != 200 || !got.closing {
		t.Errorf("got %d, closing %v", got.status, got.closing)
	}
	if !c.ended() {
		t.Error("the connection stays open")
	}
	<-gone
}

// FuzzRecognise holds what is served directly to how the standard library reads
// the same bytes.
func FuzzRecognise(f *testing.F) {
	f.Add([]byte(directHead + "Content-Length: 3\r\n\r\n[1]"))
	f.Add([]byte(directHead + "X-Amz-Date: 1\r\nUser-Agent: x y\r\n\r\n"))
	f.Add([]byte(directHead + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
	f.Add([]byte(directHead + "X: y\r z\r\n\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := &conn{srv: &Server{region: "us-east-1"}}
		body, ok := c.recognise(text)
		if !ok {
			return
		}
		r := bufio.NewReader(bytes.NewReader(text))
		req, err := http.ReadRequest(r)
		if err != nil {
			// What it refuses here is a header's value or a host, neither of which
			// the direct path reads.
			if bytes.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\r' && r != '\n' || r >= 0x7f }) < 0 && !strings.Contains(err.Error(), "host") {
				t.Fatalf("%q is served directly, but %v", text, err)
			}
			return
		}
		got, err := io.ReadAll(req.Body)
		if err != nil || !bytes.Equal(got, body) || r.Buffered() != 0 {
			t.Errorf("%q: body %q, the standard library reads %q, %v, and %d bytes more", text, body, got, err, r.Buffered())
		}
		if req.Method != http.MethodPost || req.ProtoMinor != 1 || req.Close || len(req.TransferEncoding) != 0 || req.RequestURI != c.lastURI {
			t.Errorf("%q: %+v", text, req)
		}
		for _, name := range []string{"Expect", "Content-Encoding", "Origin", "X-Amz-Invocation-Type", "X-Amz-Log-Type", "X-Amz-Client-Context", "X-Amz-Tenant-Id", "X-Amzn-Trace-Id", "X-Amz-Durable-Execution-Name"} {
			if _, has := req.Header[name]; has {
				t.Errorf("%q: the header %s is ignored", text, name)
			}
		}
	})
}

var _ net.Conn = (*conn)(nil)
