package sandbox_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// deeds are what testdata/hostile.c does, by the names that it gives them.
func deeds(t testing.TB) map[string]int {
	t.Helper()
	text, err := os.ReadFile("testdata/hostile.c")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "(*const deeds[])(void) = {")
	list, _, _ = strings.Cut(list, "};")
	all := map[string]int{}
	for i, name := range regexp.MustCompile(`\w+`).FindAllString(list, -1) {
		all[name] = i
	}
	return all
}

// cut is the timeout of functions whose invocations have no end.
const cut = 200 * time.Millisecond

// hostileDeeds says what becomes of each deed. Numbers are those of WASI's
// errors.
var hostileDeeds = []struct {
	deed string
	// want is the response, or kind and message are of the error. A kind of
	// timedOut means that the deed has no end of its own.
	want, kind, message string
}{
	{deed: "spin", kind: timedOut},
	{deed: "recurse", kind: trap, message: "stack"},
	{deed: "recurse_indirectly", kind: trap, message: "stack"},
	{deed: "fill_memory", kind: timedOut},
	{deed: "random_forever", kind: timedOut},
	{deed: "sleep_forever", kind: timedOut},
	{deed: "sleep_often", kind: timedOut},
	{deed: "poll_overflow", want: "28"},
	{deed: "bomb", want: "2035"},           // pages of 64 KiB, in steps of 16 from 3: 128 MB
	{deed: "bomb_and_touch", want: "2048"}, // to the page
	{deed: "long_answer", kind: "Function.ResponseSizeTooLarge", message: "6291556"},
	{deed: "stream_forever", kind: "Function.ResponseSizeTooLarge", message: "6291556"},
	{deed: "log_forever", kind: timedOut},
	{deed: "log_without_end", kind: timedOut},
	{deed: "open_many", want: "1020"}, // and three streams and the root
	{deed: "make_many", want: "51"},
	{deed: "fill_tmp", want: "51"},
	{deed: "climb", want: "63"},
	{deed: "absolute", want: "63"},
	{deed: "climb_by_link", want: "44"},
	{deed: "write_code", want: "69"},
	{deed: "deep_folders", want: "37"},
	{deed: "far_descriptor", want: "8"},
	{deed: "close_all", want: "0"},
	{deed: "unreachable", kind: trap, message: "unreachable"},
	{deed: "divide", kind: trap, message: "integer divide by zero"},
	{deed: "load", kind: trap, message: "out of bounds memory access"},
	{deed: "store", kind: trap, message: "out of bounds memory access"},
	{deed: "call_nothing", kind: trap, message: "invalid table access"},
	{deed: "call_other_type", kind: trap, message: "indirect call type mismatch"},
	{deed: "convert", kind: trap, message: "integer overflow"},
	{deed: "respond_nowhere", kind: trap, message: "respond"},
	{deed: "respond_huge", kind: trap, message: "respond"},
	{deed: "log_nowhere", kind: trap, message: "log"},
	{deed: "log_no_level", kind: trap, message: "level 77"},
	{deed: "fail_nowhere", kind: trap, message: "fail"},
	{deed: "context_nowhere", kind: trap, message: "context_read"},
	{deed: "write_unasked", kind: trap, message: "write"},
	{deed: "stream_twice", kind: trap, message: "respond_stream"},
	{deed: "wasi_nowhere", want: "21"},
	{deed: "leave", kind: "Runtime.ExitError", message: "exit status 3"},
	{deed: "leave_well", kind: "Runtime.ExitError", message: ""},
	{deed: "no_answer", want: "null"},
}

const (
	timedOut = "Sandbox.Timedout"
	trap     = "Runtime.Trap"
)

