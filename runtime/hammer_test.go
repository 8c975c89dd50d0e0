package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// hammerTime is how long each hammer test runs: -hammer 30s for a real one.
var hammerTime = flag.Duration("hammer", 2*time.Second, "how long each hammer test runs")

const (
	hammerCallers   = 64
	hammerFunctions = 200
)

// order is the event of a hammered function: what it is to do.
type order struct {
	Do    string `json:"do"`
	Nonce uint64 `json:"nonce"`
}

// answer is what it answers.
type answer struct {
	Function, Request, Isolate string
	Calls                      int
	Nonce                      uint64
}

// deeds are what orders may say, with the errors that follow.
var deeds = []struct {
	do      string
	isRight func(error) bool
}{
	{"answer", func(err error) bool { return err == nil }},
	{"answer", func(err error) bool { return err == nil }},
	{"answer", func(err error) bool { return err == nil }},
	{"log", func(err error) bool { return err == nil }},
	{"throw", ofType("Oops")},
	{"exit", ofType("Runtime.ExitError")},
	{"hang", isTimeout},
	{"spin", isTimeout},
	{"cancel", func(err error) bool { return errors.Is(err, context.Canceled) }},
}

func ofType(kind string) func(error) bool {
	return func(err error) bool {
		var failure *runtime.FunctionError
		return errors.As(err, &failure) && failure.Type == kind
	}
}

func isTimeout(err error) bool {
	var timeout *runtime.TimeoutError
	return errors.As(err, &timeout)
}

// impatient says which functions have a short timeout. They alone are ordered
// to exceed it; the others have all the time that a busy machine may need.
func impatient(i int) bool { return i%4 == 0 }

// timeout is the timeout of a hammered function.
func timeout(name string) time.Duration {
	var i int
	if _, err := fmt.Sscanf(name, "f%d", &i); err != nil {
		panic(err)
	}
	if impatient(i) {
		return 50 * time.Millisecond
	}
	return time.Minute
}

// hammer has many callers order many functions about, while some functions are
// deployed again. It fails if an answer is not the one that was ordered, from a
// function that was asked, in an isolate of its own.
func hammer(t *testing.T, rt *runtime.Runtime, redeploy func(name string) error) {
	name := func(i int) string { return fmt.Sprintf("f%03d", i) }
	for i := range hammerFunctions {
		if err := redeploy(name(i)); err != nil {
			t.Fatal(err)
		}
	}
	var (
		callers sync.WaitGroup
		served  sync.Map // isolate and number of its calls -> request that saw them
		count   [16]atomic.Int64
	)
	end := time.Now().Add(*hammerTime)
	for c := range hammerCallers {
		callers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(c), 1))
			for time.Now().Before(end) && !t.Failed() {
				i := random.IntN(hammerFunctions)
				fn, n := name(i), random.IntN(len(deeds))
				if slow := deeds[n].do == "hang" || deeds[n].do == "spin"; slow && (!impatient(i) || random.IntN(4) != 0) {
					n = 0 // or the test would do nothing but wait
				}
				if random.IntN(200) == 0 {
					if err := redeploy(fn); err != nil {
						t.Error(err)
					}
				}
				count[n].Add(1)
				one(t, rt, fn, n, random.Uint64()>>12, &served)
			}
		})
	}
	callers.Wait()
	var orders int64
	for i := range deeds {
		orders += count[i].Load()
	}
	for i := range deeds {
		if count[i].Load() == 0 && orders > 5000 {
			t.Errorf("%s was never ordered", deeds[i].do)
		}
	}
	s := rt.Stats()
	if s.InFlight != 0 {
		t.Errorf("%d slots lost", s.InFlight)
	}
	t.Logf("%d orders: %+v", orders, s)
}

