package loader

import (
	"path"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// cjsModule is a CommonJS module of a realm: the Module object that guests see,
// and what they cannot change about it.
type cjsModule struct {
	object   *goja.Object
	filename string
	parent   *cjsModule // that required it first
	require  goja.Value
}

// commonState is a realm's CommonJS part. Everything in it is made at its first
// use.
type commonState struct {
	cache   *goja.Object // require.cache: file name -> Module
	proto   *goja.Object // Module.prototype
	modules map[*goja.Object]*cjsModule
	root    *cjsModule // stands for the runtime, which requires the handler
	exts    *goja.Object
	class   *goja.Object // the function Module
	paths   goja.Value   // getter of module.paths
}

// runtimeFile is the file that Lambda's runtime has, as require stacks show it.
const runtimeFile = "/var/runtime/index.mjs"

// maxDepth bounds how deep modules can require one another: each level costs
// the host stack.
const maxDepth = 1000

func (r *Realm) common() *commonState {
	c := &r.cjs
	if c.cache == nil {
		c.cache = r.vm.CreateObject(nil)
		c.modules = map[*goja.Object]*cjsModule{}
		c.root = &cjsModule{filename: runtimeFile}
		c.proto = r.vm.NewObject()
		c.paths = r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			return r.strings(r.program.modulePaths(path.Dir(r.moduleOf(call.This).filename)))
		})
	}
	return c
}

// newModule makes the Module object of a file.
func (r *Realm) newModule(filename string, parent *cjsModule) *cjsModule {
	c := r.common()
	m := &cjsModule{filename: filename, parent: parent}
	inherited := r.vm.NewDynamicObject(&moduleProps{realm: r, module: m})
	_ = inherited.SetPrototype(c.proto)
	o := r.vm.CreateObject(inherited)
	m.object = o
	c.modules[o] = m
	name := r.vm.ToValue(filename)
	_ = o.Set("id", name)
	_ = o.Set("path", path.Dir(filename))
	_ = o.Set("exports", r.vm.NewObject())
	_ = o.Set("filename", name)
	_ = o.Set("loaded", false)
	_ = o.Set("children", r.vm.NewArray())
	_ = o.DefineAccessorProperty("paths", c.paths, nil, goja.FLAG_TRUE, goja.FLAG_TRUE)
	return m
}

// load is what require(request) does in the module from.
func (r *Realm) load(request string, from *cjsModule) goja.Value {
	if v, ok := r.core(request); ok {
		return v
	}
	name, err := r.program.require(request, from.filename)
	if err != nil {
		r.throw(err, from)
	}
	if r.program.isCore(name) { // an imports map led there
		if v, ok := r.core(name); ok {
			return v
		}
	}
	return r.loadFile(name, from)
}

// core returns the exports of a core module. A name with "node:" that is none
// is an exception.
func (r *Realm) core(name string) (goja.Value, bool) {
	bare, prefixed := strings.CutPrefix(name, "node:")
	if !prefixed && !coreModules[name] {
		return nil, false
	}
	if !coreModules[bare] && !prefixOnly[bare] { // also keeps "internal/..." from guests
		r.throw(errorf("ERR_UNKNOWN_BUILTIN_MODULE", "No such built-in module: %s", name), nil)
	}
	if bare == "module" {
		return r.moduleClass(), true
	}
	if o, ok := r.builtin(bare); ok {
		return o, true
	}
	if prefixed {
		r.throw(errorf("ERR_UNKNOWN_BUILTIN_MODULE", "No such built-in module: %s", name), nil)
	}
	return nil, false
}

// loadFile returns the exports of the CommonJS module at a real path,
// evaluating it if it is not in the cache.
func (r *Realm) loadFile(name string, from *cjsModule) goja.Value {
	c := r.common()
	if cached, ok := c.cache.Get(name).(*goja.Object); ok {
		r.adopt(from, cached)
		return cached.Get("exports")
	}
	depth := 0
	for m := from; m != nil; m = m.parent {
		if depth++; depth > maxDepth {
			panic(r.newError("RangeError", "Maximum call stack size exceeded"))
		}
	}
	m := r.newModule(name, from)
	_ = c.cache.Set(name, m.object)
	r.adopt(from, m.object)
	done := false
	defer func() {
		if !done { // an exception passes through: the next require tries again
			_ = c.cache.Delete(name)
			delete(c.modules, m.object)
		}
	}()
	r.evaluate(m, name)
	done = true
	_ = m.object.Set("loaded", true)
	return m.object.Get("exports")
}

