package wasi

import (
	"crypto/rand"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// sizes answers how many strings there are and how long they are with a NUL
// each.
func (c *call) sizes(list []string) wasifs.Errno {
	total := 0
	for _, s := range list {
		total += len(s) + 1
	}
	if errno := c.putU32(c.u32(0), uint32(len(list))); errno != 0 {
		return errno
	}
	return c.putU32(c.u32(1), uint32(total))
}

// strings writes strings, and pointers to them.
func (c *call) strings(list []string) wasifs.Errno {
	ptrs, at := c.u32(0), c.u32(1)
	for i, s := range list {
		if errno := c.putU32(ptrs+uint32(i)*4, at); errno != 0 {
			return errno
		}
		b, errno := c.bytes(at, uint32(len(s)+1))
		if errno != 0 {
			return errno
		}
		b[copy(b, s)] = 0
		at += uint32(len(s) + 1)
	}
	return 0
}

// The clocks of preview 1 that there are; those of CPU time are missing.
const (
	clockRealtime  = 0
	clockMonotonic = 1
)

// resolution is that of both clocks: fine enough to measure a function with, too
// coarse to tell a cache hit from a miss.
const resolution = time.Microsecond

// epoch is where the monotonic clock starts, the same for all instances: one made
// from a snapshot must not see it run backwards.
var epoch = time.Now()

// now returns the time of a clock in nanoseconds.
func now(clock uint32) (uint64, wasifs.Errno) {
	switch clock {
	case clockRealtime:
		return uint64(time.Now().Truncate(resolution).UnixNano()), 0
	case clockMonotonic:
		return uint64(time.Since(epoch).Truncate(resolution)), 0
	}
	return 0, wasifs.EINVAL
}

func clockRes(c *call) wasifs.Errno {
	if _, errno := now(c.u32(0)); errno != 0 {
		return errno
	}
	return c.putU64(c.u32(1), uint64(resolution))
}

func clockTime(c *call) wasifs.Errno {
	c.drew = true
	t, errno := now(c.u32(0))
	if errno != 0 {
		return errno
	}
	return c.putU64(c.u32(2), t)
}

// random fills a buffer from the host's generator.
func random(c *call) wasifs.Errno {
	b, errno := c.bytes(c.u32(0), c.u32(1))
	if errno != 0 {
		return errno
	}
	c.drew = true
	for len(b) > 0 {
		n := min(len(b), 1<<20)
		if _, err := rand.Read(b[:n]); err != nil {
			return wasifs.EIO
		}
		b = b[n:]
		c.check()
	}
	return 0
}

func (p *Process) check() {
	if p.Check != nil {
		p.Check()
	}
}

// notSocket answers the functions of sockets: there are none.
func notSocket(c *call) wasifs.Errno {
	if _, errno := c.get(c.u32(0)); errno != 0 {
		return errno
	}
	return wasifs.ENOTSOCK
}
