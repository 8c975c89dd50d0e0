package wasi

import (
	"path"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// Flags of path_open (oflags) and of looking a path up (lookupflags).
const (
	openCreate    = 1
	openDirectory = 2
	openExclusive = 4
	openTruncate  = 8

	lookupFollow = 1
)

// named reads a path that must end in a name, not in "." or "..".
func (c *call) named(fd, ptr, n uint32) (p string, dirOnly bool, errno wasifs.Errno) {
	p, dirOnly, errno = c.path(fd, ptr, n)
	if errno == 0 {
		name, _ := c.text(ptr, n)
		if last := path.Base(name); last == "." || last == ".." {
			errno = wasifs.EINVAL
		}
	}
	return p, dirOnly, errno
}

// path reads a path relative to an open folder. dirOnly is set if it must be a
// folder.
func (c *call) path(fd, ptr, n uint32) (p string, dirOnly bool, errno wasifs.Errno) {
	d, errno := c.dir(fd)
	if errno != 0 {
		return "", false, errno
	}
	name, errno := c.text(ptr, n)
	if errno != 0 {
		return "", false, errno
	}
	return wasifs.Clean(d.file.Path(), name)
}

func pathOpen(c *call) wasifs.Errno {
	p, dirOnly, errno := c.path(c.u32(0), c.u32(2), c.u32(3))
	if errno != 0 {
		return errno
	}
	oflags, rights, fdflags := c.u32(4), c.arg[5], c.u32(7)
	if fdflags > flagsKnown {
		return wasifs.EINVAL
	}
	flag := wasifs.Read
	if rights&rightWrite != 0 && rights&rightRead == 0 {
		flag = wasifs.Write
	} else if rights&rightWrite != 0 || oflags&(openCreate|openTruncate) != 0 || fdflags&flagAppend != 0 {
		flag = wasifs.Read | wasifs.Write
	}
	write := flag&wasifs.Write != 0
	for _, option := range []struct {
		set  bool
		flag wasifs.Flag
	}{
		{oflags&openCreate != 0, wasifs.Create},
		{oflags&openExclusive != 0, wasifs.Exclusive},
		{oflags&openTruncate != 0, wasifs.Truncate},
		{oflags&openDirectory != 0 || dirOnly, wasifs.Directory},
		{c.u32(1)&lookupFollow != 0, wasifs.Follow},
	} {
		if option.set {
			flag |= option.flag
		}
	}
	file, errno := c.FS.Open(p, flag)
	if errno != 0 {
		return errno
	}
	fd, errno := c.add(&descriptor{
		file: file, flags: uint16(fdflags),
		read: flag&wasifs.Read != 0, write: write && !file.IsDir(),
	})
	if errno != 0 {
		file.Close()
		return errno
	}
	if errno := c.putU32(c.u32(8), fd); errno != 0 {
		_ = c.drop(fd) // it was there a moment ago
		return errno
	}
	return 0
}

func pathStat(c *call) wasifs.Errno {
	p, dirOnly, errno := c.path(c.u32(0), c.u32(2), c.u32(3))
	if errno != 0 {
		return errno
	}
	st, errno := c.FS.Stat(p, dirOnly || c.u32(1)&lookupFollow != 0)
	switch {
	case errno != 0:
		return errno
	case dirOnly && !st.IsDir():
		return wasifs.ENOTDIR
	}
	return c.putStat(c.u32(4), st)
}

func pathSetTimes(c *call) wasifs.Errno {
	p, _, errno := c.path(c.u32(0), c.u32(2), c.u32(3))
	if errno != 0 {
		return errno
	}
	accessed, modified, errno := times(c.arg[4], c.arg[5], c.u32(6))
	if errno != 0 {
		return errno
	}
	return c.FS.Chtimes(p, c.u32(1)&lookupFollow != 0, accessed, modified)
}

func pathCreateDirectory(c *call) wasifs.Errno {
	p, _, errno := c.path(c.u32(0), c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	return c.FS.Mkdir(p)
}

func pathRemove(c *call, dir bool) wasifs.Errno {
	p, dirOnly, errno := c.named(c.u32(0), c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	if dirOnly && !dir {
		if st, errno := c.FS.Stat(p, false); errno == 0 && !st.IsDir() {
			return wasifs.ENOTDIR
		}
	}
	return c.FS.Remove(p, dir)
}

func pathRename(c *call) wasifs.Errno {
	from, fromDir, errno := c.named(c.u32(0), c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	to, toDir, errno := c.named(c.u32(3), c.u32(4), c.u32(5))
	if errno != 0 {
		return errno
	}
	if fromDir || toDir {
		if st, errno := c.FS.Stat(from, false); errno == 0 && !st.IsDir() {
			return wasifs.ENOTDIR
		}
	}
	return c.FS.Rename(from, to)
}

// pathLink refuses: /tmp has no second names for a file.
func pathLink(c *call) wasifs.Errno {
	if _, _, errno := c.path(c.u32(0), c.u32(2), c.u32(3)); errno != 0 {
		return errno
	}
	if _, _, errno := c.path(c.u32(4), c.u32(5), c.u32(6)); errno != 0 {
		return errno
	}
	return wasifs.ENOTSUP
}

func pathSymlink(c *call) wasifs.Errno {
	target, errno := c.text(c.u32(0), c.u32(1))
	if errno != 0 {
		return errno
	}
	p, dirOnly, errno := c.path(c.u32(2), c.u32(3), c.u32(4))
	switch {
	case errno != 0:
		return errno
	case dirOnly:
		return wasifs.ENOENT
	}
	return c.FS.Symlink(target, p)
}

// pathReadlink writes as much of the target as there is room for.
func pathReadlink(c *call) wasifs.Errno {
	p, _, errno := c.path(c.u32(0), c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	buf, errno := c.bytes(c.u32(3), c.u32(4))
	if errno != 0 {
		return errno
	}
	target, errno := c.FS.Readlink(p)
	if errno != 0 {
		return errno
	}
	return c.putU32(c.u32(5), uint32(copy(buf, target)))
}
