package runtime_test

import (
	"context"
	"errors"
	"regexp"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestInvocationAnswersWithTheHandlersPayload(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{}
	rt := start(t, e, runtime.Config{})
	deploy(t, rt, runtime.Function{})
	first, err := rt.Invoke(t.Context(), "f", []byte(`{"a":1}`))
	if err != nil || string(first.Payload) != `{"a":1}` || !first.ColdStart || first.ExecutedVersion != "$LATEST" {
		t.Errorf("first: %+v, %v", first, err)
	}
	second, err := rt.Invoke(t.Context(), "f", nil)
	if err != nil || string(second.Payload) != `{}` || second.ColdStart || second.InitDuration != 0 {
		t.Errorf("second, without a payload: %+v, %v; want {} from a warm isolate", second, err)
	}
	if !uuid.MatchString(first.RequestID) || first.RequestID == second.RequestID {
		t.Errorf("request ids %q and %q, want two UUIDs", first.RequestID, second.RequestID)
	}
	stop(t, rt, e)
}

func TestCallCarriesWhatTheInvocationSays(t *testing.T) {
	t.Parallel()
	var got runtime.Call
	e := &fakeEngine{invoke: func(_ *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
		got = *call
		return runtime.Reply{}, nil
	}}
	rt := start(t, e, runtime.Config{AccountID: "123456789012"})
	deploy(t, rt, runtime.Function{})
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
	do := func(inv runtime.Invocation) runtime.Result {
		inv.Function = "f"
		res, err := rt.Do(t.Context(), inv)
		if err != nil {
			t.Error(err)
		}
		return res
	}
	res := do(runtime.Invocation{RequestID: "r1", TraceID: "t", TenantID: "n", ClientContext: []byte("{}"), Identity: []byte("[]")})
	if res.RequestID != "r1" || got.RequestID != "r1" || got.ARN != arn || got.TraceID != "t" || got.TenantID != "n" ||
		string(got.ClientContext) != "{}" || string(got.Identity) != "[]" || got.Stream != nil || got.Deadline.IsZero() {
		t.Errorf("call %+v", got)
	}
	if do(runtime.Invocation{Qualifier: "$LATEST"}); got.ARN != arn+":$LATEST" || got.TraceID != "" || got.ClientContext != nil {
		t.Errorf("qualified, and nothing else: call %+v", got)
	}
	if do(runtime.Invocation{ARN: "mine"}); got.ARN != "mine" {
		t.Errorf("ARN %q, want the caller's", got.ARN)
	}
	stop(t, rt, e)
}

func TestInvocationsThatDoNotRun(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{}
	rt := start(t, e, runtime.Config{})
	deploy(t, rt, runtime.Function{})
	tests := []struct {
		name    string
		inv     runtime.Invocation
		is      error
		message string
	}{
		{"unknown function", runtime.Invocation{Function: "g"}, runtime.ErrNotFound,
			"runtime: function not found: arn:aws:lambda:us-east-1:000000000000:function:g:$LATEST"},
		{"unknown alias", runtime.Invocation{Function: "f", Qualifier: "live"}, runtime.ErrNotFound,
			"runtime: function not found: arn:aws:lambda:us-east-1:000000000000:function:f:live"},
		{"payload that is too large", runtime.Invocation{Function: "f", Payload: make([]byte, runtime.MaxRequestBytes+1)},
			runtime.ErrRequestTooLarge, "runtime: request is larger than 6291456 bytes"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, err := rt.Do(t.Context(), tc.inv)
			if !errors.Is(err, tc.is) || err.Error() != tc.message {
				t.Errorf("Do() = %v, want %q", err, tc.message)
			}
		})
	}
	for _, payload := range []string{"{", "{}}", " ", "nul", "\"\xff\"", "{\"a\":\"\x87\"}"} {
		var invalid *runtime.PayloadError
		if _, err := rt.Invoke(t.Context(), "f", []byte(payload)); !errors.As(err, &invalid) || invalid.Detail == "" {
			t.Errorf("payload %q: %v, want a PayloadError with a detail", payload, err)
		}
	}
	if n := rt.Stats().Invocations; n != 0 {
		t.Errorf("%d invocations counted, want 0", n)
	}
	stop(t, rt, e)
	if _, err := rt.Invoke(t.Context(), "f", nil); err != runtime.ErrClosed {
		t.Errorf("after Close: %v, want ErrClosed", err)
	}
	if err := rt.Deploy(t.Context(), runtime.Function{}); err != runtime.ErrClosed {
		t.Errorf("Deploy after Close: %v, want ErrClosed", err)
	}
	if err := rt.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestFailuresOfTheFunction(t *testing.T) {
	t.Parallel()
	const id = "8f507cfc-1b4c-4e5d-9d53-0ba0b1b1f0a1"
	boom := &runtime.FunctionError{Type: "Error", Message: "boom", Payload: []byte(`{"errorType":"Error","errorMessage":"boom","trace":[]}`)}
	tests := []struct {
		name     string
		invoke   func(*fakeIsolate, *runtime.Call) (runtime.Reply, error)
		kind     string
		payload  string
		survives bool
	}{
		{"thrown error", func(*fakeIsolate, *runtime.Call) (runtime.Reply, error) {
			return runtime.Reply{}, boom
		}, "Error", string(boom.Payload), true},
		{"uncaught exception", func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
			i.broken.Store(true)
			return runtime.Reply{}, boom
		}, "Error", string(boom.Payload), false},
		{"exit 0", func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
			i.broken.Store(true)
			return runtime.Reply{}, &runtime.ExitError{}
		}, "Runtime.ExitError", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + id + ` Error: Runtime exited without providing a reason"}`, false},
		{"exit 7", func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
			i.broken.Store(true)
			return runtime.Reply{}, &runtime.ExitError{Code: 7}
		}, "Runtime.ExitError", `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + id + ` Error: Runtime exited with error: exit status 7"}`, false},
		{"answer that is too large", func(*fakeIsolate, *runtime.Call) (runtime.Reply, error) {
			return runtime.Reply{Payload: make([]byte, runtime.MaxResponseBytes+1)}, nil
		}, "Function.ResponseSizeTooLarge", `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}`, true},
		{"panic of the engine", func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
			i.broken.Store(true)
			panic("oh")
		}, "Sandbox.Failure", `{"errorType":"Sandbox.Failure","errorMessage":"RequestId: ` + id + ` Error: the engine failed: oh"}`, false},
		{"engine that ends its goroutine", func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
			i.broken.Store(true)
			goruntime.Goexit()
			return runtime.Reply{}, nil
		}, "Sandbox.Failure", `{"errorType":"Sandbox.Failure","errorMessage":"RequestId: ` + id + ` Error: the engine ended its goroutine"}`, false},
		{"answer of exactly the limit", func(*fakeIsolate, *runtime.Call) (runtime.Reply, error) {
			return runtime.Reply{Payload: []byte(strings.Repeat("1", runtime.MaxResponseBytes))}, nil
		}, "", strings.Repeat("1", runtime.MaxResponseBytes), true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := &fakeEngine{invoke: tc.invoke}
			rt := start(t, e, runtime.Config{})
			deploy(t, rt, runtime.Function{})
			res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", RequestID: id})
			var failure *runtime.FunctionError
			switch {
			case tc.kind == "" && err != nil:
				t.Errorf("Do() = %v, want success", err)
			case tc.kind != "" && (!errors.As(err, &failure) || failure.Type != tc.kind || string(failure.Payload) != tc.payload):
				t.Errorf("Do() = %v, want a %s with payload %s", err, tc.kind, tc.payload)
			}
			if string(res.Payload) != tc.payload || res.RequestID != id || res.ExecutedVersion != "$LATEST" || !res.ColdStart {
				t.Errorf("result %s of %q, cold %v", first(res.Payload), res.RequestID, res.ColdStart)
			}
			again, _ := rt.Invoke(t.Context(), "f", nil)
			if again.ColdStart == tc.survives {
				t.Errorf("the next start is cold: %v, want %v", again.ColdStart, !tc.survives)
			}
			if s := rt.Stats(); s.InFlight != 0 {
				t.Errorf("%d slots lost", s.InFlight)
			}
			stop(t, rt, e)
		})
	}
}

