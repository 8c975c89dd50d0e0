package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/lambent-run/lambent/runtime/store"
)

// tempPrefix begins the names of contents that are still being written.
const tempPrefix = "new-"

var _ store.Blob = (*blob)(nil)

// blob keeps contents as files of one folder.
type blob struct {
	dir string

	mu sync.RWMutex // guards the fields below; held for reading while a call writes
	// sound are the contents whose bytes were compared with their hash, by this
	// process, as the file that they were then.
	sound  sync.Map // store.Sum to stamp
	closed bool
}

// stamp tells whether a file was changed.
type stamp struct {
	size     int64
	modified time.Time
}

// open makes the folder and removes what a crash has left.
func (s *blob) open() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(s.dir, tempPrefix+"*"))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}

func (s *blob) Put(ctx context.Context, content io.Reader) (store.Sum, int64, error) {
	release, err := s.enter(ctx)
	if err != nil {
		return store.Sum{}, 0, err
	}
	defer release()
	temp, err := os.CreateTemp(s.dir, tempPrefix)
	if err != nil {
		return store.Sum{}, 0, fmt.Errorf("store: %w", err)
	}
	sum, size, err := s.keep(temp, content)
	if err != nil {
		_ = temp.Close()
		_ = os.Remove(temp.Name())
		return store.Sum{}, 0, fmt.Errorf("store: put a content: %w", err)
	}
	return sum, size, nil
}

// keep writes a content to a file, and gives the file its name once it is on the
// disk. A file of that name has the same bytes, or damaged ones.
func (s *blob) keep(temp *os.File, content io.Reader) (store.Sum, int64, error) {
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(hash, temp), content)
	if err != nil {
		return store.Sum{}, 0, err
	}
	sum := store.Sum(hash.Sum(nil))
	if err := temp.Sync(); err != nil {
		return store.Sum{}, 0, err
	}
	info, err := temp.Stat()
	if err != nil {
		return store.Sum{}, 0, err
	}
	if err := temp.Close(); err != nil {
		return store.Sum{}, 0, err
	}
	if err := os.Rename(temp.Name(), s.path(sum)); err != nil {
		return store.Sum{}, 0, err
	}
	s.sound.Store(sum, stamp{info.Size(), info.ModTime()})
	return sum, size, syncDir(s.dir)
}

func (s *blob) Open(ctx context.Context, sum store.Sum) (store.Content, error) {
	release, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	file, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: content %s", store.ErrNotFound, sum)
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	opened, err := s.verify(file, sum)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return opened, nil
}

// verify compares a file with its hash, unless that was done before.
func (s *blob) verify(file *os.File, sum store.Sum) (store.Content, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	now := stamp{info.Size(), info.ModTime()}
	opened := &content{file, now.size}
	if before, known := s.sound.Load(sum); known && before == now {
		return opened, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(file, 0, now.size)); err != nil {
		return nil, fmt.Errorf("store: read content %s: %w", sum, err)
	}
	if store.Sum(hash.Sum(nil)) != sum {
		return nil, fmt.Errorf("%w: %s", store.ErrCorrupt, file.Name())
	}
	s.sound.Store(sum, now)
	return opened, nil
}

func (s *blob) Delete(ctx context.Context, sum store.Sum) error {
	release, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer release()
	s.sound.Delete(sum)
	if err := os.Remove(s.path(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func (s *blob) All(ctx context.Context) iter.Seq2[store.Sum, error] {
	return func(yield func(store.Sum, error) bool) {
		names, err := s.names(ctx)
		if err != nil {
			yield(store.Sum{}, err)
			return
		}
		for _, name := range names {
			sum, err := store.ParseSum(name)
			if err != nil {
				continue // being written, or not ours
			}
			if !yield(sum, nil) {
				return
			}
		}
	}
}

// names are those of the files.
func (s *blob) names(ctx context.Context) ([]string, error) {
	release, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	dir, err := os.Open(s.dir)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return names, nil
}

// enter begins a call, which close waits for.
func (s *blob) enter(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return nil, store.ErrClosed
	}
	return s.mu.RUnlock, nil
}

func (s *blob) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

func (s *blob) path(sum store.Sum) string { return filepath.Join(s.dir, sum.String()) }

// content is an open file.
type content struct {
	*os.File
	size int64
}

func (c *content) Size() int64 { return c.size }
