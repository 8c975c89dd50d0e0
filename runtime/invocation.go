package runtime

import "time"

// Invocation is one request to a function.
type Invocation struct {
	// Function is the function's name, Region its Region. Default: the Runtime's.
	Function, Region string
	// Qualifier is a version or alias, empty for the default ($LATEST).
	Qualifier string
	// Payload is the event, a JSON text of at most MaxRequestBytes. Empty counts
	// as {}. It is lent until Do returns, and longer if the invocation had to be
	// abandoned (Result.Abandoned): do not reuse the bytes then.
	Payload []byte
	// RequestID identifies the invocation. Default: a new UUID.
	RequestID string
	// ARN is the function as the caller named it, for context.invokedFunctionArn.
	// Default: the unqualified ARN, or the qualified one if Qualifier is set.
	ARN string
	// ClientContext and Identity are JSON texts for the context object, or nil.
	ClientContext, Identity []byte
	// TraceID is the X-Ray header, TenantID the tenant, or empty.
	TraceID, TenantID string
	// Tail asks for the end of the invocation's log in Result.LogTail.
	Tail bool
	// Stream, if not nil, takes a streamed response as it is made.
	//
	// When the invocation is interrupted and Stream has a method Abort(), that
	// is called, from another goroutine; a blocked Write must then return an
	// error. Nothing is written after Do has returned, unless a Write was under
	// way then because it did not.
	Stream ResponseStream
}

// Result is the outcome of an invocation. If there was an error it is filled
// as far as is known; a *FunctionError's payload is then in Payload too.
type Result struct {
	// Payload is the response; the caller's to keep. It is empty if a streaming
	// handler wrote to Invocation.Stream.
	Payload []byte
	// RequestID is the invocation's.
	RequestID string
	// ExecutedVersion is the version that ran, "$LATEST" or a number; never an alias.
	ExecutedVersion string
	// LogTail holds the last 4096 bytes of the invocation's log if Tail asked for it.
	LogTail []byte
	// ColdStart says that the invocation was the first of its isolate.
	ColdStart bool
	// Abandoned says that the engine did not react to its interruption, so that
	// it may still read what the Invocation lent to it.
	Abandoned bool
	// Duration is the time that the handler took, InitDuration that of the init
	// phase if this invocation is the first of its isolate.
	Duration, InitDuration time.Duration
	// MaxMemory is the most memory the isolate has used, in bytes, or 0 if the
	// engine cannot tell.
	MaxMemory int64
}
