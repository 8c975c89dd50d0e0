package sandbox

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/lambent-run/lambent/sandbox/internal/diskcache"
	"github.com/lambent-run/lambent/sandbox/internal/host"
	"github.com/lambent-run/lambent/sandbox/internal/instrument"
	"github.com/lambent-run/lambent/sandbox/internal/wasi"
)

const (
	// maxEntries caps the entries of all tables of a module: 8 MiB.
	maxEntries = 1 << 20
	// maxCompilers bounds the goroutines that compile one module.
	maxCompilers = 4
)

// code is a compiled module, shared by all Programs of its content. It has a
// wazero runtime of its own, which is closed with it.
type code struct {
	key  codeKey
	uses int // guarded by Engine.mu

	ready  chan struct{} // closed when the fields below are set
	err    error
	facts  *instrument.Module
	wazero wazero.Runtime
	cache  wazero.CompilationCache // nil: in memory only
	module wazero.CompiledModule
}

// compile makes the code of a module, with the help of what another process has
// left on disk. The error says what is wrong with the module.
func (c *code) compile(ctx context.Context, wasm []byte, disk *diskcache.Cache) (err error) {
	opts := instrument.Options{Deadline: true, Bare: true, OpenMax: true, MaxEntries: maxEntries}
	if c.facts, err = instrument.Rewrite(wasm, opts); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "instrument: "))
	}
	if err := checkMemory(c.facts); err != nil {
		return err
	}
	if disk == nil {
		return c.compileIn(ctx, "")
	}
	key := diskKey(c.facts.Code)
	if dir, ok := disk.Lookup(key); ok && c.compileIn(ctx, dir) == nil {
		return nil
	}
	draft, err := disk.Draft(key)
	if err != nil {
		return c.compileIn(ctx, "") // a disk that is full costs time only
	}
	if err := c.compileIn(ctx, draft.Dir); err != nil {
		draft.Discard()
		return err
	}
	_ = draft.Commit() // as above
	return nil
}

// compileIn compiles with a folder in which wazero finds or leaves its results;
// empty: it does not.
func (c *code) compileIn(ctx context.Context, dir string) (err error) {
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	cfg := wazero.NewRuntimeConfig().WithCoreFeatures(instrument.Features).WithDebugInfoEnabled(false)
	if dir != "" {
		if c.cache, err = wazero.NewCompilationCacheWithDir(dir); err != nil {
			return err
		}
		cfg = cfg.WithCompilationCache(c.cache)
	}
	c.wazero = wazero.NewRuntimeWithConfig(ctx, cfg)
	if err := host.Modules(ctx, c.wazero, instrument.CheckModule, instrument.CheckName); err != nil {
		return err
	}
	if err := c.checkImports(); err != nil {
		return err
	}
	ctx = experimental.WithCompilationWorkers(ctx, min(maxCompilers, goruntime.GOMAXPROCS(0)))
	if c.module, err = c.wazero.CompileModule(ctx, c.facts.Code); err != nil {
		return fmt.Errorf("it is not valid: %w", err)
	}
	return nil
}

// checkMemory refuses modules without a memory that can be a guest's.
func checkMemory(m *instrument.Module) error {
	memory := exported(m, "memory")
	switch {
	case m.Memory == nil:
		return errors.New("it has no memory")
	case m.Memory.Imported:
		return errors.New("it imports its memory, which must be its own")
	case m.Memory.Shared:
		return errors.New("its memory is shared, which needs threads; there are none")
	case memory == nil || memory.Kind != instrument.KindMemory:
		return errors.New(`it does not export its memory as "memory"`)
	}
	return nil
}

// checkImports refuses what the host does not have, by name.
func (c *code) checkImports() error {
	for _, im := range c.facts.Imports {
		what := fmt.Sprintf("it imports the %s %q of %q", im.Kind, im.Name, im.Module)
		if im.Module != host.ModuleName && im.Module != wasi.ModuleName {
			return fmt.Errorf("%s, and there are only the modules %q and %q", what, host.ModuleName, wasi.ModuleName)
		}
		f := c.wazero.Module(im.Module).ExportedFunctionDefinitions()[im.Name]
		if im.Kind != instrument.KindFunc || f == nil {
			return fmt.Errorf("%s, which does not exist", what)
		}
		params, results := valTypes(f.ParamTypes()), valTypes(f.ResultTypes())
		if !slices.Equal(im.Func.Params, params) || !slices.Equal(im.Func.Results, results) {
			return fmt.Errorf("%s with the type %s, and it has %s", what, typeText(im.Func.Params, im.Func.Results), typeText(params, results))
		}
	}
	return nil
}

func valTypes(types []api.ValueType) []instrument.ValType {
	list := make([]instrument.ValType, len(types))
	for i, t := range types {
		list[i] = instrument.ValType(t)
	}
	return list
}

// close frees the compiled module.
func (c *code) close() {
	ctx := context.Background()
	if c.wazero != nil {
		_ = c.wazero.Close(ctx)
	}
	if c.cache != nil {
		_ = c.cache.Close(ctx)
	}
	c.wazero, c.cache, c.module = nil, nil, nil
}

// wazeroVersion is part of the keys of compiled modules on disk.
var wazeroVersion = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "github.com/tetratelabs/wazero" {
				return dep.Version + " " + dep.Sum
			}
		}
	}
	return ""
})
