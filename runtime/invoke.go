package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	res := Result{RequestID: inv.RequestID}
	if res.RequestID == "" {
		res.RequestID = newRequestID()
	}
	if !r.enter() {
		return res, ErrClosed
	}
	defer r.leave()
	v, err := r.resolve(inv.Function, inv.Qualifier)
	if err != nil {
		return res, err
	}
	res.ExecutedVersion = latest
	if len(inv.Payload) > MaxRequestBytes {
		return res, ErrRequestTooLarge
	}
	if len(inv.Payload) == 0 {
		inv.Payload = emptyEvent
	} else if err := checkPayload(inv.Payload); err != nil {
		return res, err
	}
	if v.fn.breaker.stuck.Load() > 0 && r.workers.Stuck() >= r.cfg.MaxAbandoned {
		return res, v.fn.suspended(breakerRest)
	}
	x := r.newRun()
	began := time.Now()
	if reason := v.fn.gate.Reserve(&x.slot, r.at(began)); reason != "" {
		r.runs.Put(x)
		return res, v.fn.throttled(reason)
	}
	x.v = v
	r.count.invocations.Add(1)
	err = r.serve(ctx, x, &inv, &res, began)
	x.slot.Release()
	if inv.Stream != nil {
		x.stream.reset(nil) // an abandoned engine may still want to write
	}
	if !res.Abandoned {
		x.recycle()
	}
	return res, err
}

// serve finds an environment for x and runs it there.
func (r *Runtime) serve(ctx context.Context, x *run, inv *Invocation, res *Result, began time.Time) error {
	var tail *observe.Tail
	if inv.Tail {
		tail = new(observe.Tail)
	}
	now := began // reading the clock is a good part of what all this costs
	env, ok := x.v.group.TryGet()
	var err error
	if !ok {
		env, err = x.v.group.Get(ctx)
		now = time.Now()
	}
	var failed *initError
	if err == nil {
		x.env, x.sink = env, env.sink
	} else if failed, err = x.refused(ctx, err); err != nil {
		return err
	}
	deadline := now.Add(x.v.set.Timeout)
	report := observe.Report{RequestID: res.RequestID, TraceID: inv.TraceID}
	x.open(tail, failed, res, &report, now)

	var outcome worker.Outcome
	var cancelled bool
	if errors.Is(x.err, errInitTimedOut) {
		outcome, cancelled = x.initAgain(ctx, deadline)
	}
	if outcome == worker.Finished && x.err == nil {
		x.lend(inv, res, deadline)
		outcome, cancelled = r.await(ctx, x, x.done, deadline)
	}

	end := r.clock()
	res.Abandoned = outcome == worker.Abandoned
	res.Duration = min(time.Duration(end-r.at(now)), x.v.set.Timeout)
	report.Duration = res.Duration
	err = x.conclude(ctx, res, &report, cancelled)
	if report.MaxMemory = res.MaxMemory; res.MaxMemory == 0 {
		// An engine that cannot tell leaves what is known for certain: the isolate
		// held the event and the answer.
		report.MaxMemory = int64(len(inv.Payload) + len(res.Payload))
	}
	x.shut(tail, res, &report)
	x.giveBack(res.Abandoned, end)
	x.observe(inv, &report, now.Sub(began))
	return err
}

// lend fills in the engine's call.
func (x *run) lend(inv *Invocation, res *Result, deadline time.Time) {
	x.call = Call{
		RequestID:     res.RequestID,
		ARN:           inv.ARN,
		Event:         inv.Payload,
		Deadline:      deadline,
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
		x.sink = observe.NewSink(x.v.fn.stream)
	}
	return failed, nil
}

// initAgain runs the init phase in the invocation's own time, and leaves its
// outcome in x.err.
func (x *run) initAgain(ctx context.Context, deadline time.Time) (worker.Outcome, bool) {
	c := x.v.newCold(x.env, make(chan worker.Outcome, 1))
	outcome, cancelled := x.rt.await(ctx, c, c.within, deadline)
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
	return fmt.Errorf("runtime: invocation of %s cancelled: %w", x.v.fn.name, context.Cause(ctx))
}
