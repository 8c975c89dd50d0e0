package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lambent-run/lambent/runtime/store"
)

// checkRace lets writers count in one record and checks that no step is lost.
func checkRace(t *testing.T, kv store.KV) {
	const writers, steps = 8, 40
	put(t, kv, "n", []byte("0"), 0)
	var conflicts atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < steps; {
				e, err := kv.Get(t.Context(), "n")
				if err != nil {
					t.Error(err)
					return
				}
				n, _ := strconv.Atoi(string(e.Value))
				revision, err := kv.Put(t.Context(), "n", []byte(strconv.Itoa(n+1)), e.Revision)
				switch {
				case err == nil && revision > e.Revision:
					done++
				case errors.Is(err, store.ErrConflict):
					conflicts.Add(1)
				default:
					t.Errorf("put at %d: revision %d, %v", e.Revision, revision, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if e, err := kv.Get(t.Context(), "n"); err != nil || string(e.Value) != strconv.Itoa(writers*steps) {
		t.Errorf("counted to %s, %v; want %d (%d conflicts)", e.Value, err, writers*steps, conflicts.Load())
	}
	create(t, kv, writers)
}

// create lets writers create one record and checks that one of them did.
func create(t *testing.T, kv store.KV, writers int) {
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			_, err := kv.Put(t.Context(), "new", []byte(strconv.Itoa(i)), 0)
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, store.ErrConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d writers have created the record, want 1", won.Load())
	}
}

// checkWatch lets writers change records while watchers look on; each watcher
// must end up with what the store has.
func checkWatch(t *testing.T, kv store.KV) {
	const writers, keys, changes, watchers = 4, 5, 60, 3
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var watching sync.WaitGroup
	seen := make([]map[string]string, watchers)
	for i := range seen {
		seen[i] = map[string]string{}
		events := kv.Watch(ctx, "w/")
		watching.Go(func() { follow(t, events, seen[i], "w/end") })
	}
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() { churn(t, kv, fmt.Sprintf("w/%d-", w), keys, changes) })
	}
	writing.Wait()
	put(t, kv, "elsewhere", []byte("not watched"), 0)
	put(t, kv, "w/end", []byte("end"), 0)
	watching.Wait()

	list, err := kv.List(ctx, "w/", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, records := range seen {
		if len(records) != len(list) {
			t.Errorf("watcher %d has %d records, the store %d", i, len(records), len(list))
		}
		for _, e := range list {
			if got := records[e.Key]; got != string(e.Value) {
				t.Errorf("watcher %d has %q for %s, the store %q", i, got, e.Key, e.Value)
			}
		}
	}
}

// churn creates, changes and deletes the records of one prefix.
func churn(t *testing.T, kv store.KV, prefix string, keys, changes int) {
	revisions := make([]uint64, keys)
	for i := range changes {
		key := prefix + counter(i%keys)
		was := &revisions[i%keys]
		var err error
		if *was != 0 && i%7 == 0 {
			err = kv.Delete(t.Context(), key, *was)
			*was = 0
		} else {
			*was, err = kv.Put(t.Context(), key, []byte(strconv.Itoa(i)), *was)
		}
		if err != nil {
			t.Errorf("change %d of %s: %v", i, key, err)
			return
		}
	}
}

// follow keeps a copy of the records until it sees the key last.
func follow(t *testing.T, events func(func(store.Event, error) bool), records map[string]string, last string) {
	before := uint64(0)
	for event, err := range events {
		if err != nil {
			t.Errorf("watch: %v", err)
			return
		}
		if event.Revision <= before {
			t.Errorf("revision %d after %d", event.Revision, before)
		}
		before = event.Revision
		if event.Deleted {
			delete(records, event.Key)
		} else {
			records[event.Key] = string(event.Value)
		}
		if event.Key == last {
			return
		}
	}
	t.Errorf("the watcher has ended before %s", last)
}

func checkWatchFromCall(t *testing.T, kv store.KV) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	put(t, kv, "before", []byte("v"), 0)
	events := kv.Watch(ctx, "")
	revision := put(t, kv, "after", []byte("v"), 0) // before anybody reads
	for event, err := range events {
		if err != nil || event.Key != "after" || string(event.Value) != "v" || event.Revision != revision || event.Deleted {
			t.Errorf("saw %+v, %v; want the record after", event, err)
		}
		break
	}
}

func checkWatchEnds(t *testing.T, kv store.KV) {
	ctx, cancel := context.WithCancel(t.Context())
	events := kv.Watch(ctx, "")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for event, err := range events {
			t.Errorf("saw %v, %v; want nothing", event, err)
		}
	}()
	cancel()
	<-ended
	put(t, kv, "k", []byte("v"), 0) // nobody is there to be told
	for _, err := range kv.Watch(t.Context(), "a b") {
		if !errors.Is(err, store.ErrBadKey) {
			t.Errorf("watch of a bad prefix: %v, want ErrBadKey", err)
		}
	}
}

func checkSlowWatcher(t *testing.T, kv store.KV) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := kv.Watch(ctx, "")
	var a, b uint64
	for i := range 30 {
		a = put(t, kv, "a", []byte(strconv.Itoa(i)), a)
		if i%3 == 0 {
			b = put(t, kv, "b", []byte(strconv.Itoa(i)), b)
		}
	}
	if err := kv.Delete(ctx, "a", a); err != nil {
		t.Fatal(err)
	}
	records := map[string]string{"a": "from before"}
	put(t, kv, "end", nil, 0)
	follow(t, events, records, "end")
	if _, there := records["a"]; there || records["b"] != "27" {
		t.Errorf("the watcher has %v, want b at 27 and no a", records)
	}
}
