package loop_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/loop"
	"github.com/lambent-run/lambent/js/module"
)

// world is a loop whose guest has Node's scheduling functions and say(), which
// notes the order of events.
type world struct {
	t    *testing.T
	vm   *goja.Runtime
	loop *loop.Loop
	said []string
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, vm: goja.New()}
	w.loop = loop.New(w.vm)
	callback := func(v goja.Value) func() error {
		fn, _ := goja.AssertFunction(v)
		return func() error {
			_, err := fn(goja.Undefined())
			return err
		}
	}
	set := func(name string, fn func(goja.FunctionCall) goja.Value) {
		if err := w.vm.Set(name, fn); err != nil {
			t.Fatal(err)
		}
	}
	set("say", func(call goja.FunctionCall) goja.Value {
		w.said = append(w.said, call.Argument(0).String())
		return nil
	})
	set("nextTick", func(call goja.FunctionCall) goja.Value {
		w.loop.NextTick(callback(call.Argument(0)))
		return nil
	})
	timer := func(repeat bool) func(goja.FunctionCall) goja.Value {
		return func(call goja.FunctionCall) goja.Value {
			d := time.Duration(call.Argument(1).ToInteger()) * time.Millisecond
			return w.vm.ToValue(w.loop.SetTimer(d, repeat, callback(call.Argument(0))))
		}
	}
	set("setTimeout", timer(false))
	set("setInterval", timer(true))
	set("clear", func(call goja.FunctionCall) goja.Value {
		call.Argument(0).Export().(module.Timer).Stop()
		return nil
	})
	set("unref", func(call goja.FunctionCall) goja.Value {
		call.Argument(0).Export().(module.Timer).Unref()
		return nil
	})
	set("setImmediate", func(call goja.FunctionCall) goja.Value {
		return w.vm.ToValue(w.loop.SetImmediate(callback(call.Argument(0))))
	})
	set("work", func(call goja.FunctionCall) goja.Value {
		done := w.loop.Pending()
		fn := callback(call.Argument(1))
		d := time.Duration(call.Argument(0).ToInteger()) * time.Millisecond
		go func() {
			time.Sleep(d)
			done(fn)
		}()
		return nil
	})
	return w
}

// run evaluates a script as the first macrotask and turns the loop to its end.
func (w *world) run(script string) error {
	if err := w.loop.Turn(func() error {
		_, err := w.vm.RunString(script)
		return err
	}); err != nil {
		return err
	}
	_, err := w.loop.Run(func() bool { return false })
	return err
}

func (w *world) wantSaid(want string) {
	w.t.Helper()
	if got := strings.Join(w.said, " "); got != want {
		w.t.Errorf("order is %q, want %q", got, want)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, script, want string }{
		{"ticks come before promise jobs, and both before timers",
			`setTimeout(()=>say('timer'),1); Promise.resolve().then(()=>say('job')); nextTick(()=>say('tick')); say('script')`,
			"script tick job timer"},
		{"a tick queued by a promise job runs when all jobs are done",
			`Promise.resolve().then(()=>{say('a'); nextTick(()=>say('tick')); Promise.resolve().then(()=>say('b'))})`,
			"a b tick"},
		{"ticks and jobs run between two timers of the same turn",
			`setTimeout(()=>{say('t1'); nextTick(()=>say('tick1')); Promise.resolve().then(()=>say('job1'))},5); setTimeout(()=>say('t2'),5)`,
			"t1 tick1 job1 t2"},
		{"timers fire by due time, then by age",
			`setTimeout(()=>say('10'),10); setTimeout(()=>say('5a'),5); setTimeout(()=>say('5b'),5); setTimeout(()=>say('0'),0)`,
			"0 5a 5b 10"},
		{"an immediate queued by an immediate waits for the next round",
			`setImmediate(()=>{say('i1'); setImmediate(()=>say('i3'))}); setImmediate(()=>say('i2'))`,
			"i1 i2 i3"},
		{"an interval repeats until it is cleared from its own callback",
			`let n=0; const t=setInterval(()=>{say('tick'+ ++n); if(n==3) clear(t)},2)`,
			"tick1 tick2 tick3"},
		{"a cleared timer never fires",
			`const t=setTimeout(()=>say('never'),1); clear(t); setTimeout(()=>say('end'),3)`,
			"end"},
		{"an unref'd timer fires only while something else keeps the loop alive",
			`unref(setTimeout(()=>say('short'),1)); unref(setTimeout(()=>say('long'),100)); setTimeout(()=>say('kept'),10)`,
			"short kept"},
		{"work on another goroutine keeps the loop alive and comes as a macrotask",
			`work(5, ()=>{say('work'); nextTick(()=>say('tick'))}); setTimeout(()=>say('timer'),2)`,
			"timer work tick"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				if err := w.run(tc.script); err != nil {
					t.Fatal(err)
				}
				w.wantSaid(tc.want)
				if !w.loop.Empty() {
					t.Error("the loop is not empty at the end")
				}
			})
		})
	}
}

func TestFrozenTimersKeepTheirDueTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if err := w.loop.Turn(func() error {
			_, err := w.vm.RunString(`setTimeout(()=>say('overdue'),10); setTimeout(()=>say('later'),60)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // frozen: nobody runs the loop
		w.wantSaid("")
		if err := w.loop.Thaw(); err != nil {
			t.Fatal(err)
		}
		w.wantSaid("overdue")
		begin := time.Now()
		if _, err := w.loop.Run(func() bool { return false }); err != nil {
			t.Fatal(err)
		}
		w.wantSaid("overdue later")
		if got := time.Since(begin); got != 10*time.Millisecond {
			t.Errorf("the rest of the wait took %v, want 10ms", got)
		}
	})
}

func TestRunStopsAsSoonAsItIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.vm.RunString(`setImmediate(()=>say('a')); setImmediate(()=>say('b'))`); err != nil {
		t.Fatal(err)
	}
	stopped, err := w.loop.Run(func() bool { return len(w.said) == 1 })
	if !stopped || err != nil {
		t.Fatalf("Run = %v, %v; want true, nil", stopped, err)
	}
	w.wantSaid("a")
	if _, err := w.loop.Run(func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	w.wantSaid("a b")
}

func TestInterruptEndsAWaitingLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		time.AfterFunc(time.Second, w.loop.Interrupt)
		begin := time.Now()
		err := w.run(`setTimeout(()=>say('too late'), 60000)`)
		if !errors.Is(err, loop.ErrInterrupted) || time.Since(begin) != time.Second {
			t.Errorf("Run ended with %v after %v, want ErrInterrupted after 1s", err, time.Since(begin))
		}
		w.wantSaid("")
	})
}

func TestUncaughtErrorsGoToTheHandler(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		survive bool
		want    string
	}{
		{"an error it returns ends the loop", false, "before"},
		{"otherwise the loop goes on", true, "before after"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				var caught []error
				w.loop.Uncaught = func(err error) error {
					caught = append(caught, err)
					if tc.survive {
						return nil
					}
					return err
				}
				err := w.run(`setTimeout(()=>{say('before'); throw new Error('boom')},1); setTimeout(()=>say('after'),5)`)
				if (err == nil) != tc.survive || len(caught) != 1 || !strings.Contains(caught[0].Error(), "boom") {
					t.Errorf("Run = %v, caught %v", err, caught)
				}
				w.wantSaid(tc.want)
			})
		})
	}
}

func TestDoneTwiceIsAPanic(t *testing.T) {
	t.Parallel()
	l := loop.New(goja.New())
	done := l.Pending()
	done(nil)
	defer func() {
		if recover() == nil {
			t.Error("the second call did not panic")
		}
	}()
	done(nil)
}

func TestManyGoroutinesMayFinishWork(t *testing.T) {
	t.Parallel()
	l := loop.New(goja.New())
	var order []int
	const n = 500
	for i := range n {
		done := l.Pending()
		go done(func() error { order = append(order, i); return nil })
	}
	if _, err := l.Run(func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(order)
	if len(order) != n || order[0] != 0 || order[n-1] != n-1 {
		t.Errorf("%d callbacks ran, want each of %d once", len(order), n)
	}
}

func BenchmarkTurn(b *testing.B) {
	l := loop.New(goja.New())
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Turn(func() error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
