package runtime_test

import (
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// javascript returns a runtime with one JavaScript function, "f".
func javascript(t testing.TB, cfg runtime.Config, source string, timeout time.Duration) *runtime.Runtime {
	t.Helper()
	rt, err := runtime.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	if err := rt.Deploy(t.Context(), runtime.Function{Name: "f", Code: runtime.Source(source), Timeout: timeout}); err != nil {
		t.Fatal(err)
	}
	return rt
}

// TestHandlerStuckInARegularExpressionIsGivenUp has an expression that takes a
// long time, in a library that cannot be interrupted.
func TestHandlerStuckInARegularExpressionIsGivenUp(t *testing.T) {
	t.Parallel()
	rt := javascript(t, runtime.Config{}, `
		let calls = 0;
		exports.handler = async (n) => {
			calls++;
			return [calls, /^(?=(a+)+\1?b)/.test("a".repeat(n) + "c")];
		}`, 300*time.Millisecond)
	// Each further letter doubles the time, on a fast machine or a slow one.
	for n := 8; ; n++ {
		res, err := rt.Invoke(t.Context(), "f", fmt.Append(nil, n))
		if err == nil {
			continue
		}
		var timeout *runtime.TimeoutError
		if !errors.As(err, &timeout) {
			t.Fatalf("%d letters: %s, %v; want a timeout", n, res.Payload, err)
		}
		if res.Abandoned {
			break
		}
	}
	if res, err := rt.Invoke(t.Context(), "f", []byte("3")); err != nil || string(res.Payload) != "[1,false]" {
		t.Errorf("the next invocation: %s, %v; want a fresh isolate", res.Payload, err)
	}
	for rt.Stats().Abandoned > 0 {
		goruntime.Gosched()
	}
}

func TestFailuresOfARealFunction(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, kind, message string }{
		{"endless loop", `exports.handler = async () => { for (;;); }`, "Sandbox.Timedout", "Task timed out after 0.20 seconds"},
		{"endless loop while loading", `for (;;);`, "Sandbox.Timedout", "Task timed out after 0.20 seconds"},
		{"exit while loading", `process.exit(3)`, "Runtime.ExitError", "Runtime exited with error: exit status 3"},
		{"throw while loading", `throw new RangeError("no")`, "RangeError", "no"},
		{"missing module", `require("nowhere")`, "Runtime.ImportModuleError", "Error: Cannot find module 'nowhere'"},
		{"syntax error", `exports.handler = (`, "Runtime.UserCodeSyntaxError", "SyntaxError: "},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg, timeout := runtime.Config{}, time.Minute
			if tc.kind == "Sandbox.Timedout" {
				cfg.InitTimeout, timeout = 100*time.Millisecond, 200*time.Millisecond
			}
			rt := javascript(t, cfg, tc.source, timeout)
			_, err := rt.Invoke(t.Context(), "f", nil)
			var failure *runtime.FunctionError
			if !errors.As(err, &failure) || failure.Type != tc.kind || !strings.Contains(failure.Message, tc.message) {
				t.Errorf("Invoke() = %v, want %s: %s", err, tc.kind, tc.message)
			}
		})
	}
}

// BenchmarkIdleIsolate reports what an isolate costs that waits for work.
func BenchmarkIdleIsolate(b *testing.B) {
	const isolates = 500
	for b.Loop() {
		rt, err := runtime.New(runtime.Config{IdleTimeout: -1})
		if err != nil {
			b.Fatal(err)
		}
		var before, after goruntime.MemStats
		goruntime.GC()
		goruntime.ReadMemStats(&before)
		threads := goruntime.NumGoroutine()
		if err := rt.Deploy(b.Context(), runtime.Function{Name: "f", Code: runtime.Source(hello), ProvisionedConcurrency: isolates}); err != nil {
			b.Fatal(err)
		}
		for rt.Stats().Idle < isolates {
			goruntime.Gosched()
		}
		goruntime.GC()
		goruntime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/isolates/1024, "KiB/isolate")
		b.ReportMetric(float64(goruntime.NumGoroutine()-threads), "goroutines")
		rt.Close()
	}
}

func TestIsolationByInvocationForgetsEverything(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	for name, want := range map[string]string{runtime.IsolationEnvironment: "3", runtime.IsolationInvocation: "1"} {
		err := rt.Deploy(t.Context(), runtime.Function{
			Name: name, Isolation: name, Code: runtime.Source(`let n = 0; exports.handler = async () => ++n`),
		})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for range 3 {
			res, err := rt.Invoke(t.Context(), name, nil)
			if err != nil {
				t.Fatal(err)
			}
			got = string(res.Payload)
		}
		if got != want {
			t.Errorf("%s: the third invocation counts %s, want %s", name, got, want)
		}
	}
}
