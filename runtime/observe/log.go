package observe

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// streamBytes is how much of a function's log waits to be written.
	streamBytes = 512 << 10
	// platformBytes is room on top of it for the platform's own lines, which are
	// few, and whose writer must not wait.
	platformBytes = 64 << 10
	// urgentBytes is how much of it does not wait for the lag to pass.
	urgentBytes = 64 << 10
	// lag is how long lines wait for others to be written with them.
	lag = time.Millisecond
	// patience is how long a function that has filled its buffer waits for room.
	patience = 50 * time.Millisecond
)

// Log is a writer shared by all functions. Each function appends to a bounded
// buffer of its own, and one goroutine, which exists only while there is
// something to write, takes the buffers in turn. So lines never interleave and a
// Write carries many; a function that floods its log is slowed down to the pace
// of the writer, alone; and a writer that blocks costs lines, not time: then
// what does not fit into the buffers is dropped.
type Log struct {
	w      io.Writer     // nil: there is only tap
	tap    Tap           // nil: nobody wants single events
	urgent chan struct{} // ends the lag
	spare  sync.Pool     // of *[]byte, buffers of streams

	mu    sync.Mutex // guards the fields below; taken after a stream's
	queue []*Stream  // streams with something to write
	busy  bool       // the goroutine runs
	late  bool       // a function has lost patience; none waits until busy ends
	quiet chan struct{}
}

// NewLog returns a Log that writes to w and hands events to tap; either may be
// nil.
func NewLog(w io.Writer, tap Tap) *Log {
	return &Log{w: w, tap: tap, urgent: make(chan struct{}, 1)}
}

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
	buf     *[]byte    // nil if there is nothing
	dropped int
	queued  bool
	room    chan struct{} // closed when buf is taken; nil if nobody waits
}

// write appends p, whole or not at all. Lines of the platform begin on a new
// line; those of the function may have to wait for room.
func (s *Stream) write(p []byte, platform bool) {
	limit := streamBytes
	if platform {
		limit += platformBytes
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.buf != nil && len(*s.buf)+len(p) > limit {
		if platform || !s.wait() {
			s.dropped++
			return
		}
	}
	if s.buf == nil {
		s.buf = s.log.buffer()
	}
	text := *s.buf
	if n := len(text); platform && n > 0 && text[n-1] != '\n' {
		text = append(text, '\n')
	}
	text = append(text, p...)
	*s.buf = text
	if !s.queued {
		s.queued = true
		s.log.add(s)
	}
	if len(text) >= urgentBytes {
		s.log.hurry()
	}
}

// wait waits until there may be room. The caller holds mu; wait lets go of it
// meanwhile. It returns false if the log is too slow.
func (s *Stream) wait() bool {
	if s.log.impatient() {
		return false
	}
	if s.room == nil {
		s.room = make(chan struct{})
	}
	room := s.room
	s.mu.Unlock()
	defer s.mu.Lock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-room:
		return true
	case <-timer.C:
		s.log.giveUp()
		return false
	}
}

// flush writes what there is, and reports whether there is more by now.
func (s *Stream) flush(w io.Writer) (more bool) {
	s.mu.Lock()
	taken, dropped := s.buf, s.dropped
	s.buf, s.dropped = nil, 0
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
	s.mu.Unlock()

	if taken == nil {
		taken = s.log.buffer()
	}
	text := *taken
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n') // another function's line may follow
	}
	if dropped > 0 {
		text = fmt.Appendf(text, "LOGS\tName: %s\tState: Dropped\tRecords: %d\tReason: the log is written faster than it is read\n",
			s.function, dropped)
	}
	_, _ = w.Write(text) // there is nowhere to report a broken log to
	if cap(text) <= 2*streamBytes {
		*taken = text[:0]
		s.log.spare.Put(taken)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued = s.buf != nil || s.dropped > 0
	return s.queued
}

// buffer returns an empty buffer.
func (l *Log) buffer() *[]byte {
	if b, ok := l.spare.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
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

// hurry ends the lag.
func (l *Log) hurry() {
	select {
	case l.urgent <- struct{}{}:
	default:
	}
}

// drain writes until nothing is left.
func (l *Log) drain() {
	pause := time.NewTimer(lag)
	defer pause.Stop()
	var batch []*Stream
	for {
		select {
		case <-pause.C:
		case <-l.urgent:
		}
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
		pause.Reset(lag)
	}
}

// requeue queues a stream again, behind the others. Only drain calls it.
func (l *Log) requeue(s *Stream) {
	l.mu.Lock()
	l.queue = append(l.queue, s)
	l.mu.Unlock()
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
	l.hurry()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-quiet:
	case <-timer.C:
	}
}
