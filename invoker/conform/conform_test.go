package conform_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/invoker/conform"
	"github.com/lambent-run/lambent/runtime"
)

// knownFailures lists, by target, the cases that fail for a known reason. A
// case that starts to pass fails the test until its line is removed.
//
//go:embed testdata/known_failures.json
var knownFailures []byte

var only = flag.String("case", "", "replay only the cases whose names contain this")

// TestMain has the process live in UTC, as the lambent command does: the engine
// takes its zone from the process.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// target is something that functions are deployed to and invoked on.
type target interface {
	deploy(t *testing.T, c *conform.Case, name string)
	invoke(t *testing.T, name string, payload []byte, clientContext json.RawMessage) conform.Outcome
}

func TestCasesInProcess(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{Region: "us-east-1", AccountID: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	replay(t, "in-process", &inProcess{rt})
}

// replay runs every case against a target.
func replay(t *testing.T, name string, to target) {
	cases, err := conform.Cases()
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]map[string]string
	if err := json.Unmarshal(knownFailures, &known); err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		c := &cases[i]
		if !strings.Contains(c.Name, *only) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			why, isKnown := known[name][c.Name]
			differences := replayCase(t, c, to)
			// What a case says of time was recorded on a machine with nothing else to
			// do. This one may be busy, but not three times in a row.
			for again := 0; again < 2 && len(differences) > 0 && !isKnown && slices.Contains(c.Tags, "timing"); again++ {
				t.Logf("again, after %q", differences)
				differences = replayCase(t, c, to)
			}
			switch {
			case isKnown && len(differences) == 0:
				t.Errorf("%s passes now: take it out of testdata/known_failures.json", c.Name)
			case isKnown:
				t.Skipf("known failure: %s", why)
			}
			for _, d := range differences {
				t.Errorf("%s (%s)", d, c.About)
			}
		})
	}
}

// replayCase makes the invocations of a case, one after the other.
func replayCase(t *testing.T, c *conform.Case, to target) []string {
	to.deploy(t, c, c.Name)
	run := &conform.Run{Case: c, FunctionName: c.Name, FunctionARN: "arn:aws:lambda:us-east-1:123456789012:function:" + c.Name}
	var all []string
	for i := range c.Steps {
		step := &c.Steps[i]
		payload, err := step.Payload()
		if err != nil {
			t.Fatal(err)
		}
		// The time that passes while an environment is frozen is part of the case.
		time.Sleep(time.Duration(step.WaitBeforeMs) * time.Millisecond)
		got := to.invoke(t, c.Name, payload, step.ClientContext)
		for _, d := range run.Check(got) {
			all = append(all, "step "+string(rune('1'+i))+": "+d)
		}
	}
	return all
}

// inProcess is the library.
type inProcess struct{ rt *runtime.Runtime }

func (p *inProcess) deploy(t *testing.T, c *conform.Case, name string) {
	t.Helper()
	if err := p.rt.Deploy(t.Context(), function(c, name)); err != nil {
		t.Fatal(err)
	}
}

func function(c *conform.Case, name string) runtime.Function {
	return runtime.Function{
		Name:        name,
		Code:        runtime.Files(c.Files),
		Handler:     c.Handler,
		Runtime:     "nodejs20.x",
		Timeout:     time.Duration(c.Timeout) * time.Second,
		MemorySize:  c.Memory,
		Environment: c.Env,
		LogFormat:   c.LogFormat,
		LogLevel:    c.LogLevel,
	}
}

func (p *inProcess) invoke(t *testing.T, name string, payload []byte, clientContext json.RawMessage) conform.Outcome {
	t.Helper()
	begin := time.Now()
	result, err := p.rt.Do(context.WithoutCancel(t.Context()), runtime.Invocation{
		Function: name, Payload: payload, ClientContext: clientContext, Tail: true,
	})
	got := conform.Outcome{
		RequestID: result.RequestID,
		Payload:   bytes.Clone(result.Payload),
		Log:       string(result.LogTail),
		ColdStart: result.ColdStart,
		Duration:  time.Since(begin),
	}
	if err != nil {
		var failed *runtime.FunctionError
		var timeout *runtime.TimeoutError
		if !errors.As(err, &failed) && !errors.As(err, &timeout) {
			t.Fatalf("invoke: %v", err)
		}
		got.FunctionError = "Unhandled"
	}
	return got
}
