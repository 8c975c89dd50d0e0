package loader

import (
	"strings"

	"github.com/dop251/goja"
)

// moduleStatus is how far a module has come.
type moduleStatus int

const (
	unlinked   moduleStatus = iota
	linked                  // its exports exist, its code waits
	evaluating              // it is on the stack of evaluateModule
	pending                 // it, or a module below it, awaits something
	evaluated
	failed
)

// esModuleState is a module of any kind as import sees it.
type esModuleState struct {
	name   string // path, or "node:" and the name of a core module
	unit   *unit  // nil for anything but ES modules
	format format
	status moduleStatus
	err    goja.Value

	deps    []*esModuleState
	getters *goja.Object  // own exports of an ES module: name -> function
	resume  goja.Callable // the rest of a module without top-level await
	gen     goja.Value
	body    goja.Value   // that module's own promise
	promise *goja.Object // while pending: of its evaluation

	exports   goja.Value // of a module that is no ES module, when evaluated
	ns        *goja.Object
	resolving bool // its names are being collected
}

func (m *esModuleState) isCore() bool { return strings.HasPrefix(m.name, "node:") }

// loadGraph returns the module at a resolved name, loaded and linked together
// with all that it imports.
func (r *Realm) loadGraph(name, from string) *esModuleState {
	var fresh []*esModuleState
	defer func() {
		for _, m := range fresh {
			if m.status == unlinked { // an error passes through: load again next time
				delete(r.esm, m.name)
			}
		}
	}()
	m := r.fetch(name, from, &fresh, 0)
	for _, m := range fresh {
		if m.unit != nil && !m.unit.module.async && !m.unit.module.plain {
			r.instantiate(m)
		}
	}
	for _, m := range fresh {
		r.checkImports(m)
	}
	for _, m := range fresh {
		m.status = linked
	}
	return m
}

// fetch compiles a module and those that it imports, and appends what was not
// loaded yet to fresh.
func (r *Realm) fetch(name, from string, fresh *[]*esModuleState, depth int) *esModuleState {
	if m := r.esm[name]; m != nil {
		return m
	}
	if depth > maxDepth {
		panic(r.newError("RangeError", "Maximum call stack size exceeded"))
	}
	m := &esModuleState{name: name}
	if r.esm == nil {
		r.esm = map[string]*esModuleState{}
	}
	r.esm[name] = m
	*fresh = append(*fresh, m)
	if m.isCore() {
		return m
	}
	m.format = r.program.format(name, true)
	switch m.format {
	case native:
		r.throw(&resolveError{code: "ERR_UNKNOWN_FILE_EXTENSION", class: "TypeError", message: `Unknown file extension ".node" for ` + name}, nil)
	case esModule:
		u, err := r.program.unit(name, esModule)
		if err != nil {
			r.throw(err, nil)
		}
		m.unit = u
		for _, d := range u.module.deps {
			to, err := r.program.importPath(d.specifier, name)
			if err != nil {
				r.throw(err, nil)
			}
			m.deps = append(m.deps, r.fetch(to, name, fresh, depth+1))
		}
	}
	return m
}

// instantiate runs an ES module up to the point where its functions exist and
// its exports are known. Those that cannot stop there, because they await at their
// top or are plain functions, are instantiated when they are evaluated.
func (r *Realm) instantiate(m *esModuleState) {
	r.prepare(m.unit)
	v, err := r.vm.RunProgram(m.unit.program)
	if err != nil {
		panic(err)
	}
	fn, _ := goja.AssertFunction(v)
	args := r.moduleArgs(m)
	v, err = fn(goja.Undefined(), args...)
	if err != nil {
		panic(err)
	}
	if m.unit.module.plain {
		return
	}
	if m.unit.module.async {
		m.body = v
		return
	}
	m.gen = v
	m.resume, _ = goja.AssertFunction(v.(*goja.Object).Get("next"))
	if _, err := m.resume(m.gen); err != nil {
		panic(err)
	}
}

// moduleArgs returns the hidden arguments of a module's function, in the order
// of moduleParams. What the code does not use is undefined.
func (r *Realm) moduleArgs(m *esModuleState) []goja.Value {
	info := m.unit.module
	args := make([]goja.Value, len(moduleParams))
	for i := range args {
		args[i] = goja.Undefined()
	}
	if len(info.exports) > 0 {
		args[0] = r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			m.getters, _ = call.Argument(0).(*goja.Object)
			return goja.Undefined()
		})
	}
	if len(info.deps) > 0 {
		args[1] = r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			return r.binding(m, int(call.Argument(0).ToInteger()))
		})
	}
	if info.imports {
		args[2] = r.importFunc(m.name)
	}
	if info.meta {
		args[3] = r.importMeta(m.name)
	}
	if info.scope {
		args[4] = r.scopeFunc(m.name)
	}
	copy(args[len(args)-len(hookParams):], m.unit.hooks.args(r))
	return args
}

