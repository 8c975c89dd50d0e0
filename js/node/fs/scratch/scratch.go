// Package scratch is the /tmp of an execution environment: a writable file tree
// with a quota, apart from the host's file system. Names, folders and symbolic
// links live in memory only. So do the contents of small files; larger ones are
// kept in numbered files of a private folder of the host, which is made when it
// is first needed and removed by Close. No name that a guest chooses, and no
// link, ever reaches the host.
package scratch

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/lambent-run/lambent/js/module"
)

const (
	maxNodes  = 65536      // files, folders and links together
	maxName   = 255        // bytes of one name
	maxPath   = 4095       // bytes of one path
	maxLinks  = 40         // symbolic links followed on the way to one file
	nodeCost  = 512        // bytes of quota for the node itself
	memFile   = 256 << 10  // a file that grows beyond this moves to the host
	memTotal  = 1 << 20    // all files in memory together
	guestRoot = "/tmp"     // where absolute links find this tree
	dirMode   = fs.ModeDir // the type bit of folders
)

// Tmp is a file tree. It is safe for concurrent use.
type Tmp struct {
	mu    sync.Mutex // guards everything below; held for every operation
	root  *node
	limit int64
	used  int64 // bytes of quota taken
	mem   int64 // bytes of contents in memory
	nodes int
	seq   uint64 // number of the last node made
	host  string // the private folder, "" until the first large file

	closed bool
}

var _ module.Scratch = (*Tmp)(nil)

// node is a file, a folder or a link.
type node struct {
	id           uint64
	mode         fs.FileMode
	mtime, atime time.Time
	ctime, birth time.Time
	children     map[string]*node // of a folder
	target       string           // of a link
	data         []byte           // contents in memory
	onHost       bool             // the contents are on the host, in
	file         *os.File         // this file while the guest has it open
	size         int64
	links        int // 0 when it was removed
	opens        int // open files
}

// New makes an empty tree whose contents may take limit bytes.
func New(limit int64) *Tmp {
	t := &Tmp{limit: limit}
	t.root = t.node(dirMode | fs.ModeSticky | 0o777)
	t.used, t.nodes = 0, 0 // the root is free
	return t
}

// node makes a node and charges for it; the caller has checked the quota.
func (t *Tmp) node(mode fs.FileMode) *node {
	now := time.Now()
	t.seq++
	t.nodes++
	t.used += nodeCost
	n := &node{id: t.seq, mode: mode, mtime: now, atime: now, ctime: now, birth: now, links: 1}
	if mode.IsDir() {
		n.children = map[string]*node{}
	}
	return n
}

// Used returns how many bytes of the quota are taken.
func (t *Tmp) Used() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.used
}

// Close frees everything. Files that are still open fail from then on. Closing
// twice is harmless.
func (t *Tmp) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	t.drop(t.root)
	t.root = &node{mode: dirMode, children: map[string]*node{}}
	if t.host == "" {
		return nil
	}
	return os.RemoveAll(t.host)
}

// drop closes the host files of a tree. The depth is bounded by the length of
// paths.
func (t *Tmp) drop(n *node) {
	for _, child := range n.children {
		t.drop(child)
	}
	if n.file != nil {
		_ = n.file.Close()
		n.file = nil
	}
	n.data, n.size, n.children = nil, 0, nil
}

func failed(op, name string, err syscall.Errno) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// room checks that n more bytes, and a node if one is true, fit the quota.
func (t *Tmp) room(n int64, one bool) syscall.Errno {
	if one {
		n += nodeCost
	}
	if t.closed || t.used+n > t.limit || one && t.nodes >= maxNodes {
		return syscall.ENOSPC
	}
	return 0
}

// add puts a new node into a folder.
func (t *Tmp) add(dir *node, base string, mode fs.FileMode) (*node, syscall.Errno) {
	if dir == nil || base == ".." {
		return nil, syscall.EEXIST
	}
	if err := t.room(int64(len(base)), true); err != 0 {
		return nil, err
	}
	n := t.node(mode)
	t.used += int64(len(base))
	dir.children[base] = n
	dir.touch()
	return n, 0
}

// cut takes a node out of its folder, and frees it unless it is open.
func (t *Tmp) cut(dir *node, base string) {
	n := dir.children[base]
	delete(dir.children, base)
	dir.touch()
	t.used -= int64(len(base))
	n.links = 0
	t.release(n)
}

// release frees what a node needs no more: its host file when nobody has it
// open, everything when it has no name either.
func (t *Tmp) release(n *node) {
	if n.opens > 0 || t.closed {
		return
	}
	if n.file != nil {
		_ = n.file.Close()
		n.file = nil
	}
	if n.links > 0 {
		return
	}
	t.used -= nodeCost + n.size
	t.nodes--
	if n.onHost {
		_ = os.Remove(t.hostName(n))
	}
	t.mem -= int64(cap(n.data))
	n.data, n.size = nil, 0
}

func (n *node) touch() {
	n.mtime = time.Now()
	n.ctime = n.mtime
}

