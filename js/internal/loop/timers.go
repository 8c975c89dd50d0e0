package loop

import (
	"container/heap"
	"math"
	"time"

	"github.com/lambent-run/lambent/js/module"
)

// timer is a setTimeout or setInterval.
type timer struct {
	loop   *Loop
	fn     func() error
	delay  int64 // ms, at least 1
	repeat bool
	due    int64 // ms of the loop's time
	seq    uint64
	index  int // in the heap, or -1
	ref    bool
}

// SetTimer implements module.Loop.
func (l *Loop) SetTimer(d time.Duration, repeat bool, fn func() error) module.Timer {
	ms := d.Milliseconds()
	if ms < 1 || ms > math.MaxInt32 {
		ms = 1
	}
	t := &timer{loop: l, fn: fn, delay: ms, repeat: repeat, index: -1, ref: true}
	if l.stale {
		l.update()
	}
	t.schedule()
	return t
}

// schedule puts the timer into the heap, a delay from the loop's time.
func (t *timer) schedule() {
	l := t.loop
	l.timerSeq++
	t.due, t.seq = l.now+t.delay, l.timerSeq
	if t.index >= 0 {
		heap.Fix(&l.timers, t.index)
		return
	}
	heap.Push(&l.timers, t)
	if t.ref {
		l.refs++
	}
}

func (t *timer) Stop() {
	t.repeat = false
	t.unschedule()
}

func (t *timer) unschedule() {
	if t.index < 0 {
		return
	}
	heap.Remove(&t.loop.timers, t.index)
	if t.ref {
		t.loop.refs--
	}
}

func (t *timer) Ref() {
	if !t.ref && t.index >= 0 {
		t.loop.refs++
	}
	t.ref = true
}

func (t *timer) Unref() {
	if t.ref && t.index >= 0 {
		t.loop.refs--
	}
	t.ref = false
}

func (t *timer) HasRef() bool { return t.ref }

func (t *timer) Refresh() { t.schedule() }

// runTimers fires the timers that are due, each as a macrotask.
func (l *Loop) runTimers(stop func() bool) (bool, error) {
	l.update()
	for len(l.timers) > 0 && l.timers[0].due <= l.now {
		t := l.timers[0]
		t.unschedule()
		err := l.Turn(func() error {
			err := t.fn()
			// An interval starts anew when its callback is over; the callback
			// may have stopped or refreshed it.
			if t.repeat && t.index < 0 {
				l.update()
				t.schedule()
			}
			return err
		})
		if err != nil {
			return false, err
		}
		if stop() {
			return true, nil
		}
	}
	return false, nil
}

// timerHeap orders timers by due time, then by age.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].due != h[j].due {
		return h[i].due < h[j].due
	}
	return h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