func TestHostileDeedsEndTheirOwnInvocationOnly(t *testing.T) {
	t.Parallel()
	rt := newRuntime(t, runtime.Config{})
	hostile, known := module(t, "hostile.wasm"), deeds(t)
	deploy(t, rt, "neighbour", module(t, "echo.wasm"), time.Minute)
	for _, tc := range hostileDeeds {
		n, ok := known[tc.deed]
		if !ok {
			t.Fatalf("there is no deed %s", tc.deed)
		}
		delete(known, tc.deed)
		t.Run(tc.deed, func(t *testing.T) {
			timeout := time.Minute
			if tc.kind == timedOut {
				timeout = cut
			}
			function := "does-" + tc.deed // each with a /tmp of its own
			err := rt.Deploy(t.Context(), runtime.Function{
				Name: function, Runtime: wasmRuntime, Code: packed(hostile), Timeout: timeout, Isolation: runtime.IsolationInvocation,
			})
			if err != nil {
				t.Fatal(err)
			}
			res, err := rt.Invoke(t.Context(), function, fmt.Append(nil, n))
			checkDeed(t, res, err, tc.want, tc.kind, tc.message)
			if res, err := rt.Invoke(t.Context(), "neighbour", []byte(`"still there"`)); err != nil || string(res.Payload) != `"still there"` {
				t.Errorf("the neighbour answers %s, %v", res.Payload, err)
			}
			// What it left behind does not meet the next one, but in /tmp.
			if res, err := rt.Invoke(t.Context(), function, fmt.Append(nil, n)); tc.want != "" && tc.deed != "deep_folders" {
				checkDeed(t, res, err, tc.want, tc.kind, tc.message)
			}
		})
	}
	delete(known, "write_tmp") // fills the disk: package wasi has a smaller one
	if len(known) > 0 {
		t.Errorf("nothing is said of the deeds %v", known)
	}
	comeBack(t, rt)
}

// comeBack waits for the isolates that were given up: on a busy machine some do
// not end in time, but all of them do end.
func comeBack(t *testing.T, rt *runtime.Runtime) {
	t.Helper()
	for begun := time.Now(); rt.Stats().Abandoned > 0; goruntime.Gosched() {
		if time.Since(begun) > time.Minute {
			t.Fatalf("%d isolates could not be interrupted", rt.Stats().Abandoned)
		}
	}
}

func checkDeed(t *testing.T, res runtime.Result, err error, want, kind, message string) {
	t.Helper()
	var failure *runtime.FunctionError
	switch {
	case want != "":
		if err != nil || string(res.Payload) != want {
			t.Errorf("got %s, %v; want %s", res.Payload, err, want)
		}
	case !errors.As(err, &failure) || failure.Type != kind || !strings.Contains(failure.Message, message):
		t.Errorf("got %s, %v; want %s with %q", res.Payload, err, kind, message)
	case bytes.Contains(failure.Payload, []byte("goroutine")) || bytes.Contains(failure.Payload, []byte(".go:")):
		t.Errorf("the error shows the host's stack: %s", failure.Payload)
	}
}

func TestHostileModules(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, module, kind, message string }{
		{"a start function without end", "start-loop.wasm", timedOut, "timed out"},
		{"a start function that traps", "start-trap.wasm", trap, "unreachable"},
		{"room for the event beyond the memory", "bad-alloc.wasm", "", ""},
		{"no room for the event", "no-alloc.wasm", "", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rt := newRuntime(t, runtime.Config{InitTimeout: cut})
			deploy(t, rt, "f", module(t, tc.module), cut)
			_, err := rt.Invoke(t.Context(), "f", []byte(`{"a":1}`))
			var failure *runtime.FunctionError
			if !errors.As(err, &failure) || tc.kind != "" && failure.Type != tc.kind || !strings.Contains(failure.Message, tc.message) {
				t.Errorf("got %v, want %s with %q", err, tc.kind, tc.message)
			}
		})
	}
}

func TestTablesCannotGrowForEver(t *testing.T) {
	t.Parallel()
	rt := newRuntime(t, runtime.Config{})
	deploy(t, rt, "f", module(t, "table.wasm"), time.Minute)
	if res, err := rt.Invoke(t.Context(), "f", nil); err != nil || string(res.Payload) != "null" {
		t.Errorf("got %s, %v; want an answer once the table grows no more", res.Payload, err)
	}
}

func TestTrapsNameTheGuestsFunctions(t *testing.T) {
	t.Parallel()
	rt := newRuntime(t, runtime.Config{})
	deploy(t, rt, "f", module(t, "hostile.wasm"), time.Minute)
	_, err := rt.Invoke(t.Context(), "f", fmt.Append(nil, deeds(t)["unreachable"]))
	var failure *runtime.FunctionError
	if !errors.As(err, &failure) || !regexp.MustCompile(`"trace":\["[^]]*unreachable.*handle`).Match(failure.Payload) {
		t.Errorf("got %v, %s; want a trace from unreachable to handle", err, failure.Payload)
	}
}

