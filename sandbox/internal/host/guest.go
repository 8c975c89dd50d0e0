package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/wasi"
)

// ErrInterrupted is what a call into a guest fails with after Interrupt.
var ErrInterrupted = errors.New("sandbox: interrupted")

// MaxResponse is the largest response, in bytes.
const MaxResponse = 6<<20 + 100

// Misuse ends a guest that calls a function of the module lambent in a way that
// makes no sense.
type Misuse struct {
	// Function is the function's name, Reason what is wrong.
	Function, Reason string
}

func (e *Misuse) Error() string { return "sandbox: " + e.Function + ": " + e.Reason }

// TooLarge ends a guest whose response exceeds MaxResponse.
type TooLarge struct{}

func (*TooLarge) Error() string {
	return fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponse)
}

// Failure is what a guest said with fail.
type Failure struct{ Type, Message string }

// Stream takes a streamed response.
type Stream interface {
	SetContentType(string)
	io.Writer
}

// Invocation is what a guest can ask about the invocation that runs, and what it
// answers. The owner reuses it.
type Invocation struct {
	RequestID, TenantID, TraceID string
	Deadline                     time.Time
	// Context makes the context object, as JSON, when it is first asked for.
	Context func() ([]byte, error)
	// Stream takes a streamed response; nil: it is collected in Payload.
	Stream Stream

	// Payload is the response so far, Answered whether there is one. The payload
	// is the owner's: nothing here changes it any more after the invocation.
	Payload  []byte
	Answered bool
	// Failed is what the guest reported with fail, or nil.
	Failed *Failure

	streaming bool
	context   []byte
}

// Guest is what host functions act upon on behalf of one isolate. All of it but
// Interrupt and Waits belongs to the goroutine that runs the guest.
type Guest struct {
	context.Context // wazero looks for values in it; there are none

	// WASI is the guest's side of WASI. Env is made when it is first needed.
	WASI wasi.Process
	// Environ makes WASI.Env.
	Environ func() []string
	// Log takes log lines.
	Log Log
	// Invocation is the one that runs; nil in the init phase.
	Invocation *Invocation

	interrupted atomic.Bool
	waiting     atomic.Bool
	wake        chan struct{} // closed by Interrupt
}

// NewGuest returns a guest without streams, files and invocation.
func NewGuest() *Guest {
	g := &Guest{Context: context.Background(), wake: make(chan struct{})}
	g.WASI.Sleep, g.WASI.Check = g.sleep, g.Check
	return g
}

// Interrupt ends the guest soon, now or when it is next called, for good. It
// may be called from any goroutine, more than once, and does not block.
func (g *Guest) Interrupt() {
	if g.interrupted.CompareAndSwap(false, true) {
		close(g.wake)
	}
}

// Interrupted reports whether Interrupt was called.
func (g *Guest) Interrupted() bool { return g.interrupted.Load() }

// Waits reports whether the guest sleeps or waits for whoever takes its streamed
// response. It may be called from any goroutine.
func (g *Guest) Waits() bool { return g.waiting.Load() }

// Check ends the guest if it was interrupted, by a panic that Run recovers.
func (g *Guest) Check() {
	if g.interrupted.Load() {
		panic(stopToken())
	}
}

// sleep waits, or ends the guest.
func (g *Guest) sleep(d time.Duration) {
	g.Check()
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	g.waiting.Store(true)
	defer g.waiting.Store(false)
	select {
	case <-timer.C:
	case <-g.wake:
	}
	g.Check()
}

// process is the guest's side of WASI, with the environment made.
func (g *Guest) process() *wasi.Process {
	if g.WASI.Env == nil && g.Environ != nil {
		g.WASI.Env = g.Environ()
	}
	return &g.WASI
}

// remaining is the time that the invocation has left, in milliseconds: none once
// it is over, and as much as can be said in the init phase.
func (g *Guest) remaining() int64 {
	if g.Invocation == nil {
		return math.MaxInt64
	}
	return max(0, time.Until(g.Invocation.Deadline).Milliseconds())
}

// answer adds to the response, which is collected here.
func (inv *Invocation) answer(part []byte) {
	if len(inv.Payload)+len(part) > MaxResponse {
		panic(&TooLarge{})
	}
	inv.Payload = append(inv.Payload, part...)
	inv.Answered = true
}

// contextObject returns the context object's text.
func (inv *Invocation) contextObject() []byte {
	if inv.context == nil && inv.Context != nil {
		text, err := inv.Context()
		if err != nil {
			panic(err)
		}
		inv.context = text
	}
	return inv.context
}

// Stdout is a guest's standard output as the response of a command.
type Stdout struct{ Guest *Guest }

// Write adds to the response. Before the invocation there is nobody to answer.
func (w Stdout) Write(p []byte) (int, error) {
	if inv := w.Guest.Invocation; inv != nil {
		inv.answer(p)
	}
	return len(p), nil
}

// Context is the context object that guests get, as JSON.
type Context struct {
	RequestID       string          `json:"awsRequestId"`
	ARN             string          `json:"invokedFunctionArn"`
	FunctionName    string          `json:"functionName"`
	FunctionVersion string          `json:"functionVersion"`
	MemorySize      int             `json:"memoryLimitInMB"`
	LogGroup        string          `json:"logGroupName"`
	LogStream       string          `json:"logStreamName"`
	DeadlineMS      int64           `json:"deadlineMs"`
	TraceID         string          `json:"traceId,omitempty"`
	TenantID        string          `json:"tenantId,omitempty"`
	ClientContext   json.RawMessage `json:"clientContext,omitempty"`
	Identity        json.RawMessage `json:"identity,omitempty"`
}
