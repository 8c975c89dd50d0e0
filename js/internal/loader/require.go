package loader

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// requireFunc returns the require function of a module.
func (r *Realm) requireFunc(m *cjsModule) goja.Value {
	if m.require != nil {
		return m.require
	}
	vm := r.vm
	fn := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		return r.load(r.requestArg(call.Argument(0)), m)
	}).(*goja.Object)
	_ = fn.DefineDataProperty("name", vm.ToValue("require"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	props := vm.NewDynamicObject(&requireProps{realm: r, module: m})
	_ = props.SetPrototype(fn.Prototype())
	_ = fn.SetPrototype(props)
	m.require = fn
	return fn
}

// requireProps are the members of a module's require function. They are made
// when they are first read: most modules only call the function.
type requireProps struct {
	realm   *Realm
	module  *cjsModule
	resolve goja.Value
}

// Get implements goja.DynamicObject.
func (p *requireProps) Get(name string) goja.Value {
	r := p.realm
	switch name {
	case "cache":
		return r.common().cache
	case "extensions":
		return r.extensions()
	case "main": // the runtime is an ES module
		return goja.Undefined()
	case "resolve":
		if p.resolve == nil {
			resolve := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
				return r.vm.ToValue(r.resolve(r.requestArg(call.Argument(0)), p.module, call.Argument(1)))
			}).(*goja.Object)
			_ = resolve.Set("paths", func(call goja.FunctionCall) goja.Value {
				return r.lookupPaths(r.requestArg(call.Argument(0)), p.module)
			})
			p.resolve = resolve
		}
		return p.resolve
	}
	return nil
}

// Has implements goja.DynamicObject.
func (p *requireProps) Has(name string) bool {
	return name == "cache" || name == "extensions" || name == "main" || name == "resolve"
}

// Set implements goja.DynamicObject: assignments make own properties of the
// function instead.
func (p *requireProps) Set(string, goja.Value) bool { return false }

// Delete implements goja.DynamicObject.
func (p *requireProps) Delete(string) bool { return true }

// Keys implements goja.DynamicObject.
func (p *requireProps) Keys() []string { return nil }

// requestArg checks the argument of require as Node does.
func (r *Realm) requestArg(v goja.Value) string {
	if !goja.IsString(v) {
		r.throw(&resolveError{code: "ERR_INVALID_ARG_TYPE", class: "TypeError", message: `The "id" argument must be of type string. Received ` + received(v)}, nil)
	}
	s := v.String()
	if s == "" {
		r.throw(&resolveError{code: "ERR_INVALID_ARG_VALUE", class: "TypeError", message: "The argument 'id' must be a non-empty string. Received ''"}, nil)
	}
	return s
}

// received describes a value as Node's argument errors do.
func received(v goja.Value) string {
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return v.String()
	}
	o, ok := v.(*goja.Object)
	if !ok {
		if n := v.ExportType(); n != nil && goja.IsNumber(v) {
			return "type number (" + v.String() + ")"
		}
		if _, ok := v.Export().(bool); ok {
			return "type boolean (" + v.String() + ")"
		}
		return fmt.Sprintf("type %T", v.Export())
	}
	if _, ok := goja.AssertFunction(o); ok {
		return strings.TrimRight("function "+o.Get("name").String(), " ")
	}
	if c, ok := o.Get("constructor").(*goja.Object); ok {
		return "an instance of " + c.Get("name").String()
	}
	return "[Object: null prototype] {}"
}

// resolve is require.resolve.
func (r *Realm) resolve(request string, m *cjsModule, options goja.Value) string {
	bare, prefixed := strings.CutPrefix(request, "node:")
	if coreModules[bare] || prefixed && prefixOnly[bare] {
		return request
	}
	var paths goja.Value
	if o, ok := options.(*goja.Object); ok {
		paths = o.Get("paths")
	}
	list, ok := paths.(*goja.Object)
	if !ok {
		name, err := r.program.require(request, m.filename)
		if err != nil {
			r.throw(err, m)
		}
		return name
	}
	for i := range min(int(nilSafe(list.Get("length")).ToInteger()), 1000) {
		dir := nilSafe(list.Get(strconv.Itoa(i))).String()
		if !strings.HasPrefix(dir, "/") {
			dir = path.Join(module.CodeDir, dir)
		}
		if name, err := r.program.require(request, path.Join(dir, "noop.js")); err == nil {
			return name
		}
	}
	r.throw(notFound(request), m)
	return ""
}

