package runtime

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/lambent-run/lambent/js/module"
)

// Scratch is a bounded writable file tree, an environment's /tmp.
type Scratch = module.Scratch

// Engine compiles code for one kind of function. An engine is safe for
// concurrent use. js and, for WebAssembly, sandbox stand behind it.
type Engine interface {
	// Compile prepares a function version's code once. What the code itself
	// gets wrong (a missing handler, a syntax error) may show only in the init
	// phase, as it does on Lambda; Compile's error means that the package is
	// unusable.
	Compile(ctx context.Context, pkg Package) (Program, error)
}

// Program is compiled code of one function version, safe for concurrent use.
type Program interface {
	// NewIsolate makes an execution environment and runs the init phase in it,
	// which ends when ctx does. Cancelling the request that asked for it must
	// not cancel it: another request can use the isolate.
	//
	// An error of the function's own is a *FunctionError, as Invoke returns.
	NewIsolate(ctx context.Context, env Environment) (Isolate, error)
}

// Isolate is one execution environment. It serves one invocation at a time;
// the pool enforces that, so engines need no locks. Interrupt alone may be
// called from any goroutine.
type Isolate interface {
	// Invoke runs the handler. A *FunctionError means that the handler failed,
	// ErrInterrupted that Interrupt ended it.
	Invoke(call *Call) (Reply, error)
	// Usable reports whether the isolate may serve another invocation. After a
	// crash, an exit or an interrupt only Close may be called.
	Usable() bool
	// Interrupt makes a running Invoke return soon with ErrInterrupted, and one
	// that has not quite begun yet, too. It must not block. An engine may be
	// unable to interrupt some native operation; the caller abandons the isolate
	// then.
	Interrupt()
	// Close frees the isolate. It is called once, after Invoke has returned.
	Close() error
}

// Call is one invocation as an engine sees it. All of it is lent until Invoke
// returns.
type Call struct {
	RequestID string
	// ARN is the function's ARN as the caller named it.
	ARN string
	// Event is the payload, valid JSON, never empty.
	Event []byte
	// Deadline is when Interrupt will be called.
	Deadline time.Time
	// ClientContext and Identity are JSON texts, or empty.
	ClientContext, Identity []byte
	// TraceID is the X-Ray header, TenantID the tenant, or empty.
	TraceID, TenantID string
	// Stream takes a streamed response as it is made. If it is nil, a streaming
	// handler's bytes are collected into Reply.Payload.
	Stream ResponseStream
}

// ResponseStream takes the bytes of a streamed response. Its methods are
// called in order from the isolate's goroutine, and a blocked Write holds up the
// handler, which is the back-pressure. SetContentType is called at most once, before the first Write.
type ResponseStream interface {
	SetContentType(string)
	io.Writer
}

// Reply is what a handler answered.
type Reply struct {
	// Payload is the response. The engine hands it over: it is the caller's.
	Payload []byte
	// MaxMemory is the most memory that the isolate has used, in bytes, or 0 if
	// the engine cannot tell.
	MaxMemory int64
}

// Package is the code of a function version.
type Package struct {
	// Files is the deployment package; guests see it at /var/task.
	Files fs.FS
	// Layers are further read-only trees by absolute guest path ("/opt").
	Layers map[string]fs.FS
	// Handler is the function's handler string, "index.handler".
	Handler string
	// Runtime is the runtime identifier, "nodejs20.x".
	Runtime string
	// Isolation is IsolationEnvironment or IsolationInvocation.
	Isolation string
}

// What a function's isolates keep from one invocation to the next.
const (
	// IsolationEnvironment keeps the guest's state while an isolate is warm, as
	// on Lambda.
	IsolationEnvironment = "environment"
	// IsolationInvocation gives each invocation a pristine copy of the state
	// that the init phase left.
	IsolationInvocation = "invocation"
)

// Environment is what one isolate gets of the world. Nothing else reaches it.
type Environment struct {
	FunctionName, FunctionVersion string
	LogGroup, LogStream           string
	// MemorySize is the function's memory in MB.
	MemorySize int
	// Vars are the guest's environment variables, complete. Lent for reading.
	Vars map[string]string
	// Tmp is the environment's /tmp. It outlives the isolate.
	Tmp Scratch
	// HTTP carries the guest's HTTP requests; nil means no network.
	HTTP http.RoundTripper
	// Wasm runs the WebAssembly of a JavaScript guest; nil means none.
	Wasm module.WasmEngine
	// Log takes the function's log; one Write is one log event. It is called
	// from the isolate's goroutine only and keeps nothing of the bytes.
	Log io.Writer
	// LogJSON selects the JSON log format, LogLevel ("INFO") its lowest level.
	LogJSON  bool
	LogLevel string
}
