package wasifs

import (
	"errors"
	"io/fs"
	"strconv"
	"syscall"
)

// Errno is an error number of WASI preview 1. Zero is success.
type Errno uint16

// The numbers in use, of the type errno of wasi_snapshot_preview1.
const (
	EACCES       Errno = 2
	EBADF        Errno = 8
	EBUSY        Errno = 10
	EEXIST       Errno = 20
	EFAULT       Errno = 21
	EFBIG        Errno = 22
	EINVAL       Errno = 28
	EIO          Errno = 29
	EISDIR       Errno = 31
	ELOOP        Errno = 32
	EMFILE       Errno = 33
	ENAMETOOLONG Errno = 37
	ENFILE       Errno = 41
	ENOENT       Errno = 44
	ENOMEM       Errno = 48
	ENOSPC       Errno = 51
	ENOSYS       Errno = 52
	ENOTDIR      Errno = 54
	ENOTEMPTY    Errno = 55
	ENOTSOCK     Errno = 57
	ENOTSUP      Errno = 58
	EPERM        Errno = 63
	EPIPE        Errno = 64
	ERANGE       Errno = 68
	EROFS        Errno = 69
	ESPIPE       Errno = 70
	EXDEV        Errno = 75
)

// Error makes a number an error, so that a host's io.Writer can choose the
// number that its guest sees.
func (e Errno) Error() string { return "wasi: errno " + strconv.Itoa(int(e)) }

// numbers are those of the host's error numbers that file trees return.
var numbers = map[syscall.Errno]Errno{
	syscall.EACCES:       EACCES,
	syscall.EBADF:        EBADF,
	syscall.EBUSY:        EBUSY,
	syscall.EEXIST:       EEXIST,
	syscall.EFBIG:        EFBIG,
	syscall.EINVAL:       EINVAL,
	syscall.EISDIR:       EISDIR,
	syscall.ELOOP:        ELOOP,
	syscall.EMFILE:       EMFILE,
	syscall.ENAMETOOLONG: ENAMETOOLONG,
	syscall.ENFILE:       ENFILE,
	syscall.ENOENT:       ENOENT,
	syscall.ENOSPC:       ENOSPC,
	syscall.ENOSYS:       ENOSYS,
	syscall.ENOTDIR:      ENOTDIR,
	syscall.ENOTEMPTY:    ENOTEMPTY,
	syscall.EPERM:        EPERM,
	syscall.EROFS:        EROFS,
	syscall.EXDEV:        EXDEV,
}

// ErrnoOf finds the number of any error of a tree, a reader or a writer; its
// text, which may name files of the host, goes nowhere. Nil is 0, what has no
// number is EIO.
func ErrnoOf(err error) Errno {
	var wasi Errno
	var host syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wasi):
		return wasi
	case errors.As(err, &host):
		if n, ok := numbers[host]; ok {
			return n
		}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return ENOENT
	case errors.Is(err, fs.ErrPermission):
		return EACCES
	case errors.Is(err, fs.ErrExist):
		return EEXIST
	case errors.Is(err, fs.ErrClosed):
		return EBADF
	}
	return EIO
}
