package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/lambent-run/lambent/runtime/observe"
)

// Types of errors that the platform, not the guest, reports.
const (
	typeTimedOut = "Sandbox.Timedout"
	typeFailure  = "Sandbox.Failure"
	typeExit     = "Runtime.ExitError"
	typeTooLarge = "Function.ResponseSizeTooLarge"
)

// open starts the invocation's log.
func (x *run) open(tail *observe.Tail, failed *initError, res *Result, report *observe.Report, now time.Time) {
	var before *observe.Tail
	switch env := x.env; {
	case failed != nil:
		res.ColdStart, res.InitDuration = true, failed.took
		before = failed.tail
	case env.fresh:
		res.ColdStart, res.InitDuration = true, env.initTook
		before = env.initTail
		env.fresh, env.initTail = false, nil
	}
	report.Cold, report.Init = res.ColdStart, res.InitDuration
	if tail == nil && x.v.fn.stream == nil {
		return
	}
	if tail != nil {
		tail.Prepend(before)
		x.sink.SetTail(tail)
	}
	x.text = x.v.lines.Start(x.text[:0], now, res.RequestID)
	x.sink.Platform(x.text)
}

// shut ends the invocation's log.
func (x *run) shut(tail *observe.Tail, res *Result, report *observe.Report) {
	if tail == nil && x.v.fn.stream == nil {
		return
	}
	now := time.Now()
	if !res.Abandoned {
		x.v.logPanic(x.sink, x.err)
	}
	if res.Abandoned && tail != nil {
		x.sink = x.sink.Again() // the abandoned isolate keeps its own
		x.sink.SetTail(tail)
	}
	x.text = x.text[:0]
	switch report.ErrorType {
	case typeTimedOut:
		x.text = x.v.lines.TimedOut(x.text, now, report.RequestID, x.v.set.Timeout)
	case typeExit:
		x.text = x.v.lines.Crashed(x.text, report.ErrorMessage, typeExit)
	}
	x.text = x.v.lines.End(x.text, now, report)
	x.sink.Platform(x.text)
	if tail != nil {
		x.sink.SetTail(nil)
		res.LogTail = tail.Bytes()
	}
}

// observe counts the invocation and tells the hooks.
func (x *run) observe(inv *Invocation, report *observe.Report, wait time.Duration) {
	switch report.Status {
	case observe.Timeout:
		x.rt.count.timeouts.Add(1)
		x.rt.count.functionErrors.Add(1)
	case observe.Failure, observe.Error:
		x.rt.count.functionErrors.Add(1)
	}
	if hook := x.rt.cfg.Observe.Invoked; hook != nil {
		hook(observe.Invocation{
			Function: x.v.fn.id.Name, Version: x.v.name, RequestID: report.RequestID, TraceID: inv.TraceID,
			Status: report.Status, ErrorType: report.ErrorType, ColdStart: report.Cold,
			Duration: report.Duration, Wait: wait,
			RequestBytes: len(inv.Payload), ResponseBytes: report.ResponseBytes,
		})
	}
}

// conclude turns what the engine did into the caller's result. What an
// abandoned engine did so far is not looked at: it may still write there.
func (x *run) conclude(ctx context.Context, res *Result, report *observe.Report, cancelled bool) error {
	if !res.Abandoned {
		res.MaxMemory = x.reply.MaxMemory
		if x.err == nil && len(x.reply.Payload) <= MaxResponseBytes {
			report.Status = observe.Success
			res.Payload = x.reply.Payload
			report.ResponseBytes = len(res.Payload)
			return nil
		}
	}
	failure := x.blame(res, report)
	if report.Status == observe.Timeout && cancelled {
		report.Status, report.ErrorType = observe.Error, "Cancelled"
		return x.cancelled(ctx)
	}
	report.ErrorType, report.ErrorMessage = failure.Type, failure.Message
	res.Payload = failure.Payload
	report.ResponseBytes = len(res.Payload)
	if report.Status == observe.Timeout {
		return &TimeoutError{Function: x.v.fn.id.Name, After: x.v.set.Timeout, Payload: failure.Payload, failure: failure}
	}
	return failure
}

// blame says what went wrong, in the words that the caller gets.
func (x *run) blame(res *Result, report *observe.Report) *FunctionError {
	err := ErrInterrupted
	if !res.Abandoned {
		err = x.err
	}
	var failure *FunctionError
	var exit *ExitError
	switch {
	case err == nil:
		report.Status = observe.Failure
		return tooLarge()
	case errors.Is(err, ErrInterrupted) && x.exhausted.Load():
		report.Status = observe.Error
		return platformError(typeExit, res.RequestID, "Runtime exited with error: signal: killed")
	case errors.Is(err, ErrInterrupted) || errors.Is(err, errInitTimedOut):
		report.Status = observe.Timeout
		return platformError(typeTimedOut, res.RequestID,
			"Task timed out after "+strconv.FormatFloat(x.v.set.Timeout.Seconds(), 'f', 2, 64)+" seconds")
	case errors.As(err, &failure):
		report.Status = observe.Failure
		if x.env == nil || x.env.isolate == nil {
			report.Status = observe.Error
			failed := *failure // the engine may hand it out again
			failed.Init = true
			failure = &failed
		}
		return failure
	case errors.As(err, &exit):
		report.Status = observe.Error
		return platformError(typeExit, res.RequestID, exitText(exit.Code))
	}
	report.Status = observe.Error
	return platformError(typeFailure, res.RequestID, err.Error())
}

// exitText words the end of a guest's process.
func exitText(code int) string {
	if code == 0 {
		return "Runtime exited without providing a reason"
	}
	return fmt.Sprintf("Runtime exited with error: exit status %d", code)
}

// platformError is a failure that the platform reports: its message names the
// request.
func platformError(kind, requestID, what string) *FunctionError {
	message := "RequestId: " + requestID + " Error: " + what
	payload, _ := json.Marshal(struct { // strings only: it cannot fail
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{kind, message})
	return &FunctionError{Type: kind, Message: message, Payload: payload}
}

// tooLarge is the failure of a response over MaxResponseBytes.
func tooLarge() *FunctionError {
	message := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponseBytes)
	payload, _ := json.Marshal(struct { // strings only: it cannot fail
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}{message, typeTooLarge})
	return &FunctionError{Type: typeTooLarge, Message: message, Payload: payload}
}
