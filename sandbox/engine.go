package sandbox

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/lambent-run/lambent/sandbox/internal/diskcache"
	"github.com/lambent-run/lambent/sandbox/internal/instrument"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// keptCodes is how many compiled modules are kept for whoever deploys them
// again. Those in use stay either way.
const keptCodes = 64

// Where guests see their package.
const codeDir = "/var/task"

// Engine compiles modules. It is safe for concurrent use. The zero Engine is not
// ready: use New.
type Engine struct {
	disk  *diskcache.Cache // nil: in memory only
	codes *lru.Cache[[sha256.Size]byte, *compiling]
}

// compiling is a module that is compiled, or being compiled.
type compiling struct {
	once sync.Once
	code *code
	err  error
}

// New returns an Engine. cacheDir is a folder in which compiled modules are kept
// from one process to the next; empty: they are not.
func New(cacheDir string) (*Engine, error) {
	e := &Engine{}
	var err error
	if cacheDir != "" {
		if e.disk, err = diskcache.Open(cacheDir); err != nil {
			return nil, fmt.Errorf("sandbox: cache: %w", err)
		}
	}
	if e.codes, err = lru.New[[sha256.Size]byte, *compiling](keptCodes); err != nil {
		return nil, fmt.Errorf("sandbox: cache: %w", err)
	}
	return e, nil
}

// Compile checks, instruments and compiles the module of a package. An error
// means that the package cannot be run; it is a *ModuleError if that is the
// module's doing.
func (e *Engine) Compile(ctx context.Context, src Source) (*Program, error) {
	name, wasm, err := readModule(src.Files, src.Handler)
	if err != nil {
		return nil, err
	}
	code, err := e.code(ctx, wasm)
	if err != nil {
		return nil, moduleError(name, err)
	}
	enter, err := findEntry(code.module, src.Handler)
	if err != nil {
		return nil, moduleError(name, err)
	}
	mounts := map[string]fs.FS{codeDir: src.Files}
	for at, files := range src.Layers {
		mounts[at] = files
	}
	return &Program{
		code: code, entry: enter, handler: src.Handler, reset: src.Reset, name: name, tree: wasifs.NewTree(mounts),
	}, nil
}

// code compiles a module, or returns what was made of the same bytes before. Of
// those who want the same at the same time one compiles it.
func (e *Engine) code(ctx context.Context, wasm []byte) (*code, error) {
	key := sha256.Sum256(wasm)
	c := &compiling{}
	if had, ok, _ := e.codes.PeekOrAdd(key, c); ok {
		c = had
	}
	c.once.Do(func() {
		// The caller's context is not the others'.
		c.code, c.err = compile(context.WithoutCancel(ctx), wasm, e.disk)
	})
	e.codes.Get(key) // it was used
	return c.code, c.err
}

// moduleError says which module is wrong.
func moduleError(name string, err error) error {
	switch e := err.(type) { //nolint:errorlint // neither is ever wrapped
	case *ModuleError:
		return &ModuleError{name, e.Reason}
	case *instrument.Error:
		return &ModuleError{name, e.Error()}
	}
	return &ModuleError{name, err.Error()}
}
