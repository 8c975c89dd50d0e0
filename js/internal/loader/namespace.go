package loader

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/dop251/goja"
)

// origin is the module and name that an export comes from in the end.
type origin struct {
	module *esModuleState
	name   string
}

// names returns all exports of a module: its own, and those of the modules
// whose exports it passes on. A name that two of them have is ambiguous.
func (r *Realm) names(m *esModuleState) map[string]origin {
	out := map[string]origin{}
	if m.resolving { // a cycle of "export *"
		return out
	}
	m.resolving = true
	defer func() { m.resolving = false }()
	if m.unit == nil {
		if m.exports != nil {
			out["default"] = origin{m, "default"}
			for _, name := range exportKeys(m.exports) {
				out[name] = origin{m, name}
			}
		}
		return out
	}
	for i, d := range m.unit.module.deps {
		if !d.star {
			continue
		}
		for name, from := range r.names(m.deps[i]) {
			if name == "default" {
				continue
			}
			if other, ok := out[name]; ok && other != from {
				from = origin{}
			}
			out[name] = from
		}
	}
	for _, name := range m.unit.module.exports {
		out[name] = origin{m, name}
	}
	return out
}

// ambiguous reports whether two modules export a name through "export *", so
// that it is nobody's.
func (o origin) ambiguous() bool { return o.module == nil }

// exportKeys lists the enumerable string keys of a module.exports.
func exportKeys(v goja.Value) []string {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	return o.Keys()
}

