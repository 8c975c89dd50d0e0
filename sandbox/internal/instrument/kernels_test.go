package instrument

import (
	"context"
	"embed"
	"fmt"
	"math"
	"os/exec"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed testdata/kernels
var kernels embed.FS

var kernelNames = []string{"sha256", "mandelbrot", "fib", "histogram"}

func kernel(tb testing.TB, name string) []byte { return kernelFile(tb, name+".wasm") }

func kernelFile(tb testing.TB, name string) []byte {
	tb.Helper()
	content, err := kernels.ReadFile("testdata/kernels/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// load instantiates a module whose guest nobody stops, and prepares it.
func load(tb testing.TB, cfg wazero.RuntimeConfig, wasm []byte) api.Module {
	tb.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, cfg.WithCoreFeatures(Features))
	tb.Cleanup(func() { _ = rt.Close(ctx) })
	if _, err := rt.NewHostModuleBuilder(CheckModule).NewFunctionBuilder().WithFunc(func() {}).Export(CheckName).Instantiate(ctx); err != nil {
		tb.Fatal(err)
	}
	mod, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		tb.Fatal(err)
	}
	if f := mod.ExportedFunction("prepare"); f != nil {
		if _, err := f.Call(ctx); err != nil {
			tb.Fatal(err)
		}
	}
	return mod
}

func TestKernelsComputeTheSame(t *testing.T) {
	t.Parallel()
	for _, name := range kernelNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := func(wasm []byte) uint64 {
				got, err := load(t, wazero.NewRuntimeConfig(), wasm).ExportedFunction("run").Call(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				return got[0]
			}
			wasm := kernel(t, name)
			if want, got := run(wasm), run(rewrite(t, wasm, Options{Deadline: true}).Code); got != want || want == 0 {
				t.Errorf("the rewritten kernel returns %d, want %d", got, want)
			}
		})
	}
}

// BenchmarkKernel runs each kernel as it is, rewritten to be stopped, with
// wazero's own way of being stopped, in Node's V8 (as it is), and as JavaScript
// in goja. Beside the mean it gives the shortest time, which a busy machine
// disturbs least, and its ratio to that of the kernel as it is.
func BenchmarkKernel(b *testing.B) {
	for _, name := range kernelNames {
		wasm := kernel(b, name)
		cfg := wazero.NewRuntimeConfig()
		var want uint64
		best := math.Inf(1)
		measure := func(engine string, prepare func(b *testing.B) func() uint64) {
			b.Run(name+"/"+engine, func(b *testing.B) {
				run := prepare(b)
				shortest := math.Inf(1)
				for b.Loop() {
					from := time.Now()
					got := run()
					shortest = min(shortest, float64(time.Since(from)))
					if want == 0 {
						want = got
					}
					if got != want {
						b.Fatalf("the result is %d, want %d", got, want)
					}
				}
				if engine == "plain" {
					best = min(best, shortest)
				}
				b.ReportMetric(shortest, "min-ns/op")
				b.ReportMetric(shortest/best, "x-plain")
			})
		}
		measure("plain", wasmRun(cfg, wasm))
		measure("instrumented", wasmRun(cfg, rewrite(b, wasm, Options{Deadline: true}).Code))
		measure("wazero-context", wasmRun(cfg.WithCloseOnContextDone(true), wasm))
		b.Run(name+"/node", func(b *testing.B) {
			shortest := nodeRun(b, name, want)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(shortest, "min-ns/op")
			b.ReportMetric(shortest/best, "x-plain")
		})
		measure("goja", gojaRun(string(kernelFile(b, name+".js"))))
	}
}

func wasmRun(cfg wazero.RuntimeConfig, wasm []byte) func(b *testing.B) func() uint64 {
	return func(b *testing.B) func() uint64 {
		// With a context that can end, or wazero leaves out its checks.
		ctx, cancel := context.WithCancel(context.Background())
		b.Cleanup(cancel)
		run := load(b, cfg, wasm).ExportedFunction("run")
		return func() uint64 {
			got, err := run.Call(ctx)
			if err != nil {
				b.Fatal(err)
			}
			return got[0]
		}
	}
}

func gojaRun(script string) func(b *testing.B) func() uint64 {
	return func(b *testing.B) func() uint64 {
		vm := goja.New()
		if _, err := vm.RunString(script); err != nil {
			b.Fatal(err)
		}
		if prepare, ok := goja.AssertFunction(vm.Get("prepare")); ok {
			if _, err := prepare(nil); err != nil {
				b.Fatal(err)
			}
		}
		run, _ := goja.AssertFunction(vm.Get("run"))
		return func() uint64 {
			got, err := run(nil)
			if err != nil {
				b.Fatal(err)
			}
			return uint64(got.ToInteger())
		}
	}
}

// nodeRun returns the shortest time of a kernel in Node, in nanoseconds.
func nodeRun(b *testing.B, name string, want uint64) float64 {
	node, err := exec.LookPath("node")
	if err != nil {
		b.Skip("there is no node")
	}
	out, err := exec.CommandContext(b.Context(), node, "testdata/kernels/node.js", "testdata/kernels/"+name+".wasm", "500").Output()
	if err != nil {
		b.Fatal(err)
	}
	var got uint64
	var shortest float64
	if _, err := fmt.Sscan(string(out), &got, &shortest); err != nil || want != 0 && got != want {
		b.Fatalf("node says %q, %v; want %d", out, err, want)
	}
	return shortest
}
