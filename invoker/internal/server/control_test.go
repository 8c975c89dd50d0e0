package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/invoker/internal/api"
)

// told is a Control that answers with what it was asked.
type told struct{}

func (told) Serve(_ context.Context, req *api.Request) *api.Response {
	return &api.Response{Status: 200, Body: []byte(req.Method + " " + req.Path + " " + req.Region + " " + req.Host)}
}

func TestControlPlaneIsNotForWebPages(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{Control: told{}}, nil)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, host, origin, want string
		status                   int
	}{
		{"an address", addr, "", "GET /2015-03-31/functions us-east-1 " + addr, 200},
		{"localhost", "localhost:" + port, "", "GET /2015-03-31/functions", 200},
		{"a name below localhost", "lambda.localhost:" + port, "", "GET /2015-03-31/functions", 200},
		{"an address of IPv6", "[::1]:" + port, "", "GET /2015-03-31/functions", 200},
		{"a page's own name that means this machine", "evil.example:" + port, "", "use 127.0.0.1", 403},
		{"a page of another host", addr, "http://evil.example", "web pages are refused", 403},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/2015-03-31/functions", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = tc.host
			if tc.origin != "" {
				req.Header.Set("Origin", tc.origin)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || res.StatusCode != tc.status || !strings.Contains(string(body), tc.want) {
				t.Errorf("%d %s, %v; want %d with %q", res.StatusCode, body, err, tc.status, tc.want)
			}
		})
	}
}
