package watch

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/lambent-run/lambent/runtime/store"
)

func change(key string, revision uint64) store.Event {
	return store.Event{Entry: store.Entry{Key: key, Value: []byte(fmt.Sprint(revision)), Revision: revision}}
}

// seen reads what there is until the hub is closed.
func seen(t *testing.T, events func(func(store.Event, error) bool)) (got []string) {
	t.Helper()
	for event, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s=%s", event.Key, event.Value))
	}
	return got
}

func TestASlowWatcherKeepsTheLatestOfEachKey(t *testing.T) {
	t.Parallel()
	var hub Hub
	events := hub.Watch(t.Context(), "k")
	for i := range uint64(10_000) {
		hub.Publish(change(fmt.Sprint("k", i%5), i+1))
		hub.Publish(change("other", i+1))
	}
	for w := range hub.watchers {
		if n := len(w.queue); n > 11 {
			t.Errorf("%d changes wait for a watcher of 5 keys", n)
		}
	}
	hub.Close()
	if got, want := seen(t, events), []string{"k0=9996", "k1=9997", "k2=9998", "k3=9999", "k4=10000"}; !slices.Equal(got, want) {
		t.Errorf("saw %v, want %v", got, want)
	}
}

func TestValuesBelongToTheWatcher(t *testing.T) {
	t.Parallel()
	var hub Hub
	first, second := hub.Watch(t.Context(), ""), hub.Watch(t.Context(), "")
	event := change("k", 1)
	hub.Publish(event)
	event.Value[0] = 'X'
	hub.Close()
	for event := range first {
		event.Value[0] = 'Y'
	}
	if got := seen(t, second); !slices.Equal(got, []string{"k=1"}) {
		t.Errorf("saw %v, want the value that was published", got)
	}
}

func TestCloseIsSeenAfterAllChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hub Hub
		events := hub.Watch(t.Context(), "")
		got := make(chan []string, 1)
		go func() { got <- seen(t, events) }()
		synctest.Wait() // it waits for a change
		hub.Publish(change("a", 1))
		hub.Publish(change("b", 2))
		hub.Close()
		if got := <-got; !slices.Equal(got, []string{"a=1", "b=2"}) {
			t.Errorf("saw %v, want both changes", got)
		}
	})
}

func TestWatchersAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hub Hub
		ctx, cancel := context.WithCancel(t.Context())
		hub.Watch(ctx, "never-read")
		read := hub.Watch(t.Context(), "")
		hub.Publish(change("k", 1))
		for range read {
			break // enough
		}
		if n := len(hub.watchers); n != 1 {
			t.Errorf("%d watchers after one has had enough, want 1", n)
		}
		cancel()
		synctest.Wait()
		if n := len(hub.watchers); n != 0 {
			t.Errorf("%d watchers after their contexts have ended, want none", n)
		}
	})
}
