package fs

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// texts are libuv's names and texts of the errors that file operations have
// here.
var texts = map[syscall.Errno][2]string{
	syscall.EACCES:       {"EACCES", "permission denied"},
	syscall.EAGAIN:       {"EAGAIN", "resource temporarily unavailable"},
	syscall.EBADF:        {"EBADF", "bad file descriptor"},
	syscall.EBUSY:        {"EBUSY", "resource busy or locked"},
	syscall.EEXIST:       {"EEXIST", "file already exists"},
	syscall.EFBIG:        {"EFBIG", "file too large"},
	syscall.EINVAL:       {"EINVAL", "invalid argument"},
	syscall.EIO:          {"EIO", "i/o error"},
	syscall.EISDIR:       {"EISDIR", "illegal operation on a directory"},
	syscall.ELOOP:        {"ELOOP", "too many symbolic links encountered"},
	syscall.EMFILE:       {"EMFILE", "too many open files"},
	syscall.ENAMETOOLONG: {"ENAMETOOLONG", "name too long"},
	syscall.ENOENT:       {"ENOENT", "no such file or directory"},
	syscall.ENOMEM:       {"ENOMEM", "not enough memory"},
	syscall.ENOSPC:       {"ENOSPC", "no space left on device"},
	syscall.ENOSYS:       {"ENOSYS", "function not implemented"},
	syscall.ENOTDIR:      {"ENOTDIR", "not a directory"},
	syscall.ENOTEMPTY:    {"ENOTEMPTY", "directory not empty"},
	syscall.EPERM:        {"EPERM", "operation not permitted"},
	syscall.EROFS:        {"EROFS", "read-only file system"},
	syscall.EXDEV:        {"EXDEV", "cross-device link not permitted"},
}

// errnoOf finds the number of any error that a tree returns. The texts of such
// errors may name the host's files, so nothing else of them is used.
func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		if _, known := texts[errno]; known {
			return errno
		}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return syscall.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return syscall.EACCES
	case errors.Is(err, fs.ErrExist):
		return syscall.EEXIST
	case errors.Is(err, fs.ErrClosed):
		return syscall.EBADF
	}
	return syscall.EIO
}

// failure makes the error that Node makes of a failed system call. path and
// dest may be empty.
func (m *fsModule) failure(err error, call, path, dest string) *goja.Object {
	errno := errnoOf(err)
	name, text := texts[errno][0], texts[errno][1]
	message := name + ": " + text + ", " + call
	if path != "" {
		message += " '" + path + "'"
	}
	if dest != "" {
		message += " -> '" + dest + "'"
	}
	e := nodeerr.Plain(m.vm, "Error", message)
	_ = e.Set("errno", -int(errno))
	_ = e.Set("code", name)
	_ = e.Set("syscall", call)
	if path != "" {
		_ = e.Set("path", path)
	}
	if dest != "" {
		_ = e.Set("dest", dest)
	}
	return e
}

// check throws the error of a failed system call.
func (m *fsModule) check(err error, call, path, dest string) {
	if err != nil {
		panic(m.failure(err, call, path, dest))
	}
}
