package sandbox

import (
	"fmt"
	"strconv"

	"github.com/lambent-run/lambent/sandbox/internal/host"
	"github.com/lambent-run/lambent/sandbox/internal/snapshot"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// Isolate is one execution environment. It serves one invocation at a time; the
// caller sees to that. Interrupt and Waits alone may be called from other
// goroutines.
type Isolate struct {
	program *Program
	env     Environment
	guest   *host.Guest
	limit   uint64

	memory  *snapshot.Memory
	globals []uint64 // while no instance has them
	// own is the isolate's instance, if it does not start from the image.
	own   *instance
	image *image
	// dirty says that the guest has run since the memory was that of the image.
	dirty  bool
	broken bool
	peak   uint64 // the largest size of the memory

	inv   host.Invocation
	stack [4]uint64
}

func newIsolate(p *Program, env *Environment) *Isolate {
	i := &Isolate{program: p, env: *env, guest: host.NewGuest(), limit: p.limit(env)}
	g := i.guest
	g.WASI.Args = []string{p.handler}
	g.WASI.FS = wasifs.New(p.tree, env.Tmp)
	g.Environ = i.environ
	g.Log = host.Log{Out: env.Log, JSON: env.LogJSON, Level: host.ParseLevel(env.LogLevel)}
	if !env.LogJSON {
		g.Log.Level = 0
	}
	g.WASI.Stderr = g.Log.Stderr()
	g.WASI.Stdout = g.WASI.Stderr
	if p.entry.command {
		g.WASI.Stdout = host.Stdout{Guest: g}
	}
	return i
}

// environ are the guest's variables; a command also sees those of its
// invocation.
func (i *Isolate) environ() []string {
	list := make([]string, 0, len(i.env.Vars)+3)
	for name, value := range i.env.Vars {
		list = append(list, name+"="+value)
	}
	if inv := i.guest.Call; inv != nil && i.program.entry.command {
		list = append(list, "LAMBENT_REQUEST_ID="+inv.RequestID, "LAMBENT_DEADLINE_MS="+strconv.FormatInt(inv.Deadline.UnixMilli(), 10))
		if inv.TraceID != "" {
			list = append(list, "_X_AMZN_TRACE_ID="+inv.TraceID)
		}
	}
	return list
}

// begin makes the isolate ready for its first event: from an image, or by the
// init phase.
func (i *Isolate) begin(im *image) error {
	if im != nil {
		if err := i.adopt(im); err != nil {
			return err
		}
		return i.restored(im)
	}
	memory, err := snapshot.New(i.limit)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	i.memory = memory
	if i.own, err = i.program.instantiate(i); err != nil {
		return err
	}
	for _, f := range []function{i.own.initialise, i.own.reactorInit} {
		if f == nil {
			continue
		}
		if err := i.call(f, i.stack[:0]); err != nil {
			return err
		}
	}
	i.guest.Log.Flush()
	return nil
}

// adopt makes the isolate one that starts from the image.
func (i *Isolate) adopt(im *image) error {
	if i.own != nil {
		i.own.close()
		i.own = nil
	}
	if i.memory != nil {
		i.peak = max(i.peak, i.memory.Size())
		if err := i.memory.Close(); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	memory, err := im.memory.New(i.limit)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	i.memory, i.image, i.dirty = memory, im, false
	i.globals = append(i.globals[:0], im.globals...)
	return nil
}

// restored lets a guest that started from the image renew what must not be the
// same in two isolates.
func (i *Isolate) restored(im *image) error {
	if im == nil || !i.program.entry.restore {
		return nil
	}
	in, err := i.program.borrow(i)
	if err != nil {
		return err
	}
	return i.run(in, func() error { return i.call(in.restore, i.stack[:0]) })
}

// rewind puts the isolate back to the image.
func (i *Isolate) rewind() error {
	i.guest.WASI.Reset()
	if i.image == nil || !i.dirty {
		return nil
	}
	i.peak = max(i.peak, i.memory.Size())
	if err := i.memory.Reset(); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	i.globals, i.dirty = append(i.globals[:0], i.image.globals...), false
	return nil
}

// renew is rewind for an isolate with an instance of its own, which is replaced.
func (i *Isolate) renew() error {
	i.guest.WASI.Reset()
	if i.own != nil {
		i.own.close()
		i.own = nil
	}
	i.peak = max(i.peak, i.memory.Size())
	if err := i.memory.Close(); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	i.dirty = false
	return i.begin(nil)
}

// Usable reports whether the isolate may serve another invocation.
func (i *Isolate) Usable() bool { return !i.broken && !i.guest.Interrupted() }

// Interrupt ends a running Invoke soon, for good. It does not block.
func (i *Isolate) Interrupt() { i.guest.Interrupt() }

// Waits reports whether the guest waits rather than computes.
func (i *Isolate) Waits() bool { return i.guest.Waits() }

// Close frees the isolate.
func (i *Isolate) Close() error {
	i.guest.WASI.Close()
	if i.own != nil {
		i.own.close()
		i.own = nil
	}
	if i.memory == nil {
		return nil
	}
	memory := i.memory
	i.memory = nil
	return memory.Close()
}
