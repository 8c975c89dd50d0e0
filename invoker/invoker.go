// Package invoker is the front door of a runtime.Runtime: it serves the Lambda
// API over HTTP, so that the AWS SDKs, the AWS CLI and whatever else deploys to
// Lambda can create, change and call the functions.
//
// It serves Invoke, InvokeWithResponseStream and GET /healthz, and with a
// Registry the operations of the control plane. What it does not serve it
// refuses by name.
package invoker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/invoker/internal/logs"
	"github.com/lambent-run/lambent/invoker/internal/server"
	"github.com/lambent-run/lambent/invoker/internal/sigv4"
	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

// Errors of Serve and Close.
var (
	// ErrClosed reports a Serve after Close.
	ErrClosed = server.ErrClosed
	// ErrCutOff reports that requests still ran when Close had to end.
	ErrCutOff = server.ErrCutOff
)

// Config sets an Invoker's limits. Runtime is required; the zero value of
// everything else works. New copies it.
type Config struct {
	// Runtime runs the functions. The Invoker does not close it.
	Runtime *runtime.Runtime
	// Registry holds the functions that clients create and change. It must be the
	// Runtime's Directory and attached to it; the Invoker does not close it.
	// Default nil: no control plane.
	Registry *registry.Registry
	// Keys are the access keys whose signatures are accepted. Default nil: nobody
	// is asked, and everybody who can connect may do everything.
	Keys *Keys
	// Logs are what the functions log, which clients can then read as from
	// CloudWatch Logs; it should be the Runtime's LogTap, or one of its taps. Only
	// an Invoker with a Registry serves it. Default nil: such requests are refused.
	Logs *Logs
	// MaxConnections caps open connections; a client beyond it gets a 503.
	// Default 4096. A connection costs about 30 KB.
	MaxConnections int
	// MaxHeaderBytes limits a request's line and headers together. Default
	// 16 KB, which holds the largest client context beside a session token.
	MaxHeaderBytes int
	// MaxBodyMemory bounds the memory of request bodies over all connections,
	// those of up to 64 KB not counted. Beyond it requests get a 503. Default
	// 512 MB.
	MaxBodyMemory int64
	// ReadTimeout limits the time from a request's first byte to its last.
	// Default 60 s.
	ReadTimeout time.Duration
	// WriteTimeout limits the writing of a response to a client that does not
	// read; of a streamed one, each piece. Default 60 s.
	WriteTimeout time.Duration
	// IdleTimeout ends a connection that waits for its next request. Default
	// 2 minutes.
	IdleTimeout time.Duration
	// ErrorLog takes the server's own troubles, whole lines. Default nil:
	// discarded.
	ErrorLog io.Writer
}

func (c Config) withDefaults() (Config, error) {
	if c.Runtime == nil {
		return c, errors.New("invoker: Config.Runtime is nil")
	}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"MaxConnections", int64(c.MaxConnections)},
		{"MaxHeaderBytes", int64(c.MaxHeaderBytes)},
		{"MaxBodyMemory", c.MaxBodyMemory},
		{"ReadTimeout", int64(c.ReadTimeout)},
		{"WriteTimeout", int64(c.WriteTimeout)},
		{"IdleTimeout", int64(c.IdleTimeout)},
	} {
		if f.value < 0 {
			return c, fmt.Errorf("invoker: %s is %d, want 0 or more", f.name, f.value)
		}
	}
	c.MaxConnections = cmp.Or(c.MaxConnections, 4096)
	c.MaxHeaderBytes = cmp.Or(c.MaxHeaderBytes, 16<<10)
	c.MaxBodyMemory = cmp.Or(c.MaxBodyMemory, 512<<20)
	c.ReadTimeout = cmp.Or(c.ReadTimeout, time.Minute)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, time.Minute)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 2*time.Minute)
	return c, nil
}

// Keys are access keys and what each may be used for.
type Keys = sigv4.Keys

// Key is an access key.
type Key = sigv4.Key

// NewKeys makes a set of keys.
func NewKeys(keys ...Key) (*Keys, error) { return sigv4.NewKeys(keys...) }

// ReadKeys reads a file with a JSON array of keys.
func ReadKeys(name string) (*Keys, error) { return sigv4.ReadKeys(name) }

// Logs keeps the latest log events in memory. It is an observe.Tap.
type Logs = logs.Store

// LogsConfig bounds Logs.
type LogsConfig = logs.Config

// NewLogs returns Logs without events.
func NewLogs(cfg LogsConfig) (*Logs, error) { return logs.NewStore(cfg) }

// Invoker serves the functions of a Runtime. It is safe for concurrent use.
type Invoker struct {
	server *server.Server
}

// New returns an Invoker that does not serve yet.
func New(cfg Config) (*Invoker, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	front := server.Config{
		Runtime:        cfg.Runtime,
		MaxConnections: cfg.MaxConnections,
		MaxHeaderBytes: cfg.MaxHeaderBytes,
		MaxBodyMemory:  cfg.MaxBodyMemory,
		ReadTimeout:    cfg.ReadTimeout,
		WriteTimeout:   cfg.WriteTimeout,
		IdleTimeout:    cfg.IdleTimeout,
		ErrorLog:       cfg.ErrorLog,
	}
	if cfg.Keys != nil {
		front.Verifier = &sigv4.Verifier{Keys: cfg.Keys}
	}
	if cfg.Logs != nil {
		front.Logs = logs.NewAPI(cfg.Logs)
	}
	if reg := cfg.Registry; reg != nil {
		front.Control = api.New(api.Config{Registry: reg, Logf: logger(cfg.ErrorLog)})
		front.Permits = func(id function.ID, qualifier, identity, action string) bool {
			return reg.Allowed(id, qualifier, registry.Access{Identity: identity, Account: cfg.Runtime.AccountID(), Action: action})
		}
	}
	return &Invoker{server: server.New(front)}, nil
}

// logger writes lines to w, if there is one.
func logger(w io.Writer) func(format string, args ...any) {
	if w == nil {
		return nil
	}
	return func(format string, args ...any) { _, _ = fmt.Fprintf(w, "lambent: "+format+"\n", args...) }
}

// Serve answers the connections of ln until Close, then returns nil. It closes
// ln. Several listeners may be served at once.
func (i *Invoker) Serve(ln net.Listener) error { return i.server.Serve(ln) }

// Close stops accepting connections, lets running requests finish, and returns
// when they have. If ctx ends first, what still runs is cut off and the error
// is ErrCutOff. The Runtime stays open.
func (i *Invoker) Close(ctx context.Context) error { return i.server.Close(ctx) }
