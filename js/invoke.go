package js

import (
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/asynchooks"
	"github.com/lambent-run/lambent/js/node/console"
)

// invocation is the state of one call of the handler. Callbacks that a guest
// keeps hold on to it, so it does not hold on to the Call.
type invocation struct {
	iso       *Isolate
	requestID string
	tenantID  string
	deadline  time.Time

	// waits is context.callbackWaitsForEmptyEventLoop; nil means true.
	waits goja.Value
	// latched says that callback, done or a promise has won: the first call
	// decides and later ones are ignored.
	latched bool
	// deferred says that result is to be sent once the loop is empty.
	deferred bool
	result   goja.Value
	// promise is what the handler returned, while it is pending. The loop looks
	// at it after each turn, which costs less than a reaction.
	promise *goja.Promise
	// stream is the response of a streaming handler.
	stream *responseStream

	// settled says that payload or err is the answer.
	settled bool
	payload []byte
	err     error
}

// Invoke runs the handler on one event. It returns a *HandlerError or an
// *ExitError if the guest failed, ErrInterrupted if Interrupt ended it. An
// answer may come from an isolate that died in giving it: ask Usable.
func (iso *Isolate) Invoke(call *Call) (Reply, error) {
	inv := &invocation{iso: iso, requestID: call.RequestID, tenantID: call.TenantID, deadline: call.Deadline}
	iso.current = inv
	err := iso.contain(func() error {
		// What the last invocation left behind goes first, under its own id.
		if err := iso.loop.Thaw(); err != nil || inv.settled {
			return err
		}
		iso.inv = inv
		err := iso.run(inv, call)
		if err == nil {
			inv.leave()
		}
		return err
	})
	iso.current, iso.inv = nil, inv
	if err != nil {
		err = iso.abrupt(err)
	}
	if inv.settled { // an answer given before the end stays given
		return Reply{Payload: inv.payload}, inv.err
	}
	return Reply{}, err
}

// contain runs fn and turns a panic of the engine into the end of this isolate:
// a guest that finds a hole in the engine must not take the process along.
func (iso *Isolate) contain(fn func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			// Not the stack: the log is the guest's, and it would tell of the host.
			iso.writeLog(2, fmt.Appendf(nil, "lambent: the JavaScript engine failed: %v\n", x))
			iso.fatal = &ExitError{Code: exitAborted}
			err = iso.fatal
		}
	}()
	return fn()
}

// run calls the handler and turns the loop until the invocation is settled.
func (iso *Isolate) run(inv *invocation, call *Call) error {
	iso.setTraceID(call.TraceID)
	if iso.builtins["internal/async_context"] != nil {
		asynchooks.Reset(iso) // what the last handler entered ends here
	}
	if err := iso.start(inv, call); err != nil {
		return err
	}
	if err := iso.loop.Settle(); err != nil || inv.settled {
		return err
	}
	for {
		stopped, err := iso.loop.Run(inv.isSettled)
		if stopped || err != nil {
			return err
		}
		if iso.beforeExit() {
			continue // a listener has brought new work
		}
		if done, err := iso.drained(inv); done || err != nil {
			return err
		}
	}
}

func (inv *invocation) isSettled() bool { return inv.settled }

// start decodes the event and calls the handler.
func (iso *Isolate) start(inv *invocation, call *Call) error {
	clientContext, identity, err := iso.decodeContext(call)
	if err != nil {
		inv.fail(err)
		return nil
	}
	event, err := iso.codec.Decode(call.Event)
	if err != nil {
		inv.fail(err)
		return nil
	}
	context := inv.newContext(call, clientContext, identity)
	if iso.handler.streaming {
		return iso.startStreaming(inv, call, event, context)
	}
	var value goja.Value
	if iso.handler.callback {
		value, err = iso.handler.call(goja.Undefined(), event, context, iso.vm.ToValue(inv.callback))
	} else {
		value, err = iso.handler.call(goja.Undefined(), event, context)
	}
	if err != nil {
		return inv.threw(err)
	}
	inv.returned(value)
	return nil
}

