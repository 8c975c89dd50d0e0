package js

import (
	"github.com/dop251/goja"
)

// Exit statuses: those of AWS's client, Node's for a top-level await that nothing
// can settle, and that of a process which aborts.
const (
	exitUnsettledAwait     = 13
	exitUnhandledRejection = 128
	exitUncaughtException  = 129
	exitAborted            = 134
)

// uncaught takes the error of a timer, tick or other callback.
func (iso *Isolate) uncaught(err error) error {
	value, uncatchable := iso.thrownValue(err)
	if uncatchable != nil {
		return uncatchable
	}
	if iso.emit("uncaughtException", value, iso.vm.ToValue("uncaughtException")) {
		return nil // the guest has put its own listeners in the place of Lambda's
	}
	iso.crash(value)
	return iso.fatal
}

// crash ends the isolate with an uncaught exception, which is the answer of the
// invocation unless it has one.
func (iso *Isolate) crash(value goja.Value) {
	iso.logFailure("Uncaught Exception", value)
	iso.die(iso.describe(value), exitUncaughtException)
}

// die settles the current invocation and marks the isolate as exited.
func (iso *Isolate) die(failure *HandlerError, status int) {
	if iso.current != nil {
		iso.current.settleError(failure)
		iso.fatal = &ExitError{Code: status}
		return
	}
	iso.fatal = failure // the init phase: its error is the report
}

// trackRejection notes promises that are rejected with nobody listening, until
// somebody does.
func (iso *Isolate) trackRejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	if op == goja.PromiseRejectionReject {
		if iso.current != nil && iso.current.promise == p {
			return // the answer
		}
		iso.rejected = append(iso.rejected, p)
		return
	}
	iso.markHandled(p)
}

func (iso *Isolate) markHandled(p *goja.Promise) {
	for i, other := range iso.rejected {
		if other == p {
			iso.rejected = append(iso.rejected[:i], iso.rejected[i+1:]...)
			return
		}
	}
}

// afterTurn runs at the end of each turn. It looks for the answer, and then for
// rejections: one that nobody has handled by now ends the environment, as in
// Node, but an answer of the same turn is still given.
func (iso *Isolate) afterTurn() error {
	if iso.current != nil {
		iso.current.poll()
	}
	for len(iso.rejected) > 0 {
		promise := iso.rejected[0]
		iso.rejected = iso.rejected[1:]
		reason := promise.Result()
		if iso.emit("unhandledRejection", reason, iso.vm.ToValue(promise)) {
			continue
		}
		iso.rejected = nil
		failure := iso.rejectionError(reason)
		iso.logFailure("Unhandled Promise Rejection", failure)
		iso.die(iso.describe(failure), exitUnhandledRejection)
		return iso.fatal
	}
	return nil
}

// rejectionError wraps the reason of an unhandled rejection as AWS's client
// does.
func (iso *Isolate) rejectionError(reason goja.Value) goja.Value {
	message := ""
	if !goja.IsUndefined(reason) {
		if ex := iso.vm.Try(func() { message = toText(reason) }); ex != nil {
			message = ""
		}
	}
	failure := iso.newErrorObject("Error", message)
	iso.setName(failure, "Runtime.UnhandledPromiseRejection")
	_ = failure.Set("reason", reason)
	_ = failure.Set("promise", iso.vm.NewObject())
	return failure
}

// emit lets the guest's process object emit an event, if it has one that the
// guest may have put listeners on, and reports whether somebody other than the
// platform took it. The platform's own listener comes first and ends the
// process, so those that the guest adds behind it never run.
func (iso *Isolate) emit(event string, args ...goja.Value) (taken bool) {
	process, ok := iso.builtins["process"]
	if !ok || iso.listeners == nil {
		return false
	}
	var listeners []goja.Value
	ex := iso.vm.Try(func() {
		get, ok := goja.AssertFunction(process.Get("listeners"))
		if !ok {
			return
		}
		list, err := get(process, iso.vm.ToValue(event))
		if err != nil {
			return
		}
		_ = iso.vm.ExportTo(list, &listeners)
	})
	if ex != nil || len(listeners) == 0 {
		return false
	}
	for _, l := range listeners {
		if l.SameAs(iso.listeners[event]) {
			return false
		}
	}
	emit, ok := goja.AssertFunction(process.Get("emit"))
	if !ok {
		return false
	}
	_, err := emit(process, append([]goja.Value{iso.vm.ToValue(event)}, args...)...)
	return err == nil
}
