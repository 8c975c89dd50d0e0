package runtime_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// bubble runs f with a runtime on e, under a clock that jumps.
func bubble(t *testing.T, e *fakeEngine, cfg runtime.Config, f func(t *testing.T, rt *runtime.Runtime)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := start(t, e, cfg)
		f(t, rt)
		stop(t, rt, e)
	})
}

const grace = 25 * time.Millisecond

// stuck is a handler that does not react to its interruption before free is
// closed.
func stuck(free chan struct{}) func(*fakeIsolate, *runtime.Call) (runtime.Reply, error) {
	return func(*fakeIsolate, *runtime.Call) (runtime.Reply, error) {
		<-free
		return runtime.Reply{Payload: []byte("late")}, nil
	}
}

func TestTimeoutEndsTheInvocationAndItsIsolate(t *testing.T) {
	e := &fakeEngine{}
	e.invoke = func(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
		if i.id == 1 {
			return untilInterrupted(i, call)
		}
		return runtime.Reply{}, nil
	}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{})
		began := time.Now()
		res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", RequestID: "r"})
		const payload = `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r Error: Task timed out after 3.00 seconds"}`
		var timeout *runtime.TimeoutError
		var failure *runtime.FunctionError
		if !errors.As(err, &timeout) || !errors.As(err, &failure) || !errors.Is(err, context.DeadlineExceeded) ||
			string(timeout.Payload) != payload || string(failure.Payload) != payload || string(res.Payload) != payload ||
			err.Error() != "runtime: f timed out after 3.00 seconds" {
			t.Errorf("Do() = %+v, %v", res, err)
		}
		if took := time.Since(began); took != 3*second || res.Duration != 3*second || res.Abandoned {
			t.Errorf("took %v, Duration %v, abandoned %v; want 3s, 3s, false", took, res.Duration, res.Abandoned)
		}
		if next, err := rt.Invoke(t.Context(), "f", nil); err != nil || !next.ColdStart {
			t.Errorf("next: %+v, %v; want a cold start", next, err)
		}
		if s := rt.Stats(); s.Timeouts != 1 || s.FunctionErrors != 1 || s.Invocations != 2 || s.ColdStarts != 2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestStuckEngineIsAbandoned(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		free := make(chan struct{})
		e.invoke = stuck(free)
		deploy(t, rt, runtime.Function{Timeout: second})
		began := time.Now()
		res, err := rt.Invoke(t.Context(), "f", nil)
		var timeout *runtime.TimeoutError
		if !errors.As(err, &timeout) || !res.Abandoned {
			t.Errorf("Do() = %+v, %v; want an abandoned timeout", res, err)
		}
		if took := time.Since(began); took != second+grace {
			t.Errorf("the caller had its answer after %v, want %v", took, second+grace)
		}
		if s := rt.Stats(); s.Abandoned != 1 || s.InFlight != 0 || s.Isolates != 0 || e.open.Load() != 1 {
			t.Errorf("%+v with %d open isolates", s, e.open.Load())
		}
		close(free)
		synctest.Wait()
		if s := rt.Stats(); s.Abandoned != 0 || e.open.Load() != 0 {
			t.Errorf("after it came back: %+v with %d open isolates", s, e.open.Load())
		}
	})
}

func TestCancellingTheContextStopsTheInvocation(t *testing.T) {
	bubble(t, &fakeEngine{invoke: untilInterrupted}, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{})
		ctx, cancel := context.WithTimeout(t.Context(), second)
		defer cancel()
		began := time.Now()
		_, err := rt.Invoke(ctx, "f", nil)
		var failure *runtime.FunctionError
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &failure) || time.Since(began) != second {
			t.Errorf("Invoke() = %v after %v, want the context's error after 1s", err, time.Since(began))
		}
		if s := rt.Stats(); s.InFlight != 0 || s.Isolates != 0 {
			t.Errorf("%+v, want the isolate gone", s)
		}
	})
}

func TestFunctionThatKeepsGettingStuckIsSuspended(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		free := make(chan struct{})
		var well atomic.Bool
		e.invoke = func(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
			if well.Load() {
				return runtime.Reply{}, nil
			}
			return stuck(free)(i, call)
		}
		deploy(t, rt, runtime.Function{Timeout: second})
		deploy(t, rt, runtime.Function{Name: "other"})
		for i := range 3 {
			if _, err := rt.Invoke(t.Context(), "f", nil); errors.Is(err, runtime.ErrSuspended) {
				t.Errorf("invocation %d: %v", i+1, err)
			}
		}
		time.Sleep(second) // they could come back
		var suspended *runtime.SuspendedError
		if _, err := rt.Invoke(t.Context(), "f", nil); !errors.Is(err, runtime.ErrSuspended) || !errors.As(err, &suspended) ||
			suspended.Stuck != 3 || suspended.RetryAfter != 10*second {
			t.Errorf("fourth invocation: %v, want a suspension for 10s", err)
		}
		if n := rt.Stats().Suspended; n != 1 {
			t.Errorf("%d functions suspended, want 1", n)
		}
		time.Sleep(10 * second)
		if _, err := rt.Invoke(t.Context(), "f", nil); errors.Is(err, runtime.ErrSuspended) {
			t.Errorf("no attempt is let through after the rest: %v", err)
		}
		if _, err := rt.Invoke(t.Context(), "f", nil); !errors.As(err, &suspended) || suspended.RetryAfter != 20*second {
			t.Errorf("after a failed attempt: %v, want a suspension for 20s", err)
		}
		time.Sleep(20 * second)
		well.Store(true)
		for range 2 {
			if _, err := rt.Invoke(t.Context(), "f", nil); err != nil {
				t.Errorf("the function is well again: %v", err)
			}
		}
		if s := rt.Stats(); s.Suspended != 0 || s.Abandoned != 4 {
			t.Errorf("%+v, want none suspended and 4 still stuck", s)
		}
		close(free)
		synctest.Wait()
	})
}

