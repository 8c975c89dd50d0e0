package bench

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/sandbox"
)

// sandboxFleet is how many isolates wait in BenchmarkIdleSandboxes. wazero's own
// instances are a tenth of that, for each has a copy of the memory.
const sandboxFleet = 1000

// goModule builds the reactor in Go that package sandbox tests with.
func goModule(b *testing.B) []byte {
	b.Helper()
	out := filepath.Join(b.TempDir(), "reactor.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, ".")
	cmd.Dir, cmd.Env = "../sandbox/testdata/go/reactor", append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, text)
	}
	return readModule(b, out)
}

func readModule(b *testing.B, path string) []byte {
	b.Helper()
	wasm, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return wasm
}

// sandboxes are the modules whose isolates are measured, and an event for each.
var sandboxes = []struct {
	name  string
	wasm  func(b *testing.B) []byte
	event string
}{
	{"c", func(b *testing.B) []byte { return readModule(b, "../examples/hello-c/bootstrap.wasm") }, `{"name":"Ada"}`},
	{"go", goModule, `"echo Ada"`},
}

// proportional is the memory of this process as the kernel counts it, in KiB: a
// page that several mappings share counts once.
func proportional(b *testing.B) int64 {
	b.Helper()
	memory() // collects garbage
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		b.Skip("the kernel does not tell how much memory is shared")
	}
	_, rest, _ := bytes.Cut(text, []byte("\nPss:"))
	field, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	kib, err := strconv.ParseInt(string(field), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib
}

func sandboxProgram(b *testing.B, wasm []byte) *sandbox.Program {
	b.Helper()
	engine, err := sandbox.New("")
	if err != nil {
		b.Fatal(err)
	}
	program, err := engine.Compile(b.Context(), sandbox.Source{Files: fstest.MapFS{"bootstrap.wasm": {Data: wasm, Mode: 0o644}}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = program.Close(), engine.Close() })
	return program
}

// BenchmarkIdleSandboxes reports the memory of an isolate of one module that has
// served and waits, and beside it that of an instance under wazero as it comes.
func BenchmarkIdleSandboxes(b *testing.B) {
	for _, m := range sandboxes {
		b.Run(m.name+"/lambent", func(b *testing.B) {
			program := sandboxProgram(b, m.wasm(b))
			for b.Loop() {
				b.ReportMetric(idleSandboxes(b, program, m.event), "KiB/isolate")
			}
		})
		b.Run(m.name+"/wazero", func(b *testing.B) {
			wasm := m.wasm(b)
			for b.Loop() {
				b.ReportMetric(idleInstances(b, wasm), "KiB/isolate")
			}
		})
	}
}

func idleSandboxes(b *testing.B, program *sandbox.Program, event string) float64 {
	isolates := make([]*sandbox.Isolate, sandboxFleet)
	begin := func(i int) {
		iso, err := program.NewIsolate(b.Context(), sandbox.Environment{MemorySize: 128})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := iso.Invoke(&sandbox.Call{Event: []byte(event), Deadline: time.Now().Add(time.Hour)}); err != nil {
			b.Fatal(err)
		}
		isolates[i] = iso
	}
	begin(0) // makes the image and an instance
	before := proportional(b)
	for i := 1; i < len(isolates); i++ {
		begin(i)
	}
	after := proportional(b)
	for _, iso := range isolates {
		_ = iso.Close()
	}
	return float64(after-before) / float64(len(isolates)-1)
}

func idleInstances(b *testing.B, wasm []byte) float64 {
	ctx := context.Background()
	rt := wazero.NewRuntime(ctx)
	defer rt.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	host := rt.NewHostModuleBuilder("lambent")
	noop := func(uint32, uint32) {}
	host.NewFunctionBuilder().WithFunc(noop).Export("respond")
	host.NewFunctionBuilder().WithFunc(noop).Export("respond_stream")
	host.NewFunctionBuilder().WithFunc(func(uint32, uint32) uint32 { return 1 }).Export("write")
	host.NewFunctionBuilder().WithFunc(func(uint32, uint32, uint32, uint32) {}).Export("fail")
	host.NewFunctionBuilder().WithFunc(func(uint32, uint32, uint32) {}).Export("log")
	host.NewFunctionBuilder().WithFunc(func() uint64 { return 0 }).Export("remaining_ms")
	host.NewFunctionBuilder().WithFunc(func() uint32 { return 0 }).Export("context_len")
	host.NewFunctionBuilder().WithFunc(func(uint32) {}).Export("context_read")
	if _, err := host.Instantiate(ctx); err != nil {
		b.Fatal(err)
	}
	module, err := rt.CompileModule(ctx, wasm)
	if err != nil {
		b.Fatal(err)
	}
	const n = sandboxFleet / 10
	before := proportional(b)
	for range n {
		if _, err := rt.InstantiateModule(ctx, module, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")); err != nil {
			b.Fatal(err)
		}
	}
	return float64(proportional(b)-before) / n
}

// BenchmarkSandboxStart is a new isolate that serves one event, of a module
// whose init phase was run for another one.
func BenchmarkSandboxStart(b *testing.B) {
	for _, m := range sandboxes {
		b.Run(m.name, func(b *testing.B) {
			program := sandboxProgram(b, m.wasm(b))
			call := &sandbox.Call{Event: []byte(m.event), Deadline: time.Now().Add(time.Hour)}
			b.ReportAllocs()
			for b.Loop() {
				iso, err := program.NewIsolate(b.Context(), sandbox.Environment{MemorySize: 128})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := iso.Invoke(call); err != nil {
					b.Fatal(err)
				}
				_ = iso.Close()
			}
		})
	}
}

// BenchmarkHelloByEngine is a warm hello over HTTP as BenchmarkHTTP has it, in
// JavaScript, and in C compiled to WebAssembly with each isolation.
func BenchmarkHelloByEngine(b *testing.B) {
	h, err := handlers.Named("hello")
	if err != nil {
		b.Fatal(err)
	}
	wasm := runtime.Files(map[string]string{"bootstrap.wasm": string(readModule(b, "../examples/hello-c/bootstrap.wasm"))})
	wasmWants := append(append([]byte(`{"hello":"from C","event":`), h.Event...), '}')
	for _, fn := range []struct {
		name string
		set  runtime.Function
		want []byte
	}{
		{"js", runtime.Function{Code: runtime.Source(h.Source)}, h.Want},
		{"wasm", runtime.Function{Code: wasm, Runtime: "provided.al2023"}, wasmWants},
		{"wasm-pristine", runtime.Function{Code: wasm, Runtime: "provided.al2023", Isolation: runtime.IsolationInvocation}, wasmWants},
	} {
		b.Run(fn.name, func(b *testing.B) {
			rt := newRuntime(b, runtime.Config{})
			fn.set.Name, fn.set.Timeout = "hello", time.Minute
			if err := rt.Deploy(b.Context(), fn.set); err != nil {
				b.Fatal(err)
			}
			front, err := invoker.New(invoker.Config{Runtime: rt})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := front.Close(b.Context()); err != nil && b.Context().Err() == nil {
					b.Error(err)
				}
			})
			drive(b, front.Serve, "/2015-03-31/functions/hello/invocations", h.Event, fn.want)
		})
	}
}
