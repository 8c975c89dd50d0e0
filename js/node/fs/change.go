package fs

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"math"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// writable finds a place in /tmp, or says why a change elsewhere fails. missing
// is for operations on what must exist: then a missing file is ENOENT.
func (t *tree) writable(name string, follow, mustExist bool) (rel string, err error) {
	here, err := t.at(name, follow)
	if err != nil {
		return "", err
	}
	if here.tmp {
		return here.rel, nil
	}
	if mustExist {
		if _, err := t.stat(name, follow); err != nil {
			return "", err
		}
	}
	return "", t.readOnly(here)
}

// change makes a native function of an operation on one existing path.
func (m *fsModule) change(call string, follow bool, do func(rel string, c goja.FunctionCall) error) bridge.Func {
	return func(c goja.FunctionCall) goja.Value {
		name := m.path("path", c.Argument(0))
		rel, err := m.tree.writable(name, follow, true)
		if err == nil {
			err = do(rel, c)
		}
		m.check(err, call, name, "")
		return goja.Undefined()
	}
}

func (m *fsModule) unlink(rel string, _ goja.FunctionCall) error {
	info, err := m.tree.tmp.Lstat(rel)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return syscall.EISDIR
	}
	return m.tree.tmp.Remove(rel)
}

func (m *fsModule) rmdir(rel string, _ goja.FunctionCall) error {
	info, err := m.tree.tmp.Lstat(rel)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return syscall.ENOTDIR
	}
	return m.tree.tmp.Remove(rel)
}

func (m *fsModule) chmod(rel string, c goja.FunctionCall) error {
	return m.tree.tmp.Chmod(rel, m.mode(c.Argument(1), 0))
}

func (m *fsModule) utimes(rel string, c goja.FunctionCall) error {
	return m.tree.tmp.Chtimes(rel, seconds(c.Argument(1)), seconds(c.Argument(2)))
}

// seconds converts a time in seconds, which our JavaScript has made a number.
func seconds(v goja.Value) time.Time {
	whole, fraction := math.Modf(v.ToFloat())
	return time.Unix(int64(whole), int64(fraction*1e9))
}

// truncate changes the size of a path.
func (m *fsModule) truncate(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	h, err := m.tree.open(name, os.O_RDWR, 0)
	m.check(err, "open", name, "")
	defer func() { _ = h.close() }()
	if h.tmp != nil {
		m.check(h.tmp.Truncate(c.Argument(1).ToInteger()), "ftruncate", "", "")
	}
	return goja.Undefined()
}

// mkdir makes a folder, with all those above it if the third argument is true;
// then it returns the first that it made.
func (m *fsModule) mkdir(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	mode := m.mode(c.Argument(1), 0o777)
	if !c.Argument(2).ToBoolean() {
		m.check(m.tree.mkdir(name, mode), "mkdir", name, "")
		return goja.Undefined()
	}
	first := ""
	p := absolute(name)
	var todo []string
	for {
		info, err := m.tree.stat(p, true)
		if err == nil {
			if !info.IsDir() {
				if len(todo) == 0 {
					err = syscall.EEXIST
				} else {
					err = syscall.ENOTDIR
				}
			}
			m.check(err, "mkdir", name, "")
			break
		}
		if errnoOf(err) == syscall.ENOTDIR {
			m.check(err, "mkdir", name, "")
		}
		todo = append(todo, p)
		p = path.Dir(p)
	}
	for i := len(todo) - 1; i >= 0; i-- {
		m.check(m.tree.mkdir(todo[i], mode), "mkdir", name, "")
		if first == "" {
			first = todo[i]
		}
	}
	if first == "" {
		return goja.Undefined()
	}
	return m.vm.ToValue(first)
}

func (t *tree) mkdir(name string, mode fs.FileMode) error {
	rel, err := t.writable(name, false, false)
	if err != nil {
		if _, statErr := t.stat(name, false); statErr == nil {
			return syscall.EEXIST
		}
		return err
	}
	return t.tmp.Mkdir(rel, mode)
}

