package fs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/lambent-run/lambent/js/module"
)

const (
	tmpDir   = "/tmp"
	pathMax  = 4095
	maxLinks = 40
)

// tree is the file system as a guest sees it: read-only trees at /var/task and
// the mounts, the writable /tmp, a few devices, and the folders above them.
type tree struct {
	trees   map[string]fs.FS // read-only, by absolute path
	tmp     module.Scratch
	devices map[string]device
}

// place is where an absolute path leads. Exactly one of the trees is set, or
// none for the folders above them and for what does not exist.
type place struct {
	path    string // absolute and clean
	ro      fs.FS
	rel     string // inside ro or tmp, "." for its root
	tmp     bool
	dev     device
	virtual bool // a folder above the trees
}

func newTree(sys *module.System) *tree {
	t := &tree{trees: map[string]fs.FS{}, tmp: sys.Tmp, devices: devices(sys)}
	for at, tree := range sys.Mounts {
		t.trees[path.Clean(at)] = tree
	}
	if sys.Code != nil {
		t.trees[module.CodeDir] = sys.Code
	}
	return t
}

// absolute resolves a path as the guest gave it.
func absolute(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = module.CodeDir + "/" + name
	}
	return path.Clean(name)
}

// at finds the place of a path. Links inside a tree are the tree's business;
// those that lead from /tmp to another tree are followed here.
func (t *tree) at(name string, follow bool) (place, error) {
	p := absolute(name)
	if len(p) > pathMax {
		return place{}, syscall.ENAMETOOLONG
	}
	for range maxLinks {
		here := t.lookup(p)
		if !here.tmp || here.rel == "." {
			return here, nil
		}
		next, ok := t.throughLink(here.rel, follow)
		if !ok {
			return here, nil
		}
		p = next
	}
	return place{}, syscall.ELOOP
}

func (t *tree) lookup(p string) place {
	here := place{path: p}
	if dev, ok := t.devices[p]; ok {
		here.dev = dev
		return here
	}
	if rel, ok := below(tmpDir, p); ok && t.tmp != nil {
		here.tmp, here.rel = true, rel
		return here
	}
	longest := ""
	for root := range t.trees {
		if rel, ok := below(root, p); ok && len(root) > len(longest) {
			longest, here.ro, here.rel = root, t.trees[root], rel
		}
	}
	if here.ro == nil {
		here.virtual = len(t.children(p)) > 0
	}
	return here
}

// below returns p relative to root.
func below(root, p string) (rel string, ok bool) {
	if p == root {
		return ".", true
	}
	if rel, ok = strings.CutPrefix(p, root+"/"); ok {
		return rel, true
	}
	return "", false
}

