package fs

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// flags are the values of the argument flags of fs.open.
var flags = map[string]int{
	"r": os.O_RDONLY, "rs": os.O_RDONLY, "sr": os.O_RDONLY,
	"r+": os.O_RDWR, "rs+": os.O_RDWR, "sr+": os.O_RDWR,
	"w": os.O_WRONLY | os.O_CREATE | os.O_TRUNC, "wx": os.O_WRONLY | os.O_CREATE | os.O_TRUNC | os.O_EXCL,
	"xw": os.O_WRONLY | os.O_CREATE | os.O_TRUNC | os.O_EXCL,
	"w+": os.O_RDWR | os.O_CREATE | os.O_TRUNC, "wx+": os.O_RDWR | os.O_CREATE | os.O_TRUNC | os.O_EXCL,
	"xw+": os.O_RDWR | os.O_CREATE | os.O_TRUNC | os.O_EXCL,
	"a":   os.O_WRONLY | os.O_CREATE | os.O_APPEND, "as": os.O_WRONLY | os.O_CREATE | os.O_APPEND,
	"sa": os.O_WRONLY | os.O_CREATE | os.O_APPEND,
	"ax": os.O_WRONLY | os.O_CREATE | os.O_APPEND | os.O_EXCL, "xa": os.O_WRONLY | os.O_CREATE | os.O_APPEND | os.O_EXCL,
	"a+": os.O_RDWR | os.O_CREATE | os.O_APPEND, "as+": os.O_RDWR | os.O_CREATE | os.O_APPEND,
	"sa+": os.O_RDWR | os.O_CREATE | os.O_APPEND,
	"ax+": os.O_RDWR | os.O_CREATE | os.O_APPEND | os.O_EXCL, "xa+": os.O_RDWR | os.O_CREATE | os.O_APPEND | os.O_EXCL,
}

// flag converts the argument flags: a name, or Linux's numbers.
func (m *fsModule) flag(v goja.Value, unset int) int {
	switch {
	case goja.IsUndefined(v) || goja.IsNull(v):
		return unset
	case goja.IsNumber(v):
		n := int(v.ToInteger())
		out := n & (syscall.O_WRONLY | syscall.O_RDWR)
		for linux, flag := range map[int]int{syscall.O_CREAT: os.O_CREATE, syscall.O_EXCL: os.O_EXCL,
			syscall.O_TRUNC: os.O_TRUNC, syscall.O_APPEND: os.O_APPEND} {
			if n&linux != 0 {
				out |= flag
			}
		}
		return out
	}
	f, ok := flags[v.String()]
	if !ok {
		nodeerr.ArgValue(m.h, "flags", v)
	}
	return f
}

// mode converts the argument mode: a number or octal text.
func (m *fsModule) mode(v goja.Value, unset fs.FileMode) fs.FileMode {
	switch {
	case goja.IsUndefined(v) || goja.IsNull(v):
		return unset
	case goja.IsString(v):
		n, err := strconv.ParseUint(v.String(), 8, 32)
		if err != nil {
			panic(nodeerr.InvalidArgValue(m.h, "mode", v, "must be a 32-bit unsigned integer or an octal string"))
		}
		return fileMode(uint32(n))
	case !goja.IsNumber(v):
		nodeerr.ArgType(m.h, "mode", "of type number", v)
	}
	return fileMode(uint32(v.ToInteger()))
}

