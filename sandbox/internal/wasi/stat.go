package wasi

import (
	"io/fs"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// Kinds of files (filetype). A standard stream is of unknown kind, as a pipe is:
// libraries take a character device for a terminal and flush after each line.
const (
	kindUnknown = 0
	kindDir     = 3
	kindRegular = 4
	kindLink    = 7
)

// Rights, which preview 1 has and nobody enforces any more; libraries look at a
// few to learn what a descriptor is.
const (
	rightRead  = 1 << 1
	rightWrite = 1 << 6
	// rightsFile: data sync, seek, set flags, sync, tell, advise, allocate, get
	// and set attributes, poll.
	rightsFile = 1<<0 | 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<7 | 1<<8 | 1<<21 | 1<<22 | 1<<23 | 1<<27
	// rightsDir: create, link, open, list, read links, rename, get and set
	// attributes, remove.
	rightsDir = 1<<0 | 1<<3 | 1<<4 | 0x7ffffff&^(1<<9-1)
	// rightsStream: set flags, get attributes, poll.
	rightsStream = 1<<3 | 1<<21 | 1<<27
)

func kind(mode fs.FileMode) byte {
	switch mode.Type() {
	case 0:
		return kindRegular
	case fs.ModeDir:
		return kindDir
	case fs.ModeSymlink:
		return kindLink
	}
	return kindUnknown
}

// stat describes a descriptor. A stream's times are zero, its inode its number.
func (d *descriptor) stat() (wasifs.Stat, wasifs.Errno) {
	if d.file == nil {
		return wasifs.Stat{Inode: uint64(d.std), Mode: fs.ModeIrregular}, 0
	}
	return d.file.Stat()
}

func fdStatus(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	if errno != 0 {
		return errno
	}
	st, errno := d.stat()
	if errno != 0 {
		return errno
	}
	b, errno := c.bytes(c.u32(1), 24)
	if errno != 0 {
		return errno
	}
	rights, inherited := uint64(rightsFile), uint64(0)
	switch {
	case d.file == nil:
		rights = rightsStream
	case d.file.IsDir():
		rights, inherited = rightsDir, rightsDir|rightsFile|rightRead|rightWrite
	}
	if d.read {
		rights |= rightRead
	}
	if d.write {
		rights |= rightWrite
	}
	clear(b)
	b[0] = kind(st.Mode)
	le.PutUint16(b[2:], d.flags)
	le.PutUint64(b[8:], rights)
	le.PutUint64(b[16:], inherited)
	return 0
}

// putStat writes a structure filestat.
func (c *call) putStat(ptr uint32, st wasifs.Stat) wasifs.Errno {
	b, errno := c.bytes(ptr, 64)
	if errno != 0 {
		return errno
	}
	clear(b)
	le.PutUint64(b, 1) // one device
	le.PutUint64(b[8:], st.Inode)
	b[16] = kind(st.Mode)
	le.PutUint64(b[24:], 1) // one link
	le.PutUint64(b[32:], uint64(st.Size))
	le.PutUint64(b[40:], uint64(st.Accessed))
	le.PutUint64(b[48:], uint64(st.Modified))
	le.PutUint64(b[56:], uint64(st.Modified))
	return 0
}

func fdStat(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	if errno != 0 {
		return errno
	}
	st, errno := d.stat()
	if errno != 0 {
		return errno
	}
	return c.putStat(c.u32(1), st)
}

func fdPrestat(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case d.name == "":
		return wasifs.EBADF
	}
	b, errno := c.bytes(c.u32(1), 8)
	if errno != 0 {
		return errno
	}
	le.PutUint32(b, 0) // a folder, the only kind there is
	le.PutUint32(b[4:], uint32(len(d.name)))
	return 0
}

func fdPrestatName(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case d.name == "":
		return wasifs.EBADF
	case int(c.u32(2)) < len(d.name):
		return wasifs.ENAMETOOLONG
	}
	b, errno := c.bytes(c.u32(1), uint32(len(d.name)))
	copy(b, d.name)
	return errno
}

// times reads the times that a call wants to set. One that is to stay as it is is
// zero.
func times(access, change uint64, flags uint32) (accessed, modified time.Time, errno wasifs.Errno) {
	const set, setNow = 1, 2 // of the last access; times four, of the last change
	read := func(nanos uint64, flags uint32) (time.Time, wasifs.Errno) {
		switch flags {
		case 0:
			return time.Time{}, 0
		case set:
			return time.Unix(0, int64(nanos)), 0
		case setNow:
			return time.Now(), 0
		}
		return time.Time{}, wasifs.EINVAL
	}
	if accessed, errno = read(access, flags&3); errno == 0 {
		modified, errno = read(change, flags>>2)
	}
	return accessed, modified, errno
}

func fdSetTimes(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	if errno != 0 {
		return errno
	}
	accessed, modified, errno := times(c.arg[1], c.arg[2], c.u32(3))
	if errno != 0 || d.file == nil {
		return errno
	}
	return c.FS.Chtimes(d.file.Path(), true, accessed, modified)
}

// The layout of an entry of a folder: the number of the next, the inode, the
// length of the name, the kind, and then the name.
const direntSize = 24

// fdReaddir writes entries until the buffer is full; the last one may be cut
// off, which tells the guest to ask again from there.
func fdReaddir(c *call) wasifs.Errno {
	d, errno := c.dir(c.u32(0))
	if errno != 0 {
		return errno
	}
	buf, errno := c.bytes(c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	cookie := c.arg[3]
	if cookie == 0 || c.listed.of != d {
		if errno := c.list(d); errno != 0 {
			return errno
		}
	}
	used := 0
	for i := cookie; i < uint64(len(c.listed.entries)) && used < len(buf); i++ {
		used += copy(buf[used:], dirent(i+1, c.listed.entries[i]))
	}
	return c.putU32(c.u32(4), uint32(used))
}

// list reads a folder anew.
func (c *call) list(d *descriptor) wasifs.Errno {
	st, errno := d.file.Stat()
	if errno != 0 {
		return errno
	}
	entries, errno := c.FS.ReadDir(d.file.Path())
	if errno != 0 {
		return errno
	}
	here := wasifs.Entry{Inode: st.Inode, Name: ".", Type: fs.ModeDir}
	above := wasifs.Entry{Inode: st.Inode, Name: "..", Type: fs.ModeDir}
	c.listed = listing{d, append([]wasifs.Entry{here, above}, entries...)}
	return 0
}

func dirent(next uint64, e wasifs.Entry) []byte {
	b := make([]byte, direntSize, direntSize+len(e.Name))
	le.PutUint64(b, next)
	le.PutUint64(b[8:], e.Inode)
	le.PutUint32(b[16:], uint32(len(e.Name)))
	b[20] = kind(e.Type)
	return append(b, e.Name...)
}