// children lists the names in a folder above the trees.
func (t *tree) children(p string) []string {
	roots := []string{"/dev/null", tmpDir}
	for root := range t.trees {
		roots = append(roots, root)
	}
	seen := map[string]bool{}
	var names []string
	for _, root := range roots {
		if rel, ok := below(p, root); ok || p == "/" {
			if p == "/" {
				rel = strings.TrimPrefix(root, "/")
			}
			if name, _, _ := strings.Cut(rel, "/"); name != "." && !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	return names
}

// throughLink returns where a path in /tmp goes after its first link, if there
// is one on the way.
func (t *tree) throughLink(rel string, follow bool) (p string, ok bool) {
	if info, err := t.tmp.Lstat(rel); err == nil && (!follow || info.Mode()&fs.ModeSymlink == 0) {
		return "", false // the tree knows the way itself
	}
	segments := strings.Split(rel, "/")
	for i := range segments {
		if i == len(segments)-1 && !follow {
			break
		}
		target, err := t.tmp.Readlink(strings.Join(segments[:i+1], "/"))
		if err != nil {
			continue
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join(tmpDir, strings.Join(segments[:i], "/"), target)
		}
		return path.Join(append([]string{target}, segments[i+1:]...)...), true
	}
	return "", false
}

// stat returns what is at a path.
func (t *tree) stat(name string, follow bool) (fs.FileInfo, error) {
	here, err := t.at(name, follow)
	if err != nil {
		return nil, err
	}
	switch {
	case here.dev != nil:
		return deviceInfo(path.Base(here.path)), nil
	case here.tmp && follow:
		return t.tmp.Stat(here.rel)
	case here.tmp:
		return t.tmp.Lstat(here.rel)
	case here.ro != nil:
		return statIn(here.ro, here.rel, follow)
	case here.virtual:
		return folderInfo(path.Base(here.path)), nil
	}
	return nil, t.missing(here.path)
}

func statIn(tree fs.FS, rel string, follow bool) (fs.FileInfo, error) {
	var info fs.FileInfo
	var err error
	if follow {
		info, err = fs.Stat(tree, rel)
	} else {
		info, err = fs.Lstat(tree, rel)
	}
	if err != nil {
		return nil, orNotDir(tree, rel, err)
	}
	return info, nil
}

// orNotDir turns "does not exist" into ENOTDIR if the path goes through a file,
// which not every fs.FS tells apart.
func orNotDir(tree fs.FS, rel string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := path.Dir(rel); dir != "."; dir = path.Dir(dir) {
		if info, err := fs.Stat(tree, dir); err == nil {
			if !info.IsDir() {
				return syscall.ENOTDIR
			}
			break
		}
	}
	return syscall.ENOENT
}

// missing says why a path outside all trees cannot be: its parent is a device,
// or it does not exist.
func (t *tree) missing(p string) error {
	if _, ok := t.devices[path.Dir(p)]; ok {
		return syscall.ENOTDIR
	}
	return syscall.ENOENT
}

// readOnly is the error for a change at a place that is not in /tmp: EROFS where
// something is or could be, else ENOENT.
func (t *tree) readOnly(here place) error {
	if here.ro != nil || here.virtual || here.dev != nil || t.lookup(path.Dir(here.path)).virtual {
		if here.ro != nil {
			switch parent, err := fs.Stat(here.ro, path.Dir(here.rel)); {
			case err != nil:
				return orNotDir(here.ro, here.rel, err)
			case !parent.IsDir():
				return syscall.ENOTDIR
			}
		}
		return syscall.EROFS
	}
	return syscall.ENOENT
}

// readDir lists a folder, sorted by name.
func (t *tree) readDir(name string) ([]fs.DirEntry, error) {
	here, err := t.at(name, true)
	if err != nil {
		return nil, err
	}
	switch {
	case here.dev != nil:
		return nil, syscall.ENOTDIR
	case here.tmp:
		return t.tmp.ReadDir(here.rel)
	case here.ro != nil:
		info, err := fs.Stat(here.ro, here.rel)
		if err != nil {
			return nil, orNotDir(here.ro, here.rel, err)
		}
		if !info.IsDir() {
			return nil, syscall.ENOTDIR
		}
		return fs.ReadDir(here.ro, here.rel)
	case here.virtual:
		var entries []fs.DirEntry
		for _, name := range t.children(here.path) {
			info := folderInfo(name)
			if name == "null" {
				info = deviceInfo(name)
			}
			entries = append(entries, fs.FileInfoToDirEntry(info))
		}
		return entries, nil
	}
	return nil, t.missing(here.path)
}

// readFile reads a whole file of a read-only tree, the most frequent operation
// of all, without opening it. ok is false if it is elsewhere.
func (t *tree) readFile(name string, limit int64) (b []byte, ok bool, err error) {
	here, err := t.at(name, true)
	if err != nil || here.ro == nil {
		return nil, false, err
	}
	info, err := fs.Stat(here.ro, here.rel)
	if err != nil {
		return nil, true, orNotDir(here.ro, here.rel, err)
	}
	if info.IsDir() || info.Size() > limit {
		return nil, false, nil // the slow path has the right errors
	}
	b, err = fs.ReadFile(here.ro, here.rel)
	return b, true, err
}

// plainInfo is the FileInfo of what no tree provides.
type plainInfo struct {
	name string
	mode fs.FileMode
}

func (i plainInfo) Name() string       { return i.name }
func (i plainInfo) Size() int64        { return map[bool]int64{true: 4096}[i.mode.IsDir()] }
func (i plainInfo) Mode() fs.FileMode  { return i.mode }
func (i plainInfo) ModTime() time.Time { return time.Unix(0, 0) }
func (i plainInfo) IsDir() bool        { return i.mode.IsDir() }
func (i plainInfo) Sys() any           { return nil }

func folderInfo(name string) fs.FileInfo { return plainInfo{name, fs.ModeDir | 0o755} }
func deviceInfo(name string) fs.FileInfo {
	return plainInfo{name, fs.ModeDevice | fs.ModeCharDevice | 0o666}
}

// writes reports whether open flags ask for writing.
func writes(flag int) bool {
	return flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0
}
