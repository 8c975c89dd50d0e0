package sandbox

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/host"
)

// load reads a module of testdata.
func load(t testing.TB, name string) []byte {
	t.Helper()
	wasm, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// pack is a package of one module.
func pack(wasm []byte) fs.FS { return fstest.MapFS{bootstrap: {Data: wasm, Mode: 0o644}} }

func newEngine(t testing.TB, dir string) *Engine {
	t.Helper()
	e, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func compile(t testing.TB, e *Engine, src Source) *Program {
	t.Helper()
	p, err := e.Compile(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func newTestIsolate(t testing.TB, p *Program) *Isolate {
	t.Helper()
	iso, err := p.NewIsolate(context.Background(), Environment{MemorySize: 128})
	if err != nil {
		t.Fatal(err)
	}
	return iso
}

func serve(t testing.TB, iso *Isolate, event string) string {
	t.Helper()
	reply, err := iso.Invoke(&Call{Event: []byte(event), Deadline: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	return string(reply.Payload)
}

// plainModule is a module under wazero as it comes: host functions that do
// nothing, and its own configuration.
func plainModule(b *testing.B, wasm []byte) (wazero.Runtime, wazero.CompiledModule) {
	b.Helper()
	ctx := b.Context()
	rt := wazero.NewRuntime(ctx)
	b.Cleanup(func() { _ = rt.Close(context.Background()) })
	if err := host.Modules(ctx, rt, "", ""); err != nil {
		b.Fatal(err)
	}
	module, err := rt.CompileModule(ctx, wasm)
	if err != nil {
		b.Fatal(err)
	}
	return rt, module
}

// BenchmarkStart compares how long it takes until a module with 4 MiB of memory
// can be called, and until it has answered once: from an image, and by wazero's
// own instantiation.
func BenchmarkStart(b *testing.B) {
	wasm := load(b, "pages.wasm")
	for _, serves := range []bool{false, true} {
		name := "ready"
		if serves {
			name = "served"
		}
		b.Run("image/"+name, func(b *testing.B) {
			p := compile(b, newEngine(b, ""), Source{Files: pack(wasm)})
			call := &Call{Event: []byte("1"), Deadline: time.Now().Add(time.Hour)}
			_ = newTestIsolate(b, p).Close()
			b.ReportAllocs()
			for b.Loop() {
				iso := newTestIsolate(b, p)
				if serves {
					if _, err := iso.Invoke(call); err != nil {
						b.Fatal(err)
					}
				}
				_ = iso.Close()
			}
		})
		b.Run("wazero/"+name, func(b *testing.B) {
			rt, module := plainModule(b, wasm)
			guest := host.NewGuest()
			b.ReportAllocs()
			for b.Loop() {
				guest.Invocation = &host.Invocation{Deadline: time.Now().Add(time.Hour)}
				mod, err := rt.InstantiateModule(b.Context(), module, wazero.NewModuleConfig().WithName(""))
				if err != nil {
					b.Fatal(err)
				}
				if serves {
					callPlain(b, mod, guest, []byte("1"))
				}
				_ = mod.Close(b.Context())
			}
		})
	}
}

func callPlain(b *testing.B, mod api.Module, guest *host.Guest, event []byte) {
	b.Helper()
	got, err := mod.ExportedFunction(exportAlloc).Call(guest, uint64(len(event)))
	if err != nil {
		b.Fatal(err)
	}
	mod.Memory().Write(uint32(got[0]), event)
	if _, err := mod.ExportedFunction(exportHandle).Call(guest, got[0], uint64(len(event))); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReset reports how long it takes to throw away the pages of 4 KiB that
// an invocation wrote (reset-ns/op), and how long the whole invocation does.
func BenchmarkReset(b *testing.B) {
	wasm := load(b, "pages.wasm")
	for _, pages := range []int{1, 8, 64, 512} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			p := compile(b, newEngine(b, ""), Source{Files: pack(wasm)})
			iso := newTestIsolate(b, p)
			defer iso.Close()
			call := &Call{Event: fmt.Append(nil, pages), Deadline: time.Now().Add(time.Hour)}
			var resets time.Duration
			for b.Loop() {
				if _, err := iso.Invoke(call); err != nil {
					b.Fatal(err)
				}
				began := time.Now()
				if err := iso.rewind(); err != nil {
					b.Fatal(err)
				}
				resets += time.Since(began)
			}
			b.ReportMetric(float64(resets.Nanoseconds())/float64(b.N), "reset-ns/op")
		})
	}
}

// BenchmarkEcho reports what a warm invocation costs from bytes to bytes.
func BenchmarkEcho(b *testing.B) {
	for _, isolation := range []string{"environment", "invocation"} {
		b.Run(isolation, func(b *testing.B) {
			p := compile(b, newEngine(b, ""), Source{Files: pack(load(b, "echo.wasm")), Reset: isolation == "invocation"})
			iso := newTestIsolate(b, p)
			defer iso.Close()
			call := &Call{Event: []byte(`{"key":"value"}`), Deadline: time.Now().Add(time.Hour)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := iso.Invoke(call); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkInstantiate reports what a new wazero instance costs, of which there
// are as many as guests run at a time.
func BenchmarkInstantiate(b *testing.B) {
	p := compile(b, newEngine(b, ""), Source{Files: pack(load(b, "pages.wasm"))})
	iso := newTestIsolate(b, p)
	defer iso.Close()
	for b.Loop() {
		inst, err := p.code.instantiate(iso.memory)
		if err != nil {
			b.Fatal(err)
		}
		inst.bind(nil)
		inst.close()
	}
}
