// Package loader turns a deployment package into a handler function: it
// resolves the handler string as Lambda does, and modules as Node does
// (CommonJS and ES modules), compiles them once per process, and evaluates
// them in an isolate's JavaScript runtime.
//
// A Program is one function version's code, shared by all its isolates. A
// Realm is one isolate's state of it: which modules are loaded, and what they
// export. Compiled files live in a Cache that all programs of a process share,
// keyed by their content.
//
// Every failure to load is a JavaScript exception, as it is in Node; those
// that Lambda names itself are Errors whose name is "Runtime.ImportModuleError"
// and the like. The loader knows nothing of invocations and event loops: an ES
// module with top-level await makes a pending promise, and whoever owns the
// loop runs it.
package loader

import (
	"io/fs"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/lambent-run/lambent/js/module"
)

// Config says what a Program is made of.
type Config struct {
	// Code is the deployment package; guests see it as /var/task.
	Code fs.FS
	// Mounts are further trees by absolute guest path, such as "/opt".
	Mounts map[string]fs.FS
	// NodePath lists directories that are searched for packages after all
	// node_modules directories, as NODE_PATH does.
	NodePath []string
	// Cache holds compiled files. Nil means a small cache of the program's own.
	Cache *Cache
}

// Program is the code of one function version. It is safe for concurrent use,
// and assumes that the trees of its Config do not change.
type Program struct {
	tree     *tree
	nodePath []string
	cache    *Cache

	mu       sync.RWMutex // guards the maps below; never held across I/O
	files    map[fileKey]*unit
	resolved map[resolveKey]string
	packages map[string]*packageJSON
}

// maxMemo bounds each of a program's maps: hostile code can ask for any number
// of names, a real package has some thousands of files.
const maxMemo = 16384

// New returns a program of cfg. It reads nothing yet.
func New(cfg Config) *Program {
	cache := cfg.Cache
	if cache == nil {
		cache = NewCache(64)
	}
	return &Program{
		tree:     newTree(cfg.Code, cfg.Mounts),
		nodePath: append([]string(nil), cfg.NodePath...),
		cache:    cache,
		files:    map[fileKey]*unit{},
		resolved: map[resolveKey]string{},
		packages: map[string]*packageJSON{},
	}
}

// NewRealm returns the module state of one isolate. It belongs to the
// isolate's owner goroutine, as all its methods do. builtin returns the exports
// of a core module by its bare name, "fs" or "stream/promises".
func (p *Program) NewRealm(h module.Host, builtin func(name string) (*goja.Object, bool)) *Realm {
	vm := h.VM()
	// Text that a guest evaluates must not make the parser open files of the
	// host, as a sourceMappingURL would.
	vm.SetParserOptions(parser.WithDisableSourceMaps)
	return &Realm{program: p, host: h, vm: vm, builtin: builtin}
}

// memo returns m[k], made by fill at the first use. What fill returns with an
// error is not kept.
func memo[K comparable, V any](p *Program, m map[K]V, k K, fill func() (V, error)) (V, error) {
	p.mu.RLock()
	v, ok := m[k]
	p.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := fill()
	if err != nil {
		return v, err
	}
	p.mu.Lock()
	if len(m) >= maxMemo {
		clear(m)
	}
	m[k] = v
	p.mu.Unlock()
	return v, nil
}