// evaluateModule runs a module after those that it imports. It returns nil if
// all that is done, or the promise of it. Exceptions panic.
func (r *Realm) evaluateModule(m *esModuleState) *goja.Object {
	switch m.status {
	case evaluated, evaluating:
		return nil
	case failed:
		panic(m.err)
	case pending:
		return m.promise
	}
	m.status = evaluating
	var waits []*goja.Object
	ex := r.vm.Try(func() {
		for _, d := range m.deps {
			if p := r.evaluateModule(d); p != nil {
				waits = append(waits, p)
			}
		}
		if len(waits) == 0 && (m.unit == nil || !m.unit.module.async) {
			r.runBody(m)
		}
	})
	if ex != nil {
		m.status, m.err = failed, r.explain(ex.Value(), m.name)
		panic(m.err)
	}
	if m.status == evaluated {
		return nil
	}
	m.status = pending
	r.runLater(m, waits)
	return m.promise
}

// runLater evaluates m once all of waits are fulfilled.
func (r *Realm) runLater(m *esModuleState, waits []*goja.Object) {
	p, resolve, reject := r.vm.NewPromise()
	m.promise = r.vm.ToValue(p).(*goja.Object)
	fail := func(v goja.Value) {
		if m.status == pending {
			m.status, m.err = failed, r.explain(v, m.name)
			_ = reject(m.err)
		}
	}
	finish := func(goja.Value) {
		if ex := r.vm.Try(func() { r.finish(m) }); ex != nil {
			fail(ex.Value())
			return
		}
		_ = resolve(goja.Undefined())
	}
	start := func() {
		if m.unit != nil && m.unit.module.async {
			if ex := r.vm.Try(func() {
				r.instantiate(m)
				r.on(m.body.(*goja.Object), finish, fail)
			}); ex != nil {
				fail(ex.Value())
			}
			return
		}
		if ex := r.vm.Try(func() { r.runBody(m) }); ex != nil {
			fail(ex.Value())
			return
		}
		_ = resolve(goja.Undefined())
	}
	left := len(waits)
	if left == 0 {
		start()
	}
	for _, w := range waits {
		r.on(w, func(goja.Value) {
			if left--; left == 0 && m.status == pending {
				start()
			}
		}, fail)
	}
}

// runBody runs the code of a module that needs not wait for anything.
func (r *Realm) runBody(m *esModuleState) {
	switch {
	case m.unit != nil && m.unit.module.plain:
		r.instantiate(m)
	case m.unit != nil:
		if _, err := m.resume(m.gen); err != nil {
			panic(err)
		}
	case m.isCore():
		v, ok := r.core(m.name)
		if !ok {
			r.throw(errorf("ERR_UNKNOWN_BUILTIN_MODULE", "No such built-in module: %s", m.name), nil)
		}
		m.exports = v
	default:
		m.exports = r.loadFile(m.name, nil)
	}
	r.finish(m)
}

// finish marks a module as evaluated.
func (r *Realm) finish(m *esModuleState) {
	m.status = evaluated
	m.resume, m.gen, m.body = nil, nil, nil
	if m.unit != nil {
		r.settleExports(m)
	}
}

// on calls one of two functions when a promise of this realm is settled.
func (r *Realm) on(promise *goja.Object, done, fail func(goja.Value)) {
	then, ok := goja.AssertFunction(promise.Get("then"))
	if !ok {
		panic(r.vm.NewTypeError("Promise.prototype.then is not a function"))
	}
	call := func(f func(goja.Value)) goja.Value {
		return r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			f(call.Argument(0))
			return goja.Undefined()
		})
	}
	if _, err := then(promise, call(done), call(fail)); err != nil {
		panic(err)
	}
}

// after returns a promise of what f returns once promise is fulfilled. Its
// rejections are named as Lambda names them.
func (r *Realm) after(promise *goja.Object, f func() goja.Value) goja.Value {
	p, resolve, reject := r.vm.NewPromise()
	fail := func(v goja.Value) { _ = reject(r.rename(v)) }
	r.on(promise, func(goja.Value) {
		var v goja.Value
		if ex := r.vm.Try(func() { v = f() }); ex != nil {
			fail(ex.Value())
			return
		}
		_ = resolve(v)
	}, fail)
	return r.vm.ToValue(p)
}
