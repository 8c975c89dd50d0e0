package link

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

const (
	// maxEntries is how many entries the tables of a module may have. V8 allows
	// ten million, but wazero allocates them as soon as they are asked for.
	maxEntries = 1 << 20
	// cachedModules and cachedBytes bound the modules that are kept compiled
	// though nobody uses them, by number and by the size of their bytes.
	cachedModules = 512
	cachedBytes   = 64 << 20
)

// Engine compiles modules and keeps them for those who ask for the same again.
// It is safe for concurrent use, and is meant to last as long as the process.
type Engine struct {
	runtime wazero.Runtime
	// compiling bounds the compilations at a time. They cannot be interrupted,
	// and may be left behind by whoever asked for them.
	compiling chan struct{}
	workers   int // for one compilation: half of the processors are for others

	collected atomic.Int64 // when a store last had garbage collected, see Store.reclaim

	mu      sync.Mutex // guards the fields below
	modules *simplelru.LRU[[sha256.Size]byte, *compiled]
	size    int // of the modules' bytes
	flights map[[sha256.Size]byte]*flight
}

// compiled is a module that was compiled. It stays usable as long as somebody
// refers to it.
type compiled struct {
	code wazero.CompiledModule
	facts
	size int
	// dispatch is the host module of a linker.
	dispatch api.Module
}

// facts are what is known of a module without running it. In a module made here
// only what is needed is filled in.
type facts struct {
	relinked
	rewritten *instrument.Module
	// authored is how many of the imported functions are the author's.
	authored uint32
	// names has the names under which functions are exported, by index in the
	// rewritten module.
	names map[uint32]string
}

// inner turns the index of a function in the author's module into that in the
// rewritten one, where imports of ours may stand between the author's imports
// and functions.
func (f *facts) inner(index uint32) uint32 {
	if index < f.authored {
		return index
	}
	return index + f.imported - f.authored
}

// authors turns it back.
func (f *facts) authors(index uint32) uint32 {
	if index < f.imported {
		return index
	}
	return index - (f.imported - f.authored)
}

// flight is a compilation that others can wait for.
type flight struct {
	done chan struct{}
	c    *compiled
	err  error
}

// CompileError says why a module was refused.
type CompileError struct{ Reason string }

// Error tells the reason.
func (e *CompileError) Error() string { return "link: " + e.Reason }

// NewEngine returns an engine. It fails only where wazero's compiler does not
// run.
func NewEngine() (*Engine, error) {
	config := wazero.NewRuntimeConfig().WithCoreFeatures(instrument.Features).WithDebugInfoEnabled(false)
	e := &Engine{
		runtime:   wazero.NewRuntimeWithConfig(context.Background(), config),
		compiling: make(chan struct{}, max(2, goruntime.GOMAXPROCS(0))),
		workers:   min(4, max(1, goruntime.GOMAXPROCS(0)/2)),
		flights:   map[[sha256.Size]byte]*flight{},
	}
	var err error
	e.modules, err = simplelru.NewLRU(cachedModules, func(_ [sha256.Size]byte, c *compiled) { e.size -= c.size })
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	if err := e.importCheck(); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	return e, nil
}

// compile returns the compiled form of a module. It gives up waiting, not
// compiling, when stop is closed; the result is then there for the next who asks.
func (e *Engine) compile(code []byte, stop <-chan struct{}) (*compiled, error) {
	key := sha256.Sum256(code)
	e.mu.Lock()
	if c, ok := e.modules.Get(key); ok {
		e.mu.Unlock()
		return c, nil
	}
	f, ok := e.flights[key]
	if !ok {
		f = &flight{done: make(chan struct{})}
		e.flights[key] = f
		go e.fly(key, f, code, stop)
	}
	e.mu.Unlock()
	select {
	case <-f.done:
		if errors.Is(f.err, ErrInterrupted) { // the other's interrupt, not ours
			return e.compile(code, stop)
		}
		return f.c, f.err
	case <-stop:
		return nil, ErrInterrupted
	}
}

// fly compiles for all who wait. The interrupt of the first counts only while
// its turn has not come.
func (e *Engine) fly(key [sha256.Size]byte, f *flight, code []byte, stop <-chan struct{}) {
	select {
	case e.compiling <- struct{}{}:
		f.c, f.err = e.build(code)
		<-e.compiling
	case <-stop:
		f.err = ErrInterrupted
	}
	if f.err == nil {
		e.keep(key, f.c)
	}
	e.mu.Lock()
	delete(e.flights, key)
	e.mu.Unlock()
	close(f.done)
}

