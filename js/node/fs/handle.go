package fs

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"github.com/lambent-run/lambent/js/module"
)

// maxOpen is RLIMIT_NOFILE of a function's environment.
const maxOpen = 1024

// handle is an open file. Reads and writes say where; pos is the position of
// those that do not.
type handle struct {
	file interface {
		io.ReaderAt
		Stat() (fs.FileInfo, error)
		Close() error
	}
	tmp    module.ScratchFile // the same, if it is in /tmp
	dev    device
	path   string
	pos    int64
	append bool
	reads  bool
	writes bool
}

// device is a file that is no file: what is written to it goes elsewhere.
type device interface {
	read(p []byte) (int, error)
	write(p []byte) (int, error)
}

// null is /dev/null.
type null struct{}

func (null) read([]byte) (int, error)    { return 0, io.EOF }
func (null) write(p []byte) (int, error) { return len(p), nil }

// random is /dev/urandom.
type random struct{ null }

func (random) read(p []byte) (int, error) { return rand.Read(p) }

// output is one of the function's log streams.
type output struct {
	sys *module.System
	fd  int
}

func (o output) read([]byte) (int, error) { return 0, syscall.EAGAIN }
func (o output) write(p []byte) (int, error) {
	o.sys.Write(o.fd, p)
	return len(p), nil
}

// devices are the devices by path.
func devices(sys *module.System) map[string]device {
	out, err := output{sys, 1}, output{sys, 2}
	return map[string]device{
		"/dev/null": null{}, "/dev/stdin": null{}, "/dev/stdout": out, "/dev/stderr": err,
		"/dev/fd/1": out, "/dev/fd/2": err, "/proc/self/fd/1": out, "/proc/self/fd/2": err,
		"/dev/urandom": random{}, "/dev/random": random{},
	}
}

// open opens a file for the flags of package os.
func (t *tree) open(name string, flag int, perm fs.FileMode) (*handle, error) {
	const exclusive = os.O_CREATE | os.O_EXCL
	here, err := t.at(name, flag&exclusive != exclusive)
	if err != nil {
		return nil, err
	}
	mode := flag & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
	h := &handle{path: here.path, append: flag&os.O_APPEND != 0, reads: mode != os.O_WRONLY, writes: mode != os.O_RDONLY}
	switch {
	case here.dev != nil:
		h.dev = here.dev
		return h, nil
	case here.tmp:
		f, err := t.tmp.Open(here.rel, flag, perm)
		if err != nil {
			return nil, err
		}
		h.file, h.tmp = f, f
		return h, nil
	case writes(flag):
		return nil, t.openForWriting(here, flag&exclusive == exclusive)
	case here.ro != nil:
		h.file, err = openIn(here.ro, here.rel)
		return h, err
	case here.virtual:
		h.file = folder{folderInfo(path.Base(here.path))}
		return h, nil
	}
	return nil, t.missing(here.path)
}

// openForWriting says why a file outside /tmp cannot be opened for writing.
func (t *tree) openForWriting(here place, exclusive bool) error {
	info, err := t.stat(here.path, true)
	switch {
	case err == nil && exclusive:
		return syscall.EEXIST
	case err == nil && info.IsDir():
		return syscall.EISDIR
	}
	return t.readOnly(here)
}

// openIn opens a file of a read-only tree. A file that cannot be read at an
// offset is read whole at the first read.
func openIn(tree fs.FS, rel string) (*roFile, error) {
	f, err := tree.Open(rel)
	if err != nil {
		return nil, orNotDir(tree, rel, err)
	}
	return &roFile{f: f}, nil
}

type roFile struct {
	f    fs.File
	all  []byte
	read bool
}

func (r *roFile) Stat() (fs.FileInfo, error) { return r.f.Stat() }
func (r *roFile) Close() error               { return r.f.Close() }

func (r *roFile) ReadAt(p []byte, off int64) (int, error) {
	if info, err := r.f.Stat(); err == nil && info.IsDir() {
		return 0, syscall.EISDIR
	}
	if at, ok := r.f.(io.ReaderAt); ok {
		return at.ReadAt(p, off)
	}
	if !r.read {
		r.read = true
		all, err := io.ReadAll(r.f)
		if err != nil {
			return 0, err
		}
		r.all = all
	}
	if off >= int64(len(r.all)) {
		return 0, io.EOF
	}
	return copy(p, r.all[off:]), nil
}

// folder is an open folder above the trees.
type folder struct{ info fs.FileInfo }

func (f folder) Stat() (fs.FileInfo, error)        { return f.info, nil }
func (f folder) Close() error                      { return nil }
func (f folder) ReadAt([]byte, int64) (int, error) { return 0, syscall.EISDIR }

// read reads at an offset, or at the handle's position if off is negative.
func (h *handle) read(p []byte, off int64) (int, error) {
	if !h.reads {
		return 0, syscall.EBADF
	}
	if len(p) == 0 {
		return 0, nil
	}
	var n int
	var err error
	switch {
	case h.dev != nil:
		n, err = h.dev.read(p)
	case off < 0:
		n, err = h.file.ReadAt(p, h.pos)
		h.pos += int64(n)
	default:
		n, err = h.file.ReadAt(p, off)
	}
	if errors.Is(err, io.EOF) || n > 0 {
		err = nil
	}
	return n, err
}

// write writes all of p at an offset, or at the handle's position if off is
// negative.
func (h *handle) write(p []byte, off int64) (int, error) {
	switch {
	case !h.writes:
		return 0, syscall.EBADF
	case h.dev != nil:
		return h.dev.write(p)
	case off >= 0:
		return h.tmp.WriteAt(p, off)
	}
	n, err := h.tmp.WriteAt(p, h.pos)
	h.pos += int64(n)
	if h.append && err == nil {
		if info, err := h.tmp.Stat(); err == nil {
			h.pos = info.Size()
		}
	}
	return n, err
}

func (h *handle) stat() (fs.FileInfo, error) {
	if h.dev != nil {
		return deviceInfo(path.Base(h.path)), nil
	}
	return h.file.Stat()
}

func (h *handle) close() error {
	if h.file == nil {
		return nil
	}
	return h.file.Close()
}

// table is an isolate's open files by descriptor.
type table struct {
	open map[int]*handle
	next int // no descriptor below is free
}

func newTable(sys *module.System) *table {
	return &table{next: 3, open: map[int]*handle{
		0: {dev: null{}, path: "/dev/stdin", reads: true},
		1: {dev: output{sys, 1}, path: "/dev/stdout", writes: true},
		2: {dev: output{sys, 2}, path: "/dev/stderr", writes: true},
	}}
}

// add gives a handle the lowest free descriptor, as POSIX does.
func (t *table) add(h *handle) (int, error) {
	if len(t.open) >= maxOpen {
		_ = h.close()
		return 0, syscall.EMFILE
	}
	fd := t.next
	for t.open[fd] != nil {
		fd++
	}
	t.open[fd] = h
	t.next = fd + 1
	return fd, nil
}

func (t *table) get(fd int) (*handle, error) {
	if h := t.open[fd]; h != nil {
		return h, nil
	}
	return nil, syscall.EBADF
}

func (t *table) close(fd int) error {
	h, err := t.get(fd)
	if err != nil {
		return err
	}
	delete(t.open, fd)
	t.next = min(t.next, max(fd, 3))
	return h.close()
}
