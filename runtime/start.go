package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/runtime/internal/worker"
	"github.com/lambent-run/lambent/runtime/observe"
)

// errInitTimedOut is the outcome of an init phase that took too long. The
// invocation that needs the isolate runs it again, in its own time.
var errInitTimedOut = errors.New("runtime: init phase timed out")

// errVanished stands in for the outcome of an engine that ended its goroutine.
var errVanished = errors.New("the engine ended its goroutine")

// enginePanic is a panic of an engine, which ends the isolate and nothing else.
type enginePanic struct {
	value any
	stack []byte
}

func (e *enginePanic) Error() string { return fmt.Sprintf("the engine failed: %v", e.value) }

// cold is a cold start: the init phase of an isolate in an environment.
type cold struct {
	v      *version
	env    *environment
	ctx    context.Context
	cancel context.CancelFunc
	began  time.Time
	// within is nil for a start of its own, which ends in the pool; otherwise
	// it takes the outcome for the invocation that runs the init phase in its
	// own time.
	within chan worker.Outcome

	given       int64 // when it was abandoned
	interrupted atomic.Bool
	isolate     Isolate
	err         error
}

var _ worker.Task = (*cold)(nil)

// Start begins a cold start for the pool.
func (v *version) Start(env *environment) {
	c := v.newCold(env, nil)
	v.fn.rt.workers.Start(c, c.began.Add(v.fn.rt.cfg.InitTimeout))
}

// newCold prepares a cold start that begins now.
func (v *version) newCold(env *environment, within chan worker.Outcome) *cold {
	c := &cold{v: v, env: env, within: within, began: time.Now()}
	c.ctx, c.cancel = context.WithCancel(v.fn.rt.base)
	if within == nil {
		env.initTail = new(observe.Tail)
		env.sink.SetTail(env.initTail)
		v.platform(env.sink, func(b []byte) []byte { return v.lines.InitStart(b, c.began, env.spec.LogStream) })
	}
	return c
}

// Run makes the isolate.
func (c *cold) Run() {
	c.err = errVanished
	defer func() {
		if x := recover(); x != nil {
			c.err = &enginePanic{x, debug.Stack()}
		}
	}()
	c.isolate, c.err = c.v.program.NewIsolate(c.ctx, c.env.spec)
}

// Interrupt ends the init phase.
func (c *cold) Interrupt() {
	c.interrupted.Store(true)
	c.cancel()
}

// Done hands the isolate, or the failure, to whoever waits for it.
func (c *cold) Done(o worker.Outcome) {
	fn := c.v.fn
	if o == worker.Abandoned {
		c.env.hold()
		c.given = fn.abandoned()
	} else {
		c.cancel()
	}
	if c.within != nil {
		c.within <- o
		return
	}
	took := time.Since(c.began)
	err := c.outcome(o)
	c.report(took, err)
	c.env.sink.SetTail(nil)
	if err == nil {
		c.env.settle(c.isolate, took)
		c.v.group.Started(c.env)
		return
	}
	c.v.group.Failed(c.env, o == worker.Abandoned, &initError{err, took, c.env.initTail, c.env.sink})
}

// outcome is the error of the init phase, nil if there is an isolate now.
func (c *cold) outcome(o worker.Outcome) error {
	if o == worker.Abandoned {
		return errInitTimedOut
	}
	if c.err == nil {
		return nil
	}
	if c.interrupted.Load() {
		return errInitTimedOut
	}
	return c.err
}

// report writes INIT_REPORT and calls the hook.
func (c *cold) report(took time.Duration, err error) {
	phase := "init"
	if c.within != nil {
		phase = "invoke"
	}
	status, errorType := initStatus(err)
	c.v.logPanic(c.env.sink, err)
	c.v.platform(c.env.sink, func(b []byte) []byte {
		return c.v.lines.InitReport(b, time.Now(), phase, status, errorType, took)
	})
	if hook := c.v.fn.rt.cfg.Observe.Started; hook != nil {
		hook(observe.Init{Function: c.v.fn.id.Name, Version: c.v.name, Status: status, ErrorType: errorType, Duration: took})
	}
}

// Late frees an isolate that nobody waited for.
func (c *cold) Late() {
	c.cancel()
	c.env.isolate = c.isolate
	c.env.release()
	c.v.fn.returned(c.given)
}

// settle makes the environment ready to serve.
func (e *environment) settle(isolate Isolate, took time.Duration) {
	e.isolate, e.fresh, e.initTook = isolate, true, took
	e.v.fn.rt.count.coldStarts.Add(1)
}

// initStatus puts the outcome of an init phase into Lambda's words.
func initStatus(err error) (observe.Status, string) {
	var failure *FunctionError
	var exit *ExitError
	switch {
	case err == nil:
		return observe.Success, ""
	case errors.Is(err, errInitTimedOut):
		return observe.Timeout, typeTimedOut
	case errors.As(err, &failure):
		return observe.Error, failure.Type
	case errors.As(err, &exit):
		return observe.Error, typeExit
	}
	return observe.Error, typeFailure
}

// initError is a failed init phase on its way to the invocation that needed
// the isolate.
type initError struct {
	cause error
	took  time.Duration
	tail  *observe.Tail
	sink  *observe.Sink // where the environment logs
}

func (e *initError) Error() string { return "runtime: init phase: " + e.cause.Error() }
func (e *initError) Unwrap() error { return e.cause }

// abandoned records that the function's engine did not react to its
// interruption, and returns when.
func (fn *deployed) abandoned() int64 {
	now := fn.rt.clock()
	fn.breaker.abandoned(now)
	if hook := fn.rt.cfg.Observe.Abandoned; hook != nil {
		hook(fn.id.Name, fn.rt.workers.Stuck())
	}
	return now
}

// returned records that the engine came back, which was abandoned at that time.
func (fn *deployed) returned(at int64) { fn.breaker.returned(at, fn.rt.clock()) }

// platform writes lines of the platform, which are not even made if nobody
// reads them.
func (v *version) platform(sink *observe.Sink, lines func([]byte) []byte) {
	if !sink.Enabled() {
		return
	}
	var room [512]byte
	if text := lines(room[:0]); len(text) > 0 {
		sink.Platform(text)
	}
}

// logPanic tells where an engine failed; its caller learns only that it did.
func (v *version) logPanic(sink *observe.Sink, err error) {
	var p *enginePanic
	if errors.As(err, &p) {
		v.platform(sink, func(b []byte) []byte { return fmt.Appendf(b, "lambent: %v\n%s\n", p, p.stack) })
	}
}
