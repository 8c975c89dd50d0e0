package node_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

// BenchmarkLoad is what the first use of a module costs an isolate.
func BenchmarkLoad(b *testing.B) {
	for _, name := range []string{"console", "process", "timers", "events", "path", "util", "url", "stream", "assert", "stream/web", "async_hooks"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				h := hosttest.New(b)
				b.StartTimer()
				h.Require(name)
			}
		})
	}
}
