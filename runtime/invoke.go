package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/worker"
	"github.com/lambent-run/lambent/runtime/observe"
)

// Invoke runs a function's handler with payload, a JSON text, as the event.
func (r *Runtime) Invoke(ctx context.Context, name string, payload []byte) (Result, error) {
	return r.Do(ctx, Invocation{Function: name, Payload: payload})
}

// emptyEvent is what a handler gets if the caller sent nothing.
var emptyEvent = []byte("{}")

// Do runs one invocation. Its errors are *FunctionError and *TimeoutError for
// what the function did; *NotFoundError, *ThrottledError, *SuspendedError,
// *PayloadError, ErrRequestTooLarge and ErrClosed if it did not run; and the
// context's error, wrapped, if ctx ended first, which stops the invocation and
// discards its isolate.
func (r *Runtime) Do(ctx context.Context, inv Invocation) (Result, error) {
	x, v, err := r.admit(&inv)
	if err != nil {
		return refused(&inv, v), err
	}
	if err = x.prepare(ctx); err == nil {
		var outcome worker.Outcome
		var cancelled bool
		if errors.Is(x.err, errInitTimedOut) {
			outcome, cancelled = x.initAgain(ctx)
		}
		if outcome == worker.Finished && x.err == nil {
			x.lend()
			outcome, cancelled = r.await(ctx, x, x.done, x.deadline)
		}
		err = x.finish(ctx, outcome, cancelled)
	}
	res := x.res
	x.end()
	return res, err
}

// Receiver takes the outcome of an invocation.
type Receiver interface {
	// Receive is called once. The Result is lent until it returns.
	Receive(res *Result, err error)
}

// Handle runs one invocation as Do does, without a switch to another goroutine:
// the handler runs on the caller's. It is for servers, which can answer from
// any goroutine. Receive is called before Handle returns; but if the
// invocation had to be abandoned (Result.Abandoned) it is called on another
// goroutine, and Handle returns whenever the stuck operation ends. Only
// Runtime.Interrupt and the function's timeout end the invocation early.
func (r *Runtime) Handle(inv Invocation, to Receiver) {
	ctx := context.Background()
	x, v, err := r.admit(&inv)
	if err != nil {
		res := refused(&inv, v)
		to.Receive(&res, err)
		return
	}
	err = x.prepare(ctx)
	switch {
	case err != nil:
	case x.err == nil:
		x.lend()
		x.to = to
		r.workers.Here(x, x.deadline)
		return // Done has seen to the rest
	default:
		var outcome worker.Outcome
		if errors.Is(x.err, errInitTimedOut) {
			outcome, _ = x.initAgain(ctx)
			if outcome == worker.Finished && x.err == nil {
				x.lend()
				outcome, _ = r.await(ctx, x, x.done, x.deadline)
			}
		}
		err = x.finish(ctx, outcome, false)
	}
	to.Receive(&x.res, err)
	x.end()
}

// Interrupt stops all invocations in flight: they time out.
func (r *Runtime) Interrupt() { r.workers.Interrupt() }

// admit says whether the invocation may run, and takes its slot. It fills in
// inv's request id and payload. The version is nil if there is none to serve.
func (r *Runtime) admit(inv *Invocation) (*run, *version, error) {
	if inv.RequestID == "" {
		inv.RequestID = newRequestID()
	}
	if !r.enter() {
		return nil, nil, ErrClosed
	}
	v, err := r.resolve(function.ID{Region: inv.Region, Name: inv.Function}, inv.Qualifier)
	var x *run
	if err == nil {
		x, err = r.reserve(inv, v)
	}
	if err != nil {
		r.leave()
	}
	return x, v, err
}

// refused is the result of an invocation that did not run.
func refused(inv *Invocation, v *version) Result {
	res := Result{RequestID: inv.RequestID}
	if v != nil {
		res.ExecutedVersion = v.name
	}
	return res
}

func (r *Runtime) reserve(inv *Invocation, v *version) (*run, error) {
	if len(inv.Payload) > MaxRequestBytes {
		return nil, ErrRequestTooLarge
	}
	if len(inv.Payload) == 0 {
		inv.Payload = emptyEvent
	} else if err := checkPayload(inv.Payload); err != nil {
		return nil, err
	}
	if v.fn.breaker.stuck.Load() > 0 && r.workers.Stuck() >= r.cfg.MaxAbandoned {
		return nil, v.fn.suspended(breakerRest)
	}
	x := r.newRun()
	x.began = time.Now()
	if reason := v.fn.gate.Reserve(&x.slot, r.at(x.began)); reason != "" {
		r.runs.Put(x)
		return nil, v.fn.throttled(reason)
	}
	x.v, x.inv = v, *inv
	x.res.RequestID, x.res.ExecutedVersion = inv.RequestID, v.name
	r.count.invocations.Add(1)
	r.memory.start()
	return x, nil
}

