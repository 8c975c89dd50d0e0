package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/internal/watch"
)

var _ store.KV = (*kv)(nil)

type kv struct {
	hub watch.Hub

	mu       sync.RWMutex // guards the fields below; taken before hub's
	records  map[string]record
	keys     []string // those of records, in order
	revision uint64   // the latest one
	closed   bool
}

type record struct {
	value    []byte // never changed
	revision uint64
}

func (s *kv) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := cmp.Or(ctx.Err(), store.CheckKey(key)); err != nil {
		return store.Entry{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.Entry{}, store.ErrClosed
	}
	r, ok := s.records[key]
	if !ok {
		return store.Entry{}, fmt.Errorf("%w: %s", store.ErrNotFound, key)
	}
	return entry(key, r), nil
}

func (s *kv) Put(ctx context.Context, key string, value []byte, was uint64) (uint64, error) {
	if err := cmp.Or(ctx.Err(), store.CheckKey(key), store.CheckValue(key, value)); err != nil {
		return 0, err
	}
	value = bytes.Clone(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, store.ErrClosed
	}
	old, exists := s.records[key]
	if old.revision != was {
		return 0, fmt.Errorf("%w: %s", store.ErrConflict, key)
	}
	s.revision++
	s.records[key] = record{value, s.revision}
	if !exists {
		i, _ := slices.BinarySearch(s.keys, key)
		s.keys = slices.Insert(s.keys, i, key)
	}
	s.hub.Publish(store.Event{Entry: store.Entry{Key: key, Value: value, Revision: s.revision}})
	return s.revision, nil
}

func (s *kv) Delete(ctx context.Context, key string, was uint64) error {
	if err := cmp.Or(ctx.Err(), store.CheckKey(key)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	old, exists := s.records[key]
	if !exists {
		return fmt.Errorf("%w: %s", store.ErrNotFound, key)
	}
	if old.revision != was {
		return fmt.Errorf("%w: %s", store.ErrConflict, key)
	}
	s.revision++
	delete(s.records, key)
	i, _ := slices.BinarySearch(s.keys, key)
	s.keys = slices.Delete(s.keys, i, i+1)
	s.hub.Publish(store.Event{Entry: store.Entry{Key: key, Revision: s.revision}, Deleted: true})
	return nil
}

func (s *kv) List(ctx context.Context, prefix, after string, limit int) ([]store.Entry, error) {
	if err := cmp.Or(ctx.Err(), store.CheckPrefix(prefix), store.CheckPrefix(after)); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	i, found := slices.BinarySearch(s.keys, max(prefix, after))
	if found && after >= prefix {
		i++
	}
	var entries []store.Entry
	for _, key := range s.keys[i:] {
		if !strings.HasPrefix(key, prefix) || limit > 0 && len(entries) == limit {
			break
		}
		entries = append(entries, entry(key, s.records[key]))
	}
	return entries, nil
}

func (s *kv) Watch(ctx context.Context, prefix string) iter.Seq2[store.Event, error] {
	return s.hub.Watch(ctx, prefix)
}

func (s *kv) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.hub.Close()
}

func entry(key string, r record) store.Entry {
	return store.Entry{Key: key, Value: bytes.Clone(r.value), Revision: r.revision}
}