// mkdtemp makes a folder with a random name.
func (m *fsModule) mkdtemp(c goja.FunctionCall) goja.Value {
	prefix := m.path("prefix", c.Argument(0))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for range 100 {
		var b [6]byte
		_, _ = rand.Read(b[:])
		for i := range b {
			b[i] = letters[int(b[i])%len(letters)]
		}
		name := prefix + string(b[:])
		err := m.tree.mkdir(name, 0o700)
		if errors.Is(err, syscall.EEXIST) {
			continue
		}
		m.check(err, "mkdtemp", prefix+"XXXXXX", "")
		return m.vm.ToValue(name)
	}
	m.check(syscall.EEXIST, "mkdtemp", prefix+"XXXXXX", "")
	return nil
}

// rename moves within /tmp.
func (m *fsModule) rename(c goja.FunctionCall) goja.Value {
	from, to := m.path("oldPath", c.Argument(0)), m.path("newPath", c.Argument(1))
	relFrom, err := m.tree.writable(from, false, true)
	if err == nil {
		var relTo string
		if relTo, err = m.tree.writable(to, false, false); err == nil {
			err = m.tree.tmp.Rename(relFrom, relTo)
		} else if errnoOf(err) == syscall.EROFS {
			err = syscall.EXDEV
		}
	}
	m.check(err, "rename", from, to)
	return goja.Undefined()
}

// symlink makes a link in /tmp. Its target is kept as it is.
func (m *fsModule) symlink(c goja.FunctionCall) goja.Value {
	target, name := m.path("target", c.Argument(0)), m.path("path", c.Argument(1))
	rel, err := m.tree.writable(name, false, false)
	if err == nil {
		err = m.tree.tmp.Symlink(target, rel)
	}
	m.check(err, "symlink", target, name)
	return goja.Undefined()
}

// link fails: there are no hard links in /tmp.
func (m *fsModule) link(c goja.FunctionCall) goja.Value {
	from, to := m.path("existingPath", c.Argument(0)), m.path("newPath", c.Argument(1))
	_, err := m.tree.stat(from, false)
	if err == nil {
		if _, err = m.tree.writable(to, false, false); err == nil {
			err = syscall.EPERM
		}
	}
	m.check(err, "link", from, to)
	return goja.Undefined()
}

// copyChunk is how much copyFile holds in memory.
const copyChunk = 64 << 10

// copyFile copies one file; the third argument is COPYFILE_EXCL or 0.
func (m *fsModule) copyFile(c goja.FunctionCall) goja.Value {
	from, to := m.path("src", c.Argument(0)), m.path("dest", c.Argument(1))
	m.check(m.tree.copy(from, to, c.Argument(2).ToInteger()&1 != 0), "copyfile", from, to)
	return goja.Undefined()
}

func (t *tree) copy(from, to string, exclusive bool) error {
	src, err := t.open(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = src.close() }()
	info, err := src.stat()
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return syscall.EISDIR
	}
	if there, err := t.stat(to, true); err == nil && absolute(from) == absolute(to) && !there.IsDir() {
		return nil
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if exclusive {
		flag |= os.O_EXCL
	}
	dst, err := t.open(to, flag, fs.FileMode(linuxMode(info.Mode())).Perm())
	if err != nil {
		return err
	}
	defer func() { _ = dst.close() }()
	buf := make([]byte, min(copyChunk, info.Size()+1))
	for {
		n, err := src.read(buf, -1)
		if n == 0 || err != nil {
			return err
		}
		if _, err := dst.write(buf[:n], -1); err != nil {
			return err
		}
	}
}

// realpath follows every link of a path.
func (m *fsModule) realpath(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	p, at, err := m.tree.realpath(absolute(name))
	if c.Argument(1).ToBoolean() { // realpath.native
		m.check(err, "realpath", name, "")
	}
	m.check(err, "lstat", at, "")
	return m.vm.ToValue(p)
}

// realpath returns the path without links, or the path at which err happened.
func (t *tree) realpath(p string) (real, at string, err error) {
	links := 0
	done := "/"
	rest := strings.Split(strings.TrimPrefix(p, "/"), "/")
	for len(rest) > 0 {
		next := path.Join(done, rest[0])
		rest = rest[1:]
		info, err := t.stat(next, false)
		if err != nil {
			return "", next, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", next, syscall.ELOOP
		}
		target, err := t.readlink(next)
		if err != nil {
			return "", next, err
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join(path.Dir(next), target)
		}
		rest = append(strings.Split(strings.TrimPrefix(path.Clean(target), "/"), "/"), rest...)
		done = "/"
	}
	return done, "", nil
}
