package bench

import (
	"fmt"
	goruntime "runtime"
	"testing"

	"github.com/lambent-run/lambent/bench/internal/plaingoja"
	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/runtime"
)

// fleet is how many isolates wait in BenchmarkIdleIsolates.
const fleet = 10_000

// BenchmarkIdleIsolates reports the memory of an isolate of hello that has
// served and waits for its next event: heap and stacks of the whole process,
// after garbage collection, divided by the number of isolates.
func BenchmarkIdleIsolates(b *testing.B) {
	h, err := handlers.Named("hello")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("lambent", func(b *testing.B) {
		for b.Loop() {
			idleLambent(b, h)
		}
	})
	b.Run("plain-goja", func(b *testing.B) {
		program := compile(b, h)
		for b.Loop() {
			idlePlainGoja(b, program, h)
		}
	})
}

// memory is what the heap and the stacks take once garbage is collected.
func memory() int64 {
	goruntime.GC()
	goruntime.GC() // what had finalizers, and what pools kept for one more cycle
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// idleLambent deploys hello under as many names as there are to be isolates: of
// one function's isolates, those that are warm already would serve for all.
// What the functions themselves take is reported apart.
func idleLambent(b *testing.B, h handlers.Handler) {
	rt, err := runtime.New(runtime.Config{MaxIsolates: fleet, IdleTimeout: -1})
	if err != nil {
		b.Fatal(err)
	}
	names := make([]string, fleet)
	for i := range names {
		names[i] = fmt.Sprintf("hello-%d", i)
	}
	empty := memory()
	for _, name := range names {
		deploy(b, rt, name, h.Source)
	}
	deployed := memory()
	for _, name := range names {
		result, err := rt.Invoke(b.Context(), name, h.Event)
		check(b, h, result.Payload, err)
	}
	served := memory()
	if stats := rt.Stats(); stats.Idle != fleet {
		b.Errorf("%d isolates wait, want %d", stats.Idle, fleet)
	}
	b.ReportMetric(float64(served-deployed)/1024/fleet, "KiB/isolate")
	b.ReportMetric(float64(deployed-empty)/1024/fleet, "KiB/function")
	if err := rt.Close(); err != nil {
		b.Error(err)
	}
}

func idlePlainGoja(b *testing.B, program *plaingoja.Program, h handlers.Handler) {
	before := memory()
	isolates := make([]*plaingoja.Isolate, fleet)
	for i := range isolates {
		iso, err := program.NewIsolate()
		if err != nil {
			b.Fatal(err)
		}
		answer, err := iso.Invoke(h.Event)
		check(b, h, answer, err)
		isolates[i] = iso
	}
	b.ReportMetric(float64(memory()-before)/1024/fleet, "KiB/isolate")
	goruntime.KeepAlive(isolates)
}
