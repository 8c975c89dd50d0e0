package sandbox

import (
	"context"
	"fmt"
	"sync"

	"github.com/lambent-run/lambent/sandbox/internal/snapshot"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// Program is a compiled package. It is safe for concurrent use.
type Program struct {
	code    *code
	entry   entry
	handler string
	reset   bool
	name    string // of the module, for messages
	tree    *wasifs.Tree

	// first is held during the init phase that makes the image.
	first sync.Mutex

	mu sync.Mutex // guards the fields below
	// settled says that it is known whether there is an image.
	settled bool
	image   *image
	// idle are instances that no isolate uses, the one used last at the end.
	idle []*instance
}

// image is what the init phase left.
type image struct {
	memory  *snapshot.Image
	globals []uint64
}

// maxIdle is how many instances wait for isolates.
const maxIdle = 64

// limit is the largest size of an isolate's memory, in bytes.
func (p *Program) limit(env *Environment) uint64 {
	limit := min(uint64(env.MemorySize)<<20, 1<<32)
	if m := p.code.module.Memory; m != nil && m.HasMax {
		limit = min(limit, uint64(m.Max)<<16)
	}
	return limit
}

// present returns the image, if it is known whether there is one.
func (p *Program) present() (im *image, settled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.image, p.settled
}

// NewIsolate makes an execution environment: from the image, or if there is none
// by the init phase, which ends when ctx does. What goes wrong in the guest is a
// *HandlerError or an *ExitError, the end of ctx ErrInterrupted.
func (p *Program) NewIsolate(ctx context.Context, env Environment) (*Isolate, error) {
	if m := p.code.module.Memory; m != nil && uint64(m.Min)<<16 > p.limit(&env) {
		return nil, newFailure(typeMemory, fmt.Sprintf("%s starts with %d KB of memory, and the function has %d MB", p.name, m.Min*64, env.MemorySize), nil)
	}
	im, settled := p.present()
	if !settled {
		p.first.Lock()
		defer p.first.Unlock()
		im, settled = p.present()
	}
	i := newIsolate(p, &env)
	stop := context.AfterFunc(ctx, i.guest.Interrupt)
	defer stop()
	err := i.begin(im)
	if err == nil && !settled {
		err = i.capture()
	}
	if err != nil {
		_ = i.Close()
		return nil, err
	}
	return i, nil
}

// capture makes the image, if what the isolate's init phase left is all that
// there is to it.
func (i *Isolate) capture() error {
	p := i.program
	var im *image
	if i.own != nil && p.imageable(i) {
		memory, err := snapshot.Capture(i.memory.Bytes())
		if err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
		im = &image{memory, i.own.save(nil)}
		// From now on this isolate is like all others.
		if err := i.adopt(im); err != nil {
			return err
		}
	}
	p.mu.Lock()
	p.image, p.settled = im, true
	p.mu.Unlock()
	if im == nil || p.entry.restore {
		return i.restored(im)
	}
	return nil
}

// imageable reports whether other isolates can start from what the isolate's
// init phase left. They cannot if it drew randomness that they would share
// without being able to renew it, or left files open.
func (p *Program) imageable(i *Isolate) bool {
	return p.code.module.NoSnapshot == "" && p.code.module.Memory != nil && !i.guest.WASI.Changed() &&
		(!i.guest.WASI.Drew() || p.entry.restore)
}

// borrow returns an instance for an isolate that starts from the image.
func (p *Program) borrow(i *Isolate) (*instance, error) {
	p.mu.Lock()
	var in *instance
	if n := len(p.idle) - 1; n >= 0 {
		in = p.idle[n]
		p.idle[n] = nil
		p.idle = p.idle[:n]
	}
	p.mu.Unlock()
	if in != nil {
		if in.bind(i) {
			return in, nil
		}
		in.close()
	}
	in, err := p.instantiate(i)
	if err != nil {
		return nil, err
	}
	in.load(i.globals)
	return in, nil
}

// giveBack ends what borrow began.
func (p *Program) giveBack(in *instance) {
	p.mu.Lock()
	full := len(p.idle) >= maxIdle
	if !full {
		p.idle = append(p.idle, in)
	}
	p.mu.Unlock()
	if full {
		in.close()
	}
}
