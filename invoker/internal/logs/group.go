package logs

import (
	"container/list"
	"slices"
	"sort"
	"sync"
)

const (
	// firstChunk and lastChunk are the bytes of text in a group's first chunk and
	// in those of a group that logs much: each has room for twice its predecessor.
	firstChunk = 1 << 10
	lastChunk  = 64 << 10
	// perEvent is how many bytes of text there are room for per event.
	perEvent = 64
	// entryBytes is the size of an entry.
	entryBytes = 24
)

// group is the log of one function: events in the order in which they came,
// whose times never decrease.
type group struct {
	id      groupID
	created int64 // milliseconds since 1970
	// admitted is the size of the chunks that the store has counted; the store's
	// mu guards it.
	admitted int

	mu     sync.Mutex // guards the fields below
	chunks []*chunk
	next   uint64 // number of the next event
	last   int64  // time of the last one
	gone   bool   // no longer in the store
}

// chunk is a piece of a group's log. Its group's mu guards it. What is in it
// never changes; there only comes more.
type chunk struct {
	group   *group
	place   *list.Element // in the store's list; the store's mu guards it
	size    int           // its memory in bytes; never changes
	first   uint64        // number of the first event
	text    []byte        // of all events; never reallocated
	entries []entry       // never reallocated
	streams []string
}

// entry is an event in a chunk.
type entry struct {
	at     int64 // milliseconds since 1970
	end    int   // of its text
	stream int
}

// event is what a client gets of an event.
type event struct {
	number uint64
	at     int64
	stream string
	text   string
}

// add appends an event. fresh is the chunk that it had to begin, which the
// caller must admit. kept is false if the group is gone.
func (g *group) add(stream string, at int64, text []byte) (fresh *chunk, kept bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gone {
		return nil, false
	}
	var c *chunk
	if n := len(g.chunks); n > 0 {
		c = g.chunks[n-1]
	}
	if c == nil || !c.fits(text) {
		c = g.begin(len(text))
		fresh = c
	}
	// Two environments may log at the same time, and the one with the earlier
	// time come later. A reader that goes on from the time of what it has seen
	// must not miss it.
	g.last = max(g.last, at)
	g.next++
	c.text = append(c.text, text...)
	c.entries = append(c.entries, entry{at: g.last, end: len(c.text), stream: c.stream(stream)})
	return fresh, true
}

// begin adds a chunk with room for a text of so many bytes.
func (g *group) begin(bytes int) *chunk {
	size := firstChunk
	if n := len(g.chunks); n > 0 {
		size = min(2*cap(g.chunks[n-1].text), lastChunk)
	}
	size = max(size, bytes)
	c := &chunk{group: g, first: g.next, text: make([]byte, 0, size), entries: make([]entry, 0, size/perEvent)}
	c.size = cap(c.text) + entryBytes*cap(c.entries)
	g.chunks = append(g.chunks, c)
	return c
}

// oldest is the first chunk, unless it is the only one.
func (g *group) oldest() *chunk {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.chunks) < 2 {
		return nil
	}
	return g.chunks[0]
}

// forget removes a chunk, and reports whether it was the last.
func (g *group) forget(c *chunk) (empty bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.chunks, c); i >= 0 {
		g.chunks = slices.Delete(g.chunks, i, i+1)
	}
	g.gone = len(g.chunks) == 0
	return g.gone
}

// fits reports whether there is room for an event.
func (c *chunk) fits(text []byte) bool {
	return len(c.text)+len(text) <= cap(c.text) && len(c.entries) < cap(c.entries)
}

// stream returns the index of a stream's name, those used last being found
// first.
func (c *chunk) stream(name string) int {
	for i := len(c.streams) - 1; i >= 0; i-- {
		if c.streams[i] == name {
			return i
		}
	}
	c.streams = append(c.streams, name)
	return len(c.streams) - 1
}

// start is where the text of the i-th event begins.
func (c *chunk) start(i int) int {
	if i == 0 {
		return 0
	}
	return c.entries[i-1].end
}

// query says which events are wanted.
type query struct {
	// from is the number of the first event, to that after the last.
	from, to uint64
	// since and until are the first and the last millisecond.
	since, until int64
	// backward begins at the end.
	backward bool
	// stream says whether the events of a stream are wanted; nil: of all.
	stream func(name string) bool
	// match looks at an event's text; nil: all match. The text is lent.
	match func(text []byte) bool
	// limit is how many events may be returned, bytes how much text, of which
	// there may be more if it is one event.
	limit, bytes int
}

// snapshot returns the chunks as they are. What was written is never changed, so
// reading them needs no lock and holds up nobody who logs.
func (g *group) snapshot() []chunk {
	g.mu.Lock()
	defer g.mu.Unlock()
	chunks := make([]chunk, len(g.chunks))
	for i, c := range g.chunks {
		chunks[i] = chunk{first: c.first, text: c.text, entries: c.entries, streams: c.streams}
	}
	return chunks
}

// read returns events in the order in which they came, and whether there may be
// more. A backward reader gets the last ones.
func (g *group) read(q query) (events []event, more bool) {
	chunks := g.snapshot()
	left := q.bytes
	take := func(c *chunk, i int) bool {
		e := &c.entries[i]
		name := c.streams[e.stream]
		text := c.text[c.start(i):e.end]
		if q.stream != nil && !q.stream(name) || q.match != nil && !q.match(text) {
			return true
		}
		if left -= len(text); len(events) == q.limit || left < 0 && len(events) > 0 {
			return false
		}
		events = append(events, event{number: c.first + uint64(i), at: e.at, stream: name, text: string(text)})
		return true
	}
	if q.backward {
		for n := len(chunks) - 1; n >= 0 && !more; n-- {
			low, high := chunks[n].span(q)
			for i := high - 1; i >= low && !more; i-- {
				more = !take(&chunks[n], i)
			}
		}
		slices.Reverse(events)
		return events, more
	}
	for n := range chunks {
		low, high := chunks[n].span(q)
		for i := low; i < high; i++ {
			if !take(&chunks[n], i) {
				return events, true
			}
		}
	}
	return events, false
}

// span is the range of the chunk's entries that a query's numbers and times
// allow.
func (c *chunk) span(q query) (low, high int) {
	low = sort.Search(len(c.entries), func(i int) bool {
		return c.first+uint64(i) >= q.from && c.entries[i].at >= q.since
	})
	high = sort.Search(len(c.entries), func(i int) bool {
		return c.first+uint64(i) >= q.to || c.entries[i].at > q.until
	})
	return low, high
}

// stream is what is known about a log stream.
type stream struct {
	name        string
	first, last int64 // times of its events that are kept
}

// streams returns the streams that have events, in no order.
func (g *group) streams() []*stream {
	var all []*stream
	known := map[string]*stream{}
	for _, c := range g.snapshot() {
		for i := range c.entries {
			e := &c.entries[i]
			name := c.streams[e.stream]
			st := known[name]
			if st == nil {
				st = &stream{name: name, first: e.at}
				known[name] = st
				all = append(all, st)
			}
			st.last = e.at
		}
	}
	return all
}

// stored is how many bytes of text the group holds.
func (g *group) stored() (n int64) {
	for _, c := range g.snapshot() {
		n += int64(len(c.text))
	}
	return n
}
