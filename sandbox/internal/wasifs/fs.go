package wasifs

import (
	"errors"
	"hash/maphash"
	"io/fs"
	"path"
	"strings"
	"time"
)

// FS is what one instance sees. It belongs to the goroutine that runs the
// instance.
type FS struct {
	tree *Tree
	tmp  Scratch
}

// New makes the view of one instance. tmp may be nil: there is no /tmp then.
func New(tree *Tree, tmp Scratch) *FS { return &FS{tree: tree, tmp: tmp} }

// Stat describes a file.
type Stat struct {
	// Inode tells files apart.
	Inode uint64
	// Mode holds the type; permissions mean nothing to WASI.
	Mode fs.FileMode
	// Size is in bytes.
	Size int64
	// Modified and Accessed are the times of the last change and of the last
	// access in nanoseconds since 1970.
	Modified, Accessed int64
}

// IsDir reports whether it is a folder.
func (s Stat) IsDir() bool { return s.Mode.IsDir() }

// place is where an absolute path leads: into a read-only mount, into /tmp, or
// to one of the folders above them. If none is set, nothing can be there.
type place struct {
	path  string // absolute and clean
	ro    fs.FS
	tmp   bool
	above bool
	rel   string // inside ro or /tmp
}

// Clean makes an absolute path of one that a guest gave relative to the folder
// dir. dirOnly is set if it must lead to a folder, as a trailing slash says.
// A path that climbs above the root or holds a NUL is refused.
func Clean(dir, name string) (p string, dirOnly bool, errno Errno) {
	switch {
	case name == "":
		return "", false, ENOENT
	case len(dir)+len(name) >= maxPath:
		return "", false, ENAMETOOLONG
	case strings.ContainsRune(name, 0):
		return "", false, EINVAL
	case name[0] == '/':
		return "", false, EPERM // absolute paths are for libraries to resolve
	}
	rel := path.Join(strings.TrimPrefix(dir, "/"), name)
	if rel == ".." || strings.HasPrefix(rel, "../") {
		return "", false, EPERM
	}
	if strings.Count(rel, "/") >= maxDepth {
		return "", false, ENAMETOOLONG
	}
	last := name[strings.LastIndexByte(name, '/')+1:]
	return path.Join("/", rel), last == "" || last == "." || last == "..", 0
}

// at finds the place of an absolute path. Links inside a mount are the mount's
// business and cannot leave it; those in /tmp are followed here, because they
// may lead to the code.
func (f *FS) at(p string, follow bool) (place, Errno) {
	for range maxLinks {
		here := f.lookup(p)
		if !here.tmp || here.rel == "." {
			return here, 0
		}
		next, ok := f.throughLink(here.rel, follow)
		if !ok {
			return here, 0
		}
		if p = next; len(p) >= maxPath || strings.Count(p, "/") > maxDepth {
			return place{}, ENAMETOOLONG
		}
	}
	return place{}, ELOOP
}

func (f *FS) lookup(p string) place {
	here := place{path: p}
	if rel, ok := below(tmpDir, p); ok && f.tmp != nil {
		here.tmp, here.rel = true, rel
		return here
	}
	if here.ro, here.rel = f.tree.find(p); here.ro == nil {
		here.above = len(f.tree.children(p)) > 0
	}
	return here
}

// throughLink returns where a path in /tmp goes after the first link on its way,
// if there is one.
func (f *FS) throughLink(rel string, follow bool) (p string, ok bool) {
	for i := 0; i < len(rel); {
		end := len(rel)
		if n := strings.IndexByte(rel[i:], '/'); n >= 0 {
			end = i + n
		}
		if end == len(rel) && !follow {
			return "", false
		}
		target, err := f.tmp.Readlink(rel[:end])
		switch {
		case err == nil:
			if !strings.HasPrefix(target, "/") {
				target = path.Join(tmpDir, path.Dir(rel[:end]), target)
			}
			return path.Join(target, rel[end:]), true
		case ErrnoOf(err) != EINVAL:
			return "", false // nothing is there, so no link is below it
		}
		i = end + 1
	}
	return "", false
}

