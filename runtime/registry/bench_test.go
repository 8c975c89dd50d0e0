package registry

import (
	"errors"
	"fmt"
	goruntime "runtime"
	"sync/atomic"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store/local"
)

// many is how many functions a large account has.
const many = 10_000

// openLocal opens a registry in a folder.
func openLocal(b *testing.B, dir string) (*Registry, func()) {
	b.Helper()
	s, err := local.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	r, err := Open(b.Context(), Config{KV: s.KV(), Blobs: s.Blob(), Account: account, KeyFile: dir + "/key"})
	if err != nil {
		b.Fatal(err)
	}
	return r, func() {
		if err := errors.Join(r.Close(), s.Close()); err != nil {
			b.Error(err)
		}
	}
}

// named5 is one of many functions.
func named5(i int64) function.ID {
	return function.ID{Region: "us-east-1", Name: fmt.Sprintf("function-%05d", i)}
}

// BenchmarkCreate creates functions from 32 clients, each acknowledged when it
// is on the disk.
func BenchmarkCreate(b *testing.B) {
	r, end := openLocal(b, b.TempDir())
	defer end()
	in := input("exports.handler = async () => 1")
	var n atomic.Int64
	b.SetParallelism(max(1, 32/goruntime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := r.CreateFunction(b.Context(), named5(n.Add(1)), in); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "functions/s")
}

// BenchmarkManyFunctions opens a store with 10,000 functions, as a restart
// does, and reads them.
func BenchmarkManyFunctions(b *testing.B) {
	dir := b.TempDir()
	r, end := openLocal(b, dir)
	in := input("exports.handler = async () => 1")
	in.Environment = &function.Environment{Variables: map[string]string{"STAGE": "test", "TABLE": "orders"}}
	var n atomic.Int64
	done := make(chan struct{})
	for range 32 {
		go func() {
			for i := n.Add(1); i <= many; i = n.Add(1) {
				if _, err := r.CreateFunction(b.Context(), named5(i), in); err != nil {
					b.Error(err)
				}
			}
			done <- struct{}{}
		}()
	}
	for range 32 {
		<-done
	}
	end()
	r = nil
	b.Run("restart", func(b *testing.B) {
		for b.Loop() {
			r, end := openLocal(b, dir)
			if _, err := r.GetFunction(b.Context(), named5(many/2), ""); err != nil {
				b.Fatal(err)
			}
			end()
		}
	})
	var before, after goruntime.MemStats
	goruntime.GC()
	goruntime.ReadMemStats(&before)
	r, end = openLocal(b, dir)
	defer end()
	goruntime.GC()
	goruntime.ReadMemStats(&after)
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.GetFunction(b.Context(), named5(many/2), ""); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/many, "heap-B/function")
	})
	b.Run("list 50", func(b *testing.B) {
		for b.Loop() {
			if list, _, err := r.ListFunctions(b.Context(), "us-east-1", false, Page{After: named5(many/2).Name + ":$LATEST", Limit: 50}); err != nil || len(list) != 50 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("change", func(b *testing.B) {
		for b.Loop() {
			if err := r.PutConcurrency(b.Context(), named5(many/2), 5); err != nil {
				b.Fatal(err)
			}
		}
	})
}
