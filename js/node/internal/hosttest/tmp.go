package hosttest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lambent-run/lambent/js/module"
)

// NewTmp returns a Scratch over a temporary directory that is made at the
// first use. It is good enough for tests that are not about Scratch itself.
func NewTmp() module.Scratch { return &tmp{} }

type tmp struct{ dir string }

func (t *tmp) path(name string) (string, error) {
	if t.dir == "" {
		dir, err := os.MkdirTemp("", "hosttest")
		if err != nil {
			return "", err
		}
		t.dir = dir
	}
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: "open", Path: name, Err: syscall.EINVAL}
	}
	return filepath.Join(t.dir, filepath.FromSlash(name)), nil
}

// plain replaces the host's path in an error by the guest's.
func plain(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return &fs.PathError{Op: pe.Op, Path: name, Err: pe.Err}
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return &fs.PathError{Op: le.Op, Path: name, Err: le.Err}
	}
	return err
}

func with[T any](t *tmp, name string, fn func(string) (T, error)) (T, error) {
	p, err := t.path(name)
	if err != nil {
		var zero T
		return zero, err
	}
	v, err := fn(p)
	return v, plain(name, err)
}

func (t *tmp) do(name string, fn func(string) error) error {
	_, err := with(t, name, func(p string) (struct{}, error) { return struct{}{}, fn(p) })
	return err
}

func (t *tmp) Open(name string, flag int, perm fs.FileMode) (module.ScratchFile, error) {
	return with(t, name, func(p string) (module.ScratchFile, error) {
		f, err := os.OpenFile(p, flag, perm)
		if err != nil {
			return nil, err
		}
		return file{f}, nil
	})
}
func (t *tmp) Stat(name string) (fs.FileInfo, error)      { return with(t, name, os.Stat) }
func (t *tmp) Lstat(name string) (fs.FileInfo, error)     { return with(t, name, os.Lstat) }
func (t *tmp) ReadDir(name string) ([]fs.DirEntry, error) { return with(t, name, os.ReadDir) }
func (t *tmp) Readlink(name string) (string, error)       { return with(t, name, os.Readlink) }
func (t *tmp) Remove(name string) error                   { return t.do(name, os.Remove) }
func (t *tmp) Mkdir(name string, perm fs.FileMode) error {
	return t.do(name, func(p string) error { return os.Mkdir(p, perm) })
}
func (t *tmp) Chmod(name string, mode fs.FileMode) error {
	return t.do(name, func(p string) error { return os.Chmod(p, mode) })
}
func (t *tmp) Symlink(target, name string) error {
	return t.do(name, func(p string) error { return os.Symlink(target, p) })
}
func (t *tmp) Chtimes(name string, a, m time.Time) error {
	return t.do(name, func(p string) error { return os.Chtimes(p, a, m) })
}
func (t *tmp) Rename(from, to string) error {
	return t.do(from, func(p string) error {
		q, err := t.path(to)
		if err != nil {
			return err
		}
		return os.Rename(p, q)
	})
}

// file keeps os.File's EOF as it is and nothing of the host's paths.
type file struct{ *os.File }

func (f file) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.File.WriteAt(p, off)
	if err != nil && n == 0 { // opened with O_APPEND
		if _, seek := f.Seek(0, io.SeekEnd); seek == nil {
			return f.Write(p)
		}
	}
	return n, err
}
