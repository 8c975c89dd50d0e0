// Package codefs makes deployment packages: read-only file systems of guests'
// code, from texts in memory, zip archives, folders of the host, and layers on
// top of each other.
package codefs

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Tree is a file system whose list of files is in memory; the files' contents
// need not be. It is made by Add and Link, and safe for concurrent use once made.
type Tree struct {
	root  *node
	nodes int // without the root
}

var (
	_ fs.ReadFileFS = (*Tree)(nil)
	_ fs.ReadDirFS  = (*Tree)(nil)
	_ fs.StatFS     = (*Tree)(nil)
)

// node is a file or folder. It is its own fs.FileInfo and fs.DirEntry.
type node struct {
	name     string
	mode     fs.FileMode
	size     int64
	modified time.Time
	entries  []*node // sorted by name
	link     string  // of a symbolic link: its target, from the root
	read     func() ([]byte, error)
}

func (n *node) Name() string               { return n.name }
func (n *node) Size() int64                { return n.size }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) ModTime() time.Time         { return n.modified }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

// NewTree returns an empty tree.
func NewTree() *Tree { return &Tree{root: &node{name: ".", mode: fs.ModeDir | 0o755}} }

// find returns the entry of a folder, and where it is or would be.
func (n *node) find(name string) (*node, int) {
	i, ok := slices.BinarySearchFunc(n.entries, name, func(e *node, name string) int { return cmp.Compare(e.name, name) })
	if !ok {
		return nil, i
	}
	return n.entries[i], i
}

// ErrPath reports a path that does not stay inside the tree, or that is a file
// and a folder at once.
var ErrPath = errors.New("path does not fit into the package")

// make returns the node at name, which it adds, with its folders. If it exists
// and is of the same kind it is replaced.
func (t *Tree) make(name string, mode fs.FileMode) (*node, error) {
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return nil, fmt.Errorf("%w: %q", ErrPath, name)
	}
	at := t.root
	for rest := name; rest != "." && rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		if !at.IsDir() {
			return nil, fmt.Errorf("%w: %q", ErrPath, name)
		}
		next, i := at.find(part)
		if next == nil {
			next = &node{name: part, mode: fs.ModeDir | 0o755}
			if rest == "" {
				next.mode = mode
			}
			at.entries = slices.Insert(at.entries, i, next)
			t.nodes++
		}
		at = next
	}
	if at.mode.Type() != mode.Type() {
		return nil, fmt.Errorf("%w: %q", ErrPath, name)
	}
	at.mode = mode
	return at, nil
}

// Add adds a file whose content read returns. A file of that name is replaced.
func (t *Tree) Add(name string, mode fs.FileMode, size int64, modified time.Time, read func() ([]byte, error)) error {
	n, err := t.make(name, mode.Perm())
	if err != nil {
		return err
	}
	n.size, n.modified, n.read = size, modified, read
	return nil
}

// AddDir adds a folder.
func (t *Tree) AddDir(name string, modified time.Time) error {
	n, err := t.make(name, fs.ModeDir|0o755)
	if err != nil {
		return err
	}
	n.modified = modified
	return nil
}

// Link adds a symbolic link. Its target, relative to its folder, must stay
// inside the tree.
func (t *Tree) Link(name, target string) error {
	to := path.Join(path.Dir(name), target)
	if path.IsAbs(target) || !fs.ValidPath(to) {
		return fmt.Errorf("%w: link %q to %q", ErrPath, name, target)
	}
	n, err := t.make(name, fs.ModeSymlink|0o777)
	if err != nil {
		return err
	}
	n.link, n.size = to, int64(len(target))
	return nil
}

// maxLinks is how many links lead to one file at most.
const maxLinks = 40

// walk finds name, following links; the last one only if follow is set.
func (t *Tree) walk(op, name string, follow bool) (*node, error) {
	fail := func(err error) (*node, error) { return nil, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	at, rest, links := t.root, name, 0
	var above []string // the folders that led here
	for rest != "." && rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		next, _ := at.find(part)
		if next == nil {
			return fail(fs.ErrNotExist)
		}
		if next.mode.Type() != fs.ModeSymlink || rest == "" && !follow {
			at, above = next, append(above, part)
			continue
		}
		if links++; links > maxLinks {
			return fail(errors.New("too many levels of symbolic links"))
		}
		at, above, rest = t.root, above[:0], path.Join(next.link, rest)
	}
	return at, nil
}

// Open is fs.FS's.
func (t *Tree) Open(name string) (fs.File, error) {
	n, err := t.walk("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return &dirFile{n: n}, nil
	}
	data, err := n.read()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &dataFile{n, bytes.NewReader(data)}, nil
}

// ReadFile is fs.ReadFileFS's. The bytes are the caller's.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	n, err := t.walk("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	data, err := n.read()
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return bytes.Clone(data), nil
}

// ReadDir is fs.ReadDirFS's.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.walk("open", name, true)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return n.list(n.entries), nil
}

// Stat is fs.StatFS's.
func (t *Tree) Stat(name string) (fs.FileInfo, error) { return t.stat(name, true) }

// Lstat is like Stat but does not follow a link.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) { return t.stat(name, false) }

func (t *Tree) stat(name string, follow bool) (fs.FileInfo, error) {
	n, err := t.walk("stat", name, follow)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadLink returns the target of a link, relative to its folder.
func (t *Tree) ReadLink(name string) (string, error) {
	n, err := t.walk("readlink", name, false)
	if err != nil {
		return "", err
	}
	if n.link == "" {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	up := strings.Repeat("../", strings.Count(name, "/"))
	return up + n.link, nil
}

func (n *node) list(entries []*node) []fs.DirEntry {
	list := make([]fs.DirEntry, len(entries))
	for i, e := range entries {
		list[i] = e
	}
	return list
}

// dataFile is an open file.
type dataFile struct {
	*node
	*bytes.Reader
}

func (f *dataFile) Size() int64                { return f.node.size }
func (f *dataFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *dataFile) Close() error               { return nil }

// dirFile is an open folder.
type dirFile struct {
	n  *node
	at int
}

func (f *dirFile) Stat() (fs.FileInfo, error) { return f.n, nil }
func (f *dirFile) Close() error               { return nil }
func (f *dirFile) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.n.name, Err: errors.New("is a directory")}
}

// ReadDir is fs.ReadDirFile's.
func (f *dirFile) ReadDir(n int) ([]fs.DirEntry, error) {
	left := f.n.entries[f.at:]
	if n > 0 && len(left) == 0 {
		return nil, io.EOF
	}
	if n > 0 && n < len(left) {
		left = left[:n]
	}
	f.at += len(left)
	return f.n.list(left), nil
}
