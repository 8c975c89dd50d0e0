package runtime_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/observe"
)

// logOf runs a fake function once under a clock that begins at 2000-01-01 and
// returns its log and tail, which must be the same.
func logOf(t *testing.T, e *fakeEngine, fn runtime.Function) string {
	t.Helper()
	var log string
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		rt := start(t, e, runtime.Config{Log: &out})
		fn.Name = "f"
		deploy(t, rt, fn)
		res, _ := rt.Do(t.Context(), runtime.Invocation{Function: "f", RequestID: "r", Tail: true})
		stop(t, rt, e)
		log = out.String()
		if tail := string(res.LogTail); tail != log {
			t.Errorf("tail\n%s\nlog\n%s", tail, log)
		}
	})
	return log
}

const initStart = "INIT_START Runtime Version: fake\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:fake\n"

// after is a handler that works for a while, logs and ends.
func after(d time.Duration, text string, err error) func(*fakeIsolate, *runtime.Call) (runtime.Reply, error) {
	return func(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
		time.Sleep(d)
		_, _ = i.env.Log.Write([]byte(text))
		if err != nil {
			i.broken.Store(true)
		}
		return runtime.Reply{Payload: []byte("{}")}, err
	}
}

func TestLogInTheTextFormat(t *testing.T) {
	t.Parallel()
	slowInit := func(context.Context, runtime.Environment, int) error {
		time.Sleep(110*time.Millisecond + 100*time.Microsecond)
		return nil
	}
	tests := []struct {
		name   string
		engine *fakeEngine
		want   string
	}{
		{"success", &fakeEngine{init: slowInit, invoke: after(3010*time.Microsecond, "mine\n", nil)},
			initStart + "START RequestId: r Version: $LATEST\nmine\nEND RequestId: r\n" +
				"REPORT RequestId: r\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\tInit Duration: 110.10 ms\t\n"},
		{"line without an end", &fakeEngine{invoke: after(0, "mine", nil)},
			initStart + "START RequestId: r Version: $LATEST\nmine\nEND RequestId: r\n" +
				"REPORT RequestId: r\tDuration: 0.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\tInit Duration: 0.00 ms\t\n"},
		{"timeout", &fakeEngine{invoke: untilInterrupted},
			initStart + "START RequestId: r Version: $LATEST\n2000-01-01T00:00:03.000Z r Task timed out after 3.00 seconds\n\nEND RequestId: r\n" +
				"REPORT RequestId: r\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\tInit Duration: 0.00 ms\tStatus: timeout\n"},
		{"exit", &fakeEngine{invoke: after(time.Millisecond, "", &runtime.ExitError{Code: 1})},
			initStart + "START RequestId: r Version: $LATEST\nRequestId: r Error: Runtime exited with error: exit status 1\nRuntime.ExitError\nEND RequestId: r\n" +
				"REPORT RequestId: r\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\tInit Duration: 0.00 ms\tStatus: error\tError Type: Runtime.ExitError\n"},
		{"failed init phase", &fakeEngine{init: func(_ context.Context, env runtime.Environment, _ int) error {
			_, _ = env.Log.Write([]byte("Uncaught Exception\n"))
			return &runtime.FunctionError{Type: "Runtime.ImportModuleError", Payload: []byte("{}")}
		}},
			initStart + "Uncaught Exception\nINIT_REPORT Init Duration: 0.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n" +
				"START RequestId: r Version: $LATEST\nEND RequestId: r\n" +
				"REPORT RequestId: r\tDuration: 0.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\tInit Duration: 0.00 ms\tStatus: error\tError Type: Runtime.ImportModuleError\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := logOf(t, tc.engine, runtime.Function{}); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestLogInTheJSONFormat(t *testing.T) {
	t.Parallel()
	const stream = `"instanceId":"STREAM"`
	instance := regexp.MustCompile(`"instanceId":"[^"]*"`)
	got := instance.ReplaceAllString(logOf(t, &fakeEngine{invoke: after(1500*time.Microsecond, "{}\n", nil)},
		runtime.Function{LogFormat: "JSON", SystemLogLevel: "DEBUG"}), stream)
	want := `{"time":"2000-01-01T00:00:00.000Z","type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init","runtimeVersion":"fake","runtimeVersionArn":"arn:aws:lambda:us-east-1::runtime:fake","functionName":"f","functionVersion":"$LATEST",` + stream + `,"instanceMaxMemory":134217728}}
{"time":"2000-01-01T00:00:00.000Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"success","metrics":{"durationMs":0}}}
{"time":"2000-01-01T00:00:00.000Z","type":"platform.start","record":{"requestId":"r","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:f","version":"$LATEST"}}
{}
{"time":"2000-01-01T00:00:00.001Z","type":"platform.runtimeDone","record":{"requestId":"r","status":"success","metrics":{"durationMs":1.5,"producedBytes":2}}}
{"time":"2000-01-01T00:00:00.001Z","type":"platform.report","record":{"requestId":"r","status":"success","metrics":{"durationMs":1.5,"billedDurationMs":2,"memorySizeMB":128,"maxMemoryUsedMB":1,"initDurationMs":0}}}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := logOf(t, &fakeEngine{}, runtime.Function{LogFormat: "JSON", SystemLogLevel: "WARN"}); got != "" {
		t.Errorf("at WARN a success logs\n%s", got)
	}
	failed := logOf(t, &fakeEngine{invoke: after(0, "", &runtime.ExitError{Code: 1})}, runtime.Function{LogFormat: "JSON", SystemLogLevel: "WARN"})
	if !strings.Contains(failed, `"platform.runtimeDone","record":{"requestId":"r","status":"error","errorType":"Runtime.ExitError"`) || strings.Count(failed, "\n") != 1 {
		t.Errorf("at WARN a failure logs\n%s", failed)
	}
}

func TestTailIsOfItsInvocationOnly(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{invoke: func(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
		_, _ = i.env.Log.Write([]byte("event " + string(call.Event) + "\n"))
		return runtime.Reply{}, nil
	}}
	rt := start(t, e, runtime.Config{})
	deploy(t, rt, runtime.Function{})
	for _, event := range []string{"1", "2"} {
		res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Payload: []byte(event), Tail: event == "2"})
		if err != nil {
			t.Fatal(err)
		}
		if tail := string(res.LogTail); (event == "2") != strings.Contains(tail, "event 2\n") || strings.Contains(tail, "event 1") {
			t.Errorf("tail of event %s:\n%s", event, tail)
		}
	}
	stop(t, rt, e)
}

func TestHooksSeeWhatHappens(t *testing.T) {
	var invoked []observe.Invocation
	var started []observe.Init
	cfg := runtime.Config{Observe: observe.Hooks{
		Invoked: func(i observe.Invocation) { invoked = append(invoked, i) },
		Started: func(i observe.Init) { started = append(started, i) },
	}}
	e := &fakeEngine{
		init: func(context.Context, runtime.Environment, int) error { time.Sleep(second); return nil },
		invoke: func(i *fakeIsolate, call *runtime.Call) (runtime.Reply, error) {
			time.Sleep(2 * second)
			if i.calls == 2 {
				return runtime.Reply{}, &runtime.FunctionError{Type: "Error", Payload: []byte("{}")}
			}
			return runtime.Reply{Payload: []byte("null")}, nil
		},
	}
	bubble(t, e, cfg, func(t *testing.T, rt *runtime.Runtime) {
		deploy(t, rt, runtime.Function{})
		for _, id := range []string{"1", "2"} {
			_, _ = rt.Do(t.Context(), runtime.Invocation{Function: "f", RequestID: id, TraceID: "t", Payload: []byte(`"x"`)})
		}
		if len(started) != 1 || started[0] != (observe.Init{Function: "f", Version: "$LATEST", Status: observe.Success, Duration: second}) {
			t.Errorf("started: %+v", started)
		}
		want := []observe.Invocation{
			{Function: "f", Version: "$LATEST", RequestID: "1", TraceID: "t", Status: observe.Success, ColdStart: true, Duration: 2 * second, Wait: second, RequestBytes: 3, ResponseBytes: 4},
			{Function: "f", Version: "$LATEST", RequestID: "2", TraceID: "t", Status: observe.Failure, ErrorType: "Error", Duration: 2 * second, RequestBytes: 3, ResponseBytes: 2},
		}
		if len(invoked) != 2 || invoked[0] != want[0] || invoked[1] != want[1] {
			t.Errorf("invoked: %+v", invoked)
		}
	})
}