// lookupPaths is require.resolve.paths: null for core modules.
func (r *Realm) lookupPaths(request string, m *cjsModule) goja.Value {
	if coreModules[strings.TrimPrefix(request, "node:")] {
		return goja.Null()
	}
	if isRelative(request) {
		return r.vm.NewArray(path.Dir(m.filename))
	}
	return r.strings(r.program.modulePaths(path.Dir(m.filename)))
}

func (r *Realm) strings(list []string) *goja.Object {
	items := make([]any, len(list))
	for i, s := range list {
		items[i] = s
	}
	return r.vm.NewArray(items...)
}

// extensions is require.extensions: there to be looked at; loading does not
// consult it.
func (r *Realm) extensions() *goja.Object {
	c := r.common()
	if c.exts == nil {
		c.exts = r.vm.CreateObject(nil)
		for _, ext := range []string{".js", ".json", ".node"} {
			_ = c.exts.Set(ext, func(call goja.FunctionCall) goja.Value {
				mod, ok := call.Argument(0).(*goja.Object)
				if !ok {
					panic(r.vm.NewTypeError("module is not an object"))
				}
				m := r.common().modules[mod]
				if m == nil {
					m = &cjsModule{object: mod, filename: mod.Get("id").String(), parent: r.common().root}
				}
				r.evaluate(m, path.Clean("/"+call.Argument(1).String()))
				return goja.Undefined()
			})
		}
	}
	return c.exts
}

// moduleProps are the members that a Module inherits. They are made when they
// are first read.
type moduleProps struct {
	realm  *Realm
	module *cjsModule
}

// Get implements goja.DynamicObject.
func (p *moduleProps) Get(name string) goja.Value {
	switch name {
	case "parent":
		return p.realm.parentObject(p.module)
	case "require", "_compile", "constructor":
		p.realm.moduleClass() // puts them where they belong
	}
	return nil
}

// Has implements goja.DynamicObject.
func (p *moduleProps) Has(name string) bool { return name == "parent" }

// Set implements goja.DynamicObject.
func (p *moduleProps) Set(string, goja.Value) bool { return false }

// Delete implements goja.DynamicObject.
func (p *moduleProps) Delete(string) bool { return true }

// Keys implements goja.DynamicObject.
func (p *moduleProps) Keys() []string { return nil }

// fillPrototype makes the methods of Module.prototype.
func (r *Realm) fillPrototype(proto *goja.Object) {
	method := func(name string, fn func(m *cjsModule, call goja.FunctionCall) goja.Value) {
		_ = proto.DefineDataProperty(name, r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			return fn(r.moduleOf(call.This), call)
		}), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	method("require", func(m *cjsModule, call goja.FunctionCall) goja.Value {
		return r.load(r.requestArg(call.Argument(0)), m)
	})
	method("_compile", r.compileText)
}

// moduleOf finds the module of a Module object; one that the guest made itself
// resolves as if it lay in the task folder.
func (r *Realm) moduleOf(this goja.Value) *cjsModule {
	o, ok := this.(*goja.Object)
	if !ok {
		panic(r.vm.NewTypeError("receiver is not a Module"))
	}
	if m := r.common().modules[o]; m != nil {
		return m
	}
	name := "/var/task/noop.js"
	if f := o.Get("filename"); f != nil && goja.IsString(f) {
		name = path.Clean("/" + f.String())
	}
	return &cjsModule{object: o, filename: name, parent: r.common().root}
}

