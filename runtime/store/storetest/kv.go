package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime/store"
)

var kvChecks = map[string]func(*testing.T, store.KV){
	"what was put is there":                       checkPut,
	"values belong to whoever holds them":         checkCopies,
	"a write at another revision is a conflict":   checkConflict,
	"a deleted record is not there":               checkDelete,
	"revisions grow across a deletion":            checkRevisions,
	"records are listed in order and in pages":    checkList,
	"bad keys and large values are refused":       checkLimits,
	"a context that has ended changes nothing":    checkContext,
	"of writers at one revision one wins":         checkRace,
	"a watcher sees every record's latest change": checkWatch,
	"a watcher sees what follows its call":        checkWatchFromCall,
	"a watcher ends with its context":             checkWatchEnds,
	"a slow watcher sees changes in order":        checkSlowWatcher,
}

func checkPut(t *testing.T, kv store.KV) {
	ctx := t.Context()
	if _, err := kv.Get(ctx, "a/b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get before Put: %v, want ErrNotFound", err)
	}
	large := bytes.Repeat([]byte("x"), store.MaxValue)
	for _, value := range [][]byte{[]byte("one"), {}, {0, 255}, large, []byte("short again")} {
		var was uint64
		if e, err := kv.Get(ctx, "a/b"); err == nil {
			was = e.Revision
		}
		revision := put(t, kv, "a/b", value, was)
		if revision <= was {
			t.Errorf("revision %d after %d", revision, was)
		}
		e, err := kv.Get(ctx, "a/b")
		if err != nil || e.Key != "a/b" || !bytes.Equal(e.Value, value) || e.Revision != revision {
			t.Errorf("got %s at %d with %d bytes, %v; want a/b at %d with %d", e.Key, e.Revision, len(e.Value), err, revision, len(value))
		}
	}
}

func checkCopies(t *testing.T, kv store.KV) {
	value := []byte("value")
	put(t, kv, "k", value, 0)
	value[0] = 'X'
	e, _ := kv.Get(t.Context(), "k")
	if string(e.Value) != "value" {
		t.Fatalf("the caller's change of its value shows: %q", e.Value)
	}
	e.Value[0] = 'Y'
	_ = append(e.Value, "more"...)
	list, _ := kv.List(t.Context(), "", "", 0)
	if len(list) != 1 || string(list[0].Value) != "value" {
		t.Fatalf("a reader's change shows: %v", list)
	}
	list[0].Value[0] = 'Z'
	if e, _ := kv.Get(t.Context(), "k"); string(e.Value) != "value" {
		t.Errorf("a change of a listed value shows: %q", e.Value)
	}
}

func checkConflict(t *testing.T, kv store.KV) {
	ctx := t.Context()
	if _, err := kv.Put(ctx, "k", []byte("v"), 7); !errors.Is(err, store.ErrConflict) {
		t.Errorf("update of what does not exist: %v, want ErrConflict", err)
	}
	revision := put(t, kv, "k", []byte("v"), 0)
	for _, was := range []uint64{0, revision - 1, revision + 1} {
		if was == revision {
			continue
		}
		if _, err := kv.Put(ctx, "k", []byte("w"), was); !errors.Is(err, store.ErrConflict) {
			t.Errorf("update at revision %d of one at %d: %v, want ErrConflict", was, revision, err)
		}
		if err := kv.Delete(ctx, "k", was); !errors.Is(err, store.ErrConflict) {
			t.Errorf("delete at revision %d of one at %d: %v, want ErrConflict", was, revision, err)
		}
	}
	if e, err := kv.Get(ctx, "k"); err != nil || string(e.Value) != "v" || e.Revision != revision {
		t.Errorf("a conflict has changed the record: %q at %d, %v", e.Value, e.Revision, err)
	}
}

func checkDelete(t *testing.T, kv store.KV) {
	ctx := t.Context()
	if err := kv.Delete(ctx, "k", 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("delete of what does not exist: %v, want ErrNotFound", err)
	}
	revision := put(t, kv, "k", []byte("v"), 0)
	put(t, kv, "k2", []byte("v"), 0)
	if err := kv.Delete(ctx, "k", revision); err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Get(ctx, "k"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("get after delete: %v, want ErrNotFound", err)
	}
	if list, err := kv.List(ctx, "", "", 0); err != nil || len(list) != 1 || list[0].Key != "k2" {
		t.Errorf("list after delete: %v, %v", list, err)
	}
}

func checkRevisions(t *testing.T, kv store.KV) {
	last := uint64(0)
	for range 5 {
		revision := put(t, kv, "k", []byte("v"), 0)
		if revision <= last {
			t.Errorf("revision %d after %d", revision, last)
		}
		last = put(t, kv, "k", []byte("w"), revision)
		if last <= revision {
			t.Errorf("revision %d after %d", last, revision)
		}
		if err := kv.Delete(t.Context(), "k", last); err != nil {
			t.Fatal(err)
		}
	}
}