// Mkdir implements module.Scratch.
func (t *Tmp) Mkdir(name string, perm fs.FileMode) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, base, n, err := t.find(name, false)
	if err == 0 && n != nil {
		err = syscall.EEXIST
	}
	if err == 0 {
		_, err = t.add(dir, base, dirMode|perm.Perm()&^0o022)
	}
	if err != 0 {
		return failed("mkdir", name, err)
	}
	return nil
}

// Symlink implements module.Scratch.
func (t *Tmp) Symlink(target, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, base, n, err := t.find(name, false)
	switch {
	case err == 0 && n != nil:
		err = syscall.EEXIST
	case err == 0 && (target == "" || len(target) > 4095):
		err = syscall.EINVAL
	}
	if err == 0 {
		err = t.room(int64(len(target)), true)
	}
	if err == 0 {
		if n, err = t.add(dir, base, fs.ModeSymlink|0o777); err == 0 {
			n.target, n.size = target, int64(len(target))
			t.used += n.size
		}
	}
	if err != 0 {
		return failed("symlink", name, err)
	}
	return nil
}

// Readlink implements module.Scratch.
func (t *Tmp) Readlink(name string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.existing(name, false)
	if err == 0 && n.mode&fs.ModeSymlink == 0 {
		err = syscall.EINVAL
	}
	if err != 0 {
		return "", failed("readlink", name, err)
	}
	return n.target, nil
}

func (t *Tmp) existing(name string, follow bool) (*node, syscall.Errno) {
	_, _, n, err := t.find(name, follow)
	if err == 0 && n == nil {
		err = syscall.ENOENT
	}
	return n, err
}

// Remove implements module.Scratch. It removes files, links and empty folders.
func (t *Tmp) Remove(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, base, n, err := t.find(name, false)
	switch {
	case err != 0:
	case n == nil:
		err = syscall.ENOENT
	case dir == nil || base == "..":
		err = syscall.EBUSY
	case len(n.children) > 0:
		err = syscall.ENOTEMPTY
	}
	if err != 0 {
		return failed("remove", name, err)
	}
	t.cut(dir, base)
	return nil
}

// Rename implements module.Scratch. It replaces a file by a file, and an empty
// folder by a folder.
func (t *Tmp) Rename(from, to string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir, base, n, err := t.find(from, false)
	if err == 0 && n == nil {
		err = syscall.ENOENT
	}
	if err != 0 {
		return failed("rename", from, err)
	}
	toDir, toBase, old, err := t.find(to, false)
	switch {
	case err != 0:
	case dir == nil || toDir == nil || base == ".." || toBase == "..":
		err = syscall.EBUSY
	case old == n:
		return nil
	case n.holds(toDir):
		err = syscall.EINVAL
	case old == nil:
	case old.mode.IsDir() && !n.mode.IsDir():
		err = syscall.EISDIR
	case !old.mode.IsDir() && n.mode.IsDir():
		err = syscall.ENOTDIR
	case len(old.children) > 0:
		err = syscall.ENOTEMPTY
	}
	if err != 0 {
		return failed("rename", from, err)
	}
	if old != nil {
		t.cut(toDir, toBase)
	}
	delete(dir.children, base)
	toDir.children[toBase] = n
	t.used += int64(len(toBase) - len(base))
	dir.touch()
	toDir.touch()
	return nil
}

// holds reports whether d is n or lies below it.
func (n *node) holds(d *node) bool {
	if n == d {
		return true
	}
	for _, child := range n.children {
		if child.mode.IsDir() && child.holds(d) {
			return true
		}
	}
	return false
}

// Chmod implements module.Scratch.
func (t *Tmp) Chmod(name string, mode fs.FileMode) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.existing(name, true)
	if err != 0 {
		return failed("chmod", name, err)
	}
	const bits = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
	n.mode = n.mode&^bits | mode&bits
	n.ctime = time.Now()
	return nil
}

// Chtimes implements module.Scratch.
func (t *Tmp) Chtimes(name string, atime, mtime time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.existing(name, true)
	if err != 0 {
		return failed("chtimes", name, err)
	}
	n.atime, n.mtime, n.ctime = atime, mtime, time.Now()
	return nil
}

// Stat implements module.Scratch.
func (t *Tmp) Stat(name string) (fs.FileInfo, error) { return t.stat(name, true) }

// Lstat implements module.Scratch.
func (t *Tmp) Lstat(name string) (fs.FileInfo, error) { return t.stat(name, false) }

func (t *Tmp) stat(name string, follow bool) (fs.FileInfo, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.existing(name, follow)
	if err != 0 {
		return nil, failed("stat", name, err)
	}
	return n.info(path.Base(name)), nil
}

// ReadDir implements module.Scratch. Entries are sorted by name.
func (t *Tmp) ReadDir(name string) ([]fs.DirEntry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.existing(name, true)
	if err == 0 && !n.mode.IsDir() {
		err = syscall.ENOTDIR
	}
	if err != 0 {
		return nil, failed("readdir", name, err)
	}
	entries := make([]fs.DirEntry, 0, len(n.children))
	for _, base := range slices.Sorted(maps.Keys(n.children)) {
		entries = append(entries, fs.FileInfoToDirEntry(n.children[base].info(base)))
	}
	return entries, nil
}
