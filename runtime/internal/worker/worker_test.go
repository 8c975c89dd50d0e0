package worker

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// task is a Task made of functions.
type task struct {
	run       func(*task)
	stop      chan struct{}
	done      chan Outcome
	late      chan struct{}
	interrupt atomic.Int32
	heed      bool
	once      sync.Once
}

func newTask(heed bool, run func(*task)) *task {
	return &task{run: run, heed: heed, stop: make(chan struct{}), done: make(chan Outcome, 2), late: make(chan struct{}, 2)}
}

func (t *task) Run() { t.run(t) }

func (t *task) Interrupt() {
	t.interrupt.Add(1)
	if t.heed {
		t.release()
	}
}

// release lets Run return.
func (t *task) release() { t.once.Do(func() { close(t.stop) }) }

func (t *task) Done(o Outcome) { t.done <- o }
func (t *task) Late()          { t.late <- struct{}{} }

var _ Task = (*task)(nil)

func untilStopped(t *task) { <-t.stop }

const grace = 25 * time.Millisecond

func TestTaskThatReturnsIsFinished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, time.Second)
		ran := false
		k := newTask(true, func(*task) { ran = true })
		p.Start(k, time.Now().Add(time.Minute))
		if got := <-k.done; got != Finished || !ran {
			t.Errorf("outcome %v, ran %v; want Finished, true", got, ran)
		}
		p.Close()
	})
}

func TestDeadlineInterruptsAndTheTaskFinishes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, time.Second)
		k := newTask(true, untilStopped)
		began := time.Now()
		p.Start(k, began.Add(3*time.Second))
		if got := <-k.done; got != Finished {
			t.Errorf("outcome %v, want Finished", got)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("interrupted after %v, want 3s", took)
		}
		p.Close()
	})
}

func TestStuckTaskIsAbandonedAfterTheGracePeriodAndCollectedLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, time.Second)
		k := newTask(false, untilStopped)
		began := time.Now()
		p.Start(k, began.Add(time.Second))
		if got := <-k.done; got != Abandoned {
			t.Errorf("outcome %v, want Abandoned", got)
		}
		if took := time.Since(began); took != time.Second+grace {
			t.Errorf("abandoned after %v, want %v", took, time.Second+grace)
		}
		if n := p.Stuck(); n != 1 {
			t.Errorf("Stuck() = %d, want 1", n)
		}
		p.Close() // does not wait for it
		k.release()
		<-k.late
		synctest.Wait()
		if n := p.Stuck(); n != 0 {
			t.Errorf("Stuck() = %d after the task came back, want 0", n)
		}
		if len(k.done) != 0 || k.interrupt.Load() != 1 {
			t.Errorf("%d further outcomes, %d interrupts; want 0 and 1", len(k.done), k.interrupt.Load())
		}
	})
}

func TestCancelInterruptsItsOwnTaskOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, time.Minute)
		first := newTask(true, func(*task) {})
		old := p.Start(first, time.Now().Add(time.Hour))
		<-first.done
		second := newTask(true, untilStopped)
		ticket := p.Start(second, time.Now().Add(time.Hour))
		old.Cancel()
		synctest.Wait()
		if n := second.interrupt.Load(); n != 0 {
			t.Errorf("a ticket of the task before interrupted the next one %d times", n)
		}
		ticket.Cancel()
		ticket.Cancel()
		if got := <-second.done; got != Finished || second.interrupt.Load() != 1 {
			t.Errorf("outcome %v after %d interrupts, want Finished after 1", got, second.interrupt.Load())
		}
		p.Close()
	})
}

func TestTimerOfAnEarlierTaskDoesNotCutTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, time.Minute)
		for _, limit := range []time.Duration{time.Second, 10 * time.Second, 2 * time.Second, 5 * time.Second} {
			quick := newTask(true, func(*task) {})
			p.Start(quick, time.Now().Add(limit/2))
			<-quick.done
			k := newTask(true, untilStopped)
			began := time.Now()
			p.Start(k, began.Add(limit))
			<-k.done
			if took := time.Since(began); took != limit {
				t.Errorf("interrupted after %v, want %v", took, limit)
			}
		}
		if p.live != 1 {
			t.Errorf("%d workers for tasks that never overlapped, want 1", p.live)
		}
		p.Close()
	})
}

func TestIdleWorkersRetire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, 10*time.Second)
		var tasks []*task
		for range 8 {
			k := newTask(true, untilStopped)
			p.Start(k, time.Now().Add(time.Second))
			tasks = append(tasks, k)
		}
		for _, k := range tasks {
			<-k.done
		}
		time.Sleep(25 * time.Second)
		synctest.Wait()
		p.mu.Lock()
		live, armed := p.live, p.sweeper != nil
		p.mu.Unlock()
		if live != 0 || armed {
			t.Errorf("%d workers and sweeper %v after a long idle time, want none", live, armed)
		}
		p.Close()
	})
}

func TestTaskThatEndsItsGoroutineIsFinished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := New(grace, time.Second)
		k := newTask(true, func(*task) { runtime.Goexit() })
		p.Start(k, time.Now().Add(time.Second))
		if got := <-k.done; got != Finished {
			t.Errorf("outcome %v, want Finished", got)
		}
		p.Close()
	})
}

func TestHammer(t *testing.T) {
	t.Parallel()
	p := New(time.Millisecond, 5*time.Millisecond)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				k := newTask((i+g)%5 != 0, func(k *task) {
					if (i+g)%3 == 0 {
						<-k.stop
					}
				})
				ticket := p.Start(k, time.Now().Add(time.Duration(i%7)*50*time.Microsecond))
				if i%2 == 0 {
					ticket.Cancel()
				}
				if o := <-k.done; o == Abandoned {
					k.release()
					<-k.late
				}
				if len(k.done) != 0 || k.interrupt.Load() > 1 {
					t.Errorf("%d further outcomes, %d interrupts", len(k.done), k.interrupt.Load())
				}
			}
		})
	}
	wg.Wait()
	p.Close()
	for p.Stuck() != 0 { // Late comes a moment before the count
		runtime.Gosched()
	}
}

// echo is the cheapest task.
type echo struct{ done chan Outcome }

func (echo) Run()             {}
func (echo) Interrupt()       {}
func (e echo) Done(o Outcome) { e.done <- o }
func (echo) Late()            {}

func BenchmarkStart(b *testing.B) {
	p := New(grace, time.Second)
	defer p.Close()
	k := &echo{make(chan Outcome, 1)}
	b.ReportAllocs()
	for b.Loop() {
		p.Start(k, time.Now().Add(3*time.Second))
		<-k.done
	}
}

func BenchmarkStartParallel(b *testing.B) {
	p := New(grace, time.Second)
	defer p.Close()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		k := &echo{make(chan Outcome, 1)}
		for pb.Next() {
			p.Start(k, time.Now().Add(3*time.Second))
			<-k.done
		}
	})
}
