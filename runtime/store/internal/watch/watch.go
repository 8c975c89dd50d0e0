// Package watch hands the changes of a store in this process to its watchers.
package watch

import (
	"bytes"
	"context"
	"iter"
	"strings"
	"sync"

	"github.com/lambent-run/lambent/runtime/store"
)

// Hub knows the watchers of one store. The zero Hub works.
type Hub struct {
	mu       sync.Mutex // guards the fields below; taken before a watcher's
	watchers map[*watcher]struct{}
	closed   bool
}

// watcher keeps what one watcher has yet to see: of each key the latest change,
// so that a slow reader costs no more memory than the records that it watches.
type watcher struct {
	prefix string

	mu      sync.Mutex // guards the fields below
	queue   []store.Event
	at      map[string]int // where a key's change is in queue
	skipped int            // how many of queue are superseded
	closed  bool
	wake    chan struct{} // has a token if something is new
}

// Watch registers a watcher at once and returns what it will see.
func (h *Hub) Watch(ctx context.Context, prefix string) iter.Seq2[store.Event, error] {
	if err := store.CheckPrefix(prefix); err != nil {
		return failed(err)
	}
	w := &watcher{prefix: prefix, at: map[string]int{}, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return failed(store.ErrClosed)
	}
	if h.watchers == nil {
		h.watchers = map[*watcher]struct{}{}
	}
	h.watchers[w] = struct{}{}
	stop := context.AfterFunc(ctx, func() { h.remove(w) })
	return func(yield func(store.Event, error) bool) {
		defer stop()
		defer h.remove(w)
		w.read(ctx, yield)
	}
}

// read yields changes until the reader, the context or the store has enough.
func (w *watcher) read(ctx context.Context, yield func(store.Event, error) bool) {
	for {
		events, closed := w.take()
		for _, event := range events {
			if event.Key == "" {
				continue // superseded
			}
			if ctx.Err() != nil || !yield(event, nil) {
				return
			}
		}
		if closed {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
	}
}

// Publish tells the watchers of a change. Calls must come in the order of the
// revisions. The value remains the caller's.
func (h *Hub) Publish(event store.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		if strings.HasPrefix(event.Key, w.prefix) {
			w.add(event)
		}
	}
}

// Close ends all watchers once they have seen what was published.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for w := range h.watchers {
		w.close()
	}
	h.watchers = nil
}

func (h *Hub) remove(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}

// add queues a change in place of an earlier one of the same key.
func (w *watcher) add(event store.Event) {
	event.Value = bytes.Clone(event.Value)
	w.mu.Lock()
	defer w.mu.Unlock()
	if i, again := w.at[event.Key]; again {
		w.queue[i] = store.Event{}
		if w.skipped++; w.skipped > len(w.queue)/2 {
			w.compact()
		}
	}
	w.at[event.Key] = len(w.queue)
	w.queue = append(w.queue, event)
	w.signal()
}

// compact removes superseded changes. The caller holds mu.
func (w *watcher) compact() {
	kept := w.queue[:0]
	for _, event := range w.queue {
		if event.Key != "" {
			w.at[event.Key] = len(kept)
			kept = append(kept, event)
		}
	}
	clear(w.queue[len(kept):])
	w.queue, w.skipped = kept, 0
}

// take returns what there is, and whether nothing will follow.
func (w *watcher) take() (events []store.Event, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	events = w.queue
	w.queue, w.skipped = nil, 0
	clear(w.at)
	return events, w.closed
}

func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.signal()
}

func (w *watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// failed yields an error only.
func failed(err error) iter.Seq2[store.Event, error] {
	return func(yield func(store.Event, error) bool) { yield(store.Event{}, err) }
}
