package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lambent-run/lambent/sandbox/internal/host"
	"github.com/lambent-run/lambent/sandbox/internal/snapshot"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// logStreamVariable is the one variable that differs from isolate to isolate. A
// guest does not see it in the init phase, which may be that of all.
const logStreamVariable = "AWS_LAMBDA_LOG_STREAM_NAME"

// Isolate is one execution environment. It serves one invocation at a time; the
// caller sees to that. Interrupt and Waits alone may be called from other
// goroutines.
type Isolate struct {
	program *Program
	env     Environment
	guest   *host.Guest
	// limit is how large the memory may become, in bytes.
	limit uint64

	// memory and globals are the guest's state; origin is where it started.
	memory  *snapshot.Memory
	globals []uint64
	origin  *origin // nil: its own init phase
	// own is the isolate's own instance, if it does not start from an image.
	own *instance
	// fresh says that nothing has run yet since the image.
	fresh bool
	// used says that there was an invocation, dead that there can be no other.
	used, dead bool
	peak       uint64 // the largest size of the memory

	// tmp is env.Tmp during the init phase.
	tmp            *watchedScratch
	call           *Call // the one that runs
	inv            host.Invocation
	stdin          bytes.Reader
	stdout, stderr host.Lines
}

// newIsolate makes an isolate without a memory.
func (p *Program) newIsolate(env Environment) (*Isolate, error) {
	iso := &Isolate{program: p, env: env, guest: host.NewGuest()}
	m := p.code.facts.Memory
	iso.limit = min(uint64(env.MemorySize)<<20, maxMemory)
	if m.HasMax {
		iso.limit = min(iso.limit, uint64(m.Max)*wasmPage)
	}
	if least := uint64(m.Min) * wasmPage; least > iso.limit {
		return nil, newHandlerError(typeMemory, fmt.Sprintf(
			"the module's memory has %d KiB from the start, of which the function's %d MB are not enough", least>>10, env.MemorySize), nil)
	}
	g := iso.guest
	g.Log = host.Log{Out: env.Log, JSON: env.LogJSON, Level: host.ParseLevel(env.LogLevel)}
	g.Environ = iso.environ
	iso.stdout.Log, iso.stderr.Log = &g.Log, &g.Log
	g.WASI.Stdout, g.WASI.Stderr = &iso.stdout, &iso.stderr
	g.WASI.Args = []string{cmp.Or(p.src.Handler, exportHandle)}
	return iso, nil
}

// start gives the isolate the state that the init phase left.
func (iso *Isolate) start(o *origin) (err error) {
	if iso.memory, err = o.image.New(iso.limit); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	iso.globals = append(iso.globals[:0], o.globals...)
	iso.origin, iso.fresh = o, true
	iso.guest.WASI.Flags = o.flags
	iso.mount(iso.env.Tmp)
	return nil
}

// mount gives the guest its files.
func (iso *Isolate) mount(tmp Scratch) {
	iso.guest.WASI.Close()
	iso.guest.WASI.FS = wasifs.New(iso.program.tree, tmp)
	iso.guest.WASI.Env = nil // made anew
}

// initialise runs the init phase in an instance of the isolate's own.
func (iso *Isolate) initialise(ctx context.Context) (err error) {
	stop := context.AfterFunc(ctx, iso.guest.Interrupt)
	defer stop()
	if iso.memory, err = snapshot.New(iso.limit); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	if iso.own, err = iso.program.code.instantiate(iso.memory); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	var tmp Scratch
	if iso.env.Tmp != nil {
		iso.tmp = &watchedScratch{Scratch: iso.env.Tmp}
		tmp = iso.tmp
	}
	iso.mount(tmp)
	for _, name := range iso.phases() {
		if err := iso.own.call(iso.guest, name); err != nil {
			return iso.initFailure(err)
		}
	}
	iso.flush()
	iso.peak = iso.memory.Size()
	if iso.guest.Interrupted() {
		return ErrInterrupted
	}
	return nil
}

// phases are the functions that the init phase calls.
func (iso *Isolate) phases() []string {
	var names []string
	if name := iso.program.code.facts.Init; name != "" {
		names = append(names, name)
	}
	if iso.program.entry.initialize {
		names = append(names, exportInitialize)
	}
	return names
}

// private says why what the init phase left cannot be the image of others.
// Empty: it can.
func (iso *Isolate) private() string {
	switch {
	case iso.guest.WASI.Drew() && !iso.program.entry.restore:
		return "the init phase asked for random bytes or the time, and there is no " + exportRestore
	case iso.guest.WASI.Changed():
		return "the init phase changed its descriptors"
	case iso.tmp != nil && iso.tmp.touched:
		return "the init phase used /tmp"
	}
	return ""
}

// environ makes the guest's variables, in order.
func (iso *Isolate) environ() []string {
	vars := iso.env.Vars
	switch inInit := iso.guest.Invocation == nil; {
	case inInit:
		vars = maps.Clone(vars)
		delete(vars, logStreamVariable)
	case iso.program.entry.command:
		vars = maps.Clone(vars)
		maps.Copy(vars, map[string]string{
			"LAMBENT_REQUEST_ID":  iso.call.RequestID,
			"LAMBENT_DEADLINE_MS": fmt.Sprint(iso.call.Deadline.UnixMilli()),
		})
		if iso.call.TraceID != "" {
			vars["_X_AMZN_TRACE_ID"] = iso.call.TraceID
		}
	}
	list := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		list = append(list, name+"="+vars[name])
	}
	return list
}

// flush logs lines that have no end.
func (iso *Isolate) flush() {
	iso.stdout.Flush()
	iso.stderr.Flush()
}

// Usable reports whether the isolate may serve another invocation.
func (iso *Isolate) Usable() bool {
	return !iso.dead && !iso.guest.Interrupted() && !(iso.used && iso.origin == nil && iso.resets())
}

// resets reports whether each invocation gets the state that the init phase left.
func (iso *Isolate) resets() bool { return iso.program.src.Reset || iso.program.entry.command }

// Interrupt makes a running Invoke or init phase return soon. It may be called
// from any goroutine; the isolate is of no use afterwards.
func (iso *Isolate) Interrupt() { iso.guest.Interrupt() }

// Waits reports whether the guest waits, rather than computes. It may be called
// from any goroutine.
func (iso *Isolate) Waits() bool { return iso.guest.Waits() }

// Close frees the isolate. It may be called once Invoke has returned.
func (iso *Isolate) Close() error {
	iso.dead = true
	iso.guest.WASI.Close()
	if iso.own != nil {
		iso.own.bind(nil)
		iso.own.close()
		iso.own = nil
	}
	if iso.memory == nil {
		return nil
	}
	memory := iso.memory
	iso.memory = nil
	return memory.Close()
}