var soak = flag.Duration("soak", time.Second, "how long hostile modules run beside a well-behaved one")

// TestNeighboursOfHostileModulesAreServed has hostile guests, as many at once as
// there are processors, beside a well-behaved one, which must answer all the
// time. It logs how long that takes, with and without the neighbours; with
// -soak 30s the figures mean something.
func TestNeighboursOfHostileModulesAreServed(t *testing.T) {
	t.Parallel()
	rt := newRuntime(t, runtime.Config{})
	deploy(t, rt, "good", module(t, "echo.wasm"), time.Minute)
	known := deeds(t)
	delete(known, "write_tmp") // a gigabyte on the host's disk
	for deed := range known {
		deploy(t, rt, "does-"+deed, module(t, "hostile.wasm"), 100*time.Millisecond)
	}
	alone := serveFor(t, rt, *soak/2)

	var stop atomic.Bool
	var done atomic.Int64
	var hostile sync.WaitGroup
	for range goruntime.GOMAXPROCS(0) {
		hostile.Go(func() {
			for !stop.Load() {
				for deed, n := range known {
					_, _ = rt.Invoke(t.Context(), "does-"+deed, fmt.Append(nil, n)) // whatever becomes of it
					if done.Add(1); stop.Load() {
						return
					}
				}
			}
		})
	}
	beside := serveFor(t, rt, *soak)
	stop.Store(true)
	hostile.Wait()
	t.Logf("p50, p99, most: alone %v, beside %d hostile invocations %v", alone, done.Load(), beside)
	comeBack(t, rt)
}

// serveFor invokes the well-behaved function every two milliseconds, whether or
// not it has answered yet, and returns how long the answers took from the moment
// at which they were due: the median, the 99th percentile and the longest.
func serveFor(t *testing.T, rt *runtime.Runtime, d time.Duration) [3]time.Duration {
	t.Helper()
	const pace = 2 * time.Millisecond
	took := make([]time.Duration, d/pace)
	for begun, i := time.Now(), 0; i < len(took); i++ {
		due := begun.Add(time.Duration(i) * pace)
		<-time.After(time.Until(due))
		if res, err := rt.Invoke(t.Context(), "good", []byte(`"here"`)); err != nil || string(res.Payload) != `"here"` {
			t.Fatalf("the well-behaved function answers %s, %v", res.Payload, err)
		}
		took[i] = time.Since(due)
	}
	slices.Sort(took)
	return [3]time.Duration{took[len(took)/2], took[len(took)*99/100], took[len(took)-1]}
}

// FuzzModules deploys and invokes modules that differ from real ones by what the
// fuzzer thinks of, and by two bytes more. Whatever they are, nothing panics, and
// each invocation comes to an end.
func FuzzModules(f *testing.F) {
	for _, name := range []string{"echo.wasm", "counter.wasm", "command.wasm", "hostile.wasm", "table.wasm", "start-trap.wasm"} {
		wasm := module(f, name)
		for i := range uint32(40) {
			f.Add(wasm, fmt.Append(nil, i), uint32(len(wasm))*i/40, byte(i*7), uint32(len(wasm))*i/50, byte(i))
		}
	}
	rt := newRuntime(f, runtime.Config{InitTimeout: 100 * time.Millisecond})
	f.Fuzz(func(t *testing.T, wasm, event []byte, at uint32, with byte, also uint32, and byte) {
		if len(wasm) > 0 {
			wasm = bytes.Clone(wasm)
			wasm[at%uint32(len(wasm))] = with
			wasm[also%uint32(len(wasm))] = and
		}
		err := rt.Deploy(t.Context(), runtime.Function{Name: "f", Runtime: wasmRuntime, Code: packed(wasm), Timeout: 100 * time.Millisecond})
		if err != nil {
			return
		}
		for range 2 {
			res, err := rt.Invoke(t.Context(), "f", event)
			var failure *runtime.FunctionError
			var invalid *runtime.PayloadError
			if err != nil && !errors.As(err, &failure) && !errors.As(err, &invalid) && !errors.Is(err, runtime.ErrRequestTooLarge) {
				t.Fatalf("got %s, %v", res.Payload, err)
			}
		}
		comeBack(t, rt)
		if err := rt.Remove("f"); err != nil {
			t.Fatal(err)
		}
	})
}
