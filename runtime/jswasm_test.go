package runtime_test

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// wasmPackage is a deployment package of files of testdata/jswasm and of the
// modules with which package link is tested.
func wasmPackage(t testing.TB, handler string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{"testdata/jswasm/*.js", "../sandbox/link/testdata/*.wasm"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		for _, path := range found {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(path)] = string(data)
		}
	}
	if handler != "" {
		files["index.js"] = handler
	}
	return files
}

func deployWasm(t testing.TB, handler string, f runtime.Function) *runtime.Runtime {
	t.Helper()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	f.Name, f.Code = "f", runtime.Files(wasmPackage(t, handler))
	f.Timeout = cmp.Or(f.Timeout, 5*time.Minute) // so that only what is meant to ends at it
	if err := rt.Deploy(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return rt
}

// TestWebAssemblyAnswersAsInNode asks what testdata/jswasm/cases.js asks, and
// compares the answers with those that Node gave (golden.json). Where they are
// known to differ, differences.json has ours.
func TestWebAssemblyAnswersAsInNode(t *testing.T) {
	t.Parallel()
	read := func(name string) map[string]string {
		answers := map[string]string{}
		text, err := os.ReadFile("testdata/jswasm/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &answers); err != nil {
			t.Fatal(err)
		}
		return answers
	}
	golden, differences := read("golden.json"), read("differences.json")
	rt := deployWasm(t, "", runtime.Function{MemorySize: 256})
	res, err := rt.Invoke(t.Context(), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(golden) {
		t.Errorf("%d cases, %d recorded: record them again", len(got), len(golden))
	}
	for name, want := range golden {
		if ours, known := differences[name]; known {
			if got[name] == want {
				t.Errorf("%s: as in Node now, strike it off the differences", name)
			}
			want = ours
		}
		if got[name] != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got[name], want)
		}
	}
}
