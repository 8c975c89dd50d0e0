// Package wasi is WASI preview 1 for guests that share a process with others:
// the host module wasi_snapshot_preview1, on the file system of package wasifs.
//
// It is our own, and not wazero's, because a sandbox that is reset to a snapshot
// must put a guest's descriptors back exactly, because no call may block or
// allocate beyond a bound that the guest cannot move, and because a full /tmp
// must say so: wazero has no number for it.
//
// Export defines the functions once; a Process is what they act upon for one
// instance, found through the context of the call.
package wasi

import (
	"io"
	"time"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

const (
	// maxDescriptors is how many descriptors an instance has, those it starts
	// with included: Lambda's limit.
	maxDescriptors = 1024
	// maxTransfer is how many bytes one call moves at most. Callers of read and
	// write expect that they may do less than they were asked to.
	maxTransfer = 16 << 20
	// maxVectors is how many buffers, or subscriptions, one call takes.
	maxVectors = 1024
)

// Process is one instance's side of WASI. The exported fields are set before the
// guest runs and may be changed while it does not; the rest belongs to the
// goroutine that runs the guest.
type Process struct {
	// Args are the arguments, the name of the program first.
	Args []string
	// Env are the environment variables, "NAME=value".
	Env []string
	// Stdin is descriptor 0; nil reads as empty. A read must not block.
	Stdin io.Reader
	// Stdout and Stderr are descriptors 1 and 2; nil throws away what is
	// written. They keep nothing of the bytes. An error that is a wasifs.Errno
	// is the number that the guest sees.
	Stdout, Stderr io.Writer
	// Flags are those of the standard streams when the guest starts. They mean
	// nothing to the streams, but a guest that set them may look at them.
	Flags [3]uint16
	// FS is what the guest sees below its one preopened folder, "/".
	FS *wasifs.FS
	// Sleep waits; it returns early, or does not return, when the guest is
	// interrupted.
	Sleep func(time.Duration)
	// Check is called now and then by calls that take long. It does not return
	// if the guest is interrupted.
	Check func()

	open    []*descriptor // nil until the guest's first call
	changed bool
	drew    bool
	listed  listing
	current call // the call that runs; here, so that calls allocate nothing
}

// descriptor is an open file, or one of the standard streams.
type descriptor struct {
	file        *wasifs.File
	std         int    // 0, 1, 2 of a standard stream
	name        string // of the preopened folder
	at          int64  // position in the file
	flags       uint16
	read, write bool
}

// listing is the folder that was listed last: cookies are indexes into it. One
// is kept, not one for each descriptor, so that a guest cannot make the host
// keep a thousand.
type listing struct {
	of      *descriptor
	entries []wasifs.Entry
}

// table makes the descriptors that a guest starts with: the streams, and the
// folder "/".
func (p *Process) table() []*descriptor {
	if p.open == nil {
		p.open = []*descriptor{
			{std: 0, read: true, flags: p.Flags[0]},
			{std: 1, write: true, flags: p.Flags[1]},
			{std: 2, write: true, flags: p.Flags[2]},
		}
		if p.FS != nil {
			if root, errno := p.FS.Open("/", wasifs.Read); errno == 0 {
				p.open = append(p.open, &descriptor{file: root, name: "/", read: true})
			}
		}
	}
	return p.open
}

// Changed reports whether the guest has opened, closed, moved or otherwise
// changed a descriptor since it started or since Reset. A snapshot of memory
// says nothing of descriptors, so one must not be taken then.
func (p *Process) Changed() bool { return p.changed }

// StreamFlags are the flags that the standard streams have now. They are not part
// of what Changed reports: an instance that starts with them is the same.
func (p *Process) StreamFlags() (flags [3]uint16) {
	for _, d := range p.table() {
		if d != nil && d.file == nil {
			flags[d.std] = d.flags
		}
	}
	return flags
}

// Drew reports whether the guest has ever asked for random bytes or for the time,
// of either of which it may have made a seed.
func (p *Process) Drew() bool { return p.drew }

// Reset gives the guest the descriptors that it started with and closes all
// others.
func (p *Process) Reset() {
	p.listed = listing{}
	if !p.changed {
		for fd, flags := range p.Flags {
			if p.open != nil {
				p.open[fd].flags = flags
			}
		}
		return
	}
	p.Close()
	p.changed = false
}

// Close closes all files.
func (p *Process) Close() {
	for _, d := range p.open {
		if d != nil && d.file != nil {
			d.file.Close()
		}
	}
	p.open, p.listed = nil, listing{}
}

// get returns the descriptor of a number.
func (p *Process) get(fd uint32) (*descriptor, wasifs.Errno) {
	if table := p.table(); int64(fd) < int64(len(table)) && table[fd] != nil {
		return table[fd], 0
	}
	return nil, wasifs.EBADF
}

// dir returns the open folder of a number.
func (p *Process) dir(fd uint32) (*descriptor, wasifs.Errno) {
	d, errno := p.get(fd)
	if errno == 0 && (d.file == nil || !d.file.IsDir()) {
		errno = wasifs.ENOTDIR
	}
	return d, errno
}

// add gives d the lowest free number.
func (p *Process) add(d *descriptor) (uint32, wasifs.Errno) {
	table := p.table()
	for fd, taken := range table {
		if taken == nil {
			table[fd] = d
			p.changed = true
			return uint32(fd), 0
		}
	}
	if len(table) >= maxDescriptors {
		return 0, wasifs.EMFILE
	}
	p.open = append(table, d)
	p.changed = true
	return uint32(len(table)), 0
}

// drop closes a descriptor.
func (p *Process) drop(fd uint32) wasifs.Errno {
	d, errno := p.get(fd)
	if errno != 0 {
		return errno
	}
	if p.listed.of == d {
		p.listed = listing{}
	}
	if d.file != nil {
		d.file.Close()
	}
	p.open[fd] = nil
	p.changed = true
	return 0
}

// writer returns the writer of a standard stream.
func (p *Process) writer(d *descriptor) io.Writer {
	w := p.Stdout
	if d.std == 2 {
		w = p.Stderr
	}
	if w == nil {
		return io.Discard
	}
	return w
}