// adopt adds a module to the children of the one that required it.
func (r *Realm) adopt(parent *cjsModule, child *goja.Object) {
	if parent == nil || parent.object == nil {
		return
	}
	list, ok := parent.object.Get("children").(*goja.Object)
	if !ok || list.ClassName() != "Array" {
		return
	}
	n := int(list.Get("length").ToInteger())
	for i := range min(n, 1000) {
		if list.Get(strconv.Itoa(i)) == goja.Value(child) {
			return
		}
	}
	_ = list.Set(strconv.Itoa(n), child)
}

// evaluate runs a module's code.
func (r *Realm) evaluate(m *cjsModule, name string) {
	f := r.program.format(name, false)
	switch f {
	case esModule:
		r.throw(requireESM(name, m.parent), m.parent)
	case native:
		r.throw(errorf("ERR_DLOPEN_FAILED", "%s: native add-ons cannot be loaded", name), m.parent)
	}
	u, err := r.program.unit(name, f)
	if err != nil {
		r.throw(err, m.parent)
	}
	if f == jsonData {
		_ = m.object.Set("exports", r.parseJSON(name, u.text))
		return
	}
	r.run(m, u)
}

// run calls the wrapper function of a compiled CommonJS module.
func (r *Realm) run(m *cjsModule, u *unit) {
	r.prepare(u)
	v, err := r.vm.RunProgram(u.program)
	if err != nil {
		panic(err)
	}
	wrapper, _ := goja.AssertFunction(v)
	exports := m.object.Get("exports")
	imports := goja.Undefined()
	if u.imports {
		imports = r.importFunc(m.filename)
	}
	args := append([]goja.Value{exports, r.requireFunc(m), m.object, r.vm.ToValue(m.filename), r.vm.ToValue(path.Dir(m.filename)), imports}, u.hooks.args(r)...)
	if _, err := wrapper(exports, args...); err != nil {
		panic(err)
	}
}

// parseJSON parses a JSON file as JSON.parse does; its errors name the file.
func (r *Realm) parseJSON(name, text string) goja.Value {
	v, err := r.host.JSON().Decode([]byte(text))
	if err == nil {
		return v
	}
	if ex, ok := err.(*goja.Exception); ok {
		if o, ok := ex.Value().(*goja.Object); ok {
			_ = o.Set("message", name+": "+nilSafe(o.Get("message")).String())
		}
	}
	panic(err)
}

func requireESM(name string, from *cjsModule) error {
	by := ""
	if from != nil {
		by = " from " + from.filename
	}
	if path.Ext(name) != ".js" {
		return errorf("ERR_REQUIRE_ESM", "require() of ES Module %s%s not supported.\nInstead change the require of %s to a dynamic import() which is available in all CommonJS modules.", name, by, name)
	}
	return errorf("ERR_REQUIRE_ESM", "require() of ES Module %s%s not supported.\nInstead change the require of %s%s to a dynamic import() which is available in all CommonJS modules.", name, by, path.Base(name), strings.Replace(by, " from ", " in ", 1))
}

// format tells how the file at name is loaded, by require or by import.
func (p *Program) format(name string, imported bool) format {
	switch path.Ext(name) {
	case ".mjs", ".mts":
		return esModule
	case ".cjs", ".cts":
		return commonJS
	case ".json":
		return jsonData
	case ".node":
		return native
	case ".js", ".ts", "":
		if path.Ext(name) == "" && !imported {
			return commonJS
		}
		if pkg := p.scope(name); pkg != nil && pkg.module {
			return esModule
		}
	}
	return commonJS
}