func TestEngineThatIsSlowToStopIsNotSuspended(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		e.invoke = func(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
			<-i.stop
			time.Sleep(500 * time.Millisecond)
			return runtime.Reply{}, runtime.ErrInterrupted
		}
		deploy(t, rt, runtime.Function{Timeout: 100 * time.Millisecond})
		for range 20 {
			if res, err := rt.Invoke(t.Context(), "f", nil); !res.Abandoned || errors.Is(err, runtime.ErrSuspended) {
				t.Errorf("%+v, %v; want a timeout", res, err)
			}
		}
		time.Sleep(second)
	})
}

func TestStuckFunctionsAreRefusedAtTheLimitAndOthersAreNot(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{MaxAbandoned: 1}, func(t *testing.T, rt *runtime.Runtime) {
		free := make(chan struct{})
		e.invoke = func(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
			if i.env.FunctionName == "bad" {
				return stuck(free)(i, call)
			}
			return runtime.Reply{}, nil
		}
		deploy(t, rt, runtime.Function{Name: "bad", Timeout: second})
		deploy(t, rt, runtime.Function{Name: "good"})
		_, _ = rt.Invoke(t.Context(), "bad", nil)
		if _, err := rt.Invoke(t.Context(), "bad", nil); !errors.Is(err, runtime.ErrSuspended) {
			t.Errorf("bad: %v, want ErrSuspended", err)
		}
		if _, err := rt.Invoke(t.Context(), "good", nil); err != nil {
			t.Errorf("good: %v", err)
		}
		close(free)
		synctest.Wait()
	})
}

func TestInitPhaseThatTimesOutRunsAgainInTheInvocation(t *testing.T) {
	tests := []struct {
		name string
		// stay is how long the two init phases take.
		stay  [2]time.Duration
		took  time.Duration
		fails bool
	}{
		{"and succeeds in time", [2]time.Duration{time.Hour, second}, 11 * second, false},
		{"and takes the function's own timeout", [2]time.Duration{time.Hour, time.Hour}, 13 * second, true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			e := &fakeEngine{init: func(ctx context.Context, _ runtime.Environment, n int) error {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(tc.stay[n-1]):
					return nil
				}
			}}
			bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
				deploy(t, rt, runtime.Function{})
				began := time.Now()
				res, err := rt.Invoke(t.Context(), "f", nil)
				var timeout *runtime.TimeoutError
				if errors.As(err, &timeout) != tc.fails || tc.fails == (err == nil) || !res.ColdStart || res.InitDuration != 10*second {
					t.Errorf("Invoke() = %+v, %v", res, err)
				}
				if took := time.Since(began); took != tc.took {
					t.Errorf("took %v, want %v", took, tc.took)
				}
			})
		})
	}
}

func TestStuckInitPhaseIsAbandoned(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{InitTimeout: 2 * second}, func(t *testing.T, rt *runtime.Runtime) {
		free := make(chan struct{})
		e.init = func(context.Context, runtime.Environment, int) error {
			<-free
			return nil
		}
		deploy(t, rt, runtime.Function{Timeout: second})
		began := time.Now()
		res, err := rt.Invoke(t.Context(), "f", nil)
		var timeout *runtime.TimeoutError
		if !errors.As(err, &timeout) || !res.Abandoned || time.Since(began) != 3*second+2*grace {
			t.Errorf("Invoke() = %+v, %v after %v", res, err, time.Since(began))
		}
		if n := rt.Stats().Abandoned; n != 2 {
			t.Errorf("%d abandoned, want 2", n)
		}
		close(free)
		synctest.Wait()
		if n, open := rt.Stats().Abandoned, e.open.Load(); n != 0 || open != 0 {
			t.Errorf("%d abandoned and %d open isolates after they came back, want none", n, open)
		}
	})
}

func TestBlockedStreamIsAborted(t *testing.T) {
	e := &fakeEngine{invoke: func(_ *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
		_, err := call.Stream.Write([]byte("x"))
		return runtime.Reply{}, err
	}}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{})
		s := &blocked{end: make(chan struct{})}
		res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Stream: s})
		if err == nil || res.Abandoned || res.Duration != 3*second {
			t.Errorf("Do() = %+v, %v; want a failure after 3s, not abandoned", res, err)
		}
	})
}

func TestAbandonedEngineWritesNothingToTheCaller(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		free := make(chan struct{})
		e.invoke = func(_ *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
			<-free
			call.Stream.SetContentType("late")
			_, err := call.Stream.Write([]byte("late"))
			if err == nil {
				t.Error("a late Write succeeds")
			}
			return runtime.Reply{}, err
		}
		deploy(t, rt, runtime.Function{})
		s := &counter{}
		if res, _ := rt.Do(t.Context(), runtime.Invocation{Function: "f", Stream: s}); !res.Abandoned {
			t.Errorf("%+v, want it abandoned", res)
		}
		close(free)
		synctest.Wait()
		if s.n != 0 || s.kind != "" {
			t.Errorf("%d bytes of %q were written", s.n, s.kind)
		}
	})
}

// blocked is a ResponseStream whose reader has gone to sleep.
type blocked struct{ end chan struct{} }

func (*blocked) SetContentType(string) {}
func (b *blocked) Abort()              { close(b.end) }
func (b *blocked) Write([]byte) (int, error) {
	<-b.end
	return 0, errors.New("aborted")
}