// threw deals with an exception of the handler call itself.
func (inv *invocation) threw(err error) error {
	thrown, uncatchable := inv.iso.thrownValue(err)
	switch {
	case uncatchable != nil:
		return uncatchable
	case inv.latched || inv.settled:
		return nil // the first call has won
	case goja.IsUndefined(thrown) || goja.IsNull(thrown):
		inv.latch(goja.Null()) // as callback(undefined) would
		return nil
	}
	inv.failSync(thrown)
	return nil
}

// returned deals with what the handler returned: a promise answers when it
// settles, everything else is ignored, as Lambda does.
func (inv *invocation) returned(value goja.Value) {
	iso := inv.iso
	if promise, ok := exportPromise(value); ok && iso.plainPromise(value) {
		inv.promise = promise
		iso.markHandled(promise)
		inv.poll()
		return
	}
	obj, ok := value.(*goja.Object)
	if !ok {
		return
	}
	var then goja.Callable
	ex := iso.vm.Try(func() { then, ok = goja.AssertFunction(obj.Get("then")) })
	if ex != nil {
		inv.failSync(ex.Value())
		return
	}
	if !ok {
		return
	}
	resolve := iso.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		inv.resolve(call.Argument(0))
		return goja.Undefined()
	})
	reject := iso.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		inv.reject(call.Argument(0))
		return goja.Undefined()
	})
	if _, err := then(obj, resolve, reject); err != nil {
		if thrown, uncatchable := iso.thrownValue(err); uncatchable == nil {
			inv.failSync(thrown)
		}
	}
}

// plainPromise reports whether a promise is not of a class that the guest made,
// which might have a then of its own.
func (iso *Isolate) plainPromise(value goja.Value) bool {
	if iso.promiseProto == nil {
		class, ok := iso.vm.GlobalObject().Get("Promise").(*goja.Object)
		if !ok {
			return false
		}
		if iso.promiseProto, ok = class.Get("prototype").(*goja.Object); !ok {
			return false
		}
	}
	return value.(*goja.Object).Prototype() == iso.promiseProto
}

// poll takes the answer from the promise that the handler returned, if it has
// settled.
func (inv *invocation) poll() {
	promise := inv.promise
	if promise == nil {
		return
	}
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		inv.promise = nil
		inv.resolve(promise.Result())
	case goja.PromiseStateRejected:
		inv.promise = nil
		inv.reject(promise.Result())
	}
}

// leave takes care of a promise that is pending while something else has
// answered: should it ever reject, that is nobody's concern.
func (inv *invocation) leave() {
	if inv.promise == nil {
		return
	}
	promise := inv.iso.vm.ToValue(inv.promise).(*goja.Object)
	inv.promise = nil
	then, ok := goja.AssertFunction(promise.Get("then"))
	if !ok {
		return
	}
	ignore := inv.iso.vm.ToValue(func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	_, _ = then(promise, ignore, ignore)
}

// drained decides what an empty loop means. It returns false if the invocation
// goes on.
func (iso *Isolate) drained(inv *invocation) (done bool, err error) {
	switch {
	case inv.deferred:
		inv.deferred = false
		return true, iso.loop.Turn(func() error { return inv.succeed(inv.result) })
	case inv.stream != nil:
		return true, iso.loop.Block() // nothing but the timeout can end the stream now
	case iso.handler.async:
		failure := iso.newErrorObject("Error", unsettledMessage)
		iso.setName(failure, "Runtime.NodeJsExit")
		inv.failWith(failure)
		return true, nil
	}
	return true, inv.succeed(goja.Null())
}

const unsettledMessage = "The Lambda runtime client detected an unexpected Node.js exit code. " +
	"This is most commonly caused by a Promise that was never settled. " +
	"For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes"

// abrupt turns an error that ended the loop into what Invoke returns.
func (iso *Isolate) abrupt(err error) error {
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) {
		if exit, ok := interrupted.Value().(exitReason); ok && !iso.interrupted.Load() {
			err = &ExitError{Code: exit.code}
		} else {
			err = ErrInterrupted
		}
	}
	if iso.interrupted.Load() {
		err = ErrInterrupted
	}
	if iso.fatal == nil {
		iso.fatal = err
	}
	return err
}

// logFailure writes the platform's line about a failure, if anybody reads it.
func (iso *Isolate) logFailure(title string, value goja.Value) {
	if iso.env.Log != nil {
		console.Report(iso, title, value)
	}
}
