package wasi

import (
	"errors"
	"io"
	"math"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// Flags of a descriptor (fdflags) and where a seek starts from (whence).
const (
	flagAppend   = 1
	flagNonblock = 4
	flagsKnown   = 31

	seekSet = 0
	seekCur = 1
	seekEnd = 2
)

// fdKnown answers functions that have nothing to do but to check the descriptor:
// advice, and writing to a disk that there is not.
func fdKnown(c *call) wasifs.Errno {
	_, errno := c.get(c.u32(0))
	return errno
}

// file returns the open file of argument 0.
func (c *call) file() (*descriptor, wasifs.Errno) {
	d, errno := c.get(c.u32(0))
	switch {
	case errno != 0:
	case d.file == nil:
		errno = wasifs.ESPIPE
	case d.file.IsDir():
		errno = wasifs.EISDIR
	}
	return d, errno
}

// vectors calls move with each buffer of an array of vectors, until it moves less
// than there is room for. It returns how many bytes were moved; an error after
// some have been is left to the next call.
func (c *call) vectors(ptr, count uint32, move func([]byte) (int, wasifs.Errno)) (uint32, wasifs.Errno) {
	if count > maxVectors {
		return 0, wasifs.EINVAL
	}
	list, errno := c.bytes(ptr, count*8)
	if errno != 0 {
		return 0, errno
	}
	total := 0
	for ; len(list) > 0 && total < maxTransfer; list = list[8:] {
		b, errno := c.bytes(le.Uint32(list), le.Uint32(list[4:]))
		if errno != 0 {
			return 0, errno
		}
		b = b[:min(len(b), maxTransfer-total)]
		if len(b) == 0 {
			continue
		}
		n, errno := move(b)
		total += n
		if errno != 0 && total == 0 {
			return 0, errno
		}
		if errno != 0 || n < len(b) {
			break
		}
		c.check()
	}
	return uint32(total), 0
}

func fdRead(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case !d.read:
		return wasifs.EBADF
	}
	n, errno := c.vectors(c.u32(1), c.u32(2), func(b []byte) (int, wasifs.Errno) {
		if d.file == nil {
			return c.readStdin(b)
		}
		n, errno := d.file.ReadAt(b, d.at)
		d.at += int64(n)
		return n, errno
	})
	if errno != 0 {
		return errno
	}
	return c.putU32(c.u32(3), n)
}

func (p *Process) readStdin(b []byte) (int, wasifs.Errno) {
	if p.Stdin == nil {
		return 0, 0
	}
	n, err := p.Stdin.Read(b)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, wasifs.ErrnoOf(err)
}

func fdPread(c *call) wasifs.Errno {
	d, errno := c.file()
	at := int64(c.arg[3])
	switch {
	case errno != 0:
		return errno
	case !d.read:
		return wasifs.EBADF
	}
	n, errno := c.vectors(c.u32(1), c.u32(2), func(b []byte) (int, wasifs.Errno) {
		n, errno := d.file.ReadAt(b, at)
		at += int64(n)
		return n, errno
	})
	if errno != 0 {
		return errno
	}
	return c.putU32(c.u32(4), n)
}

func fdWrite(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case !d.write:
		return wasifs.EBADF
	}
	n, errno := c.vectors(c.u32(1), c.u32(2), func(b []byte) (int, wasifs.Errno) {
		if d.file == nil {
			n, err := c.writer(d).Write(b)
			return n, wasifs.ErrnoOf(err)
		}
		if d.flags&flagAppend != 0 {
			st, errno := d.file.Stat()
			if errno != 0 {
				return 0, errno
			}
			d.at = st.Size
		}
		n, errno := d.file.WriteAt(b, d.at)
		d.at += int64(n)
		return n, errno
	})
	if errno != 0 {
		return errno
	}
	return c.putU32(c.u32(3), n)
}

func fdPwrite(c *call) wasifs.Errno {
	d, errno := c.file()
	at := int64(c.arg[3])
	switch {
	case errno != 0:
		return errno
	case !d.write:
		return wasifs.EBADF
	}
	n, errno := c.vectors(c.u32(1), c.u32(2), func(b []byte) (int, wasifs.Errno) {
		n, errno := d.file.WriteAt(b, at)
		at += int64(n)
		return n, errno
	})
	if errno != 0 {
		return errno
	}
	return c.putU32(c.u32(4), n)
}

func fdSeek(c *call) wasifs.Errno {
	d, errno := c.file()
	if errno != 0 {
		return errno
	}
	var base int64
	switch c.u32(2) {
	case seekSet:
	case seekCur:
		base = d.at
	case seekEnd:
		st, errno := d.file.Stat()
		if errno != 0 {
			return errno
		}
		base = st.Size
	default:
		return wasifs.EINVAL
	}
	offset := int64(c.arg[1])
	if offset > 0 && base > math.MaxInt64-offset || base+offset < 0 {
		return wasifs.EINVAL
	}
	d.at = base + offset
	return c.putU64(c.u32(3), uint64(d.at))
}

func fdTell(c *call) wasifs.Errno {
	d, errno := c.file()
	if errno != 0 {
		return errno
	}
	return c.putU64(c.u32(1), uint64(d.at))
}

func fdAllocate(c *call) wasifs.Errno {
	d, errno := c.file()
	if errno != 0 {
		return errno
	}
	end := int64(c.arg[1]) + int64(c.arg[2])
	if int64(c.arg[1]) < 0 || int64(c.arg[2]) < 0 || end < 0 {
		return wasifs.EINVAL
	}
	st, errno := d.file.Stat()
	if errno != 0 || st.Size >= end {
		return errno
	}
	return d.truncate(end)
}

func fdSetSize(c *call) wasifs.Errno {
	d, errno := c.file()
	if errno != 0 {
		return errno
	}
	return d.truncate(int64(c.arg[1]))
}

func (d *descriptor) truncate(size int64) wasifs.Errno {
	if !d.write {
		return wasifs.EBADF
	}
	return d.file.Truncate(size)
}

func fdSetFlags(c *call) wasifs.Errno {
	d, errno := c.get(c.u32(0))
	flags := c.u32(1)
	switch {
	case errno != 0:
		return errno
	case flags > flagsKnown:
		return wasifs.EINVAL
	}
	d.flags = uint16(flags)
	c.changed = c.changed || d.file != nil
	return 0
}

// fdRenumber moves a descriptor to another number and closes what was there.
func fdRenumber(c *call) wasifs.Errno {
	from, to := c.u32(0), c.u32(1)
	d, errno := c.get(from)
	switch {
	case errno != 0:
		return errno
	case to >= maxDescriptors:
		return wasifs.EBADF
	case from == to:
		return 0
	}
	_ = c.drop(to) // there need not be one
	for len(c.open) <= int(to) {
		c.open = append(c.open, nil)
	}
	c.open[from], c.open[to] = nil, d
	c.changed = true
	return 0
}
