package wasi

import (
	"math"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// The structures of poll_oneoff: sizes, and the types of events.
const (
	subscriptionSize = 48
	eventSize        = 32

	eventClock   = 0
	eventFdRead  = 1
	eventFdWrite = 2
)

// event is what a subscription came to.
type event struct {
	user  uint64
	kind  byte
	errno wasifs.Errno
	bytes uint64
	due   time.Duration // of a clock: from now
}

// poll waits until one of the subscriptions has happened. Files and streams are
// always ready, so only a guest that asks for clocks alone waits.
func poll(c *call) wasifs.Errno {
	n := c.u32(2)
	if n == 0 || n > maxVectors {
		return wasifs.EINVAL
	}
	in, errno := c.bytes(c.u32(0), n*subscriptionSize)
	if errno != 0 {
		return errno
	}
	if _, errno := c.bytes(c.u32(1), n*eventSize); errno != 0 {
		return errno
	}
	var ready, clocks []event
	for ; len(in) > 0; in = in[subscriptionSize:] {
		e, errno := c.subscribe(in)
		switch {
		case errno != 0:
			return errno
		case e.kind == eventClock && e.errno == 0:
			clocks = append(clocks, e)
		default:
			ready = append(ready, e)
		}
	}
	if wait := soonest(clocks); len(ready) > 0 {
		clocks = due(clocks, 0)
	} else {
		if c.Sleep != nil {
			c.Sleep(wait)
		}
		clocks = due(clocks, wait)
	}
	return c.answer(append(ready, clocks...))
}

// subscribe reads one subscription.
func (c *call) subscribe(s []byte) (event, wasifs.Errno) {
	e := event{user: le.Uint64(s), kind: s[8]}
	switch e.kind {
	case eventClock:
		e.due, e.errno = wait(le.Uint32(s[16:]), le.Uint64(s[24:]), le.Uint16(s[40:]))
	case eventFdRead, eventFdWrite:
		d, errno := c.get(le.Uint32(s[16:]))
		e.errno = errno
		if errno == 0 && d.file != nil && !d.file.IsDir() {
			if st, errno := d.file.Stat(); errno == 0 {
				e.bytes = uint64(max(0, st.Size-d.at))
			}
		}
	default:
		return e, wasifs.EINVAL
	}
	return e, 0
}

// wait says how long a clock's subscription waits.
func wait(clock uint32, timeout uint64, flags uint16) (time.Duration, wasifs.Errno) {
	t, errno := now(clock)
	if errno != 0 {
		return 0, errno
	}
	if absolute := flags&1 != 0; absolute {
		timeout -= min(timeout, t)
	}
	return time.Duration(min(timeout, math.MaxInt64)), 0
}

func soonest(clocks []event) time.Duration {
	least := time.Duration(math.MaxInt64)
	for _, e := range clocks {
		least = min(least, e.due)
	}
	return least
}

// due returns the clocks that have rung after a time.
func due(clocks []event, after time.Duration) []event {
	var rung []event
	for _, e := range clocks {
		if e.due <= after {
			rung = append(rung, e)
		}
	}
	return rung
}

// answer writes the events that happened.
func (c *call) answer(events []event) wasifs.Errno {
	out, errno := c.bytes(c.u32(1), uint32(len(events)*eventSize))
	if errno != 0 {
		return errno
	}
	clear(out)
	for i, e := range events {
		b := out[i*eventSize:]
		le.PutUint64(b, e.user)
		le.PutUint16(b[8:], uint16(e.errno))
		b[10] = e.kind
		le.PutUint64(b[16:], e.bytes)
	}
	return c.putU32(c.u32(3), uint32(len(events)))
}
