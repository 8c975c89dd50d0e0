package observe

import "sync"

// TailBytes is how much of an invocation's log its caller can get.
const TailBytes = 4096

// Tail keeps the last TailBytes bytes of an invocation's log. It allocates
// nothing before the first write.
type Tail struct{ buf []byte }

// add appends p, and forgets what is too old for certain.
func (t *Tail) add(p []byte) {
	if len(p) > TailBytes {
		t.buf, p = t.buf[:0], p[len(p)-TailBytes:]
	}
	if len(t.buf)+len(p) > 2*TailBytes {
		n := copy(t.buf, t.buf[len(t.buf)-TailBytes:])
		t.buf = t.buf[:n]
	}
	t.buf = append(t.buf, p...)
}

// midLine reports whether the last line has no end yet.
func (t *Tail) midLine() bool { return len(t.buf) > 0 && t.buf[len(t.buf)-1] != '\n' }

// Bytes returns the last bytes that were written.
func (t *Tail) Bytes() []byte {
	return t.buf[max(0, len(t.buf)-TailBytes):]
}

// Prepend puts what an earlier tail kept before all else. A nil tail ignores it.
func (t *Tail) Prepend(earlier *Tail) {
	if t == nil || earlier == nil || len(earlier.buf) == 0 {
		return
	}
	after := t.buf
	t.buf = append([]byte(nil), earlier.Bytes()...)
	t.add(after)
}

// Sink is the log of one execution environment: what its isolate writes goes to
// the Stream of its function, to the Log's Tap and, if there is one, to the tail
// of the invocation that runs.
type Sink struct {
	stream *Stream // nil: nobody reads the log
	source *tapped // nil: nobody wants single events; what it keeps is guarded by mu

	mu   sync.Mutex // an abandoned isolate may still write
	tail *Tail
}

// NewSink returns the log of an environment. stream may be nil.
func NewSink(stream *Stream, source Source) *Sink {
	s := &Sink{stream: stream}
	if stream != nil && stream.log.tap != nil {
		s.source = &tapped{tap: stream.log.tap, source: source}
	}
	if stream != nil && stream.log.w == nil {
		s.stream = nil
	}
	return s
}

// Again returns another Sink with the same destination, without a tail.
func (s *Sink) Again() *Sink {
	again := &Sink{stream: s.stream}
	if s.source != nil {
		again.source = &tapped{tap: s.source.tap, source: s.source.source}
	}
	return again
}

// SetTail makes t, or nothing if it is nil, keep what is written from now on.
func (s *Sink) SetTail(t *Tail) {
	s.mu.Lock()
	s.tail = t
	s.mu.Unlock()
}

// Enabled reports whether anybody reads what is written. A writer may use it to
// save the work of formatting.
func (s *Sink) Enabled() bool {
	if s.stream != nil || s.source != nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tail != nil
}

// Write takes one log event.
func (s *Sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	if s.tail != nil {
		s.tail.add(p)
	}
	if s.source != nil {
		s.source.write(p)
	}
	s.mu.Unlock()
	if s.stream != nil {
		s.stream.write(p, false)
	}
	return len(p), nil
}

// Platform takes lines of the platform, which begin on a new line whatever the
// function wrote before.
func (s *Sink) Platform(p []byte) {
	if len(p) == 0 {
		return
	}
	s.mu.Lock()
	if s.tail != nil {
		if s.tail.midLine() {
			s.tail.add(newLine)
		}
		s.tail.add(p)
	}
	if s.source != nil {
		s.source.platform(p)
	}
	s.mu.Unlock()
	if s.stream != nil {
		s.stream.write(p, true)
	}
}

var newLine = []byte{'\n'}
