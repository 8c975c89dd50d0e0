package js

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/console"
)

// callback is the handler's third argument.
func (inv *invocation) callback(call goja.FunctionCall) goja.Value {
	err, result := call.Argument(0), call.Argument(1)
	if !inv.mayAnswer() {
		return goja.Undefined()
	}
	if !goja.IsUndefined(err) && !goja.IsNull(err) {
		inv.latched = true
		inv.failWith(err)
		return goja.Undefined()
	}
	if inv.waitsForLoop() {
		inv.latch(result)
		return goja.Undefined()
	}
	inv.answerNow(result)
	return goja.Undefined()
}

// done is context.done: it answers at once.
func (inv *invocation) done(err, result goja.Value) {
	if !inv.mayAnswer() {
		return
	}
	if !goja.IsUndefined(err) && !goja.IsNull(err) {
		inv.latched = true
		inv.failWith(err)
		return
	}
	inv.answerNow(result)
}

// resolve takes the value of the handler's promise.
func (inv *invocation) resolve(result goja.Value) {
	if inv.latched || inv.ended() {
		return
	}
	inv.latched = true
	if err := inv.succeed(result); err != nil {
		thrown, uncatchable := inv.iso.thrownValue(err)
		if uncatchable == nil {
			inv.failWith(thrown)
		}
	}
}

// reject takes the reason of the handler's promise.
func (inv *invocation) reject(reason goja.Value) {
	if inv.latched || inv.ended() {
		return
	}
	inv.latched = true
	if goja.IsUndefined(reason) || goja.IsNull(reason) {
		reason = inv.iso.vm.ToValue("handled")
	}
	inv.failWith(reason)
}

// mayAnswer reports whether a callback may still decide; one of an invocation
// that is over says so in the log.
func (inv *invocation) mayAnswer() bool {
	if inv.latched {
		return false
	}
	if inv.ended() {
		inv.iso.writeLog(2, console.Line(&inv.iso.sys, module.Error,
			"Invocation has already been reported as done. Cannot call complete more than once per invocation."))
		return false
	}
	return true
}

// ended reports whether the invocation has its answer, or is no longer the one
// that runs.
func (inv *invocation) ended() bool {
	return inv.settled || inv.iso.current != inv
}

func (inv *invocation) waitsForLoop() bool {
	return inv.waits == nil || inv.waits.ToBoolean()
}

// latch decides for a success that is sent when the loop is empty. The result is
// serialised then, so that timers can still change it.
func (inv *invocation) latch(result goja.Value) {
	inv.latched, inv.deferred, inv.result = true, true, result
}

// answerNow serialises and settles within a call of the guest's; what
// serialising throws is the guest's to catch, and leaves the latch open.
func (inv *invocation) answerNow(result goja.Value) {
	if err := inv.succeed(result); err != nil {
		thrown, uncatchable := inv.iso.thrownValue(err)
		if uncatchable != nil {
			panic(uncatchable)
		}
		panic(thrown)
	}
	inv.latched = true
}

// succeed settles with the JSON text of result.
func (inv *invocation) succeed(result goja.Value) error {
	iso := inv.iso
	if result == nil || goja.IsUndefined(result) {
		result = goja.Null()
	}
	out, ok, err := iso.codec.AppendEncode(iso.out[:0], result)
	switch {
	case err != nil:
		if _, uncatchable := iso.thrownValue(err); uncatchable != nil {
			return uncatchable
		}
		return iso.newError("Error", "Unable to stringify response body")
	case !ok: // a function or a symbol
		return iso.newError("TypeError", "Wrong arguments")
	}
	inv.payload = append([]byte(nil), out...)
	inv.settled = true
	if iso.out = out; cap(out) > maxKeptBuffer {
		iso.out = nil
	}
	return nil
}

// maxKeptBuffer bounds what an idle isolate keeps of its encoder's buffer.
const maxKeptBuffer = 16 << 10
