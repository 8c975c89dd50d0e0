package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/lambent-run/lambent/sandbox/internal/snapshot"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

const (
	wasmPage = 64 << 10
	// maxMemory is the largest linear memory, in bytes. It is a page less than
	// WebAssembly allows, so that wazero can always be made to grow a memory,
	// which is how it is given another.
	maxMemory = 65535 * wasmPage
	// keptInstances is how many instances without an isolate a Program keeps.
	keptInstances = 64
)

// Program is the code of one function version, safe for concurrent use. Close it
// when its isolates are closed.
type Program struct {
	engine *Engine
	code   *code
	entry  entry
	src    Source
	tree   *wasifs.Tree

	// first is held by the isolate whose init phase may become the image.
	first chan struct{}
	// origin is what isolates start from, once the first init phase was run.
	origin atomic.Pointer[origin]

	mu     sync.Mutex // guards the fields below
	free   []*instance
	closed bool
}

// origin is what isolates start from.
type origin struct {
	// image and globals are the state that the init phase left. image is nil if
	// each isolate has its own init phase, for the reason why.
	image   *snapshot.Image
	globals []uint64
	flags   [3]uint16 // of the standard streams
	why     string
}

// Compile checks and compiles a deployment package's module. What is wrong with
// the package or the module is a *ModuleError.
func (e *Engine) Compile(ctx context.Context, src Source) (*Program, error) {
	name, wasm, err := readModule(src.Files, src.Handler)
	if err != nil {
		return nil, err
	}
	c, err := e.use(ctx, wasm)
	if err != nil {
		return nil, &ModuleError{name, err.Error()}
	}
	entry, err := findEntry(c.facts, src.Handler)
	if err != nil {
		e.release(c)
		return nil, &ModuleError{name, err.Error()}
	}
	mounts := map[string]fs.FS{wasifs.CodeDir: src.Files}
	maps.Copy(mounts, src.Layers)
	p := &Program{engine: e, code: c, entry: entry, src: src, tree: wasifs.NewTree(mounts), first: make(chan struct{}, 1)}
	if why := c.facts.NoSnapshot; why != "" {
		p.origin.Store(&origin{why: why})
	}
	return p, nil
}

// Close frees what isolates share. There must be none any more.
func (p *Program) Close() error {
	p.mu.Lock()
	free, closed := p.free, p.closed
	p.free, p.closed = nil, true
	p.mu.Unlock()
	if closed {
		return nil
	}
	for _, inst := range free {
		inst.close()
	}
	if o := p.origin.Load(); o != nil && o.image != nil {
		_ = o.image.Close() // nothing is written there
	}
	p.engine.release(p.code)
	return nil
}

// NoImage says why isolates do not share an image, once the first init phase has
// shown it. Empty: they do.
func (p *Program) NoImage() string {
	if o := p.origin.Load(); o != nil {
		return o.why
	}
	return ""
}

// NewIsolate makes an execution environment. The first one runs the init phase
// for all, unless the module needs one for each; the end of ctx interrupts it.
// Errors are *HandlerError, *ExitError or ErrInterrupted.
func (p *Program) NewIsolate(ctx context.Context, env Environment) (*Isolate, error) {
	iso, err := p.newIsolate(env)
	if err != nil {
		return nil, err
	}
	o := p.origin.Load()
	if o == nil {
		select {
		case p.first <- struct{}{}:
			defer func() { <-p.first }()
		case <-ctx.Done():
			return nil, ErrInterrupted
		}
		if o = p.origin.Load(); o == nil {
			return p.firstIsolate(ctx, iso)
		}
	}
	if o.image == nil {
		if err := iso.initialise(ctx); err != nil {
			_ = iso.Close()
			return nil, err
		}
		return iso, nil
	}
	if err := iso.start(o); err != nil {
		_ = iso.Close()
		return nil, err
	}
	return iso, nil
}

// firstIsolate runs the init phase of an isolate and makes its outcome the
// origin of all.
func (p *Program) firstIsolate(ctx context.Context, iso *Isolate) (*Isolate, error) {
	if err := iso.initialise(ctx); err != nil {
		_ = iso.Close()
		return nil, err
	}
	if why := iso.private(); why != "" {
		p.origin.Store(&origin{why: why})
		return iso, nil
	}
	inst := iso.own
	image, err := snapshot.Capture(iso.memory.Bytes())
	if err != nil {
		p.origin.Store(&origin{why: err.Error()})
		return iso, nil
	}
	o := &origin{image: image, globals: inst.saveGlobals(nil), flags: iso.guest.WASI.StreamFlags()}
	p.origin.Store(o)
	iso.own = nil
	p.give(inst)
	if err = errors.Join(iso.memory.Close(), iso.start(o)); err != nil {
		_ = iso.Close()
		return nil, err
	}
	return iso, nil
}

// take returns an instance with a memory below it.
func (p *Program) take(memory *snapshot.Memory) (*instance, error) {
	for {
		p.mu.Lock()
		last := len(p.free) - 1
		if last < 0 {
			p.mu.Unlock()
			inst, err := p.code.instantiate(memory)
			if err != nil {
				return nil, fmt.Errorf("sandbox: %w", err)
			}
			return inst, nil
		}
		inst := p.free[last]
		p.free[last] = nil
		p.free = p.free[:last]
		p.mu.Unlock()
		if inst.bind(memory) {
			return inst, nil
		}
		inst.close()
	}
}

// give takes an instance back, without its memory.
func (p *Program) give(inst *instance) {
	if !inst.bind(nil) {
		inst.close()
		return
	}
	p.mu.Lock()
	keep := !p.closed && len(p.free) < keptInstances
	if keep {
		p.free = append(p.free, inst)
	}
	p.mu.Unlock()
	if !keep {
		inst.close()
	}
}
