package observe

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

const (
	// streamBytes is how much of a function's log waits for a slow writer. What
	// comes on top is dropped.
	streamBytes = 256 << 10
	// keepBytes is the largest buffer that a quiet function keeps.
	keepBytes = 4 << 10
	// patience is how long an invocation waits for its lines to be written.
	patience = 20 * time.Millisecond
)

// Log is a writer shared by all functions. Each function appends to a bounded
// buffer of its own, and one goroutine, which exists only while there is
// something to write, takes the buffers in turn. So lines never interleave, a
// function that floods its log loses its own lines only, and a writer that
// blocks holds up nobody.
type Log struct {
	w io.Writer

	mu    sync.Mutex // guards the fields below; taken after a stream's
	queue []*Stream  // streams with something to write
	busy  bool       // the goroutine runs
	late  bool       // an invocation has lost patience; none waits until busy ends
	quiet chan struct{}
}

// NewLog returns a Log that writes to w.
func NewLog(w io.Writer) *Log { return &Log{w: w} }

// Stream returns the log of a function. A Log of nil has none.
func (l *Log) Stream(function string) *Stream {
	if l == nil {
		return nil
	}
	return &Stream{log: l, function: function}
}

// Stream is the log of one function. It is safe for concurrent use.
type Stream struct {
	log      *Log
	function string

	mu      sync.Mutex // guards the fields below
	buf     []byte
	free    []byte // the buffer that was written last
	dropped int
	queued  bool
	taken   uint64 // counts events, those in buf included
	written uint64 // of them, those that have been written
	waiting []waiter
}

// waiter is who waits for an event to be written.
type waiter struct {
	event uint64
	ready chan struct{}
}

// write appends p, whole or not at all.
func (s *Stream) write(p []byte, ownLine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.buf)+len(p) > streamBytes && len(s.buf) > 0 {
		s.dropped++
		return
	}
	if s.buf == nil {
		s.buf, s.free = s.free, nil
	}
	if ownLine && len(s.buf) > 0 && s.buf[len(s.buf)-1] != '\n' {
		s.buf = append(s.buf, '\n')
	}
	s.buf = append(s.buf, p...)
	s.taken++
	if !s.queued {
		s.queued = true
		s.log.add(s)
	}
}

// flush writes what there is, and reports whether there is more by now.
func (s *Stream) flush(w io.Writer) (more bool) {
	s.mu.Lock()
	text, upTo := s.buf, s.taken
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n') // another function's line may follow
	}
	if s.dropped > 0 {
		text = fmt.Appendf(text, "LOGS\tName: %s\tState: Dropped\tRecords: %d\tReason: the log is written faster than it is read\n",
			s.function, s.dropped)
	}
	s.buf, s.dropped = nil, 0
	s.mu.Unlock()

	_, _ = w.Write(text) // there is nowhere to report a broken log to

	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = upTo
	s.waiting = slices.DeleteFunc(s.waiting, func(w waiter) bool {
		if w.event > upTo {
			return false
		}
		close(w.ready)
		return true
	})
	if cap(text) <= keepBytes {
		s.free = text[:0]
	}
	s.queued = len(s.buf) > 0 || s.dropped > 0
	return s.queued
}

// Sync waits until what the function has logged so far is written, but not
// long: a slow writer costs its lines, not the caller's time.
func (s *Stream) Sync() {
	if s == nil || s.log.impatient() {
		return
	}
	s.mu.Lock()
	if s.written == s.taken {
		s.mu.Unlock()
		return
	}
	ready := make(chan struct{})
	s.waiting = append(s.waiting, waiter{s.taken, ready})
	s.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-ready:
	case <-timer.C:
		s.log.giveUp()
	}
}

// impatient reports whether waiting is given up for now.
func (l *Log) impatient() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.late
}

// giveUp makes nobody wait until the writer has caught up.
func (l *Log) giveUp() {
	l.mu.Lock()
	l.late = l.busy
	l.mu.Unlock()
}

// add queues a stream, and starts the goroutine if it does not run.
func (l *Log) add(s *Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, s)
	if !l.busy {
		l.busy = true
		l.quiet = make(chan struct{})
		go l.drain()
	}
}

// requeue queues a stream again, behind the others. Only drain calls it.
func (l *Log) requeue(s *Stream) {
	l.mu.Lock()
	l.queue = append(l.queue, s)
	l.mu.Unlock()
}

// drain writes until nothing is left.
func (l *Log) drain() {
	var batch []*Stream
	for {
		l.mu.Lock()
		if len(l.queue) == 0 {
			l.busy, l.late = false, false
			close(l.quiet)
			l.mu.Unlock()
			return
		}
		batch, l.queue = l.queue, batch[:0]
		l.mu.Unlock()
		for i, s := range batch {
			batch[i] = nil
			if s.flush(l.w) {
				l.requeue(s)
			}
		}
	}
}

// Close waits until everything is written, at most for the given time.
func (l *Log) Close(limit time.Duration) {
	if l == nil {
		return
	}
	l.mu.Lock()
	busy, quiet := l.busy, l.quiet
	l.mu.Unlock()
	if !busy {
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-quiet:
	case <-timer.C:
	}
}
