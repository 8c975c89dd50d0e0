package sandbox

import (
	"encoding/json"
	"fmt"

	"github.com/lambent-run/lambent/sandbox/internal/host"
)

// Invoke runs the handler, or the command, on one event. It returns a
// *HandlerError or an *ExitError if the guest failed, ErrInterrupted if
// Interrupt ended it.
func (iso *Isolate) Invoke(call *Call) (Reply, error) {
	iso.used = true
	if iso.guest.Interrupted() {
		return Reply{}, ErrInterrupted
	}
	iso.begin(call)
	err := iso.run(call)
	payload, err := iso.answer(err)
	if after := iso.settle(); err == nil && after != nil {
		err = after
	}
	reply := Reply{Payload: payload, MaxMemory: int64(iso.peak)}
	iso.end()
	return reply, err
}

// begin makes call the invocation that runs.
func (iso *Isolate) begin(call *Call) {
	iso.call = call
	iso.inv = host.Invocation{
		RequestID: call.RequestID, TenantID: call.TenantID, Deadline: call.Deadline, Context: iso.context,
	}
	if call.Stream != nil {
		iso.inv.Stream = call.Stream
	}
	iso.guest.Invocation = &iso.inv
	if iso.program.entry.command {
		iso.stdin.Reset(call.Event)
		iso.guest.WASI.Stdin, iso.guest.WASI.Stdout = &iso.stdin, host.Stdout{Guest: iso.guest}
	}
}

// end lets go of what was lent.
func (iso *Isolate) end() {
	iso.flush()
	iso.stdin.Reset(nil)
	iso.guest.Invocation, iso.call, iso.inv = nil, nil, host.Invocation{}
}

// run runs the guest in an instance. Its error is what the call into the guest
// returned.
func (iso *Isolate) run(call *Call) (err error) {
	inst := iso.own
	if inst == nil {
		if inst, err = iso.program.take(iso.memory); err != nil {
			return err
		}
		inst.setGlobals(iso.globals)
	}
	if iso.program.entry.command {
		_, err = inst.callRun(iso.guest, &iso.program.entry, 0, 0)
	} else {
		err = iso.handle(inst, call.Event)
	}
	iso.peak = max(iso.peak, iso.memory.Size())
	if inst == iso.own {
		return err
	}
	iso.globals = inst.saveGlobals(iso.globals)
	if err != nil && !harmless(err) {
		// Its stack may have grown without bounds, and is of no more use.
		inst.bind(nil)
		inst.close()
		return err
	}
	iso.program.give(inst)
	return err
}

// handle hands the event to a reactor.
func (iso *Isolate) handle(inst *instance, event []byte) error {
	g := iso.guest
	if iso.fresh && iso.program.entry.restore {
		if err := inst.callRestore(g); err != nil {
			return err
		}
	}
	iso.fresh = false
	ptr, err := inst.callAlloc(g, uint32(len(event)))
	switch {
	case err != nil:
		return err
	case ptr == 0:
		return newHandlerError(typeMemory, fmt.Sprintf("%s has no room for an event of %d bytes", exportAlloc, len(event)), nil)
	case !inst.mod.Memory().Write(ptr, event):
		return newHandlerError(typeTrap, fmt.Sprintf("%s returned %d, where there is no room for %d bytes", exportAlloc, ptr, len(event)), nil)
	}
	result, err := inst.callRun(g, &iso.program.entry, ptr, uint32(len(event)))
	if err == nil && result != 0 {
		return &resultError{newHandlerError(typeResult, fmt.Sprintf("%s returned %d", iso.program.entry.export, result), nil)}
	}
	return err
}

// settle makes the isolate ready for another invocation, if it can be.
func (iso *Isolate) settle() error {
	if iso.origin == nil || iso.guest.Interrupted() || !iso.resets() {
		return nil
	}
	err := iso.rewind()
	iso.dead = err != nil
	return err
}

// rewind gives the isolate the state that the init phase left.
func (iso *Isolate) rewind() error {
	if err := iso.memory.Reset(); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	iso.globals = append(iso.globals[:0], iso.origin.globals...)
	iso.guest.WASI.Reset()
	iso.guest.WASI.Env = nil
	iso.fresh = true
	return nil
}

// context makes the context object.
func (iso *Isolate) context() ([]byte, error) {
	call, env := iso.call, &iso.env
	object := host.Context{
		RequestID: call.RequestID, ARN: call.ARN, FunctionName: env.FunctionName, FunctionVersion: env.FunctionVersion,
		MemorySize: env.MemorySize, LogGroup: env.LogGroup, LogStream: env.LogStream, DeadlineMS: call.Deadline.UnixMilli(),
		TraceID: call.TraceID, TenantID: call.TenantID,
	}
	for _, part := range []struct {
		name string
		text []byte
		to   *json.RawMessage
	}{{"ClientContext", call.ClientContext, &object.ClientContext}, {"CognitoIdentity", call.Identity, &object.Identity}} {
		if len(part.text) == 0 {
			continue
		}
		if !json.Valid(part.text) {
			return nil, newHandlerError("Error", "Cannot parse "+part.name+" as json", nil)
		}
		*part.to = part.text
	}
	return json.Marshal(object)
}