// build rewrites and compiles a guest's module.
func (e *Engine) build(code []byte) (c *compiled, err error) {
	defer func() {
		if x := recover(); x != nil { // a hole in the compiler is the guest's misfortune
			c, err = nil, &CompileError{Reason: "the module cannot be compiled"}
		}
	}()
	m, err := instrument.Rewrite(code, instrument.Options{Deadline: true, Bare: true, Expose: true, MaxEntries: maxEntries})
	if err != nil {
		return nil, &CompileError{Reason: refusal(err)}
	}
	if m.Memory != nil && m.Memory.Shared {
		return nil, &CompileError{Reason: "shared memories are not supported"}
	}
	r, err := relink(m.Code)
	if err != nil {
		return nil, err
	}
	c, err = e.translate(r.code)
	if err != nil {
		return nil, err
	}
	m.Code, r.code = nil, nil
	c.size = len(code)
	c.facts = facts{relinked: *r, rewritten: m, names: map[uint32]string{}}
	for _, i := range m.Imports {
		if i.Kind == KindFunc {
			c.authored++
		}
	}
	for name, f := range c.code.ExportedFunctions() {
		c.names[f.Index()] = name
	}
	return c, nil
}

// translate compiles a module as it is. The machine code goes when nobody refers
// to the result any more.
func (e *Engine) translate(code []byte) (*compiled, error) {
	ctx := experimental.WithCompilationWorkers(context.Background(), e.workers)
	translated, err := e.runtime.CompileModule(ctx, code)
	if err != nil {
		return nil, &CompileError{Reason: refusal(err)}
	}
	c := &compiled{code: translated, size: len(code)}
	goruntime.AddCleanup(c, func(m wazero.CompiledModule) { _ = m.Close(context.Background()) }, translated)
	return c, nil
}

// linker compiles a linker, or finds it compiled already, and the host module
// that its ways into the host lead to. There is nothing to wait for: linkers are small.
func (e *Engine) linker(code []byte, ways []FuncType) (*compiled, error) {
	key := sha256.Sum256(code)
	e.mu.Lock()
	c, ok := e.modules.Get(key)
	e.mu.Unlock()
	if ok {
		return c, nil
	}
	c, err := e.translate(code)
	if err != nil {
		return nil, err
	}
	if len(ways) > 0 {
		if c.dispatch, err = e.dispatcher(ways); err != nil {
			return nil, err
		}
		goruntime.AddCleanup(c, func(m api.Module) { _ = m.Close(context.Background()) }, c.dispatch)
	}
	e.keep(key, c)
	return c, nil
}

// keep adds a module to those that are kept.
func (e *Engine) keep(key [sha256.Size]byte, c *compiled) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.modules.Contains(key) {
		return
	}
	e.modules.Add(key, c)
	e.size += c.size
	for e.size > cachedBytes && e.modules.Len() > 1 {
		e.modules.RemoveOldest()
	}
}

// refusal words an error of the rewriter or compiler for a guest.
func refusal(err error) string {
	var refused *instrument.Error
	if errors.As(err, &refused) {
		if refused.Function >= 0 {
			return fmt.Sprintf("Compiling function #%d failed: %s @+%d", refused.Function, refused.Reason, refused.Offset)
		}
		return fmt.Sprintf("%s @+%d", refused.Reason, refused.Offset)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// instantiate makes a wazero instance without a name. What it imports comes
// from one module; a memory that it defines comes from the allocator.
func (e *Engine) instantiate(ctx context.Context, c *compiled, imports func(module string) api.Module, memory experimental.MemoryAllocator) (m api.Module, err error) {
	defer func() {
		if x := recover(); x != nil { // wazero does not expect an allocator to fail
			m, err = nil, fmt.Errorf("link: instantiate: %v", x)
		}
	}()
	ctx = experimental.WithImportResolver(ctx, func(module string) api.Module {
		if module == instrument.CheckModule {
			return nil // which wazero finds by its name
		}
		return imports(module)
	})
	if memory != nil {
		ctx = experimental.WithMemoryAllocator(ctx, memory)
	}
	m, err = e.runtime.InstantiateModule(ctx, c.code, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	goruntime.KeepAlive(c) // or its code might go before the instance holds it
	return m, nil
}
