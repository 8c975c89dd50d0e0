// Package wasifs is the file system that a WebAssembly guest sees: its code at
// /var/task and layers at /opt, both read-only, a bounded writable /tmp, the
// folders above them, and nothing else. It speaks in guest paths and in the
// error numbers of WASI preview 1; descriptors, offsets and the layout of
// structures are package wasi's.
//
// A Tree is shared by all instances of a function version, an FS is one
// instance's view of it. No path of the host and no text of a host error ever
// reaches a guest.
package wasifs

import (
	"io/fs"
	"time"
)

// Where a guest finds things.
const (
	CodeDir = "/var/task"
	tmpDir  = "/tmp"
)

const (
	maxPath  = 4095 // bytes of a path
	maxDepth = 128  // folders on the way to one file
	maxLinks = 40   // symbolic links followed on the way to one file
)

// Scratch is a bounded, writable file tree, an environment's /tmp. Paths are
// slash-separated and relative to it, "." is the tree itself. Errors hold a
// syscall.Errno.
type Scratch interface {
	// Open opens a file; flag is one of os.O_RDONLY, O_WRONLY, O_RDWR, or'ed
	// with O_CREATE, O_EXCL, O_TRUNC.
	Open(name string, flag int, perm fs.FileMode) (ScratchFile, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	Mkdir(name string, perm fs.FileMode) error
	Remove(name string) error
	Rename(from, to string) error
	Chtimes(name string, atime, mtime time.Time) error
	Symlink(target, name string) error
	Readlink(name string) (string, error)
}

// ScratchFile is an open file of a Scratch.
type ScratchFile interface {
	Stat() (fs.FileInfo, error)
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Truncate(size int64) error
	Close() error
}
