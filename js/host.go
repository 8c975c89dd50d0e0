package js

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/guard"
	"github.com/lambent-run/lambent/js/internal/lang"
	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node"
)

var _ module.Host = (*Isolate)(nil)

// VM implements module.Host.
func (iso *Isolate) VM() *goja.Runtime { return iso.vm }

// Loop implements module.Host.
func (iso *Isolate) Loop() module.Loop { return iso.loop }

// System implements module.Host.
func (iso *Isolate) System() *module.System { return &iso.sys }

// JSON implements module.Host.
func (iso *Isolate) JSON() module.Codec { return iso.codec }

// Require implements module.Host.
func (iso *Isolate) Require(name string) *goja.Object {
	if exports, ok := iso.builtin(name); ok {
		return exports
	}
	err := iso.vm.NewTypeError("Cannot find module '" + name + "'")
	_ = err.Set("code", "MODULE_NOT_FOUND")
	panic(err)
}

// guestBuiltin is builtin for names that a guest gives: it cannot ask for the
// parts that core modules share among themselves.
func (iso *Isolate) guestBuiltin(name string) (*goja.Object, bool) {
	if strings.HasPrefix(strings.TrimPrefix(name, "node:"), "internal/") {
		return nil, false
	}
	return iso.builtin(name)
}

// plainModules have no async function and no generator, through which a guest
// could get at a constructor that is not guarded yet. To take a module for one
// that has costs an isolate 30 µs.
var plainModules = map[string]bool{
	"buffer": true, "console": true, "constants": true, "os": true, "path": true, "path/posix": true, "path/win32": true,
	"process": true, "punycode": true, "querystring": true, "string_decoder": true, "timers": true, "tty": true, "url": true,
	"internal/abort": true, "internal/async_context": true, "internal/dom": true, "internal/encoding": true,
	"internal/errors": true, "internal/events": true,
}

// builtin returns the exports of a core module, loading it at first use.
func (iso *Isolate) builtin(name string) (*goja.Object, bool) {
	name = strings.TrimPrefix(name, "node:")
	if exports, ok := iso.builtins[name]; ok {
		return exports, true
	}
	load, ok := node.Lookup(name)
	if !ok {
		return nil, false
	}
	if iso.builtins == nil {
		lang.InstallSymbols(iso.vm) // core modules iterate asynchronously
		iso.builtins = make(map[string]*goja.Object)
	}
	if !iso.guarded && !plainModules[name] {
		iso.guarded = true
		guard.InstallAsync(iso.vm)
		guard.InstallGenerator(iso.vm)
	}
	exports := load(iso)
	iso.builtins[name] = exports
	if name == "process" {
		iso.adoptProcess(exports)
	}
	return exports, true
}

// wasmStore returns the guest's WebAssembly, nil if there is none to have.
func (iso *Isolate) wasmStore() module.WasmStore {
	if wasm := iso.wasm.Load(); wasm != nil {
		return *wasm
	}
	if iso.env.Wasm == nil {
		return nil
	}
	store := iso.env.Wasm.NewStore(iso.sys.MemoryLimit)
	iso.wasm.Store(&store)
	if iso.interrupted.Load() { // it may have come before there was a store
		store.Interrupt()
	}
	return store
}

func (iso *Isolate) requestID() string {
	if iso.inv == nil {
		return ""
	}
	return iso.inv.requestID
}

func (iso *Isolate) tenantID() string {
	if iso.inv == nil {
		return ""
	}
	return iso.inv.tenantID
}

// writeLog writes one log event. Lambda makes no difference between the two
// descriptors.
func (iso *Isolate) writeLog(_ int, p []byte) {
	if iso.env.Log != nil {
		_, _ = iso.env.Log.Write(p)
	}
}

// exit ends the isolate as process.exit does: nothing of the guest's runs any
// more, not even finally blocks.
func (iso *Isolate) exit(code int) {
	if iso.fatal == nil {
		iso.fatal = &ExitError{Code: code}
	}
	iso.vm.Interrupt(exitReason{code})
}

func parseLevel(name string) module.Level {
	for level := module.Trace; level <= module.Fatal; level++ {
		if strings.EqualFold(level.String(), name) {
			return level
		}
	}
	return module.Trace
}
