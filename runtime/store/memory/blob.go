package memory

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/lambent-run/lambent/runtime/store"
)

var _ store.Blob = (*blob)(nil)

type blob struct {
	mu       sync.RWMutex // guards the fields below
	contents map[store.Sum][]byte
	closed   bool
}

func (s *blob) Put(ctx context.Context, content io.Reader) (store.Sum, int64, error) {
	if err := cmp.Or(ctx.Err(), s.open()); err != nil {
		return store.Sum{}, 0, err
	}
	text, err := io.ReadAll(content)
	if err != nil {
		return store.Sum{}, 0, fmt.Errorf("store: read the content: %w", err)
	}
	sum := store.Sum(sha256.Sum256(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.Sum{}, 0, store.ErrClosed
	}
	if _, exists := s.contents[sum]; !exists {
		s.contents[sum] = slices.Clip(text)
	}
	return sum, int64(len(text)), nil
}

func (s *blob) Open(ctx context.Context, sum store.Sum) (store.Content, error) {
	if err := cmp.Or(ctx.Err(), s.open()); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	text, ok := s.contents[sum]
	if !ok {
		return nil, fmt.Errorf("%w: content %s", store.ErrNotFound, sum)
	}
	return content{bytes.NewReader(text)}, nil
}

func (s *blob) Delete(ctx context.Context, sum store.Sum) error {
	if err := cmp.Or(ctx.Err(), s.open()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.contents, sum)
	return nil
}

func (s *blob) All(ctx context.Context) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		if err := cmp.Or(ctx.Err(), s.open()); err != nil {
			yield(store.Sum{}, err)
			return
		}
		s.mu.RLock()
		sums := slices.Collect(maps.Keys(s.contents))
		s.mu.RUnlock()
		for _, sum := range sums {
			if !yield(sum, nil) {
				return
			}
		}
	}
}

// open returns ErrClosed after close.
func (s *blob) open() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	return nil
}

func (s *blob) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.contents = true, nil
}

// content reads one content. Of the reader only what is stateless is shown.
type content struct{ reader *bytes.Reader }

func (c content) ReadAt(p []byte, off int64) (int, error) { return c.reader.ReadAt(p, off) }
func (c content) Size() int64                             { return c.reader.Size() }
func (c content) Close() error                            { return nil }
