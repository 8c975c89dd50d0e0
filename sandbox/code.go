package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/diskcache"
	"github.com/lambent-run/lambent/sandbox/internal/host"
	"github.com/lambent-run/lambent/sandbox/internal/instrument"
	"github.com/lambent-run/lambent/sandbox/internal/wasi"
)

// maxEntries is how many entries the tables of a module may have together.
const maxEntries = 10 << 20

// code is a compiled module, with a wazero runtime of its own. Nothing of it
// needs to be closed: wazero frees its machine code when nobody refers to it.
type code struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	module   *instrument.Module
}

// compile makes the code of a module, with the help of what another process has
// left on disk.
func compile(ctx context.Context, wasm []byte, disk *diskcache.Cache) (*code, error) {
	module, err := instrument.Rewrite(wasm, instrument.Options{Deadline: true, Bare: true, MaxEntries: maxEntries})
	if err != nil {
		return nil, err
	}
	cfg := wazero.NewRuntimeConfigCompiler().WithCoreFeatures(instrument.Features).WithDebugInfoEnabled(false)
	if disk == nil {
		return compileWith(ctx, cfg, module)
	}
	// The key is of what wazero gets, so that it changes with the instrumentation;
	// wazero keeps its own versions apart.
	sum := sha256.Sum256(module.Code)
	key := hex.EncodeToString(sum[:])
	if dir, ok := disk.Lookup(key); ok {
		if cache, err := wazero.NewCompilationCacheWithDir(dir); err == nil {
			if c, err := compileWith(ctx, cfg.WithCompilationCache(cache), module); err == nil {
				return c, nil
			}
		}
	}
	draft, err := disk.Draft(key)
	if err != nil {
		return compileWith(ctx, cfg, module) // a cache that cannot be written costs time only
	}
	cache, err := wazero.NewCompilationCacheWithDir(draft.Dir)
	if err != nil {
		draft.Discard()
		return compileWith(ctx, cfg, module)
	}
	c, err := compileWith(ctx, cfg.WithCompilationCache(cache), module)
	if err != nil {
		draft.Discard()
		return nil, err
	}
	_ = draft.Commit() // the same
	return c, nil
}

func compileWith(ctx context.Context, cfg wazero.RuntimeConfig, module *instrument.Module) (*code, error) {
	rt := wazero.NewRuntimeWithConfig(ctx, cfg)
	if err := host.Modules(ctx, rt, instrument.CheckModule, instrument.CheckName); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if err := checkImports(rt, module); err != nil {
		return nil, err
	}
	compiled, err := rt.CompileModule(ctx, module.Code)
	if err != nil {
		return nil, &ModuleError{Reason: "is not valid: " + err.Error()}
	}
	return &code{rt, compiled, module}, nil
}

// checkImports sees that there is everything that the module wants.
func checkImports(rt wazero.Runtime, module *instrument.Module) error {
	for _, im := range module.Imports {
		what := fmt.Sprintf("imports the %s %q of %q", im.Kind, im.Name, im.Module)
		from := rt.Module(im.Module)
		if from == nil || im.Module == instrument.CheckModule {
			return &ModuleError{Reason: fmt.Sprintf("%s, and there are only the modules %q and %q", what, host.ModuleName, wasi.ModuleName)}
		}
		f := from.ExportedFunctionDefinitions()[im.Name]
		if im.Kind != instrument.KindFunc || f == nil {
			return &ModuleError{Reason: what + ", which does not exist"}
		}
		params, results := valTypes(f.ParamTypes()), valTypes(f.ResultTypes())
		if !slices.Equal(params, im.Func.Params) || !slices.Equal(results, im.Func.Results) {
			return &ModuleError{Reason: fmt.Sprintf("%s with the type %s, and it has %s", what,
				typeText(im.Func.Params, im.Func.Results), typeText(params, results))}
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
