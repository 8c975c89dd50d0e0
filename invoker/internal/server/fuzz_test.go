package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// FuzzConnection sends any bytes on a connection and wants the server to answer
// or hang up, within its limits, and to serve the next client.
func FuzzConnection(f *testing.F) {
	for _, s := range []string{
		"", "\r\n\r\n", invokeRequest("hello", "1"), invokeRequest("hello", "1")[:40], invokeRequest("nobody", "{}") + invokeRequest("hello", "[]"),
		directHead + "Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n", directHead + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		directHead + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n1", directHead + "Content-Length: 18446744073709551616\r\n\r\n",
		"GET /healthz HTTP/1.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "POST /2021-11-15/functions/hello/response-streaming-invocations HTTP/1.1\r\nHost: x\r\n\r\n",
		directHead + "X-Amz-Client-Context: e30=\r\nX-Amz-Log-Type: Tail\r\nX-Amz-Invocation-Type: DryRun\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	s, addr := start(f, Config{MaxConnections: 64}, nil)
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		go func() {
			_, _ = c.Write(text)
			_ = c.(*net.TCPConn).CloseWrite()
		}()
		answers, err := io.ReadAll(c)
		if err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%q: %v after %q", text, err, answers)
		}
		if len(answers) > 0 && !bytes.HasPrefix(answers, []byte("HTTP/1.")) {
			t.Errorf("%q is answered %q", text, answers)
		}
		if got := post(t, addr, invokeHello, "[1]"); got.status != 200 {
			t.Errorf("after %q: %d %s", text, got.status, got.body)
		}
		if used := s.bodies.used.Load(); used != 0 {
			t.Errorf("%q: %d bytes of the body budget are lost", text, used)
		}
	})
}

// FuzzClientContext holds what is accepted to what a client context is: a JSON
// object in Base64 of at most 3583 bytes.
func FuzzClientContext(f *testing.F) {
	for _, s := range []string{"", "e30=", "e30", "e30==", "W10=", "eyJhIjoxfQ==", strings.Repeat("e", 4000), "IHt9IA==", "e30=e30="} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		text, fault := decodeClientContext(value)
		if fault != nil {
			if fault.status != 400 {
				t.Errorf("%q: status %d", value, fault.status)
			}
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil || object == nil || len(value) > maxClientContext {
			t.Errorf("%q is taken for %q: %v", value, text, err)
		}
	})
}