// parentObject returns module.parent. The handler's parent is the runtime, so
// that code which asks whether it is the main program learns that it is not.
func (r *Realm) parentObject(m *cjsModule) goja.Value {
	if m.parent == nil {
		return goja.Undefined()
	}
	if m.parent.object == nil {
		root := r.newModule(runtimeFile, nil)
		m.parent.object = root.object
	}
	return m.parent.object
}

// compileText is module._compile(text, filename).
func (r *Realm) compileText(m *cjsModule, call goja.FunctionCall) goja.Value {
	u, err := compile(call.Argument(1).String(), call.Argument(0).String(), commonJS)
	if err != nil {
		r.throw(err, m)
	}
	r.run(m, u)
	return goja.Undefined()
}

// moduleClass returns the core module "module".
func (r *Realm) moduleClass() *goja.Object {
	c := r.common()
	if c.class != nil {
		return c.class
	}
	vm := r.vm
	class := vm.ToValue(func(call goja.ConstructorCall) *goja.Object {
		id := call.Argument(0)
		_ = call.This.Set("id", id)
		_ = call.This.Set("path", path.Dir(id.String()))
		_ = call.This.Set("exports", vm.NewObject())
		_ = call.This.Set("filename", goja.Null())
		_ = call.This.Set("loaded", false)
		_ = call.This.Set("children", vm.NewArray())
		return nil
	}).(*goja.Object)
	c.class = class
	_ = class.DefineDataProperty("name", vm.ToValue("Module"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = class.Set("prototype", c.proto)
	_ = c.proto.DefineDataProperty("constructor", class, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	r.fillPrototype(c.proto)
	set := func(name string, fn func(call goja.FunctionCall) goja.Value) { _ = class.Set(name, fn) }
	set("createRequire", func(call goja.FunctionCall) goja.Value { return r.createRequire(call.Argument(0)) })
	set("isBuiltin", func(call goja.FunctionCall) goja.Value {
		bare, prefixed := strings.CutPrefix(call.Argument(0).String(), "node:")
		return vm.ToValue(coreModules[bare] || prefixed && prefixOnly[bare])
	})
	set("findSourceMap", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	set("syncBuiltinESMExports", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	set("wrap", func(call goja.FunctionCall) goja.Value {
		return vm.ToValue("(function (exports, require, module, __filename, __dirname) { " + call.Argument(0).String() + "\n});")
	})
	set("_load", func(call goja.FunctionCall) goja.Value {
		return r.load(r.requestArg(call.Argument(0)), r.parentArg(call.Argument(1)))
	})
	set("_resolveFilename", func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(r.resolve(r.requestArg(call.Argument(0)), r.parentArg(call.Argument(1)), call.Argument(3)))
	})
	set("_nodeModulePaths", func(call goja.FunctionCall) goja.Value {
		return r.strings(r.program.modulePaths(path.Clean("/" + call.Argument(0).String())))
	})
	_ = class.Set("builtinModules", r.strings(coreNames))
	_ = class.Set("_cache", c.cache)
	_ = class.Set("_extensions", r.extensions())
	_ = class.Set("globalPaths", r.strings(r.program.nodePath))
	_ = class.Set("Module", class)
	return class
}

func (r *Realm) parentArg(v goja.Value) *cjsModule {
	if _, ok := v.(*goja.Object); ok {
		return r.moduleOf(v)
	}
	return r.common().root
}

// createRequire is module.createRequire: the argument is a file URL or an
// absolute path.
func (r *Realm) createRequire(v goja.Value) goja.Value {
	name := v.String()
	if o, ok := v.(*goja.Object); ok {
		name = o.Get("href").String()
	}
	if p, ok := fileFromURL(name); ok {
		name = p
	}
	if !strings.HasPrefix(name, "/") {
		r.throw(&resolveError{code: "ERR_INVALID_ARG_VALUE", class: "TypeError", message: "The argument 'filename' must be a file URL object, file URL string, or absolute path string. Received '" + name + "'"}, nil)
	}
	if strings.HasSuffix(name, "/") {
		name += "noop.js"
	}
	return r.requireFunc(&cjsModule{filename: path.Clean(name)})
}

// nilSafe turns the nil that goja returns for a missing property into undefined.
func nilSafe(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}
