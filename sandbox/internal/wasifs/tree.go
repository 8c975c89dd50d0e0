package wasifs

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
)

// maxShared is how many files of one Tree are open at most, counted once
// however many guests have them open.
const maxShared = 4096

// Tree is the read-only part of a file system: the code and the layers of a
// function version. It is safe for concurrent use.
//
// A file that many guests have open is opened once: an entry of a zip archive is
// unpacked when it is opened, and a guest that opens it a thousand times must
// not hold a thousand copies.
type Tree struct {
	mounts map[string]fs.FS // by absolute path

	mu   sync.Mutex // guards open; not held while a file is opened
	open map[string]*shared
}

// NewTree makes a Tree of file systems by absolute guest path, such as CodeDir.
// They must not change.
func NewTree(mounts map[string]fs.FS) *Tree {
	t := &Tree{mounts: map[string]fs.FS{}, open: map[string]*shared{}}
	for at, tree := range mounts {
		t.mounts[path.Clean(at)] = tree
	}
	return t
}

// shared is an open file of a Tree.
type shared struct {
	ready sync.Once
	err   error
	file  io.Closer
	data  io.ReaderAt
	info  fs.FileInfo
	users int // guarded by Tree.mu
}

// find returns the mount that holds the absolute path p, and p inside it.
func (t *Tree) find(p string) (tree fs.FS, rel string) {
	longest := ""
	for root := range t.mounts {
		if r, ok := below(root, p); ok && len(root) > len(longest) {
			longest, tree, rel = root, t.mounts[root], r
		}
	}
	return tree, rel
}

// below returns p relative to root.
func below(root, p string) (rel string, ok bool) {
	if p == root {
		return ".", true
	}
	return strings.CutPrefix(p, strings.TrimSuffix(root, "/")+"/")
}

// children lists the names in a folder above the mounts and /tmp, sorted.
func (t *Tree) children(p string) []string {
	seen := map[string]bool{}
	add := func(root string) {
		if rel, ok := below(p, root); ok && rel != "." {
			name, _, _ := strings.Cut(rel, "/")
			seen[name] = true
		}
	}
	add(tmpDir)
	for root := range t.mounts {
		add(root)
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// acquire opens the regular file at p, or shares it with those that have it open.
// The caller releases it.
func (t *Tree) acquire(p string) (*shared, Errno) {
	t.mu.Lock()
	f := t.open[p]
	if f == nil {
		if len(t.open) >= maxShared {
			t.mu.Unlock()
			return nil, ENFILE
		}
		f = &shared{}
		t.open[p] = f
	}
	f.users++
	t.mu.Unlock()

	f.ready.Do(func() { f.err = f.fill(t.find(p)) })
	if f.err != nil {
		t.release(p, f)
		return nil, ErrnoOf(f.err)
	}
	return f, 0
}

// release gives back what acquire returned.
func (t *Tree) release(p string, f *shared) {
	t.mu.Lock()
	f.users--
	last := f.users == 0
	if last {
		delete(t.open, p)
	}
	t.mu.Unlock()
	if last && f.file != nil {
		_ = f.file.Close() // it was only read
	}
}

// fill opens the file.
func (f *shared) fill(tree fs.FS, rel string) error {
	file, err := tree.Open(rel)
	if err != nil {
		return err
	}
	f.file = file
	if f.info, err = file.Stat(); err != nil {
		return err
	}
	if !f.info.Mode().IsRegular() {
		return EACCES // a device or a pipe of the host
	}
	if data, ok := file.(io.ReaderAt); ok {
		f.data = data
		return nil
	}
	text, err := io.ReadAll(file)
	f.data = bytes.NewReader(text)
	return err
}
