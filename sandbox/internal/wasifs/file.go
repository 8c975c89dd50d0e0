package wasifs

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
)

// Flag says how to open a file.
type Flag uint

// The flags of Open.
const (
	Read Flag = 1 << iota
	Write
	Create
	Exclusive // with Create: fail if it exists
	Truncate
	Directory // fail unless it is a folder
	Follow    // follow a link at the end of the path
)

// changes are the flags with which a file is not merely read.
const changes = Write | Create | Truncate

// File is an open file or folder.
type File struct {
	fs     *FS
	path   string
	dir    bool
	shared *shared     // of a read-only file
	tmp    ScratchFile // of a file in /tmp
	closed bool
}

// Open opens what is at an absolute path. Reads and writes carry offsets; the
// caller keeps the position.
func (f *FS) Open(p string, flag Flag) (*File, Errno) {
	follow := flag&Follow != 0 && flag&(Create|Exclusive) != Create|Exclusive
	here, errno := f.at(p, follow)
	if errno != 0 {
		return nil, errno
	}
	st, errno := f.stat(here, follow)
	switch {
	case errno == ENOENT && flag&Create != 0:
		return f.create(p, flag, follow)
	case errno != 0:
		return nil, errno
	case flag&(Create|Exclusive) == Create|Exclusive:
		return nil, EEXIST
	case st.Mode&fs.ModeSymlink != 0:
		return nil, ELOOP
	case st.IsDir() && flag&Directory == 0 && flag&changes != 0, st.IsDir() && flag&(Create|Truncate) != 0:
		return nil, EISDIR
	case st.IsDir():
		return &File{fs: f, path: here.path, dir: true}, 0
	case flag&Directory != 0:
		return nil, ENOTDIR
	case here.tmp:
		return f.openTmp(here, flag)
	case flag&changes != 0:
		return nil, EROFS
	}
	shared, errno := f.tree.acquire(here.path)
	if errno != 0 {
		return nil, errno
	}
	return &File{fs: f, path: here.path, shared: shared}, 0
}

func (f *FS) create(p string, flag Flag, follow bool) (*File, Errno) {
	here, errno := f.changeable(p, follow)
	if errno != 0 {
		return nil, errno
	}
	return f.openTmp(here, flag)
}

func (f *FS) openTmp(here place, flag Flag) (*File, Errno) {
	mode := os.O_RDONLY
	switch {
	case flag&Write != 0 && flag&Read == 0:
		mode = os.O_WRONLY
	case flag&(Write|Truncate) != 0:
		mode = os.O_RDWR
	}
	for bit, osBit := range map[Flag]int{Create: os.O_CREATE, Exclusive: os.O_EXCL, Truncate: os.O_TRUNC} {
		if flag&bit != 0 {
			mode |= osBit
		}
	}
	file, err := f.tmp.Open(here.rel, mode, 0o666)
	if err != nil {
		return nil, ErrnoOf(err)
	}
	return &File{fs: f, path: here.path, tmp: file}, 0
}

// Path is where the file was found. It does not follow a rename.
func (f *File) Path() string { return f.path }

// IsDir reports whether it is a folder.
func (f *File) IsDir() bool { return f.dir }

// Stat describes the file.
func (f *File) Stat() (Stat, Errno) {
	switch {
	case f.closed:
		return Stat{}, EBADF
	case f.dir:
		return f.fs.Stat(f.path, true)
	case f.shared != nil:
		return statOf(f.shared.info, f.path), 0
	}
	info, err := f.tmp.Stat()
	if err != nil {
		return Stat{}, ErrnoOf(err)
	}
	return statOf(info, f.path), 0
}

// ReadAt reads; at the end of the file it returns 0 and no error.
func (f *File) ReadAt(b []byte, off int64) (int, Errno) {
	var n int
	var err error
	switch {
	case f.closed:
		return 0, EBADF
	case f.dir:
		return 0, EISDIR
	case off < 0:
		return 0, EINVAL
	case f.shared != nil:
		n, err = f.shared.data.ReadAt(b, off)
	default:
		n, err = f.tmp.ReadAt(b, off)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, ErrnoOf(err)
}

// WriteAt writes.
func (f *File) WriteAt(b []byte, off int64) (int, Errno) {
	switch {
	case f.closed || f.shared != nil:
		return 0, EBADF
	case f.dir:
		return 0, EISDIR
	case off < 0:
		return 0, EINVAL
	case off > math.MaxInt64-int64(len(b)):
		return 0, EFBIG
	}
	n, err := f.tmp.WriteAt(b, off)
	return n, ErrnoOf(err)
}

// Truncate sets the size.
func (f *File) Truncate(size int64) Errno {
	switch {
	case f.closed || f.shared != nil:
		return EBADF
	case f.dir:
		return EISDIR
	case size < 0:
		return EINVAL
	}
	return ErrnoOf(f.tmp.Truncate(size))
}

// Close frees the file. Closing twice is harmless.
func (f *File) Close() {
	if f.closed {
		return
	}
	f.closed = true
	switch {
	case f.shared != nil:
		f.fs.tree.release(f.path, f.shared)
	case f.tmp != nil:
		_ = f.tmp.Close() // there is nothing to flush
	}
}
