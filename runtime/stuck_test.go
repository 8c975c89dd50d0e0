package runtime_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// TestNativeOperationThatCannotBeInterrupted has the one kind of handler that
// no interrupt reaches: a match with a back reference, which takes seconds here.
func TestNativeOperationThatCannotBeInterrupted(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rt.Close() }()
	for name, source := range map[string]string{
		"stuck": `exports.handler = async () => /^(a+)+\1b$/.test('a'.repeat(26))`,
		"other": `exports.handler = async () => 'fine'`,
	} {
		if err := rt.Deploy(t.Context(), runtime.Function{Name: name, Code: runtime.Source(source), Timeout: 50 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
	}
	result, err := rt.Invoke(t.Context(), "stuck", nil)
	var timeout *runtime.TimeoutError
	if !errors.As(err, &timeout) {
		t.Fatalf("err = %v, want a timeout", err)
	}
	if !result.Abandoned {
		t.Skip("this machine was done with the expression in time")
	}
	if n := rt.Stats().Abandoned; n != 1 {
		t.Errorf("Stats().Abandoned = %d, want 1", n)
	}
	if result, err := rt.Invoke(t.Context(), "other", nil); err != nil || string(result.Payload) != `"fine"` {
		t.Errorf("the other function: %s, %v", result.Payload, err)
	}
}
