package instrument

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

func TestScratchRatios(t *testing.T) {
	for _, name := range kernelNames {
		wasm := kernel(t, name)
		m := rewrite(t, wasm, Options{Deadline: true})
		fs := []api.Function{load(t, wazero.NewRuntimeConfig(), wasm).ExportedFunction("run"), load(t, wazero.NewRuntimeConfig(), m.Code).ExportedFunction("run")}
		best := []time.Duration{1 << 60, 1 << 60}
		for range 40 {
			for i, f := range fs {
				s := time.Now()
				if _, err := f.Call(context.Background()); err != nil {
					t.Fatal(err)
				}
				best[i] = min(best[i], time.Since(s))
			}
		}
		fmt.Printf("%-12s %v %v %.3f\n", name, best[0], best[1], float64(best[1])/float64(best[0]))
	}
}