// first shortens a payload for a message.
func first(p []byte) string { return string(p[:min(len(p), 200)]) }

func TestInitFailureIsTheInvocationsOwn(t *testing.T) {
	t.Parallel()
	boom := &runtime.FunctionError{Type: "Runtime.ImportModuleError", Message: "no", Payload: []byte(`{"errorType":"Runtime.ImportModuleError"}`)}
	e := &fakeEngine{init: func(_ context.Context, _ runtime.Environment, n int) error {
		switch n {
		case 1:
			return boom
		case 2:
			return &runtime.ExitError{Code: 13}
		case 3:
			panic("oh")
		}
		return nil
	}}
	rt := start(t, e, runtime.Config{})
	deploy(t, rt, runtime.Function{})
	for i, want := range []string{"Runtime.ImportModuleError", "Runtime.ExitError", "Sandbox.Failure"} {
		res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", RequestID: "r"})
		var failure *runtime.FunctionError
		if !errors.As(err, &failure) || failure.Type != want || !res.ColdStart || string(res.Payload) != string(failure.Payload) {
			t.Errorf("invocation %d: %+v, %v; want %s", i+1, res, err, want)
		}
		if i == 0 && !failure.Init {
			t.Error("Init is not set")
		}
	}
	if boom.Init {
		t.Error("the engine's own error was changed")
	}
	if res, err := rt.Invoke(t.Context(), "f", nil); err != nil || !res.ColdStart {
		t.Errorf("the fourth init phase succeeds: %+v, %v", res, err)
	}
	stop(t, rt, e)
}

func TestStreamedResponseIsLimited(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{invoke: func(_ *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
		call.Stream.SetContentType("text/plain")
		chunk := make([]byte, 1<<20)
		for range runtime.MaxStreamBytes / len(chunk) {
			if n, err := call.Stream.Write(chunk); n != len(chunk) || err != nil {
				t.Errorf("Write() = %d, %v", n, err)
			}
		}
		_, err := call.Stream.Write([]byte{0})
		return runtime.Reply{}, err
	}}
	rt := start(t, e, runtime.Config{})
	deploy(t, rt, runtime.Function{})
	s := &counter{}
	res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Stream: s})
	if err == nil || s.n != runtime.MaxStreamBytes || s.kind != "text/plain" {
		t.Errorf("Do() = %+v, %v after %d bytes of %q; want an error at %d", res, err, s.n, s.kind, runtime.MaxStreamBytes)
	}
	stop(t, rt, e)
}

// counter is a ResponseStream that counts.
type counter struct {
	n    int
	kind string
}

func (c *counter) SetContentType(kind string)        { c.kind = kind }
func (c *counter) Write(p []byte) (n int, err error) { c.n += len(p); return len(p), nil }
