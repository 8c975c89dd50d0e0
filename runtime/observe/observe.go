// Package observe is what can be seen of invocations from outside: hooks for
// metrics and traces, the platform's log lines (START, END, REPORT...), the
// tail of an invocation's log and the writer that all functions share.
package observe

import "time"

// Hooks are called by a Runtime, from any goroutine, in line: they must be
// fast. A nil field is not called.
type Hooks struct {
	// Invoked reports a finished invocation.
	Invoked func(Invocation)
	// Started reports an isolate's init phase.
	Started func(Init)
	// Throttled reports a refused invocation.
	Throttled func(function, reason string)
	// Abandoned reports that an invocation or init phase did not react to its
	// interruption; stuck is how many there are now in the whole Runtime.
	Abandoned func(function string, stuck int)
}

// Status is how an invocation or init phase ended.
type Status string

// Statuses, in Lambda's words.
const (
	Success Status = "success"
	// Failure is an error that the function itself reported.
	Failure Status = "failure"
	// Error is a crash or exit.
	Error   Status = "error"
	Timeout Status = "timeout"
)

// Invocation describes a finished invocation.
type Invocation struct {
	Function, Version, RequestID, TraceID string
	Status                                Status
	// ErrorType is set if Status is not Success.
	ErrorType string
	ColdStart bool
	Duration  time.Duration
	// Wait is the time until an isolate was there, a cold start included.
	Wait                        time.Duration
	RequestBytes, ResponseBytes int
}

// Init describes a finished init phase.
type Init struct {
	Function, Version string
	Status            Status
	ErrorType         string
	Duration          time.Duration
}
