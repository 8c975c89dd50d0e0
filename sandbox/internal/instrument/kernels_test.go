package instrument

import (
	"context"
	"embed"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed testdata/kernels/*.wasm
var kernels embed.FS

var kernelNames = []string{"sha256", "mandelbrot", "fib", "histogram"}

func kernel(tb testing.TB, name string) []byte {
	tb.Helper()
	wasm, err := kernels.ReadFile("testdata/kernels/" + name + ".wasm")
	if err != nil {
		tb.Fatal(err)
	}
	return wasm
}

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

func BenchmarkKernel(b *testing.B) {
	for _, name := range kernelNames {
		wasm := kernel(b, name)
		m, err := Rewrite(wasm, Options{Deadline: true})
		if err != nil {
			b.Fatal(err)
		}
		plain := wazero.NewRuntimeConfig()
		for _, v := range []struct {
			name string
			cfg  wazero.RuntimeConfig
			wasm []byte
		}{
			{"plain", plain, wasm},
			{"instrumented", plain, m.Code},
			{"wazero-context", plain.WithCloseOnContextDone(true), wasm},
		} {
			b.Run(name+"/"+v.name, func(b *testing.B) {
				run := load(b, v.cfg, v.wasm).ExportedFunction("run")
				for b.Loop() {
					if _, err := run.Call(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
