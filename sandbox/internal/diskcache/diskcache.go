// Package diskcache keeps the folders in which a compiler puts its results, from
// one process to the next. An entry is written aside and appears whole, with the
// SHA-256 of all that is in it; one that does not match it is thrown away. The
// folders are the user's alone: who can write there could have code executed.
package diskcache

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	sumFile  = "sum"    // in an entry: the hash of the rest
	dataDir  = "data"   // in an entry: what the compiler wrote
	draftTag = "draft-" // begins the names of entries being written
	// maxEntries and maxBytes bound the cache; the entries used longest ago go.
	maxEntries = 512
	maxBytes   = 4 << 30
	// oldDraft is when a draft is one of a process that died.
	oldDraft = time.Hour
)

// Cache is a folder of entries. It is safe for concurrent use, also by several
// processes.
type Cache struct {
	dir string
	mu  sync.Mutex // held while entries are removed
}

// Open makes the folder if need be and takes others' rights to it away.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("diskcache: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("diskcache: %w", err)
	}
	return &Cache{dir: dir}, nil
}

// Lookup returns the folder of an entry, if there is one and it is sound. A key
// is a file name.
func (c *Cache) Lookup(key string) (dir string, ok bool) {
	entry := filepath.Join(c.dir, key)
	want, err := os.ReadFile(filepath.Join(entry, sumFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(entry); err != nil {
			return "", false
		}
	}
	dir = filepath.Join(entry, dataDir)
	got, _, err := sum(key, dir)
	if err != nil || subtle.ConstantTimeCompare(want, got) != 1 {
		c.remove(entry)
		return "", false
	}
	now := time.Now()
	_ = os.Chtimes(entry, now, now) // or it is removed too early, no more
	return dir, true
}

// remove takes an entry away at once, and then its files.
func (c *Cache) remove(entry string) {
	away, err := os.MkdirTemp(c.dir, draftTag)
	if err != nil {
		return
	}
	_ = os.Rename(entry, filepath.Join(away, "entry")) // somebody else may have
	_ = os.RemoveAll(away)
}

// Draft is an entry being written.
type Draft struct {
	// Dir is the folder for the compiler.
	Dir string

	cache    *Cache
	key, top string
}

// Draft begins an entry. Commit or Discard ends it.
func (c *Cache) Draft(key string) (*Draft, error) {
	top, err := os.MkdirTemp(c.dir, draftTag)
	if err != nil {
		return nil, fmt.Errorf("diskcache: %w", err)
	}
	d := &Draft{Dir: filepath.Join(top, dataDir), cache: c, key: key, top: top}
	if err := os.Mkdir(d.Dir, 0o700); err != nil {
		d.Discard()
		return nil, fmt.Errorf("diskcache: %w", err)
	}
	return d, nil
}

// Commit makes the draft the entry of its key, unless there is one already.
func (d *Draft) Commit() error {
	text, _, err := sum(d.key, d.Dir)
	if err == nil {
		err = os.WriteFile(filepath.Join(d.top, sumFile), text, 0o600)
	}
	if err == nil {
		err = os.Rename(d.top, filepath.Join(d.cache.dir, d.key))
	}
	if err != nil {
		d.Discard()
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return fmt.Errorf("diskcache: %w", err)
	}
	d.cache.prune()
	return nil
}

// Discard throws the draft away.
func (d *Draft) Discard() { _ = os.RemoveAll(d.top) }

// sum hashes a key and the names and contents of all files in a folder, and
// counts their bytes. Anything but files and folders is refused.
func sum(key, dir string) (text []byte, size int64, err error) {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", key)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s is not a file", path)
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		n, err := sumOf(h, rel, path)
		size += n
		return err
	})
	return hex.AppendEncode(nil, h.Sum(nil)), size, err
}

func sumOf(h hash.Hash, name, path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	each := sha256.New()
	n, err := io.Copy(each, f)
	fmt.Fprintf(h, "%q %d %x\n", name, n, each.Sum(nil))
	return n, err
}

// prune removes the entries used longest ago while there are too many, and the
// drafts of processes that died.
func (c *Cache) prune() {
	c.mu.Lock()
	defer c.mu.Unlock()
	type aged struct {
		path string
		used time.Time
		size int64
	}
	var all []aged
	files, _ := os.ReadDir(c.dir)
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			continue
		}
		path := filepath.Join(c.dir, f.Name())
		if strings.HasPrefix(f.Name(), draftTag) {
			if time.Since(info.ModTime()) > oldDraft {
				_ = os.RemoveAll(path)
			}
			continue
		}
		all = append(all, aged{path, info.ModTime(), treeSize(path)})
	}
	slices.SortFunc(all, func(a, b aged) int { return b.used.Compare(a.used) })
	var total int64
	for i, e := range all {
		if total += e.size; i >= maxEntries || total > maxBytes {
			c.remove(e.path)
		}
	}
}

func treeSize(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}
