// Package apitest serves the control plane's API over HTTP to tests, with
// nothing around it but a registry in memory: no functions run.
package apitest

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

// Where unsigned requests take place.
const (
	Region  = "us-east-1"
	Account = "000000000000"
)

// Server is an API that listens.
type Server struct {
	// URL is where, without a slash at the end.
	URL      string
	Registry *registry.Registry
}

// Start serves an API until the test ends. KV and Blobs of cfg are in memory if
// they are nil.
func Start(tb testing.TB, cfg registry.Config) *Server {
	tb.Helper()
	if cfg.KV == nil {
		s := memory.New()
		cfg.KV, cfg.Blobs = s.KV(), s.Blob()
	}
	cfg.Account = Account
	reg, err := registry.Open(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	if err := reg.Attach(context.Background(), idle{}); err != nil {
		tb.Fatal(err)
	}
	a := api.New(api.Config{Registry: reg, Logf: tb.Logf})
	srv := httptest.NewServer(Handler(a))
	tb.Cleanup(func() {
		srv.Close()
		if err := reg.Close(); err != nil {
			tb.Error(err)
		}
	})
	return &Server{srv.URL, reg}
}

// idle is a runtime that runs nothing and finds no fault with any code.
type idle struct{}

var _ registry.Runner = idle{}

func (idle) Refresh(context.Context, function.ID) error     { return nil }
func (idle) Check(context.Context, *function.Version) error { return nil }

var scope = regexp.MustCompile(`Credential=[^/]*/\d{8}/([^/]+)/`)

// Handler serves an API over HTTP. The region is that of a request's signature,
// which is not checked.
func Handler(a *api.API) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, api.MaxRequestBytes+1))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		req := &api.Request{
			Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: r.Header.Get, Body: body,
			Region: Region, Account: Account, Host: r.Host, RequestID: "7b0b1d5e-3f0c-4c55-9d8a-5d2f5f3b9c11",
		}
		if m := scope.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
			req.Region = m[1]
		}
		write(w, a.Serve(r.Context(), req))
	})
}

func write(w http.ResponseWriter, res *api.Response) {
	for _, h := range res.Header {
		w.Header().Set(h[0], h[1])
	}
	w.WriteHeader(res.Status)
	if res.Stream == nil {
		_, _ = w.Write(res.Body) // a client that is gone
		return
	}
	defer func() { _ = res.Stream.Close() }()
	_, _ = io.Copy(w, res.Stream)
}

// Zip is a deployment package of one file, index.js, with an export that returns
// what it is told.
func Zip(returns string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create("index.js")
	if err == nil {
		_, err = fmt.Fprintf(f, "exports.handler = async () => %q;\n", returns)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}
