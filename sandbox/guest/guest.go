// Package guest writes Lambda functions in Go that run as WebAssembly modules.
//
//	package main
//
//	import "github.com/lambent-run/lambent/sandbox/guest"
//
//	func init() {
//		guest.Handle(func(ctx guest.Context, event []byte) ([]byte, error) { return event, nil })
//	}
//
//	func main() {}
//
// Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o hello.wasm
//
// and run it with "lambent invoke hello.wasm". The function is called "handle",
// which is what Lambent looks for if the Handler setting names no other. It is a
// reactor of ABI.md: package initialisation runs once for each version of the
// function, and every instance starts from a copy of what it left in memory.
//
// On other platforms the package compiles, so that handlers can be tested as
// the plain functions they are; what needs the host panics there and says so.
package guest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Handler answers one event with the bytes of a response. The event is lent
// until it returns. An error becomes the function's error; see Error.
type Handler func(ctx Context, event []byte) ([]byte, error)

var handler Handler

// Handle sets the function's handler. It is called from an init function.
func Handle(h Handler) { handler = h }

// HandleJSON sets a handler that takes and returns values as encoding/json
// reads and writes them.
func HandleJSON[In, Out any](h func(Context, In) (Out, error)) {
	Handle(func(ctx Context, event []byte) ([]byte, error) {
		var in In
		if err := json.Unmarshal(event, &in); err != nil {
			return nil, &Error{Type: "Runtime.MalformedEvent", Message: err.Error()}
		}
		out, err := h(ctx, in)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	})
}

// Error is an error whose type callers see as errorType. The type of any other
// error, and of a panic, is the name of its Go type.
type Error struct {
	Type, Message string
}

func (e *Error) Error() string { return e.Message }

// describe returns what callers see of an error, or of what a handler panicked
// with.
func describe(v any) (kind, message string) {
	switch v := v.(type) {
	case error:
		message = v.Error()
		var typed *Error
		if errors.As(v, &typed) {
			return typed.Type, message
		}
	case string:
		message = v
	}
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.String(), message
}

// Context is the invocation that runs. It is of use until the handler returns.
type Context struct{}

// Remaining is the time left until the function's timeout.
func (Context) Remaining() time.Duration { return time.Duration(remainingMS()) * time.Millisecond }

// JSON returns the invocation as JSON text; Info's comments name its members.
func (Context) JSON() []byte { return contextJSON() }

// Info is what an invocation's context says.
type Info struct {
	RequestID     string          `json:"awsRequestId"`
	ARN           string          `json:"invokedFunctionArn"`
	Function      string          `json:"functionName"`
	Version       string          `json:"functionVersion"`
	MemoryMB      int             `json:"memoryLimitInMB"`
	LogGroup      string          `json:"logGroupName"`
	LogStream     string          `json:"logStreamName"`
	DeadlineMS    int64           `json:"deadlineMs"` // since 1970
	TraceID       string          `json:"traceId"`
	TenantID      string          `json:"tenantId"`
	ClientContext json.RawMessage `json:"clientContext"`
	Identity      json.RawMessage `json:"identity"`
}

// Info returns the invocation's context.
func (c Context) Info() (Info, error) {
	var info Info
	if err := json.Unmarshal(c.JSON(), &info); err != nil {
		return info, fmt.Errorf("guest: read the context: %w", err)
	}
	return info, nil
}

// Level is a level of the function's log.
type Level int32

// The levels, lowest first.
const (
	LevelTrace Level = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal
)

// Log writes one event to the function's log. What a program writes to standard
// output or error is logged line by line, without a level.
func Log(level Level, text string) { logText(level, text) }

// Stream begins a streamed response of a content type and returns its writer.
// The handler then returns nil for a response.
func Stream(contentType string) Writer {
	beginStream(contentType)
	return Writer{}
}

// Writer takes the parts of a streamed response. Each is on its way to the caller
// when Write returns.
type Writer struct{}

// ErrGone reports that the caller takes no more of a streamed response.
var ErrGone = errors.New("guest: the response is taken no more")

func (Writer) Write(p []byte) (int, error) {
	if len(p) > 0 && !writeStream(p) {
		return 0, ErrGone
	}
	return len(p), nil
}

var restored []func()

// OnRestore has f called in each instance that starts from a copy of another's
// memory, before its first event. What must not be the same in two instances is
// renewed there. Random numbers need nothing: crypto/rand asks the host each
// time, and the generators of math/rand and of Rand are seeded anew.
func OnRestore(f func()) { restored = append(restored, f) }
