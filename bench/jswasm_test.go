package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// openWasm returns what invokes the handler of testdata/jswasm.js.
func openWasm(tb testing.TB) func(event string) []byte {
	tb.Helper()
	files := map[string]string{}
	for as, path := range map[string]string{
		"index.js":        "testdata/jswasm.js",
		"small.wasm":      "../sandbox/link/testdata/small.wasm",
		"fib.wasm":        "../sandbox/internal/instrument/testdata/kernels/fib.wasm",
		"mandelbrot.wasm": "../sandbox/internal/instrument/testdata/kernels/mandelbrot.wasm",
		"histogram.wasm":  "../sandbox/internal/instrument/testdata/kernels/histogram.wasm",
	} {
		text, err := os.ReadFile(filepath.FromSlash(path))
		if err != nil {
			tb.Fatal(err)
		}
		files[as] = string(text)
	}
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { rt.Close() })
	f := runtime.Function{Name: "f", Code: runtime.Files(files), Timeout: 5 * time.Minute, MemorySize: 256}
	if err := rt.Deploy(tb.Context(), f); err != nil {
		tb.Fatal(err)
	}
	return func(event string) []byte {
		res, err := rt.Invoke(tb.Context(), "f", []byte(event))
		if err != nil {
			tb.Fatal(err)
		}
		return res.Payload
	}
}

// BenchmarkWasmInJavaScript has what a handler gains by leaving work to
// WebAssembly: the same algorithm both ways, in the same handler.
func BenchmarkWasmInJavaScript(b *testing.B) {
	for _, name := range []string{"fib", "mandelbrot", "histogram"} {
		invoke := openWasm(b)
		invoke(fmt.Sprintf(`{"name":%q,"way":"prepare"}`, name))
		answers := map[string][]byte{}
		for _, way := range []string{"wasm", "js"} {
			b.Run(name+"/"+way, func(b *testing.B) {
				event := fmt.Sprintf(`{"name":%q,"way":%q}`, name, way)
				for b.Loop() {
					answers[way] = invoke(event)
				}
			})
		}
		if len(answers) == 2 && !bytes.Equal(answers["wasm"], answers["js"]) {
			b.Errorf("%s: WebAssembly answers %s, JavaScript %s", name, answers["wasm"], answers["js"])
		}
	}
}

// BenchmarkWasmCalls has the cost of crossing between JavaScript and
// WebAssembly: a call of a function that stores a number ("calls"), one of a
// function that calls JavaScript in turn ("callbacks"), and, to compare, one of a
// JavaScript function that does nothing ("loop").
func BenchmarkWasmCalls(b *testing.B) {
	invoke := openWasm(b)
	for _, way := range []string{"loop", "calls", "callbacks"} {
		b.Run(way, func(b *testing.B) {
			const batch = 1000
			invoke(fmt.Sprintf(`{"way":%q,"n":1}`, way))
			event := fmt.Sprintf(`{"way":%q,"n":%d}`, way, batch)
			for b.Loop() {
				invoke(event)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/call")
		})
	}
}
