package runtime_test

import (
	"io"
	"testing"

	"github.com/lambent-run/lambent/runtime"
)

var event = []byte(`{"name":"Ada"}`)

// hello is the function of the benchmarks.
const hello = `exports.handler = async (event) => "hello " + event.name`

func benchRuntime(b *testing.B, engine string, cfg runtime.Config) *runtime.Runtime {
	b.Helper()
	rt := start(b, &fakeEngine{}, cfg)
	b.Cleanup(func() { rt.Close() })
	switch engine {
	case "fake":
		deploy(b, rt, runtime.Function{Name: "hello"})
	case "js":
		if err := rt.Deploy(b.Context(), runtime.Function{Name: "hello", Code: runtime.Source(hello)}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := rt.Invoke(b.Context(), "hello", event); err != nil {
		b.Fatal(err)
	}
	return rt
}

// BenchmarkInvoke is a warm invocation. The fake engine shows what the runtime
// itself costs.
func BenchmarkInvoke(b *testing.B) {
	for _, engine := range []string{"fake", "js"} {
		for name, cfg := range map[string]runtime.Config{"silent": {}, "logged": {Log: io.Discard}} {
			b.Run(engine+"/"+name, func(b *testing.B) {
				rt := benchRuntime(b, engine, cfg)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := rt.Invoke(b.Context(), "hello", event); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(engine+"/parallel", func(b *testing.B) {
			rt := benchRuntime(b, engine, runtime.Config{})
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := rt.Invoke(b.Context(), "hello", event); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkColdStart is an invocation for which an environment must be made:
// two functions take turns where there is room for one isolate.
func BenchmarkColdStart(b *testing.B) {
	for _, engine := range []string{"fake", "js"} {
		b.Run(engine, func(b *testing.B) {
			rt := benchRuntime(b, engine, runtime.Config{BurstIsolates: -1, MaxIsolates: 1})
			names := [2]string{"one", "two"}
			for _, name := range names {
				fn := runtime.Function{Name: name, Code: runtime.Source(hello)}
				if engine == "fake" {
					fn.Runtime = "fake"
				}
				if err := rt.Deploy(b.Context(), fn); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if res, err := rt.Invoke(b.Context(), names[i%2], event); err != nil || !res.ColdStart {
					b.Fatal(res.ColdStart, err)
				}
			}
		})
	}
}
