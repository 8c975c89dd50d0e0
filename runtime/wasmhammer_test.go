package runtime_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// wasmFixture is the package of a module of package sandbox's tests.
func wasmFixture(t testing.TB, name string) runtime.Code {
	t.Helper()
	wasm, err := os.ReadFile("../sandbox/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return runtime.Files(map[string]string{"bootstrap.wasm": string(wasm)})
}

// hammeredWasm are the functions of TestHammerWasm, of each of which there are
// many. check says what is wrong with an answer.
var hammeredWasm = []struct {
	module, isolation string
	timeout           time.Duration
	check             func(event, answer string, err error) bool
}{
	// The counter's two digits are of a global and of the memory: whatever state
	// an isolate has, they belong together.
	{"counter.wasm", runtime.IsolationEnvironment, time.Minute, func(_, answer string, err error) bool {
		return err == nil && len(answer) == 4 && answer[1] == answer[2] && answer[1] > '0'
	}},
	{"counter.wasm", runtime.IsolationInvocation, time.Minute, func(_, answer string, err error) bool {
		return err == nil && answer == `"11"`
	}},
	{"echo.wasm", runtime.IsolationEnvironment, time.Minute, func(event, answer string, err error) bool {
		return err == nil && answer == event
	}},
	{"command.wasm", runtime.IsolationEnvironment, time.Minute, func(event, answer string, err error) bool {
		return err == nil && answer == event
	}},
	{"hostile.wasm", runtime.IsolationEnvironment, 20 * time.Millisecond, func(event, answer string, err error) bool {
		// On a machine that is busy enough it may look stuck.
		return isTimeout(err) || errors.Is(err, runtime.ErrSuspended)
	}},
}

// TestHammerWasm has many callers use hundreds of isolates of several modules
// while functions are deployed again and isolates are evicted. Nobody may see
// another's state or answer, and a guest without end may hold up nobody.
func TestHammerWasm(t *testing.T) {
	const each, callers = 40, 32
	rt, err := runtime.New(runtime.Config{
		MaxIsolates: 120, IdleTimeout: 50 * time.Millisecond, Log: io.Discard, BurstIsolates: -1, CacheDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	deploy := func(kind, i int) {
		h := hammeredWasm[kind]
		fn := runtime.Function{
			Name: fmt.Sprintf("f%d-%d", kind, i), Runtime: "provided.al2023", Code: wasmFixture(t, h.module),
			Timeout: h.timeout, Isolation: h.isolation,
		}
		if err := rt.Deploy(t.Context(), fn); err != nil {
			t.Error(err)
		}
	}
	for kind := range hammeredWasm {
		for i := range each {
			deploy(kind, i)
		}
	}
	var all sync.WaitGroup
	end := time.Now().Add(*hammerTime)
	for c := range callers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(c), 7))
			for time.Now().Before(end) && !t.Failed() {
				kind, i := random.IntN(len(hammeredWasm)), random.IntN(each)
				h, event := hammeredWasm[kind], fmt.Sprint(random.Uint64()>>12)
				if h.module == "hostile.wasm" {
					if random.IntN(50) != 0 {
						continue // or the test would do nothing else
					}
					event = "0" // the first deed has no end
				}
				if random.IntN(500) == 0 {
					deploy(kind, i)
				}
				res, err := rt.Invoke(t.Context(), fmt.Sprintf("f%d-%d", kind, i), []byte(event))
				if !h.check(event, string(res.Payload), err) {
					t.Errorf("%s (%s) answers %s, %v to %s", h.module, h.isolation, res.Payload, err, event)
				}
			}
		})
	}
	all.Wait()
	s := rt.Stats()
	if s.InFlight != 0 {
		t.Errorf("%d slots lost", s.InFlight)
	}
	t.Logf("%+v", s)
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
}