// prepare finds an environment for x and starts the log. An error means that
// there is none, and nothing to finish.
func (x *run) prepare(ctx context.Context) error {
	if x.inv.Tail {
		x.tail = new(observe.Tail)
	}
	x.now = x.began // reading the clock is a good part of what all this costs
	env, ok := x.v.group.TryGet()
	var err error
	if !ok {
		env, err = x.v.group.Get(ctx)
		x.now = time.Now()
	}
	var failed *initError
	if err == nil {
		x.env, x.sink = env, env.sink
	} else if failed, err = x.refused(ctx, err); err != nil {
		return err
	}
	x.deadline = x.now.Add(x.v.set.Timeout)
	x.report = observe.Report{RequestID: x.res.RequestID, TraceID: x.inv.TraceID}
	x.open(x.tail, failed, &x.res, &x.report, x.now)
	return nil
}

// finish fills in the result when the handler is done or given up, and returns
// the environment.
func (x *run) finish(ctx context.Context, outcome worker.Outcome, cancelled bool) error {
	end := x.rt.clock()
	res, report := &x.res, &x.report
	res.Abandoned = outcome == worker.Abandoned
	res.Duration = min(time.Duration(end-x.rt.at(x.now)), x.v.set.Timeout)
	report.Duration = res.Duration
	err := x.conclude(ctx, res, report, cancelled)
	if report.MaxMemory = res.MaxMemory; res.MaxMemory == 0 {
		// An engine that cannot tell leaves what is known for certain: the isolate
		// held the event and the answer.
		report.MaxMemory = int64(len(x.inv.Payload) + len(res.Payload))
	}
	x.shut(x.tail, res, report)
	x.giveBack(res.Abandoned, end)
	x.observe(&x.inv, report, x.now.Sub(x.began))
	return err
}

// end frees the slot, and keeps x for another invocation if it can.
func (x *run) end() {
	r := x.rt
	x.slot.Release()
	if x.inv.Stream != nil {
		x.stream.reset(nil) // an abandoned engine may still want to write
	}
	if !x.res.Abandoned {
		x.recycle()
	}
	r.leave()
}

// lend fills in the engine's call.
func (x *run) lend() {
	inv := &x.inv
	x.call = Call{
		RequestID:     inv.RequestID,
		ARN:           inv.ARN,
		Event:         inv.Payload,
		Deadline:      x.deadline,
		ClientContext: inv.ClientContext,
		Identity:      inv.Identity,
		TraceID:       inv.TraceID,
		TenantID:      inv.TenantID,
	}
	if inv.ARN == "" {
		x.call.ARN = x.v.fn.arn
		if inv.Qualifier != "" {
			x.call.ARN += ":" + inv.Qualifier
		}
	}
	if inv.Stream != nil {
		x.stream.reset(inv.Stream)
		x.call.Stream = &x.stream
	}
}

// refused deals with an invocation that got no environment. If its cold start
// failed, that becomes the invocation's own failure; and if it took too long
// the init phase is to run again, in an environment that x then holds.
func (x *run) refused(ctx context.Context, err error) (*initError, error) {
	var failed *initError
	if !errors.As(err, &failed) {
		if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			return nil, x.cancelled(ctx)
		}
		return nil, err
	}
	x.err = failed.cause
	if errors.Is(x.err, errInitTimedOut) {
		x.env = x.v.group.Claim()
		x.sink = x.env.sink
	} else {
		x.sink = failed.sink.Again()
	}
	return failed, nil
}

// initAgain runs the init phase in the invocation's own time, and leaves its
// outcome in x.err.
func (x *run) initAgain(ctx context.Context) (worker.Outcome, bool) {
	c := x.v.newCold(x.env, make(chan worker.Outcome, 1))
	outcome, cancelled := x.rt.await(ctx, c, c.within, x.deadline)
	took := time.Since(c.began)
	x.err = c.outcome(outcome)
	c.report(took, x.err)
	if x.err == nil {
		x.env.settle(c.isolate, took)
		x.env.fresh = false // its time is the invocation's
	}
	return outcome, cancelled
}

// giveBack returns the environment to the pool, or what is left of it.
func (x *run) giveBack(abandoned bool, now int64) {
	env, group := x.env, x.v.group
	switch {
	case env == nil:
	case abandoned:
		group.Drop(env, true)
	case env.isolate == nil || x.interrupted.Load() || !env.isolate.Usable():
		env.endIsolate()
		group.Drop(env, false)
	default:
		x.v.fn.breaker.succeeded()
		group.Put(env, now)
	}
}

// cancelled is the error for an invocation whose context ended.
func (x *run) cancelled(ctx context.Context) error {
	return fmt.Errorf("runtime: invocation of %s cancelled: %w", x.v.fn.id.Name, context.Cause(ctx))
}
