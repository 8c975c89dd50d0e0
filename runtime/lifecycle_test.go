package runtime_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// gated is a handler that answers when its gate opens, with the id of its
// isolate.
type gated struct{ gate, entered chan struct{} }

func newGated() *gated { return &gated{make(chan struct{}), make(chan struct{}, 100)} }

func (g *gated) invoke(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
	g.entered <- struct{}{}
	select {
	case <-g.gate:
		return runtime.Reply{Payload: []byte(i.env.Vars["CODE"])}, nil
	case <-i.stop:
		return runtime.Reply{}, runtime.ErrInterrupted
	}
}

type outcome struct {
	res runtime.Result
	err error
}

// background invokes f in the background.
func background(t *testing.T, rt *runtime.Runtime, name string) chan outcome {
	ch := make(chan outcome, 1)
	go func() {
		res, err := rt.Invoke(t.Context(), name, nil)
		ch <- outcome{res, err}
	}()
	synctest.Wait()
	return ch
}

func code(text string) map[string]string { return map[string]string{"CODE": text} }

func TestRedeployLetsWhatIsInFlightFinishOnTheOldCode(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		g := newGated()
		e.invoke = g.invoke
		deploy(t, rt, runtime.Function{Environment: code("old")})
		old := background(t, rt, "f")
		deploy(t, rt, runtime.Function{Environment: code("new")})
		next := background(t, rt, "f")
		close(g.gate)
		if r := <-old; string(r.res.Payload) != "old" || r.err != nil {
			t.Errorf("in flight: %s, %v; want the old code", r.res.Payload, r.err)
		}
		if r := <-next; string(r.res.Payload) != "new" || !r.res.ColdStart {
			t.Errorf("next: %s, %v; want the new code", r.res.Payload, r.err)
		}
		if s := rt.Stats(); s.Isolates != 1 || e.open.Load() != 1 || s.Functions != 1 {
			t.Errorf("%+v, %d open; want the old isolate gone", s, e.open.Load())
		}
	})
}

func TestRemoveForgetsTheFunction(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		g := newGated()
		e.invoke = g.invoke
		deploy(t, rt, runtime.Function{})
		running := background(t, rt, "f")
		if err := rt.Remove("f"); err != nil {
			t.Error(err)
		}
		if _, err := rt.Invoke(t.Context(), "f", nil); !errors.Is(err, runtime.ErrNotFound) {
			t.Errorf("after Remove: %v, want ErrNotFound", err)
		}
		if err := rt.Remove("f"); !errors.Is(err, runtime.ErrNotFound) {
			t.Errorf("second Remove: %v, want ErrNotFound", err)
		}
		close(g.gate)
		if r := <-running; r.err != nil {
			t.Errorf("in flight: %v", r.err)
		}
		if e.open.Load() != 0 {
			t.Error("its isolate was kept")
		}
	})
}

func TestCloseWaitsForWhatIsInFlight(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		g := newGated()
		e.invoke = g.invoke
		deploy(t, rt, runtime.Function{})
		running := background(t, rt, "f")
		closed := make(chan struct{})
		go func() {
			rt.Close()
			close(closed)
		}()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("Close returned before the invocation did")
		default:
		}
		if _, err := rt.Invoke(t.Context(), "f", nil); err != runtime.ErrClosed {
			t.Errorf("while closing: %v, want ErrClosed", err)
		}
		close(g.gate)
		if r := <-running; r.err != nil {
			t.Errorf("in flight: %v", r.err)
		}
		<-closed
	})
}

func TestCrashKeepsTheEnvironmentButNotTheIsolate(t *testing.T) {
	var seen []runtime.Environment
	e := &fakeEngine{invoke: func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
		seen = append(seen, i.env)
		if i.calls == 2 {
			i.broken.Store(true)
			return runtime.Reply{}, &runtime.ExitError{Code: 1}
		}
		return runtime.Reply{}, nil
	}}
	bubble(t, e, runtime.Config{}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{})
		cold := ""
		for range 3 {
			res, _ := rt.Invoke(t.Context(), "f", nil)
			cold += map[bool]string{true: "c", false: "w"}[res.ColdStart]
			if len(seen) == 1 {
				f, err := seen[0].Tmp.Open("kept", os.O_CREATE|os.O_RDWR, 0o600)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = f.WriteAt([]byte("x"), 0)
				f.Close()
			}
		}
		if cold != "cwc" {
			t.Errorf("starts %s, want cwc (cold, warm, cold)", cold)
		}
		if seen[2].LogStream != seen[0].LogStream || seen[2].Tmp != seen[0].Tmp {
			t.Errorf("log streams %s and %s: the environment was not kept", seen[0].LogStream, seen[2].LogStream)
		}
		if _, err := seen[2].Tmp.Stat("kept"); err != nil {
			t.Errorf("/tmp after the crash: %v", err)
		}
	})
}

