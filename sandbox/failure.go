package sandbox

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/tetratelabs/wazero/sys"

	"github.com/lambent-run/lambent/sandbox/internal/host"
)

// Types of errors that guests do not choose.
const (
	typeTrap     = "Runtime.Trap"
	typeFailed   = "Runtime.HandlerFailed"
	typeMemory   = "Runtime.OutOfMemory"
	typeTooLarge = "Function.ResponseSizeTooLarge"
)

// newFailure is a failure with a trace, which may be nil.
func newFailure(kind, message string, trace []string) *HandlerError {
	if trace == nil {
		trace = []string{}
	}
	payload, _ := json.Marshal(struct { // strings only: it cannot fail
		Type    string   `json:"errorType"`
		Message string   `json:"errorMessage"`
		Trace   []string `json:"trace"`
	}{kind, message, trace})
	return &HandlerError{Type: kind, Message: message, Payload: payload}
}

// failure is what an error of a call into the guest means.
func (i *Isolate) failure(err error) error {
	var (
		exit   *sys.ExitError
		misuse *host.Misuse
		large  *host.TooLarge
	)
	switch {
	case errors.Is(err, ErrInterrupted):
		return ErrInterrupted
	case errors.As(err, &exit):
		if exit.ExitCode() == 0 && i.program.entry.command {
			return nil
		}
		return &ExitError{Code: int(exit.ExitCode())}
	case errors.As(err, &large):
		return newFailure(typeTooLarge, large.Error(), nil)
	case errors.As(err, &misuse):
		return newFailure(typeTrap, misuse.Function+": "+misuse.Reason, traceOf(err))
	}
	return newFailure(typeTrap, reasonOf(err), traceOf(err))
}

// verdict is the guest's own view of an invocation that came to its end.
func (i *Isolate) verdict() error {
	if failed := i.inv.Failed; failed != nil {
		return newFailure(strings.ToValidUTF8(failed.Type, "\uFFFD"), strings.ToValidUTF8(failed.Message, "\uFFFD"), nil)
	}
	return nil
}

// report logs a failure, as the runtimes of other languages do.
func (i *Isolate) report(err error) {
	var failure *HandlerError
	if errors.As(err, &failure) {
		i.guest.Log.Fail(&i.inv, "Invoke Error", failure.Payload)
	}
}

// Parts of the text of wazero's errors.
const (
	trapPrefix  = "wasm error: "
	traceHeader = "\nwasm stack trace:"
	recovered   = " (recovered by wazero)"
)

// reasonOf is the first line of an error: why the guest trapped.
func reasonOf(err error) string {
	text, _, _ := strings.Cut(err.Error(), traceHeader)
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(strings.TrimPrefix(text, trapPrefix), recovered)
}

// maxFrames bounds a trace.
const maxFrames = 32

// traceOf are the guest's functions that were running, innermost first.
func traceOf(err error) []string {
	_, text, _ := strings.Cut(err.Error(), traceHeader)
	var trace []string
	for line := range strings.SplitSeq(text, "\n") {
		frame := strings.TrimSpace(line)
		if frame == "" || strings.HasPrefix(frame, "goroutine ") {
			continue
		}
		frame = strings.TrimPrefix(frame, ".")
		if trace = append(trace, "at "+frame); len(trace) == maxFrames {
			break
		}
	}
	return trace
}
