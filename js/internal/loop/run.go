package loop

import "time"

// Run turns the loop until it is empty, until stop says so (it is asked after
// every macrotask, and before the first), or until something fails. It returns
// true if stop ended it.
func (l *Loop) Run(stop func() bool) (stopped bool, err error) {
	for {
		if stop() {
			return true, nil
		}
		if l.interrupted.Load() {
			return false, ErrInterrupted
		}
		if l.Empty() {
			return false, nil
		}
		if stopped, err := l.phases(stop); stopped || err != nil {
			return stopped, err
		}
		if stop() {
			return true, nil
		}
		if l.nothingDue() && !l.Empty() {
			l.sleep()
		}
	}
}

// Block waits, with nothing left to run, until Interrupt ends it.
func (l *Loop) Block() error {
	for !l.interrupted.Load() {
		<-l.wake
	}
	return ErrInterrupted
}

// Thaw fires what became due while the loop was frozen: overdue timers first,
// then what other goroutines have finished, then leftover immediates.
func (l *Loop) Thaw() error {
	l.stale = true
	if l.Idle() {
		return nil
	}
	never := func() bool { return false }
	_, err := l.phases(never)
	return err
}

// phases runs each phase of the loop once: timers, finished work, immediates.
func (l *Loop) phases(stop func() bool) (stopped bool, err error) {
	if stopped, err := l.runTimers(stop); stopped || err != nil {
		return stopped, err
	}
	if stopped, err := l.runReady(stop); stopped || err != nil {
		return stopped, err
	}
	return l.runImmediates(stop)
}

func (l *Loop) runReady(stop func() bool) (bool, error) {
	l.mu.Lock()
	ready := l.ready
	l.ready = nil
	l.mu.Unlock()
	for i, fn := range ready {
		if err := l.Turn(fn); err != nil {
			return false, err
		}
		if stop() {
			l.mu.Lock()
			l.ready = append(ready[i+1:], l.ready...)
			l.mu.Unlock()
			return true, nil
		}
	}
	return false, nil
}

// nothingDue reports whether only time or another goroutine can bring work.
func (l *Loop) nothingDue() bool {
	if len(l.ticks) > 0 || len(l.immediates) > 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ready) == 0
}

// Waits reports whether the loop waits for something to do. It may be called
// from any goroutine.
func (l *Loop) Waits() bool { return l.waits.Load() }

// sleep waits for the next timer or for a signal.
func (l *Loop) sleep() {
	l.waits.Store(true)
	defer l.waits.Store(false)
	if len(l.timers) == 0 {
		<-l.wake
		return
	}
	wait := time.Until(l.start.Add(time.Duration(l.timers[0].due) * time.Millisecond))
	if wait <= 0 {
		return
	}
	if l.sleeper == nil {
		l.sleeper = time.NewTimer(wait)
	} else {
		l.sleeper.Reset(wait)
	}
	select {
	case <-l.wake:
		l.sleeper.Stop()
	case <-l.sleeper.C:
	}
}

// update moves the loop's time on.
func (l *Loop) update() {
	l.now = time.Since(l.start).Milliseconds()
	l.stale = false
}
