package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// TestMemoryPressureEndsWhoComputes sets a limit that the heap is above anyhow.
func TestMemoryPressureEndsWhoComputes(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{MemoryLimit: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rt.Close() }()
	for name, source := range map[string]string{
		"hoards": `exports.handler = async () => { const kept = []; for (;;) kept.push([]) }`,
		"waits":  `exports.handler = (event) => new Promise((r) => setTimeout(r, 400, "done"))`,
	} {
		if err := rt.Deploy(t.Context(), runtime.Function{Name: name, Code: runtime.Source(source), Timeout: time.Minute}); err != nil {
			t.Fatal(err)
		}
	}
	waited := make(chan error, 1)
	go func() {
		result, err := rt.Invoke(context.Background(), "waits", nil)
		if err == nil && string(result.Payload) != `"done"` {
			err = errors.New(string(result.Payload))
		}
		waited <- err
	}()
	_, err = rt.Invoke(t.Context(), "hoards", nil)
	var failure *runtime.FunctionError
	if !errors.As(err, &failure) || failure.Type != "Runtime.ExitError" || !strings.HasSuffix(failure.Message, "Runtime exited with error: signal: killed") {
		t.Errorf("the hoarder ended with %v, want to be killed", err)
	}
	if err := <-waited; err != nil {
		t.Errorf("who waited: %v", err)
	}
	if _, err := rt.Invoke(t.Context(), "hoards", []byte(`not JSON`)); err == nil {
		t.Error("no error for a bad payload afterwards")
	}
}
