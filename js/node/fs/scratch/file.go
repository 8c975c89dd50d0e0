package scratch

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/lambent-run/lambent/js/module"
)

// Info is what the Sys method of a file's FileInfo returns: what fs.FileInfo
// has no methods for.
type Info struct {
	// ID is the number of the file, unique in its tree.
	ID uint64
	// Links is 1, or 0 for a file that was removed and is still open.
	Links int
	// Access, Change and Birth are times, Change that of the last change of
	// contents or attributes.
	Access, Change, Birth time.Time
}

// Inode and Accessed are ID and Access, for who cannot know the type.
func (i *Info) Inode() uint64 { return i.ID }

// Accessed: see Inode.
func (i *Info) Accessed() time.Time { return i.Access }

type fileInfo struct {
	name  string
	size  int64
	mode  fs.FileMode
	mtime time.Time
	info  Info
}

func (i *fileInfo) Name() string       { return i.name }
func (i *fileInfo) Size() int64        { return i.size }
func (i *fileInfo) Mode() fs.FileMode  { return i.mode }
func (i *fileInfo) ModTime() time.Time { return i.mtime }
func (i *fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i *fileInfo) Sys() any           { return &i.info }

func (n *node) info(name string) fs.FileInfo {
	size := n.size
	if n.mode.IsDir() {
		size = 4096
	}
	return &fileInfo{name, size, n.mode, n.mtime, Info{n.id, n.links, n.atime, n.ctime, n.birth}}
}

// file is an open file.
type file struct {
	t        *Tmp
	n        *node
	name     string
	readable bool
	writable bool
	append   bool
	closer   sync.Once
}

var _ module.ScratchFile = (*file)(nil)

// Open implements module.Scratch.
func (t *Tmp) Open(name string, flag int, perm fs.FileMode) (module.ScratchFile, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const exclusive = os.O_CREATE | os.O_EXCL
	dir, base, n, err := t.find(name, flag&exclusive != exclusive)
	mode := flag & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
	switch {
	case err != 0:
	case n == nil && flag&os.O_CREATE == 0:
		err = syscall.ENOENT
	case n == nil:
		n, err = t.add(dir, base, perm.Perm()&^0o022)
	case flag&exclusive == exclusive:
		err = syscall.EEXIST
	case n.mode.IsDir() && mode != os.O_RDONLY:
		err = syscall.EISDIR
	}
	if err != 0 {
		return nil, failed("open", name, err)
	}
	n.opens++
	if n.onHost && n.file == nil {
		n.file, err = t.openHost(n, os.O_RDWR)
	}
	if err == 0 && flag&os.O_TRUNC != 0 && mode != os.O_RDONLY {
		err = t.resize(n, 0)
	}
	if err != 0 {
		n.opens--
		t.release(n)
		return nil, failed("open", name, err)
	}
	return &file{
		t: t, n: n, name: name,
		readable: mode != os.O_WRONLY, writable: mode != os.O_RDONLY, append: flag&os.O_APPEND != 0,
	}, nil
}

// Close implements module.ScratchFile. Closing twice is harmless.
func (f *file) Close() error {
	f.closer.Do(func() {
		f.t.mu.Lock()
		defer f.t.mu.Unlock()
		f.n.opens--
		f.t.release(f.n)
	})
	return nil
}

// Stat implements module.ScratchFile.
func (f *file) Stat() (fs.FileInfo, error) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	return f.n.info(path.Base(f.name)), nil
}

// ReadAt implements module.ScratchFile.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	switch {
	case f.t.closed:
		return 0, failed("read", f.name, syscall.EIO)
	case !f.readable:
		return 0, failed("read", f.name, syscall.EBADF)
	case f.n.mode.IsDir():
		return 0, failed("read", f.name, syscall.EISDIR)
	case off < 0:
		return 0, failed("read", f.name, syscall.EINVAL)
	case off >= f.n.size:
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), f.n.size-off)]
	if !f.n.onHost {
		return copy(p, f.n.data[off:]), nil
	}
	n, err := f.n.file.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, failed("read", f.name, errno(err))
	}
	return n, nil
}

// WriteAt implements module.ScratchFile. With O_APPEND the offset is ignored.
func (f *file) WriteAt(p []byte, off int64) (int, error) {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	if f.append {
		off = f.n.size
	}
	end := off + int64(len(p))
	var err syscall.Errno
	switch {
	case f.t.closed:
		err = syscall.EIO
	case !f.writable:
		err = syscall.EBADF
	case off < 0 || end < off:
		err = syscall.EINVAL
	case len(p) == 0:
		return 0, nil
	case end > f.n.size:
		err = f.t.resize(f.n, end)
	}
	if err != 0 {
		return 0, failed("write", f.name, err)
	}
	f.n.touch()
	if !f.n.onHost {
		return copy(f.n.data[off:], p), nil
	}
	n, werr := f.n.file.WriteAt(p, off)
	if werr != nil {
		return n, failed("write", f.name, errno(werr))
	}
	return n, nil
}

// Truncate implements module.ScratchFile.
func (f *file) Truncate(size int64) error {
	f.t.mu.Lock()
	defer f.t.mu.Unlock()
	err := syscall.EINVAL
	if f.t.closed {
		err = syscall.EIO
	} else if f.writable && size >= 0 {
		err = f.t.resize(f.n, size)
	}
	if err != 0 {
		return failed("truncate", f.name, err)
	}
	return nil
}

// resize makes a file longer or shorter, moves it to the host if it outgrows
// memory, and keeps the quota.
func (t *Tmp) resize(n *node, size int64) syscall.Errno {
	delta := size - n.size
	if delta > 0 {
		if err := t.room(delta, false); err != 0 {
			return err
		}
	}
	if !n.onHost && (size > memFile || t.mem+size-int64(cap(n.data)) > memTotal && size > int64(cap(n.data))) {
		if err := t.spill(n); err != 0 {
			return err
		}
	}
	if n.onHost {
		if err := n.file.Truncate(size); err != nil {
			return errno(err)
		}
	} else {
		t.mem -= int64(cap(n.data))
		switch {
		case size == 0:
			n.data = nil
		case size <= n.size:
			clear(n.data[size:])
			n.data = n.data[:size]
		default:
			n.data = append(n.data, make([]byte, delta)...)
		}
		t.mem += int64(cap(n.data))
	}
	n.size = size
	t.used += delta
	n.touch()
	return 0
}

// spill moves the contents of a file to the host.
func (t *Tmp) spill(n *node) syscall.Errno {
	if t.closed {
		return syscall.EIO
	}
	if t.host == "" {
		dir, err := os.MkdirTemp("", "lambent-tmp-")
		if err != nil {
			return errno(err)
		}
		t.host = dir
	}
	f, err := t.openHost(n, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != 0 {
		return err
	}
	if _, err := f.Write(n.data); err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return errno(err)
	}
	t.mem -= int64(cap(n.data))
	n.data, n.file, n.onHost = nil, f, true
	return 0
}

// hostName is where the contents of a node are.
func (t *Tmp) hostName(n *node) string { return filepath.Join(t.host, strconv.FormatUint(n.id, 10)) }

func (t *Tmp) openHost(n *node, flag int) (*os.File, syscall.Errno) {
	if t.closed {
		return nil, syscall.EIO
	}
	f, err := os.OpenFile(t.hostName(n), flag, 0o600)
	if err != nil {
		return nil, errno(err)
	}
	return f, 0
}

// errno finds the number of an error of the host; its text and path stay here.
func errno(err error) syscall.Errno {
	var e syscall.Errno
	if errors.As(err, &e) {
		return e
	}
	return syscall.EIO
}
