package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/internal/governor"
)

var (
	// ErrInterrupted is what an Isolate returns after Interrupt.
	ErrInterrupted = errors.New("runtime: invocation interrupted")
	// ErrClosed reports a call on a closed Runtime.
	ErrClosed = errors.New("runtime: closed")
	// ErrNotFound reports an unknown function, version or alias. The error that
	// carries it is a *NotFoundError.
	ErrNotFound = errors.New("runtime: function not found")
	// ErrThrottled reports that no concurrency was left. The caller may retry.
	// The error that carries it is a *ThrottledError.
	ErrThrottled = errors.New("runtime: concurrency limit reached")
	// ErrSuspended reports a function that gets no new isolates for a while,
	// because its invocations kept getting stuck in operations that cannot be
	// interrupted. The error that carries it is a *SuspendedError.
	ErrSuspended = errors.New("runtime: function suspended")
	// ErrRequestTooLarge reports a payload over MaxRequestBytes.
	ErrRequestTooLarge = fmt.Errorf("runtime: request is larger than %d bytes", MaxRequestBytes)
)

// Payload limits of a synchronous invocation, in bytes.
const (
	MaxRequestBytes  = 6 << 20
	MaxResponseBytes = 6<<20 + 100
	// MaxStreamBytes limits a streamed response.
	MaxStreamBytes = 200 << 20
)

// Reasons of a ThrottledError, Lambda's own words.
const (
	ReasonConcurrency         = governor.ReasonConcurrency
	ReasonReservedConcurrency = governor.ReasonReservedConcurrency
	ReasonRate                = governor.ReasonRate
	ReasonReservedRate        = governor.ReasonReservedRate
)

// FunctionError is a failure of the function itself: its handler threw,
// rejected, exited, timed out, answered too much or could not be loaded. On the
// wire it is a 200 with X-Amz-Function-Error and Payload as the body.
type FunctionError struct {
	// Type and Message are the members errorType and errorMessage of Payload.
	Type, Message string
	// Payload is the error object as JSON.
	Payload []byte
	// Init says that the init phase failed, so the handler never ran.
	Init bool
}

func (e *FunctionError) Error() string {
	if e.Message == "" {
		return "runtime: function error: " + e.Type
	}
	return "runtime: function error: " + e.Type + ": " + e.Message
}

// TimeoutError reports an invocation that outlived its function's timeout. It
// wraps a *FunctionError of the type Sandbox.Timedout, so that errors.As finds
// either, and counts as context.DeadlineExceeded.
type TimeoutError struct {
	// Function is the function's name, After its timeout.
	Function string
	After    time.Duration
	// Payload is the error object that the caller gets, as JSON.
	Payload []byte

	failure *FunctionError
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("runtime: %s timed out after %.2f seconds", e.Function, e.After.Seconds())
}

// Is lets code that knows nothing of this package test for a deadline.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Unwrap returns the failure as a *FunctionError.
func (e *TimeoutError) Unwrap() error { return e.failure }

// ExitError is what an engine returns when the guest ended its process with
// the exit status Code. Callers of Invoke get a *FunctionError instead.
type ExitError struct{ Code int }

func (e *ExitError) Error() string {
	return fmt.Sprintf("runtime: guest exited with status %d", e.Code)
}

// NotFoundError names what does not exist. It is an ErrNotFound.
type NotFoundError struct {
	// Resource is the ARN, qualified as Lambda reports it.
	Resource string
}

func (e *NotFoundError) Error() string { return "runtime: function not found: " + e.Resource }

// Is reports whether target is ErrNotFound.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// ThrottledError says which limit refused an invocation. It is an ErrThrottled.
type ThrottledError struct {
	// Function is the function's name, Reason one of the Reason constants.
	Function, Reason string
}

func (e *ThrottledError) Error() string { return "runtime: " + e.Function + " throttled: " + e.Reason }

// Is reports whether target is ErrThrottled.
func (e *ThrottledError) Is(target error) bool { return target == ErrThrottled }

// SuspendedError reports a function whose invocations got stuck. It is an
// ErrSuspended.
type SuspendedError struct {
	// Function is the function's name, Stuck how many of its invocations are stuck
	// now, RetryAfter when a new attempt makes sense.
	Function   string
	Stuck      int
	RetryAfter time.Duration
}

func (e *SuspendedError) Error() string {
	return fmt.Sprintf("runtime: %s is suspended, for its invocations do not react to their interruption (%d are stuck now); try again in %s",
		e.Function, e.Stuck, e.RetryAfter.Round(time.Second))
}

// Is reports whether target is ErrSuspended.
func (e *SuspendedError) Is(target error) bool { return target == ErrSuspended }

// PayloadError reports a payload that is not JSON.
type PayloadError struct {
	// Detail says what is wrong and where.
	Detail string
}

func (e *PayloadError) Error() string { return "runtime: payload is not JSON: " + e.Detail }

// SettingError reports a setting of a Function that Deploy refuses.
type SettingError struct {
	// Function is its name, Field the field of Function, Message what is wrong;
	// where Lambda has a text for it, that text.
	Function, Field, Message string
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("runtime: deploy %s: %s: %s", e.Function, e.Field, e.Message)
}

// RuntimeError reports a function whose runtime identifier has no engine.
type RuntimeError struct {
	Function, Runtime string
	// Known are the runtime identifiers that have one.
	Known []string
}

func (e *RuntimeError) Error() string {
	return fmt.Sprintf("runtime: no engine runs %s, the runtime of %s; there are %s", e.Runtime, e.Function, strings.Join(e.Known, ", "))
}
