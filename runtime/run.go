package runtime

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/runtime/internal/governor"
	"github.com/lambent-run/lambent/runtime/internal/worker"
	"github.com/lambent-run/lambent/runtime/observe"
)

// run is one invocation in an environment. Runs are reused, unless the engine
// did not give back what was lent to it.
type run struct {
	rt   *Runtime
	v    *version
	env  *environment  // nil if the init phase failed
	sink *observe.Sink // where its log lines go
	slot governor.Slot
	text []byte // room for log lines
	call Call
	// stream guards the caller's stream; call.Stream is it or nil.
	stream streamGuard
	// done takes the outcome for Do, to the result for Handle.
	done chan worker.Outcome
	to   Receiver

	inv      Invocation
	res      Result
	report   observe.Report
	tail     *observe.Tail // nil if nobody asked for it
	began    time.Time     // when it was admitted
	now      time.Time     // when it had its environment
	deadline time.Time

	given       int64 // when it was abandoned
	interrupted atomic.Bool
	exhausted   atomic.Bool // it was interrupted to save memory
	reply       Reply
	err         error
}

var _ worker.Task = (*run)(nil)

// newRun returns a run without an invocation.
func (r *Runtime) newRun() *run {
	if x, ok := r.runs.Get().(*run); ok {
		return x
	}
	return &run{rt: r, done: make(chan worker.Outcome, 1)}
}

// recycle keeps x for another invocation.
func (x *run) recycle() {
	x.v, x.env, x.sink, x.tail, x.to = nil, nil, nil, nil, nil
	x.call, x.reply, x.err = Call{}, Reply{}, nil
	x.inv, x.res = Invocation{}, Result{}
	x.interrupted.Store(false)
	x.exhausted.Store(false)
	x.rt.runs.Put(x)
}

// Run runs the handler.
func (x *run) Run() {
	x.err = errVanished
	defer x.recover()
	x.reply, x.err = x.env.isolate.Invoke(&x.call)
}

func (x *run) recover() {
	if v := recover(); v != nil {
		x.err = &enginePanic{v, debug.Stack()}
	}
}

// Interrupt ends the handler.
func (x *run) Interrupt() {
	x.interrupted.Store(true)
	x.env.isolate.Interrupt()
	x.stream.abort()
}

// Done wakes the caller, or carries on for it.
func (x *run) Done(o worker.Outcome) {
	if o == worker.Abandoned {
		x.env.hold()
		x.given = x.v.fn.abandoned()
	}
	if x.to == nil {
		x.done <- o
		return
	}
	err := x.finish(context.Background(), o, false)
	x.to.Receive(&x.res, err)
	x.end()
}

// Late frees the environment of an abandoned run.
func (x *run) Late() {
	x.env.release()
	x.v.fn.returned(x.given)
}

// await runs t until the deadline and returns its outcome. The end of ctx
// cancels it, which await reports.
func (r *Runtime) await(ctx context.Context, t worker.Task, done <-chan worker.Outcome, deadline time.Time) (o worker.Outcome, cancelled bool) {
	ticket := r.workers.Start(t, deadline)
	end := ctx.Done()
	if end == nil {
		return <-done, false
	}
	select {
	case o = <-done:
		return o, false
	case <-end:
	}
	ticket.Cancel()
	return <-done, true
}

// errStreamTooLarge ends a streamed response at its limit.
var errStreamTooLarge = errors.New("runtime: streamed response exceeds its limit")

// aborter is a ResponseStream whose blocked Write can be ended.
type aborter interface{ Abort() }

// streamGuard stands between an engine and the caller's stream. It limits the
// response, and lets nothing through once the caller has its answer.
type streamGuard struct {
	mu   sync.Mutex // guards the fields below, but is not held while writing
	to   ResponseStream
	left int64
}

func (g *streamGuard) reset(to ResponseStream) {
	g.mu.Lock()
	g.to, g.left = to, MaxStreamBytes
	g.mu.Unlock()
}

// target returns the stream for n more bytes.
func (g *streamGuard) target(n int) (ResponseStream, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.to == nil {
		return nil, io.ErrClosedPipe
	}
	if g.left -= int64(n); g.left < 0 {
		return nil, errStreamTooLarge
	}
	return g.to, nil
}

// SetContentType is ResponseStream's.
func (g *streamGuard) SetContentType(t string) {
	if to, err := g.target(0); err == nil {
		to.SetContentType(t)
	}
}

// Write is ResponseStream's.
func (g *streamGuard) Write(p []byte) (int, error) {
	to, err := g.target(len(p))
	if err != nil {
		return 0, err
	}
	return to.Write(p)
}

// abort ends a blocked Write, if the stream knows how.
func (g *streamGuard) abort() {
	g.mu.Lock()
	to := g.to
	g.mu.Unlock()
	if a, ok := to.(aborter); ok {
		a.Abort()
	}
}
