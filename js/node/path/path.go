package path

import (
	"strconv"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// Load is the loader of "path" and "path/posix".
func Load(h module.Host) *goja.Object {
	posixModule := build(h, posix{}, "/", ":")
	link(h, posixModule, "posix", func() *goja.Object { return posixModule })
	link(h, posixModule, "win32", func() *goja.Object { return h.Require("path/win32") })
	return posixModule
}

// LoadPosix is the loader of "path/posix", which is "path" itself.
func LoadPosix(h module.Host) *goja.Object { return h.Require("path") }

// LoadWin32 is the loader of "path/win32".
func LoadWin32(h module.Host) *goja.Object {
	m := build(h, win32{}, `\`, ";")
	link(h, m, "win32", func() *goja.Object { return m })
	link(h, m, "posix", func() *goja.Object { return h.Require("path") })
	return m
}

// link adds the other flavour, which is made when it is asked for.
func link(h module.Host, m *goja.Object, name string, get func() *goja.Object) {
	vm := h.VM()
	getter := vm.ToValue(func(goja.FunctionCall) goja.Value { return get() })
	setter := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		_ = m.DefineDataProperty(name, call.Argument(0), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
		return goja.Undefined()
	})
	_ = m.DefineAccessorProperty(name, getter, setter, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

func build(h module.Host, f flavour, sep, delimiter string) *goja.Object {
	vm := h.VM()
	m := vm.NewObject()
	text := func(v goja.Value, name string) string {
		if !goja.IsString(v) {
			panic(nodeerr.InvalidArgType(h, name, "of type string", v))
		}
		return v.String()
	}
	one := func(name string, fn func(string) any) {
		bridge.Method(vm, m, name, 1, func(call goja.FunctionCall) goja.Value {
			return vm.ToValue(fn(text(call.Argument(0), "path")))
		})
	}
	many := func(name string, fn func([]string) string, indexed bool) {
		bridge.Method(vm, m, name, 0, func(call goja.FunctionCall) goja.Value {
			parts := make([]string, len(call.Arguments))
			for i, a := range call.Arguments {
				if goja.IsString(a) {
					parts[i] = a.String()
					continue
				}
				name := "path"
				if indexed {
					name = "paths[" + strconv.Itoa(i) + "]"
				}
				text(a, name)
			}
			return vm.ToValue(fn(parts))
		})
	}
	many("resolve", f.resolve, true)
	one("normalize", func(p string) any { return f.normalize(p) })
	one("isAbsolute", func(p string) any { return f.isAbsolute(p) })
	many("join", f.join, false)
	bridge.Method(vm, m, "relative", 2, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(f.relative(text(call.Argument(0), "from"), text(call.Argument(1), "to")))
	})
	bridge.Method(vm, m, "toNamespacedPath", 1, func(call goja.FunctionCall) goja.Value {
		if !goja.IsString(call.Argument(0)) {
			return call.Argument(0)
		}
		return vm.ToValue(f.toNamespaced(call.Argument(0).String()))
	})
	one("dirname", func(p string) any { return f.dirname(p) })
	bridge.Method(vm, m, "basename", 2, func(call goja.FunctionCall) goja.Value {
		suffix := ""
		if s := call.Argument(1); !goja.IsUndefined(s) {
			suffix = text(s, "suffix")
		}
		return vm.ToValue(f.basename(text(call.Argument(0), "path"), suffix))
	})
	one("extname", func(p string) any { return f.extname(p) })
	bridge.Method(vm, m, "format", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(format(h, call.Argument(0), sep))
	})
	one("parse", func(p string) any {
		r := f.parse(p)
		o := vm.NewObject()
		for _, kv := range [][2]string{{"root", r.root}, {"dir", r.dir}, {"base", r.base}, {"ext", r.ext}, {"name", r.name}} {
			_ = o.Set(kv[0], kv[1])
		}
		return o
	})
	_ = m.Set("sep", sep)
	_ = m.Set("delimiter", delimiter)
	return m
}

// format is path.format: dir and base win over root, name and ext.
func format(h module.Host, v goja.Value, sep string) string {
	o, ok := v.(*goja.Object)
	if !ok {
		panic(nodeerr.InvalidArgType(h, "pathObject", "of type object", v))
	}
	member := func(name string) string {
		if m := o.Get(name); m != nil && m.ToBoolean() {
			return m.String()
		}
		return ""
	}
	root, dir, base := member("root"), member("dir"), member("base")
	if base == "" {
		ext := member("ext")
		if ext != "" && ext[0] != '.' {
			ext = "." + ext
		}
		base = member("name") + ext
	}
	switch {
	case dir == "" && root == "":
		return base
	case dir == "":
		return root + base
	case dir == root:
		return dir + base
	}
	return dir + sep + base
}
