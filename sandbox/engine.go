package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/lambent-run/lambent/sandbox/internal/diskcache"
)

// keptCodes is how many compiled modules are kept for whoever deploys them
// again. Those in use stay either way.
const keptCodes = 64

// Engine compiles modules, each content once. It is safe for concurrent use. The
// zero Engine is not ready: use New.
type Engine struct {
	disk *diskcache.Cache // nil: in memory only

	mu    sync.Mutex // guards the fields below; not held while compiling
	codes map[codeKey]*code
	kept  *lru.Cache[codeKey, *code] // holds a use of each
}

// codeKey is the SHA-256 of a module as its author made it.
type codeKey [sha256.Size]byte

// New returns an Engine. cacheDir is a folder in which compiled modules are kept
// from one process to the next, and becomes the user's alone; empty: they are
// not.
func New(cacheDir string) (*Engine, error) {
	e := &Engine{codes: map[codeKey]*code{}}
	var err error
	if cacheDir != "" {
		if e.disk, err = diskcache.Open(cacheDir); err != nil {
			return nil, fmt.Errorf("sandbox: cache: %w", err)
		}
	}
	if e.kept, err = lru.NewWithEvict(keptCodes, func(_ codeKey, c *code) { e.drop(c) }); err != nil {
		return nil, fmt.Errorf("sandbox: cache: %w", err)
	}
	return e, nil
}

// Close frees the compiled modules that no Program uses.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept.Purge()
	return nil
}

var errPanic = errors.New("the compiler failed")

// use returns the compiled module of a content. Of those who want the same at
// the same time one compiles it. The caller gives it to release.
func (e *Engine) use(ctx context.Context, wasm []byte) (*code, error) {
	key := codeKey(sha256.Sum256(wasm))
	e.mu.Lock()
	c, ok := e.codes[key]
	if !ok {
		c = &code{key: key, ready: make(chan struct{}), err: errPanic}
		e.codes[key] = c
	}
	c.uses++
	e.kept.Get(key) // it is used again
	e.mu.Unlock()
	if ok {
		<-c.ready
	} else {
		// The caller's context is not that of others who want it, too.
		e.compile(context.WithoutCancel(ctx), c, wasm)
	}
	if c.err != nil {
		e.release(c)
		return nil, c.err
	}
	return c, nil
}

// compile fills in c, and keeps it if that succeeds.
func (e *Engine) compile(ctx context.Context, c *code, wasm []byte) {
	defer close(c.ready)
	if c.err = c.compile(ctx, wasm, e.disk); c.err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c.uses++
	e.kept.Add(c.key, c)
}

// release ends a use.
func (e *Engine) release(c *code) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(c)
}

// drop ends a use. The caller holds mu.
func (e *Engine) drop(c *code) {
	if c.uses--; c.uses > 0 {
		return
	}
	if e.codes[c.key] == c {
		delete(e.codes, c.key)
	}
	c.close()
}

// formatVersion is part of the keys of compiled modules on disk, beside what
// package instrument has made of the module.
const formatVersion = "lambent sandbox 1"

// diskKey names a rewritten module's entry on disk.
func diskKey(rewritten []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s/%s\n%s\n", formatVersion, goruntime.GOOS, goruntime.GOARCH, wazeroVersion())
	h.Write(rewritten)
	return hex.EncodeToString(h.Sum(nil))
}