func TestReservedConcurrencyThrottles(t *testing.T) {
	e := &fakeEngine{}
	throttled := []string{}
	cfg := runtime.Config{MaxConcurrency: 3, UnreservedMinimum: 1}
	cfg.Observe.Throttled = func(function, reason string) { throttled = append(throttled, function+" "+reason) }
	bubble(t, e, cfg, func(t *testing.T, rt *runtime.Runtime) {
		g := newGated()
		e.invoke = g.invoke
		one, zero := 1, 0
		deploy(t, rt, runtime.Function{Name: "reserved", ReservedConcurrency: &one})
		deploy(t, rt, runtime.Function{Name: "off", ReservedConcurrency: &zero})
		deploy(t, rt, runtime.Function{Name: "shared"})
		running := []chan outcome{background(t, rt, "reserved"), background(t, rt, "shared"), background(t, rt, "shared")}
		for _, tc := range []struct{ name, reason string }{
			{"reserved", runtime.ReasonReservedConcurrency}, {"off", runtime.ReasonReservedConcurrency}, {"shared", runtime.ReasonConcurrency},
		} {
			var refused *runtime.ThrottledError
			_, err := rt.Invoke(t.Context(), tc.name, nil)
			if !errors.Is(err, runtime.ErrThrottled) || !errors.As(err, &refused) || refused.Reason != tc.reason || refused.Function != tc.name {
				t.Errorf("%s: %v, want %s", tc.name, err, tc.reason)
			}
		}
		if s := rt.Stats(); s.InFlight != 3 || s.Throttles[runtime.ReasonReservedConcurrency] != 2 || s.Throttles[runtime.ReasonConcurrency] != 1 {
			t.Errorf("%+v", s)
		}
		if len(throttled) != 3 {
			t.Errorf("hook saw %v", throttled)
		}
		close(g.gate)
		for _, r := range running {
			if o := <-r; o.err != nil {
				t.Error(o.err)
			}
		}
		var refused *runtime.SettingError
		two := 2
		err := rt.Deploy(t.Context(), runtime.Function{Name: "more", Code: runtime.Source(""), Runtime: "fake", ReservedConcurrency: &two})
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, "below its minimum value of [1].") {
			t.Errorf("reserving too much: %v", err)
		}
		if _, err := rt.Function("more", ""); !errors.Is(err, runtime.ErrNotFound) {
			t.Errorf("a refused function was deployed: %v", err)
		}
	})
}

func TestNewEnvironmentsComeAtABoundedRate(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{BurstIsolates: 2}, func(t *testing.T, rt *runtime.Runtime) {
		g := newGated()
		e.invoke = g.invoke
		deploy(t, rt, runtime.Function{Timeout: time.Minute})
		a, b := background(t, rt, "f"), background(t, rt, "f")
		if _, err := rt.Invoke(t.Context(), "f", nil); !errors.Is(err, runtime.ErrThrottled) {
			t.Errorf("third environment at once: %v, want ErrThrottled", err)
		}
		time.Sleep(5 * second)
		c := background(t, rt, "f")
		close(g.gate)
		for _, r := range []chan outcome{a, b, c} {
			if o := <-r; o.err != nil {
				t.Error(o.err)
			}
		}
		if n := rt.Stats().InFlight; n != 0 {
			t.Errorf("%d slots lost", n)
		}
	})
}

func TestProvisionedIsolatesAreWarmBeforeTheFirstInvocation(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{IdleTimeout: time.Minute}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{ProvisionedConcurrency: 5})
		synctest.Wait()
		time.Sleep(time.Hour)
		info, err := rt.Function("f", "$LATEST")
		if err != nil || info.Isolates != 5 || info.Idle != 5 {
			t.Errorf("%+v, %v; want 5 idle isolates", info, err)
		}
	})
}

func TestIdleIsolatesEnd(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{IdleTimeout: time.Minute}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{})
		if _, err := rt.Invoke(t.Context(), "f", nil); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if e.open.Load() != 0 {
			t.Error("an idle isolate is still there")
		}
	})
}

func TestIsolatesAreCappedOverAllFunctions(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{MaxIsolates: 4}, func(t *testing.T, rt *runtime.Runtime) {
		for _, name := range strings.Split("abcdefgh", "") {
			deploy(t, rt, runtime.Function{Name: name})
			if _, err := rt.Invoke(t.Context(), name, nil); err != nil {
				t.Error(err)
			}
			time.Sleep(second)
		}
		if s := rt.Stats(); s.Isolates != 4 || s.Evictions != 4 || e.open.Load() != 4 {
			t.Errorf("%+v, %d open; want 4 isolates and 4 evictions", s, e.open.Load())
		}
		for _, name := range []string{"e", "h"} {
			if res, _ := rt.Invoke(t.Context(), name, nil); res.ColdStart {
				t.Errorf("%s, used last, was evicted", name)
			}
		}
	})
}

func TestFunctionsDescribesWhatIsDeployed(t *testing.T) {
	e := &fakeEngine{}
	bubble(t, e, runtime.Config{Region: "eu-west-1", AccountID: "123456789012"}, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{Name: "b", Handler: "x.y", Timeout: second, MemorySize: 256})
		deploy(t, rt, runtime.Function{Name: "a"})
		all := rt.Functions()
		if len(all) != 2 || all[0].Name != "a" || all[1].Name != "b" {
			t.Fatalf("%+v, want a and b", all)
		}
		b := all[1]
		if b.ARN != "arn:aws:lambda:eu-west-1:123456789012:function:b" || b.Version != "$LATEST" || b.Handler != "x.y" ||
			b.Timeout != second || b.MemorySize != 256 || b.Runtime != "fake" || b.CodeSHA256 == [32]byte{} || b.Modified.IsZero() {
			t.Errorf("%+v", b)
		}
		if a := all[0]; a.Handler != "index.handler" || a.Timeout != 3*second || a.MemorySize != 128 {
			t.Errorf("%+v, want Lambda's defaults", a)
		}
	})
}