func checkList(t *testing.T, kv store.KV) {
	keys := []string{"a", "a-", "a/", "a/1", "a/10", "a/2", "a/B", "a/b", "a0", "b/1"}
	for _, i := range []int{3, 9, 0, 7, 1, 5, 2, 8, 6, 4} {
		put(t, kv, keys[i], []byte(keys[i]), 0)
	}
	tests := []struct {
		prefix, after string
		limit         int
		want          []string
	}{
		{"", "", 0, keys},
		{"a/", "", 0, keys[2:8]},
		{"a/", "", 2, keys[2:4]},
		{"a/", "a/1", 2, keys[4:6]},
		{"a/", "a/15", 2, keys[5:7]},
		{"a/", "a/b", 2, nil},
		{"a/", "a/", 0, keys[3:8]},
		{"a/", "a", 1, keys[2:3]},
		{"a/", "0", 1, keys[2:3]},
		{"a/", "b", 0, nil},
		{"a", "", 100, keys[:9]},
		{"c", "", 0, nil},
		{"", "zzz", 0, nil},
	}
	for _, tc := range tests {
		list, err := kv.List(t.Context(), tc.prefix, tc.after, tc.limit)
		var got []string
		for _, e := range list {
			got = append(got, e.Key)
			if string(e.Value) != e.Key || e.Revision == 0 {
				t.Errorf("%s has the value %q and the revision %d", e.Key, e.Value, e.Revision)
			}
		}
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("List(%q, %q, %d) = %v, %v; want %v", tc.prefix, tc.after, tc.limit, got, err, tc.want)
		}
	}
}

func checkLimits(t *testing.T, kv store.KV) {
	ctx := t.Context()
	longest := strings.Repeat("k", store.MaxKey)
	put(t, kv, longest, []byte("v"), 0)
	put(t, kv, "azAZ09-_$./:@", []byte("v"), 0)
	for _, key := range []string{"", longest + "k", "a b", "a\x00", "ä", "a*", "a\n"} {
		_, err := kv.Put(ctx, key, nil, 0)
		_, getErr := kv.Get(ctx, key)
		for _, err := range []error{err, getErr, kv.Delete(ctx, key, 1)} {
			if !errors.Is(err, store.ErrBadKey) {
				t.Errorf("key %.20q: %v, want ErrBadKey", key, err)
			}
		}
	}
	if _, err := kv.List(ctx, "a b", "", 0); !errors.Is(err, store.ErrBadKey) {
		t.Errorf("list of a bad prefix: %v, want ErrBadKey", err)
	}
	if _, err := kv.Put(ctx, "k", make([]byte, store.MaxValue+1), 0); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("value of a byte too many: %v, want ErrTooLarge", err)
	}
}

func checkContext(t *testing.T, kv store.KV) {
	revision := put(t, kv, "k", []byte("v"), 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, putErr := kv.Put(ctx, "k", []byte("w"), revision)
	_, getErr := kv.Get(ctx, "k")
	_, listErr := kv.List(ctx, "", "", 0)
	for i, err := range []error{putErr, getErr, listErr, kv.Delete(ctx, "k", revision)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d: %v, want %v", i, err, context.Canceled)
		}
	}
	if e, err := kv.Get(t.Context(), "k"); err != nil || string(e.Value) != "v" {
		t.Errorf("got %q, %v; want the record unchanged", e.Value, err)
	}
}

// put writes a record that must be accepted.
func put(t *testing.T, kv store.KV, key string, value []byte, was uint64) uint64 {
	t.Helper()
	revision, err := kv.Put(t.Context(), key, value, was)
	if err != nil {
		t.Fatalf("put %s at %d: %v", key, was, err)
	}
	if revision == 0 {
		t.Fatalf("put %s at %d: revision 0", key, was)
	}
	return revision
}

func checkClosed(t *testing.T, s store.Store) {
	ctx := t.Context()
	kv, blob := s.KV(), s.Blob()
	put(t, kv, "k", []byte("v"), 0)
	sum, _, err := blob.Put(ctx, strings.NewReader("content"))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	changes := kv.Watch(ctx, "")
	go func() {
		defer close(ended)
		for range changes {
		}
	}()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	<-ended
	_, err1 := kv.Get(ctx, "k")
	_, err2 := kv.Put(ctx, "k", nil, 0)
	_, err3 := kv.List(ctx, "", "", 0)
	_, err4 := blob.Open(ctx, sum)
	_, _, err5 := blob.Put(ctx, strings.NewReader("content"))
	errs := []error{err1, err2, err3, err4, err5, kv.Delete(ctx, "k", 1), blob.Delete(ctx, sum)}
	for _, err := range kv.Watch(ctx, "") {
		errs = append(errs, err)
	}
	for _, err := range blob.All(ctx) {
		errs = append(errs, err)
	}
	if len(errs) != 9 {
		t.Errorf("%d errors, want 9: Watch and All of a closed store yield one each", len(errs))
	}
	for i, err := range errs {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("call %d: %v, want ErrClosed", i, err)
		}
	}
}

// counter is the text of a number that sorts.
func counter(n int) string { return fmt.Sprintf("%06d", n) }
