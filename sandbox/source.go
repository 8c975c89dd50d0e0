package sandbox

import (
	"io"
	"io/fs"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// Source is the code of one function version.
type Source struct {
	// Files is the deployment package; guests see it at /var/task.
	Files fs.FS
	// Layers are further read-only trees by absolute guest path ("/opt").
	Layers map[string]fs.FS
	// Handler is the handler string, "module.export".
	Handler string
	// Reset gives each invocation a pristine copy of the state that the init
	// phase left, instead of what the last invocation left.
	Reset bool
}

// Scratch is a bounded, writable file tree, an environment's /tmp.
type Scratch = wasifs.Scratch

// ScratchFile is an open file of a Scratch.
type ScratchFile = wasifs.ScratchFile

// Environment is what one isolate gets of the world. Nothing else reaches it.
type Environment struct {
	FunctionName, FunctionVersion string
	LogGroup, LogStream           string
	// MemorySize is the function's memory in MB: its linear memory cannot grow
	// beyond that.
	MemorySize int
	// Vars are the guest's environment variables, complete. Lent for reading.
	Vars map[string]string
	// Tmp is the environment's /tmp. It outlives the isolate; nil: there is none.
	Tmp Scratch
	// Log takes the function's log; one Write is one log event. It is called
	// from the isolate's goroutine only and keeps nothing of the bytes.
	Log io.Writer
	// LogJSON selects the JSON log format, LogLevel ("INFO") its lowest level.
	LogJSON  bool
	LogLevel string
}

// Call is one invocation. All of it is lent until Invoke returns.
type Call struct {
	RequestID string
	// ARN is the function's ARN as the caller named it.
	ARN string
	// Event is the payload, which the guest gets as it is.
	Event []byte
	// Deadline is when Interrupt will be called.
	Deadline time.Time
	// ClientContext and Identity are JSON texts, or empty.
	ClientContext, Identity []byte
	// TraceID is the X-Ray header, TenantID the tenant, or empty.
	TraceID, TenantID string
	// Stream takes a streamed response as it is made. If it is nil, a streaming
	// handler's bytes are collected into Reply.Payload.
	Stream Stream
}

// Stream takes the bytes of a streamed response, from the isolate's goroutine.
// SetContentType is called at most once, before the first Write.
type Stream interface {
	SetContentType(string)
	io.Writer
}

// Reply is what a handler answered.
type Reply struct {
	// Payload is the response. The isolate hands it over.
	Payload []byte
	// MaxMemory is the largest size that the isolate's linear memory has had, in
	// bytes.
	MaxMemory int64
}
