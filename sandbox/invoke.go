package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/lambent-run/lambent/sandbox/internal/host"
)

// function is what is called of an api.Function.
type function interface {
	CallWithStack(ctx context.Context, stack []uint64) error
}

var null = []byte("null")

// Invoke runs the handler. A *HandlerError means that the guest failed, an
// *ExitError that it ended itself, ErrInterrupted that Interrupt ended it.
func (i *Isolate) Invoke(call *Call) (Reply, error) {
	if i.guest.Interrupted() {
		return Reply{}, ErrInterrupted
	}
	i.open(call)
	err := i.serve(call.Event)
	i.guest.Log.Flush()
	if err == nil {
		err = i.verdict()
	}
	reply := Reply{Payload: i.inv.Payload, MaxMemory: int64(max(i.peak, i.memory.Size()))}
	if !i.inv.Answered {
		reply.Payload = append([]byte(nil), null...)
	}
	if err != nil {
		i.report(err)
		reply.Payload = nil
	}
	i.inv, i.guest.Call = host.Invocation{}, nil
	return reply, err
}

// open makes the invocation known to the host functions.
func (i *Isolate) open(call *Call) {
	i.inv = host.Invocation{
		RequestID: call.RequestID, TenantID: call.TenantID, TraceID: call.TraceID, Deadline: call.Deadline,
		Context: func() ([]byte, error) { return i.context(call) },
	}
	if call.Stream != nil {
		i.inv.Stream = call.Stream
	}
	i.guest.Call = &i.inv
	if i.program.entry.command {
		i.guest.WASI.Env = nil // they are this invocation's
		i.guest.WASI.Stdin = bytes.NewReader(call.Event)
	}
}

// context makes the context object.
func (i *Isolate) context(call *Call) ([]byte, error) {
	env := &i.env
	return json.Marshal(host.Context{
		RequestID: call.RequestID, ARN: call.ARN, FunctionName: env.FunctionName, FunctionVersion: env.FunctionVersion,
		MemorySize: env.MemorySize, LogGroup: env.LogGroup, LogStream: env.LogStream, DeadlineMS: call.Deadline.UnixMilli(),
		TraceID: call.TraceID, TenantID: call.TenantID, ClientContext: call.ClientContext, Identity: call.Identity,
	})
}

// serve runs the guest on one event.
func (i *Isolate) serve(event []byte) error {
	p := i.program
	if (p.entry.command || p.reset) && i.dirty {
		if err := i.pristine(); err != nil {
			return err
		}
	}
	in := i.own
	if in == nil {
		var err error
		if in, err = p.borrow(i); err != nil {
			return err
		}
	}
	return i.run(in, func() error {
		if p.entry.command {
			return i.call(in.start, i.stack[:0])
		}
		return i.handle(in, event)
	})
}

// pristine gives the invocation a state that no other has touched.
func (i *Isolate) pristine() error {
	if i.image == nil {
		call := i.guest.Call
		i.guest.Call = nil // this is an init phase
		defer func() { i.guest.Call = call }()
		return i.renew()
	}
	if err := i.rewind(); err != nil {
		return err
	}
	return i.restored(i.image)
}

// run runs f on an instance, which it gives back. After an error nothing of the
// isolate is used again but by an invocation that starts from the image.
func (i *Isolate) run(in *instance, f func() error) error {
	i.dirty = true
	err := f()
	if in == i.own {
		i.broken = i.broken || err != nil && !i.program.entry.command
		return err
	}
	if err != nil {
		in.close()
		i.broken = i.broken || !i.program.entry.command
		return err
	}
	i.globals = in.save(i.globals[:0])
	i.program.giveBack(in)
	return nil
}

// handle gives a reactor the event.
func (i *Isolate) handle(in *instance, event []byte) error {
	i.stack[0] = uint64(uint32(len(event)))
	if err := i.call(in.alloc, i.stack[:1]); err != nil {
		return err
	}
	ptr := uint32(i.stack[0])
	if ptr == 0 && len(event) > 0 {
		return newFailure(typeMemory, fmt.Sprintf("%s has no room for an event of %d bytes", exportAlloc, len(event)), nil)
	}
	if !in.memory.Write(ptr, event) {
		return newFailure(typeTrap, fmt.Sprintf("%s: the room for an event of %d bytes at %d is not in the memory", exportAlloc, len(event), ptr), nil)
	}
	i.stack[0], i.stack[1] = uint64(ptr), uint64(uint32(len(event)))
	if err := i.call(in.handle, i.stack[:2]); err != nil {
		return err
	}
	if i.program.entry.result && uint32(i.stack[0]) != 0 && i.inv.Failed == nil {
		i.inv.Failed = &host.Failure{Type: typeFailed, Message: fmt.Sprintf("%s returned %d", i.program.entry.export, int32(i.stack[0]))}
	}
	return nil
}

// call calls a function of the guest.
func (i *Isolate) call(f function, stack []uint64) error {
	if len(stack) == 0 {
		stack = i.stack[:1] // wazero wants room even for nothing
	}
	if err := f.CallWithStack(i.guest, stack); err != nil {
		return i.failure(err)
	}
	return nil
}
