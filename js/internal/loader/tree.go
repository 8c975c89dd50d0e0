package loader

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/lambent-run/lambent/js/module"
)

// maxFile is the size of the largest file that is loaded as code or JSON.
const maxFile = 50 << 20

// tree is the file system of the guest as far as modules can be loaded from it.
// All paths are absolute, clean and slash-separated.
type tree struct {
	mounts []mount // longest path first
}

type mount struct {
	path string
	fsys fs.FS
}

// kind is what lies at a path.
type kind int

const (
	absent kind = iota
	regular
	directory
)

func newTree(code fs.FS, mounts map[string]fs.FS) *tree {
	t := &tree{}
	if code != nil {
		t.mounts = append(t.mounts, mount{module.CodeDir, code})
	}
	for p, fsys := range mounts {
		if fsys != nil {
			t.mounts = append(t.mounts, mount{path.Clean("/" + p), fsys})
		}
	}
	sort.Slice(t.mounts, func(i, j int) bool { return len(t.mounts[i].path) > len(t.mounts[j].path) })
	return t
}

// find returns the file system that holds p, and p's name in it.
func (t *tree) find(p string) (fs.FS, string, bool) {
	for _, m := range t.mounts {
		if p == m.path {
			return m.fsys, ".", true
		}
		if rest, ok := strings.CutPrefix(p, m.path); ok && rest[0] == '/' {
			rest = rest[1:]
			return m.fsys, rest, fs.ValidPath(rest)
		}
	}
	return nil, "", false
}

// stat tells what lies at p. Whatever cannot be read is absent.
func (t *tree) stat(p string) kind {
	fsys, name, ok := t.find(p)
	if !ok {
		return absent
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return absent
	case info.IsDir():
		return directory
	case info.Mode().IsRegular():
		return regular
	}
	return absent
}

// errTooLarge reports a file that is larger than maxFile.
var errTooLarge = errors.New("loader: file is too large to be loaded")

// read returns the content of the file at p.
func (t *tree) read(p string) ([]byte, error) {
	fsys, name, ok := t.find(p)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("loader: open %s: %w", p, pathless(err))
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("loader: stat %s: %w", p, pathless(err))
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%w: %s has %d bytes, the limit is %d", errTooLarge, p, info.Size(), maxFile)
	}
	// The limit holds for files that lie about their size, too.
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("loader: read %s: %w", p, pathless(err))
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: %s, the limit is %d bytes", errTooLarge, p, maxFile)
	}
	return data, nil
}

// pathless strips the path from err: it is one of the host, or a relative one.
func pathless(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// maxLinks bounds the symbolic links on the way to one file, as Linux does.
const maxLinks = 40

// realpath resolves the symbolic links of p, as far as the file system tells
// of them. Links that leave their mount are kept as they are: the file system
// decides whether they can be opened.
func (t *tree) realpath(p string) string {
	fsys, _, ok := t.find(p)
	if !ok {
		return p
	}
	if _, ok := fsys.(fs.ReadLinkFS); !ok {
		return p
	}
	done, rest := "", p
	for links := 0; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		next := done + "/" + part
		fsys, name, ok := t.find(next)
		if !ok || name == "." {
			done = next
			continue
		}
		info, err := fs.Lstat(fsys, name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		target, err := fs.ReadLink(fsys, name)
		if links++; err != nil || links > maxLinks {
			return p
		}
		if !path.IsAbs(target) {
			target = path.Join(done, target)
		}
		if _, _, ok := t.find(path.Clean(target)); !ok {
			return p
		}
		done, rest = "", path.Join(target, rest)
	}
	return done
}