// Stat describes what is at an absolute path.
func (f *FS) Stat(p string, follow bool) (Stat, Errno) {
	here, errno := f.at(p, follow)
	if errno != 0 {
		return Stat{}, errno
	}
	return f.stat(here, follow)
}

func (f *FS) stat(here place, follow bool) (Stat, Errno) {
	var info fs.FileInfo
	var err error
	switch {
	case here.tmp:
		info, err = f.tmp.Lstat(here.rel) // at has followed the links
	case here.above:
		return Stat{Inode: inode(here.path), Mode: fs.ModeDir | 0o555}, 0
	case here.ro == nil:
		return Stat{}, ENOENT
	case follow:
		info, err = fs.Stat(here.ro, here.rel)
	default:
		info, err = fs.Lstat(here.ro, here.rel)
	}
	if err != nil {
		return Stat{}, here.orNotDir(err)
	}
	return statOf(info, here.path), 0
}

// detailed is what the Sys method of a FileInfo may return: what fs.FileInfo has
// no methods for.
type detailed interface {
	Inode() uint64
	Accessed() time.Time
}

// statOf describes a file that was found at p.
func statOf(info fs.FileInfo, p string) Stat {
	modified := info.ModTime()
	if modified.IsZero() {
		modified = time.Unix(0, 0) // a tree that knows no times
	}
	st := Stat{inode(p), info.Mode(), info.Size(), modified.UnixNano(), modified.UnixNano()}
	if d, ok := info.Sys().(detailed); ok {
		st.Inode, st.Accessed = d.Inode(), d.Accessed().UnixNano()
	}
	return st
}

// orNotDir turns "does not exist" into ENOTDIR if the path goes through a file,
// which not every fs.FS tells apart.
func (here place) orNotDir(err error) Errno {
	if here.ro != nil && errors.Is(err, fs.ErrNotExist) {
		for dir := path.Dir(here.rel); dir != "."; dir = path.Dir(dir) {
			if info, err := fs.Stat(here.ro, dir); err == nil {
				if !info.IsDir() {
					return ENOTDIR
				}
				break
			}
		}
	}
	return ErrnoOf(err)
}

var inodeSeed = maphash.MakeSeed()

// inode numbers a file by its path where the tree has no numbers: a guest that
// compares two is asking whether they are the same file. Trees count from 1.
func inode(p string) uint64 { return maphash.String(inodeSeed, p) | 1<<63 }

// Entry is a file in a folder.
type Entry struct {
	Inode uint64
	Name  string
	Type  fs.FileMode // its type bits
}

// ReadDir lists a folder, sorted by name, without "." and "..".
func (f *FS) ReadDir(p string) ([]Entry, Errno) {
	here, errno := f.at(p, true)
	if errno != 0 {
		return nil, errno
	}
	if st, errno := f.stat(here, true); errno != 0 {
		return nil, errno
	} else if !st.IsDir() {
		return nil, ENOTDIR
	}
	var entries []fs.DirEntry
	var err error
	switch {
	case here.above:
		for _, name := range f.tree.children(here.path) {
			entries = append(entries, folder(name))
		}
	case here.tmp:
		entries, err = f.tmp.ReadDir(here.rel)
	default:
		entries, err = fs.ReadDir(here.ro, here.rel)
	}
	if err != nil {
		return nil, ErrnoOf(err)
	}
	list := make([]Entry, len(entries))
	for i, e := range entries {
		list[i] = Entry{inode(path.Join(here.path, e.Name())), e.Name(), e.Type()}
	}
	return list, 0
}

// folder is the fs.DirEntry of a folder above the mounts.
type folder string

func (f folder) Name() string               { return string(f) }
func (f folder) IsDir() bool                { return true }
func (f folder) Type() fs.FileMode          { return fs.ModeDir }
func (f folder) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