// one gives one order and checks the answer.
func one(t *testing.T, rt *runtime.Runtime, fn string, n int, nonce uint64, served *sync.Map) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	event, err := json.Marshal(order{deeds[n].do, nonce})
	if err != nil {
		t.Fatal(err)
	}
	if deeds[n].do == "cancel" {
		timer := time.AfterFunc(time.Duration(nonce%3)*time.Millisecond, cancel)
		defer timer.Stop()
	}
	res, err := rt.Do(ctx, runtime.Invocation{Function: fn, Payload: event, Tail: nonce%4 == 0})
	if isTimeout(err) && timeout(fn) < time.Second {
		return
	}
	if !deeds[n].isRight(err) {
		t.Errorf("%s was ordered to %s: %s, %v", fn, event, first(res.Payload), err)
		return
	}
	if nonce%4 == 0 && err == nil && !strings.Contains(string(res.LogTail), "REPORT RequestId: "+res.RequestID) {
		t.Errorf("%s: tail of %s:\n%s", fn, res.RequestID, res.LogTail)
	}
	if err != nil {
		return
	}
	var got answer
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Errorf("%s answered %s: %v", fn, res.Payload, err)
		return
	}
	if got.Function != fn || got.Request != res.RequestID || got.Nonce != nonce {
		t.Errorf("%s was asked %d in %s and answered %+v", fn, nonce, res.RequestID, got)
	}
	if other, twice := served.LoadOrStore(fmt.Sprint(got.Isolate, " ", got.Calls), res.RequestID); twice {
		t.Errorf("isolate %s had call %d twice: %s and %s", got.Isolate, got.Calls, other, res.RequestID)
	}
	if res.ColdStart != (got.Calls == 1) {
		t.Errorf("isolate %s, call %d: cold start %v", got.Isolate, got.Calls, res.ColdStart)
	}
}

// noNewGoroutines fails if there are more goroutines than before, after giving
// those that are ending the time to do so.
func noNewGoroutines(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); goruntime.NumGoroutine() > before; goruntime.Gosched() {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", goruntime.NumGoroutine(), before, stacks[:goruntime.Stack(stacks, true)])
		}
	}
}

// TestHammer has fake isolates, which check that they have one user at a time
// and are not used when they are broken or closed.
func TestHammer(t *testing.T) {
	before := goruntime.NumGoroutine()
	e := &fakeEngine{invoke: obey}
	rt := start(t, e, runtime.Config{MaxIsolates: 150, IdleTimeout: 20 * time.Millisecond, Log: io.Discard, BurstIsolates: -1})
	hammer(t, rt, func(name string) error {
		return rt.Deploy(t.Context(), runtime.Function{
			Name: name, Runtime: "fake", Code: runtime.Source(""), Timeout: timeout(name),
		})
	})
	stop(t, rt, e)
	noNewGoroutines(t, before)
}

// obey is the handler of a hammered fake function.
func obey(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
	var o order
	if err := json.Unmarshal(call.Event, &o); err != nil {
		return runtime.Reply{}, err
	}
	switch o.Do {
	case "throw":
		return runtime.Reply{}, &runtime.FunctionError{Type: "Oops", Payload: []byte("{}")}
	case "exit":
		i.broken.Store(true)
		return runtime.Reply{}, &runtime.ExitError{Code: 1}
	case "hang", "spin", "cancel":
		return untilInterrupted(i, call)
	case "log":
		_, _ = i.env.Log.Write([]byte("line\n"))
	}
	payload, err := json.Marshal(answer{i.env.FunctionName, call.RequestID, fmt.Sprint(i.id), i.calls, o.Nonce})
	return runtime.Reply{Payload: payload}, err
}

// hammered is the same handler for the JavaScript engine.
const hammered = `
const isolate = process.env.AWS_LAMBDA_LOG_STREAM_NAME + " " + Math.random();
let calls = 0;
exports.handler = async (event, context) => {
	calls++;
	if (globalThis.present !== undefined) throw new Error("another event is in this isolate");
	globalThis.present = event.nonce;
	try {
		switch (event.do) {
		case "throw": { const e = new Error("as ordered"); e.name = "Oops"; throw e; }
		case "exit": process.exit(1);
		case "hang": case "cancel": return await new Promise(() => setInterval(() => {}, 1));
		case "spin": for (;;);
		case "log": console.log("line");
		}
		await null;
		return { Function: context.functionName, Request: context.awsRequestId, Isolate: isolate, Calls: calls, Nonce: globalThis.present };
	} finally {
		globalThis.present = undefined;
	}
};`

// TestHammerJS is TestHammer with real functions.
func TestHammerJS(t *testing.T) {
	before := goruntime.NumGoroutine()
	rt, err := runtime.New(runtime.Config{MaxIsolates: 150, IdleTimeout: 100 * time.Millisecond, Log: io.Discard, BurstIsolates: -1, NoNetwork: true})
	if err != nil {
		t.Fatal(err)
	}
	hammer(t, rt, func(name string) error {
		return rt.Deploy(t.Context(), runtime.Function{Name: name, Code: runtime.Source(hammered), Timeout: timeout(name)})
	})
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
	noNewGoroutines(t, before)
}
