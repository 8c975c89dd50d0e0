package runtime

import (
	"bytes"
	"os"
	goruntime "runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/runtime/internal/worker"
)

// An engine cannot say how much memory an isolate holds, but all isolates share
// the process's heap, and a guest that fills it would take everybody along. So
// while invocations run, the heap is watched. Above Config.MemoryLimit the idle
// isolates are closed, which costs little: a cold start takes a tenth of a
// millisecond. If that is not enough, the invocation that has been computing for
// longest is ended as Lambda ends one that runs out of memory, and then the
// next, until the heap is below the limit. Whoever fills a heap has been
// computing for long; those that wait for a timer or an answer are spared.

// memoryTick is how often the heap is looked at.
const memoryTick = 20 * time.Millisecond

// memoryWatch is the watch over the heap. It runs on a timer, which is armed
// only while there are invocations.
type memoryWatch struct {
	rt    *Runtime
	limit uint64
	armed atomic.Bool

	mu     sync.Mutex // guards the fields below
	timer  *time.Timer
	seen   int64 // invocations at the last look
	closed bool
}

// start arms the watch. It is called for each invocation, so its usual case is
// one load.
func (w *memoryWatch) start() {
	if w.armed.Load() || w.limit == 0 || !w.armed.CompareAndSwap(false, true) {
		return
	}
	w.rearm()
}

func (w *memoryWatch) rearm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
	case w.timer == nil:
		w.timer = time.AfterFunc(memoryTick, w.look)
	default:
		w.timer.Reset(memoryTick)
	}
}

func (w *memoryWatch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.timer != nil {
		w.timer.Stop()
	}
}

// look compares the heap with the limit.
func (w *memoryWatch) look() {
	if heapBytes() > w.limit {
		w.relieve()
	}
	seen := w.rt.count.invocations.Load()
	if seen == w.seen && w.rt.inFlight.Load() == 0 {
		w.armed.Store(false)
		if w.rt.inFlight.Load() > 0 { // it came in between, and found the watch armed
			w.start()
		}
		return
	}
	w.seen = seen
	w.rearm()
}

// relieve frees memory until the heap is below the limit, or nothing is left
// that could be ended.
func (w *memoryWatch) relieve() {
	w.rt.pool.Trim()
	goruntime.GC()
	if heapBytes() <= w.limit {
		return
	}
	ticket, task := w.rt.workers.Oldest(func(t worker.Task) bool {
		x, ok := t.(*run)
		return ok && !x.waits()
	})
	if task == nil {
		return
	}
	task.(*run).exhausted.Store(true)
	ticket.Cancel()
	// What it held is free as soon as it is gone, and should not stay with the
	// process.
	time.AfterFunc(grace, debug.FreeOSMemory)
}

// waiter is an Isolate that can tell, from any goroutine, whether it computes
// or waits.
type waiter interface{ Waits() bool }

// waits reports whether the handler waits for something.
func (x *run) waits() bool {
	w, ok := x.env.isolate.(waiter)
	return ok && w.Waits()
}

// heapBytes is the size of all objects on the heap, dead ones included.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// fallbackMemory stands in for the memory of a machine that does not tell.
const fallbackMemory = 8 << 30

// machineMemory is the memory that this process can have, in bytes: the
// machine's, or its control group's if that has less.
func machineMemory() uint64 {
	total := uint64(fallbackMemory)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		_, rest, _ := bytes.Cut(text, []byte("MemTotal:"))
		field, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
		if kib, err := strconv.ParseUint(string(field), 10, 54); err == nil && kib > 0 {
			total = kib << 10
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64); err == nil {
			total = min(total, limit)
		}
	}
	return total
}
