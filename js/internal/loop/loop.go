// Package loop is the event loop of one isolate: process.nextTick callbacks,
// microtasks, timers, immediates and work pending on other goroutines, in
// Node's order. It has no goroutine of its own: whoever calls Run is the owner
// goroutine while Run lasts, and between two calls the loop is frozen. Frozen
// timers keep their due time, so an overdue one fires as soon as the loop runs
// again, as on Lambda after a thaw.
//
// Microtasks are goja's promise jobs, which goja runs whenever control leaves
// the outermost JavaScript call. Node runs the nextTick queue before them, so
// every macrotask runs inside a JavaScript frame (turn), in which the ticks can
// be emptied while the promise jobs still wait.
package loop

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// ErrInterrupted is what Run returns after Interrupt, if no JavaScript ran that
// goja could interrupt.
var ErrInterrupted = errors.New("loop: interrupted")

// Loop is an event loop. Only Interrupt and the functions that Pending returns
// may be called from other goroutines.
type Loop struct {
	vm    *goja.Runtime
	start time.Time
	// now is the loop's own time in ms since start. As in Node it stands still
	// during a phase, so timers set in one turn for the same delay keep their order.
	now int64
	// stale says that time went on without the loop, which was frozen.
	stale bool

	// turn is a JavaScript function that calls enter; inside it goja's promise
	// jobs wait. Both are made at the first use.
	turn  goja.Callable
	enter goja.Value
	// task is what enter runs; taskErr is how it ended.
	task    func() error
	taskErr error

	ticks      []func() error
	timers     timerHeap
	timerSeq   uint64
	immediates []*immediate
	// refs counts what keeps the loop alive on the owner's side: active timers
	// and immediates that are ref'd.
	refs int

	// Uncaught takes the error of a macrotask or tick. If it returns an error,
	// Run ends with it; otherwise the loop goes on, as in Node after an
	// 'uncaughtException' listener.
	Uncaught func(error) error
	// AfterTurn is called when a macrotask with its ticks and microtasks is
	// over; it is where unhandled rejections are found. An error ends Run.
	AfterTurn func() error

	mu sync.Mutex // guards the fields below
	// pending counts Pending calls whose done was not called yet.
	pending int
	// ready has what done brought, in order.
	ready []func() error

	wake        chan struct{} // has room for one; made with the Loop
	interrupted atomic.Bool
	waits       atomic.Bool
	sleeper     *time.Timer
}

var _ module.Loop = (*Loop)(nil)

// New returns an empty loop for vm. It costs next to nothing until it is used.
func New(vm *goja.Runtime) *Loop {
	return &Loop{vm: vm, start: time.Now(), wake: make(chan struct{}, 1)}
}

// Interrupt makes a Run that waits return ErrInterrupted. JavaScript that runs
// is interrupted by goja's own Interrupt, which the caller calls too. It may be
// called from any goroutine.
func (l *Loop) Interrupt() {
	l.interrupted.Store(true)
	l.signal()
}

func (l *Loop) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Pending implements module.Loop.
func (l *Loop) Pending() func(fn func() error) {
	l.mu.Lock()
	l.pending++
	l.mu.Unlock()
	var once atomic.Bool
	return func(fn func() error) {
		if !once.CompareAndSwap(false, true) {
			panic("loop: done called twice")
		}
		l.mu.Lock()
		l.pending--
		if fn == nil {
			fn = func() error { return nil }
		}
		l.ready = append(l.ready, fn)
		l.mu.Unlock()
		l.signal()
	}
}

// NextTick implements module.Loop.
func (l *Loop) NextTick(fn func() error) {
	l.ticks = append(l.ticks, fn)
}

// Empty reports whether nothing is left that could make the loop go on.
func (l *Loop) Empty() bool {
	if l.refs > 0 || len(l.ticks) > 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending == 0 && len(l.ready) == 0
}

// Idle reports whether the loop holds nothing at all, not even unref'd timers:
// thawing it would have no effect.
func (l *Loop) Idle() bool {
	return len(l.timers) == 0 && len(l.immediates) == 0 && l.Empty()
}

// Turn runs task as one macrotask: task, then all ticks and microtasks. The
// error of the task itself goes to Uncaught.
func (l *Loop) Turn(task func() error) error {
	if err := l.inFrame(task); err != nil {
		return err
	}
	return l.Settle()
}

// Settle empties the ticks and the microtasks that they queue, after a call
// into JavaScript that was made directly, and then calls AfterTurn.
func (l *Loop) Settle() error {
	for len(l.ticks) > 0 {
		if err := l.inFrame(nil); err != nil {
			return err
		}
	}
	if l.AfterTurn == nil {
		return nil
	}
	return l.AfterTurn()
}

// inFrame runs task, which may be nil, and the ticks inside a JavaScript frame.
// When it returns, goja has run the microtasks.
func (l *Loop) inFrame(task func() error) error {
	if l.turn == nil {
		l.makeTurn()
	}
	l.task, l.taskErr = task, nil
	if _, err := l.turn(goja.Undefined(), l.enter); err != nil {
		return err // an interrupt; what throws was dealt with in runTask
	}
	return l.taskErr
}

var turnProgram = goja.MustCompile("node:internal/loop", "(function(enter){enter()})", true)

func (l *Loop) makeTurn() {
	v, err := l.vm.RunProgram(turnProgram)
	if err != nil {
		panic(err) // two tokens of our own JavaScript
	}
	l.turn, _ = goja.AssertFunction(v)
	l.enter = l.vm.ToValue(func(goja.FunctionCall) goja.Value {
		l.taskErr = l.runTask()
		return goja.Undefined()
	})
}

// runTask runs the task and then the tick queue until it is empty.
func (l *Loop) runTask() error {
	if task := l.task; task != nil {
		l.task = nil
		if err := l.call(task); err != nil {
			return err
		}
	}
	for len(l.ticks) > 0 {
		// A tick may queue further ticks: take the head, keep the backing array.
		ticks := l.ticks
		l.ticks = nil
		for i, tick := range ticks {
			ticks[i] = nil
			if err := l.call(tick); err != nil {
				return err
			}
		}
	}
	return nil
}

// call runs one callback and hands its error to Uncaught. Errors that no
// JavaScript can catch (interrupts) end the loop at once.
func (l *Loop) call(fn func() error) error {
	err := fn()
	if err == nil {
		return nil
	}
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) || l.Uncaught == nil {
		return err
	}
	return l.Uncaught(err)
}
