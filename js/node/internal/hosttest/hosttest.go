// Package hosttest is a module.Host for tests of the core modules: a real
// JavaScript runtime, a small event loop, the whole table of modules and
// globals of js/node, an in-memory log and an in-memory /tmp.
//
// Tests that use it are external tests (package foo_test), since it imports
// js/node, which imports every module. The loop takes its time from package
// time, so it may run inside a synctest bubble.
package hosttest

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node"
)

// Host is an isolate reduced to what built-in modules see of it. It belongs to
// the test's goroutine.
type Host struct {
	vm      *goja.Runtime
	loop    *loop
	sys     module.System
	modules map[string]*goja.Object

	mu       sync.Mutex // guards log: modules may write from Pending callbacks only, tests read at the end
	log      []Entry
	exitCode *int
}

// Entry is one call of System.Write.
type Entry struct {
	FD   int
	Text string
}

// ErrExit is what Run returns after process.exit.
var ErrExit = errors.New("hosttest: the guest exited")

// New makes a host. Each of the options may change the System before the first
// line of JavaScript runs.
func New(tb testing.TB, options ...func(*module.System)) *Host {
	tb.Helper()
	vm := goja.New()
	h := &Host{vm: vm, modules: map[string]*goja.Object{}}
	h.loop = newLoop(vm)
	h.sys = module.System{
		Env:         map[string]string{"LANG": "en_US.UTF-8", "TZ": ":UTC"},
		Code:        fstest.MapFS{},
		Tmp:         NewTmp(),
		Write:       h.write,
		Exit:        h.exit,
		RequestID:   func() string { return "" },
		TenantID:    func() string { return "" },
		MemoryLimit: 128 << 20,
		Start:       time.Now(),
	}
	for _, o := range options {
		o(&h.sys)
	}
	vm.SetPromiseRejectionTracker(h.loop.trackRejection)
	vm.SetMaxCallStackSize(4096)
	h.defineGlobals()
	return h
}

func (h *Host) write(fd int, p []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log = append(h.log, Entry{FD: fd, Text: string(p)})
}

func (h *Host) exit(code int) {
	h.exitCode = &code
	panic(&goja.InterruptedError{})
}

// defineGlobals makes every global of js/node an accessor that loads its
// module at the first use, and turns into plain data then.
func (h *Host) defineGlobals() {
	global := h.vm.GlobalObject()
	for _, name := range node.Globals() {
		mod, member, _ := node.Global(name)
		set := func(v goja.Value) {
			_ = global.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		}
		getter := h.vm.ToValue(func(goja.FunctionCall) goja.Value {
			var v goja.Value = h.Require(mod)
			if member != "" {
				v = v.(*goja.Object).Get(member)
			}
			set(v)
			return v
		})
		setter := h.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			set(call.Argument(0))
			return goja.Undefined()
		})
		_ = global.DefineAccessorProperty(name, getter, setter, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	_ = global.Set("global", global)
	_ = global.Set("require", func(name string) goja.Value {
		return h.Require(strings.TrimPrefix(name, "node:"))
	})
}

// VM implements module.Host.
func (h *Host) VM() *goja.Runtime { return h.vm }

// Loop implements module.Host.
func (h *Host) Loop() module.Loop { return h.loop }

// System implements module.Host.
func (h *Host) System() *module.System { return &h.sys }

// JSON implements module.Host.
func (h *Host) JSON() module.Codec { return codec{h.vm} }

// Require implements module.Host.
func (h *Host) Require(name string) *goja.Object {
	if m, ok := h.modules[name]; ok {
		return m
	}
	load, ok := node.Lookup(name)
	if !ok {
		e := h.vm.NewGoError(fmt.Errorf("Cannot find module '%s'", name))
		_ = e.Set("code", "MODULE_NOT_FOUND")
		panic(e)
	}
	m := load(h)
	h.modules[name] = m
	return m
}

// Run runs a script, then the loop until it is empty. It returns the value of
// the script's last expression, and the first exception that nobody caught or
// rejection that nobody handled.
func (h *Host) Run(src string) (goja.Value, error) {
	var result goja.Value
	src, err := lower(src)
	if err != nil {
		return nil, err
	}
	err = h.loop.run(func() error {
		v, err := h.vm.RunScript("/var/task/test.js", src)
		result = v
		return err
	})
	if h.exitCode != nil {
		return result, ErrExit
	}
	return result, err
}

// lower replaces the syntax that the runtime lacks, as the loader does for the
// code of functions.
func lower(src string) (string, error) {
	if !strings.Contains(src, "for await") && !strings.Contains(src, "async *") && !strings.Contains(src, "async function*") {
		return src, nil
	}
	res := api.Transform(src, api.TransformOptions{
		Loader:    api.LoaderJS,
		Supported: map[string]bool{"for-await": false, "async-generator": false},
	})
	if len(res.Errors) > 0 {
		return "", fmt.Errorf("hosttest: %s", res.Errors[0].Text)
	}
	return string(res.Code), nil
}

// Eval runs body as the body of an async function, called in a microtask as
// handlers are, and the loop until it is empty, and returns the JSON text of the function's result. A rejection, an
// uncaught exception and a promise that never settles fail the test.
func (h *Host) Eval(tb testing.TB, body string) string {
	tb.Helper()
	var text, failure string
	settled := false
	_ = h.vm.Set("__settle", func(v goja.Value) { settled, text = true, v.String() })
	_ = h.vm.Set("__fail", func(v goja.Value) {
		settled, failure = true, v.String()
		if o, ok := v.(*goja.Object); ok {
			failure = o.Get("stack").String()
		}
	})
	_, err := h.Run("Promise.resolve().then(async () => {" + body + "\n}).then(v => __settle(String(JSON.stringify(v))), __fail)")
	switch {
	case err != nil:
		tb.Fatalf("uncaught: %v\nin: %s", err, body)
	case failure != "":
		tb.Fatalf("rejected: %s\nin: %s", failure, body)
	case !settled:
		tb.Fatalf("never settled: %s", body)
	}
	return text
}

// ExitCode returns the code of process.exit, if the guest called it.
func (h *Host) ExitCode() (code int, exited bool) {
	if h.exitCode == nil {
		return 0, false
	}
	return *h.exitCode, true
}

// Log returns what the guest wrote so far, one entry a call of System.Write.
func (h *Host) Log() []Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Entry(nil), h.log...)
}

// Output returns all that the guest wrote to one file descriptor.
func (h *Host) Output(fd int) string {
	var sb strings.Builder
	for _, e := range h.Log() {
		if e.FD == fd {
			sb.WriteString(e.Text)
		}
	}
	return sb.String()
}

// WithFiles is an option of New that sets the deployment package.
func WithFiles(files map[string]string) func(*module.System) {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return func(s *module.System) { s.Code = fs.FS(tree) }
}

var _ module.Host = (*Host)(nil)