// checkImports makes sure that the ES modules that m imports from have the
// names that m asks for.
func (r *Realm) checkImports(m *esModuleState) {
	if m.unit == nil {
		return
	}
	for i, d := range m.unit.module.deps {
		to := m.deps[i]
		if to.unit == nil || d.loose || len(d.names) == 0 {
			continue
		}
		var all map[string]origin
		for _, name := range sortedKeys(d.names) {
			if to.getters != nil && to.getters.Get(name) != nil {
				continue
			}
			if all == nil {
				all = r.names(to)
			}
			found, ok := all[name]
			if ok && found.ambiguous() {
				panic(r.newError("SyntaxError", "The requested module '"+d.specifier+"' contains conflicting star exports for name '"+name+"'"))
			}
			if !ok && !r.passesCommonJS(to, map[*esModuleState]bool{}) {
				panic(r.newError("SyntaxError", "The requested module '"+d.specifier+"' does not provide an export named '"+name+"'"))
			}
		}
	}
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// passesCommonJS reports whether a module exports all of some CommonJS module:
// its names are not known before it is evaluated.
func (r *Realm) passesCommonJS(m *esModuleState, seen map[*esModuleState]bool) bool {
	if seen[m] {
		return false
	}
	seen[m] = true
	if m.unit == nil {
		return m.exports == nil
	}
	for i, d := range m.unit.module.deps {
		if d.star && r.passesCommonJS(m.deps[i], seen) {
			return true
		}
	}
	return false
}

// namespace returns the module namespace object.
func (r *Realm) namespace(m *esModuleState) *goja.Object {
	if m.ns != nil {
		return m.ns
	}
	ns := r.vm.CreateObject(nil)
	m.ns = ns
	_ = ns.DefineDataPropertySymbol(goja.SymToStringTag, r.vm.ToValue("Module"), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	if m.unit == nil {
		r.copyExports(ns, m.exports)
		return ns
	}
	r.addNames(m)
	return ns
}

// addNames defines the exports that the namespace does not have yet, sorted.
func (r *Realm) addNames(m *esModuleState) {
	all := r.names(m)
	list := make([]string, 0, len(all))
	for name, from := range all {
		if !from.ambiguous() {
			list = append(list, name)
		}
	}
	sort.Strings(list)
	for _, name := range list {
		from := all[name]
		if r.fixed(from) {
			_ = m.ns.DefineDataProperty(name, r.read(from), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE)
			continue
		}
		_ = m.ns.DefineAccessorProperty(name, r.getter(from), nil, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
}

// fixed reports whether an export has its final value.
func (r *Realm) fixed(from origin) bool {
	m := from.module
	return m.status == evaluated && (m.unit == nil || !m.unit.module.live[from.name])
}

func (r *Realm) getter(from origin) goja.Value {
	if g := from.module.getters; g != nil {
		return nilSafe(g.Get(from.name))
	}
	return r.vm.ToValue(func(goja.FunctionCall) goja.Value { return r.read(from) })
}

func (r *Realm) read(from origin) goja.Value {
	if from.module.unit == nil {
		if from.name == "default" {
			return from.module.exports
		}
		return nilSafe(from.module.exports.(*goja.Object).Get(from.name))
	}
	if from.module.getters == nil { // its code has not begun
		panic(r.newError("ReferenceError", "Cannot access '"+from.name+"' before initialization"))
	}
	get, ok := goja.AssertFunction(from.module.getters.Get(from.name))
	if !ok {
		return goja.Undefined()
	}
	v, err := get(goja.Undefined())
	if err != nil {
		panic(err)
	}
	return v
}

// settleExports replaces the getters of exports that cannot change any more by
// their values, which are faster to read.
func (r *Realm) settleExports(m *esModuleState) {
	info := m.unit.module
	if info.defaulted != "" {
		if fn, ok := r.read(origin{m, "default"}).(*goja.Object); ok {
			if name := fn.Get("name"); name != nil && name.String() == info.defaulted {
				_ = fn.DefineDataProperty("name", r.vm.ToValue("default"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
			}
		}
	}
	if m.ns != nil {
		r.addNames(m)
	}
}

// copyExports makes the namespace of a module that is no ES module.
func (r *Realm) copyExports(ns *goja.Object, exports goja.Value) {
	keys := append(exportKeys(exports), "default")
	sort.Strings(keys)
	for _, key := range keys {
		v := exports
		if key != "default" {
			v = nilSafe(exports.(*goja.Object).Get(key))
		}
		_ = ns.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_FALSE, goja.FLAG_TRUE)
	}
}

// binding returns the object that the code of m reads the imports of one
// import statement from.
func (r *Realm) binding(m *esModuleState, i int) goja.Value {
	if i < 0 || i >= len(m.deps) {
		return goja.Undefined()
	}
	to, d := m.deps[i], m.unit.module.deps[i]
	if to.unit != nil {
		return r.namespace(to)
	}
	if to.exports == nil || len(d.names) == 0 && !d.whole {
		return goja.Undefined()
	}
	o, isObject := to.exports.(*goja.Object)
	for _, name := range sortedKeys(d.names) {
		if !d.loose && name != "default" && (!isObject || o.Get(name) == nil && !r.has(o, name)) {
			r.throw(missingName(d.specifier, name), nil)
		}
	}
	if d.whole {
		return r.namespace(to)
	}
	// The exports shine through: no copy, and lazy members stay lazy.
	light := r.vm.CreateObject(o)
	_ = light.DefineDataProperty("default", to.exports, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE)
	return light
}

func (r *Realm) has(o *goja.Object, name string) bool {
	for _, k := range o.GetOwnPropertyNames() {
		if k == name {
			return true
		}
	}
	return false
}

func missingName(specifier, name string) error {
	return &resolveError{class: "SyntaxError", message: "Named export '" + name + "' not found. The requested module '" + specifier +
		"' is a CommonJS module, which may not support all module.exports as named exports.\nCommonJS modules can always be imported via the default export, for example using:\n\nimport pkg from '" +
		specifier + "';\nconst { " + name + " } = pkg;\n"}
}

// importFunc returns the function that import() calls in the file at name.
func (r *Realm) importFunc(name string) goja.Value {
	return r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		p, resolve, reject := r.vm.NewPromise()
		fail := func(v goja.Value) { _ = reject(v) }
		var spec string
		if ex := r.vm.Try(func() { spec = call.Argument(0).String() }); ex != nil {
			fail(ex.Value())
			return r.vm.ToValue(p)
		}
		// The module is loaded in a later turn, as in Node.
		start, go1, _ := r.vm.NewPromise()
		_ = go1(goja.Undefined())
		r.on(r.vm.ToValue(start).(*goja.Object), func(goja.Value) {
			if ex := r.vm.Try(func() { r.importInto(spec, name, resolve, fail) }); ex != nil {
				fail(ex.Value())
			}
		}, fail)
		return r.vm.ToValue(p)
	})
}

func (r *Realm) importInto(spec, from string, resolve func(any) error, fail func(goja.Value)) {
	to, err := r.program.importPath(spec, from)
	if err != nil {
		r.throw(err, nil)
	}
	m := r.loadGraph(to, from)
	promise := r.evaluateModule(m)
	if promise == nil {
		_ = resolve(r.namespace(m))
		return
	}
	r.on(promise, func(goja.Value) { _ = resolve(r.namespace(m)) }, fail)
}

// importMeta returns the import.meta of the ES module at name.
func (r *Realm) importMeta(name string) goja.Value {
	o := r.vm.CreateObject(nil)
	_ = o.Set("dirname", path.Dir(name))
	_ = o.Set("filename", name)
	_ = o.Set("resolve", func(call goja.FunctionCall) goja.Value {
		spec := call.Argument(0).String()
		if isRelative(spec) { // no file need be there
			return r.vm.ToValue(fileURL(path.Join(path.Dir(name), spec)))
		}
		to, err := r.program.importPath(spec, name)
		if err != nil {
			r.throw(err, nil)
		}
		if len(to) > 0 && to[0] == '/' {
			to = fileURL(to)
		}
		return r.vm.ToValue(to)
	})
	_ = o.Set("url", fileURL(name))
	return o
}

// scopeFunc returns the function that stands for names of CommonJS in an ES
// module, where they are only defined if the guest made them global.
func (r *Realm) scopeFunc(name string) goja.Value {
	return r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		id := call.Argument(0).String()
		if v := r.vm.GlobalObject().Get(id); v != nil {
			return v
		}
		if call.Argument(1).ToBoolean() {
			return goja.Undefined()
		}
		panic(r.newError("ReferenceError", id+" is not defined"))
	})
}

// explain adds to the error of a module's evaluation what Node adds where an
// ES module uses a name of CommonJS.
func (r *Realm) explain(v goja.Value, name string) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Error" {
		return v
	}
	message := nilSafe(o.Get("message")).String()
	id, ok := strings.CutSuffix(message, " is not defined")
	if !ok || !slices.Contains(authoredNames, id) {
		return v
	}
	message += " in ES module scope"
	if id == "require" {
		message += ", you can use import instead"
	}
	if pkg := r.program.scope(name); path.Ext(name) == ".js" && pkg != nil && pkg.module {
		message += "\nThis file is being treated as an ES module because it has a '.js' file extension and '" + path.Join(pkg.dir, "package.json") +
			`' contains "type": "module". To treat it as a CommonJS script, rename it to use the '.cjs' file extension.`
	}
	r.setHidden(o, "message", r.vm.ToValue(message))
	return v
}
