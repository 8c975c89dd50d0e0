package sandbox

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/tetratelabs/wazero/sys"

	"github.com/lambent-run/lambent/sandbox/internal/host"
)

// Types of failures.
const (
	typeTrap     = "Runtime.Trap"
	typeMemory   = "Runtime.OutOfMemory"
	typeResult   = "Runtime.HandlerFailed"
	typeTooLarge = "Function.ResponseSizeTooLarge"
)

// newHandlerError makes a failure with its payload.
func newHandlerError(kind, message string, trace []string) *HandlerError {
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

// resultError says that the handler returned a number other than 0. The guest is
// in order.
type resultError struct{ *HandlerError }

// Unwrap returns the failure itself.
func (e *resultError) Unwrap() error { return e.HandlerError }

// harmless reports whether the guest, for all its failure, came to the end of
// its code.
func harmless(err error) bool {
	var result *resultError
	return errors.As(err, &result)
}

// answer makes the response of an invocation, or what Invoke fails with. What a
// guest said by fail comes before how it ended.
func (iso *Isolate) answer(err error) ([]byte, error) {
	if err != nil && !harmless(err) {
		iso.dead = true
	}
	if iso.guest.Interrupted() {
		return nil, ErrInterrupted
	}
	inv := &iso.inv
	if inv.Failed != nil {
		return nil, iso.report(newHandlerError(inv.Failed.Type, inv.Failed.Message, nil))
	}
	if err = iso.failure(err); err != nil {
		return nil, err
	}
	if !inv.Answered {
		return []byte("null"), nil
	}
	return inv.Payload, nil
}

// failure turns the error of a call into the guest into what Invoke returns.
func (iso *Isolate) failure(err error) error {
	var exit *sys.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrInterrupted):
		return ErrInterrupted
	case errors.As(err, &exit):
		code := int(int32(exit.ExitCode()))
		if code == 0 && iso.program.entry.command && iso.guest.Invocation != nil {
			return nil
		}
		return &ExitError{code}
	}
	return iso.report(describe(err))
}

// describe says what was wrong with the guest.
func describe(err error) *HandlerError {
	var failure *HandlerError
	var large *host.TooLarge
	var misuse *host.Misuse
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.As(err, &large):
		return newHandlerError(typeTooLarge, large.Error(), nil)
	}
	reason, trace := takeApart(err.Error())
	if errors.As(err, &misuse) {
		reason = misuse.Function + ": " + misuse.Reason
	}
	return newHandlerError(typeTrap, reason, trace)
}

// takeApart splits wazero's text of a trap into the reason and the guest's
// functions, innermost first. Nothing of the host's own stack is left.
func takeApart(text string) (reason string, trace []string) {
	reason, stack, _ := strings.Cut(text, "\nwasm stack trace:")
	reason = strings.TrimSuffix(strings.TrimPrefix(reason, "wasm error: "), " (recovered by wazero)")
	for line := range strings.Lines(strings.TrimPrefix(stack, "\n")) {
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		trace = append(trace, line)
	}
	return reason, trace
}

// report logs a failure as Lambda's runtimes do and returns it.
func (iso *Isolate) report(failure *HandlerError) *HandlerError {
	title := "Invoke Error"
	if iso.guest.Invocation == nil {
		title = "Init Error"
	}
	iso.flush()
	iso.guest.Log.Fail(iso.guest.Invocation, title, failure.Payload)
	return failure
}

// initFailure is failure for the init phase.
func (iso *Isolate) initFailure(err error) error {
	iso.flush()
	if iso.guest.Interrupted() {
		return ErrInterrupted
	}
	return iso.failure(err)
}
