package observe

import (
	"bytes"
	"time"
)

// Source says where a log event comes from: an execution environment.
type Source struct {
	Region, Function string
	// Group and Stream are the names that CloudWatch Logs would have for it.
	Group, Stream string
}

// Tap takes log events one by one: what a function logs at once, or a line of
// the platform, as it stands in the log, with the new line at its end. Log is
// called in line, from any goroutine, those of one source in order: it must
// neither wait for anything nor log. source is shared and not to be changed,
// text is lent until Log returns.
type Tap interface {
	Log(source *Source, at time.Time, text []byte)
}

// Taps is a Tap that hands events to several.
type Taps []Tap

// Log implements Tap.
func (t Taps) Log(source *Source, at time.Time, text []byte) {
	for _, tap := range t {
		tap.Log(source, at, text)
	}
}

// MaxEvent is how much of a line that has no end yet is kept together, in bytes.
const MaxEvent = 256 << 10

// tapped makes events of what one environment writes. Whoever calls its methods
// holds its sink's lock.
type tapped struct {
	tap    Tap
	source Source
	open   []byte // a line that has no end yet
}

// write takes what the guest writes at once. It is an event of its own if it
// ends a line; otherwise its last line waits for its end.
func (t *tapped) write(p []byte) {
	switch {
	case len(t.open) == 0 && len(p) > 0 && p[len(p)-1] == '\n':
		t.tap.Log(&t.source, time.Now(), p)
		return
	case len(p) == 0:
		return
	}
	t.open = append(t.open, p...)
	end := bytes.LastIndexByte(t.open, '\n') + 1
	if end == 0 && len(t.open) >= MaxEvent {
		end = len(t.open)
	}
	if end == 0 {
		return
	}
	t.tap.Log(&t.source, time.Now(), t.open[:end])
	if rest := t.open[end:]; len(rest) > 0 {
		t.open = append(t.open[:0], rest...)
	} else {
		t.open = nil // it is rarely needed
	}
}

// platform takes lines of the platform, each of which is an event. An empty line
// belongs to the one before it.
func (t *tapped) platform(p []byte) {
	now := time.Now()
	if len(t.open) > 0 {
		t.tap.Log(&t.source, now, t.open)
		t.open = nil
	}
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n') + 1
		if end == 0 {
			end = len(p)
		}
		for end < len(p) && p[end] == '\n' {
			end++
		}
		t.tap.Log(&t.source, now, p[:end])
		p = p[end:]
	}
}