func fileMode(n uint32) fs.FileMode {
	mode := fs.FileMode(n & 0o777)
	for bit, flag := range map[uint32]fs.FileMode{syscall.S_ISUID: fs.ModeSetuid, syscall.S_ISGID: fs.ModeSetgid, syscall.S_ISVTX: fs.ModeSticky} {
		if n&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

// path checks a path argument: text, bytes, or a file: URL.
func (m *fsModule) path(name string, v goja.Value) string {
	var p string
	switch o := v.(type) {
	case *goja.Object:
		if b, ok := m.bytes.Bytes(o); ok {
			p = buffer.DecodeUTF8(b)
			break
		}
		if href := o.Get("href"); href != nil && goja.IsString(href) && o.Get("protocol") != nil {
			fn, ok := goja.AssertFunction(m.h.Require("url").Get("fileURLToPath"))
			if !ok {
				panic(m.vm.NewTypeError("url.fileURLToPath is not a function"))
			}
			p = bridge.Call(fn, goja.Undefined(), v).String()
			break
		}
		nodeerr.ArgType(m.h, name, "of type string or an instance of Buffer or URL", v)
	default:
		if !goja.IsString(v) {
			nodeerr.ArgType(m.h, name, "of type string or an instance of Buffer or URL", v)
		}
		p = v.String()
	}
	if strings.IndexByte(p, 0) >= 0 {
		panic(nodeerr.InvalidArgValue(m.h, name, v, "must be a string, Uint8Array, or URL without null bytes"))
	}
	return p
}

// fd checks a descriptor argument.
func (m *fsModule) fd(v goja.Value) int {
	if !goja.IsNumber(v) {
		nodeerr.ArgType(m.h, "fd", "of type number", v)
	}
	f := v.ToFloat()
	if f != math.Trunc(f) {
		nodeerr.Range(m.h, "fd", "an integer", v)
	}
	if f < 0 || f > math.MaxInt32 {
		nodeerr.Range(m.h, "fd", ">= 0 && <= 2147483647", v)
	}
	return int(f)
}

// file finds an open file or throws EBADF.
func (m *fsModule) file(v goja.Value, call string) *handle {
	h, err := m.fds.get(m.fd(v))
	m.check(err, call, "", "")
	return h
}

// stats makes the numbers that the class Stats is made of: dev, ino, mode,
// nlink, uid, gid, rdev, blksize, size, blocks, then four times in ms.
func (m *fsModule) stats(info fs.FileInfo, p string) goja.Value {
	mtime := info.ModTime()
	ino, links, dev, owner := pathNumber(p), 1, 2049, 0
	atime, ctime, birth := mtime, mtime, mtime
	if s, ok := scratchInfo(info); ok {
		ino, links, dev, owner = float64(s.ID), s.Links, 2050, 993
		atime, ctime, birth = s.Access, s.Change, s.Birth
	}
	group := 0
	if owner != 0 {
		group = 990
	}
	size := info.Size()
	return m.vm.NewArray(dev, ino, linuxMode(info.Mode()), links, owner, group, 0, 4096, size, (size+511)/512,
		millis(atime), millis(mtime), millis(ctime), millis(birth))
}

func millis(t time.Time) float64 {
	return float64(t.Unix())*1000 + float64(t.Nanosecond())/1e6
}

// linuxMode is st_mode.
func linuxMode(mode fs.FileMode) int {
	n := int(mode.Perm())
	switch {
	case mode.IsDir():
		n |= syscall.S_IFDIR
		if n&0o777 == 0 {
			n |= 0o755 // archives without permissions
		}
	case mode&fs.ModeSymlink != 0:
		n |= syscall.S_IFLNK
	case mode&fs.ModeCharDevice != 0:
		n |= syscall.S_IFCHR
	default:
		n |= syscall.S_IFREG
		if n&0o777 == 0 {
			n |= 0o644
		}
	}
	for flag, bit := range map[fs.FileMode]int{fs.ModeSetuid: syscall.S_ISUID, fs.ModeSetgid: syscall.S_ISGID, fs.ModeSticky: syscall.S_ISVTX} {
		if mode&flag != 0 {
			n |= bit
		}
	}
	return n
}

// pathNumber is an inode number for files that have none.
func pathNumber(p string) float64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(p); i++ {
		h = (h ^ uint64(p[i])) * 1099511628211
	}
	return float64(h >> 16)
}

// kind is the type of a directory entry as libuv numbers it.
func kind(mode fs.FileMode) int {
	switch {
	case mode.IsDir():
		return 2
	case mode&fs.ModeSymlink != 0:
		return 3
	case mode&fs.ModeCharDevice != 0:
		return 6
	}
	return 1
}

// statCall is stat (follow) or lstat. It returns undefined for a missing file if
// the second argument is true.
func (m *fsModule) statCall(call string, follow bool) bridge.Func {
	return func(c goja.FunctionCall) goja.Value {
		name := m.path("path", c.Argument(0))
		info, err := m.tree.stat(name, follow)
		if err != nil && c.Argument(1).ToBoolean() {
			if e := errnoOf(err); e == syscall.ENOENT || e == syscall.ENOTDIR {
				return goja.Undefined()
			}
		}
		m.check(err, call, name, "")
		return m.stats(info, absolute(name))
	}
}

// exists is existsSync: it never throws.
func (m *fsModule) exists(c goja.FunctionCall) goja.Value {
	var found bool
	_ = m.vm.Try(func() {
		_, err := m.tree.stat(m.path("path", c.Argument(0)), true)
		found = err == nil
	})
	return m.vm.ToValue(found)
}

// access checks permissions: everything can be read, /tmp and devices be
// written, and what has an x bit be executed.
func (m *fsModule) access(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	want := int64(0)
	if v := c.Argument(1); !goja.IsUndefined(v) && !goja.IsNull(v) {
		if !goja.IsNumber(v) {
			nodeerr.Throw(m.vm, "TypeError", nodeerr.InvalidArgTypeCode, "mode must be int32 or null/undefined")
		}
		if want = v.ToInteger(); want < 0 || want > 7 {
			nodeerr.Range(m.h, "mode", ">= 0 && <= 7", v)
		}
	}
	info, err := m.tree.stat(name, true)
	if err == nil {
		here, _ := m.tree.at(name, true)
		switch {
		case want&2 != 0 && !here.tmp && here.dev == nil:
			err = syscall.EROFS
		case want&1 != 0 && linuxMode(info.Mode())&0o111 == 0:
			err = syscall.EACCES
		}
	}
	m.check(err, "access", name, "")
	return goja.Undefined()
}

// readdir returns two lists: names and kinds.
func (m *fsModule) readdir(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	entries, err := m.tree.readDir(name)
	m.check(err, "scandir", name, "")
	names, kinds := make([]any, len(entries)), make([]any, len(entries))
	for i, e := range entries {
		names[i], kinds[i] = e.Name(), kind(e.Type())
	}
	return m.vm.NewArray(m.vm.NewArray(names...), m.vm.NewArray(kinds...))
}

// readlink returns the target of a link.
func (m *fsModule) readlink(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	target, err := m.tree.readlink(name)
	m.check(err, "readlink", name, "")
	return m.vm.ToValue(target)
}

func (t *tree) readlink(name string) (string, error) {
	here, err := t.at(name, false)
	switch {
	case err != nil:
		return "", err
	case here.tmp:
		return t.tmp.Readlink(here.rel)
	}
	info, err := t.stat(name, false)
	switch {
	case err != nil:
		return "", err
	case info.Mode()&fs.ModeSymlink == 0 || here.ro == nil:
		return "", syscall.EINVAL
	}
	target, err := fs.ReadLink(here.ro, here.rel)
	if errors.Is(err, fs.ErrInvalid) {
		err = syscall.EINVAL
	}
	return target, err
}
