package path

import (
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// Load is the loader of "path" and "path/posix".
func Load(h module.Host) *goja.Object { return build(h, posix{}, "/", ":") }

// LoadPosix is the loader of "path/posix", which is "path" itself.
func LoadPosix(h module.Host) *goja.Object { return h.Require("path") }

// LoadWin32 is the loader of "path/win32".
func LoadWin32(h module.Host) *goja.Object { return build(h, win32{}, `\`, ";") }

// names are the members of each flavour.
var names = strings.Fields(`resolve normalize isAbsolute join relative toNamespacedPath dirname basename extname format parse
	sep delimiter win32 posix`)

func build(h module.Host, f flavour, sep, delimiter string) *goja.Object {
	vm := h.VM()
	b := builder{h: h, f: f, sep: sep}
	return bridge.NewLazy(vm, names, func(name string) goja.Value {
		switch name {
		case "sep":
			return vm.ToValue(sep)
		case "delimiter":
			return vm.ToValue(delimiter)
		case "posix":
			return h.Require("path")
		case "win32":
			return h.Require("path/win32")
		}
		return b.function(name)
	})
}

// builder makes the functions of one flavour.
type builder struct {
	h   module.Host
	f   flavour
	sep string
}

// text returns an argument that must be a string.
func (b builder) text(v goja.Value, name string) string {
	if !goja.IsString(v) {
		panic(nodeerr.InvalidArgType(b.h, name, "of type string", v))
	}
	return v.String()
}

func (b builder) one(name string, fn func(string) any) goja.Value {
	return bridge.Function(b.h.VM(), name, 1, func(call goja.FunctionCall) goja.Value {
		return b.h.VM().ToValue(fn(b.text(call.Argument(0), "path")))
	})
}

// many is a function of any number of paths, which errors name "path" or
// "paths[i]".
func (b builder) many(name string, indexed bool, fn func([]string) string) goja.Value {
	return bridge.Function(b.h.VM(), name, 0, func(call goja.FunctionCall) goja.Value {
		parts := make([]string, len(call.Arguments))
		for i, a := range call.Arguments {
			label := "path"
			if indexed && !goja.IsString(a) {
				label = "paths[" + strconv.Itoa(i) + "]"
			}
			parts[i] = b.text(a, label)
		}
		return b.h.VM().ToValue(fn(parts))
	})
}

func (b builder) function(name string) goja.Value {
	vm, f := b.h.VM(), b.f
	switch name {
	case "resolve":
		return b.many(name, true, f.resolve)
	case "join":
		return b.many(name, false, f.join)
	case "normalize":
		return b.one(name, func(p string) any { return f.normalize(p) })
	case "isAbsolute":
		return b.one(name, func(p string) any { return f.isAbsolute(p) })
	case "dirname":
		return b.one(name, func(p string) any { return f.dirname(p) })
	case "extname":
		return b.one(name, func(p string) any { return f.extname(p) })
	case "parse":
		return b.one(name, func(p string) any { return b.parsed(f.parse(p)) })
	case "relative":
		return bridge.Function(vm, name, 2, func(call goja.FunctionCall) goja.Value {
			return vm.ToValue(f.relative(b.text(call.Argument(0), "from"), b.text(call.Argument(1), "to")))
		})
	case "basename":
		return bridge.Function(vm, name, 2, func(call goja.FunctionCall) goja.Value {
			suffix := ""
			if s := call.Argument(1); !goja.IsUndefined(s) {
				suffix = b.text(s, "suffix")
			}
			return vm.ToValue(f.basename(b.text(call.Argument(0), "path"), suffix))
		})
	case "format":
		return bridge.Function(vm, name, 1, func(call goja.FunctionCall) goja.Value {
			return vm.ToValue(format(b.h, call.Argument(0), b.sep))
		})
	}
	return bridge.Function(vm, name, 1, func(call goja.FunctionCall) goja.Value { // toNamespacedPath
		if !goja.IsString(call.Argument(0)) {
			return call.Argument(0)
		}
		return vm.ToValue(f.toNamespaced(call.Argument(0).String()))
	})
}

func (b builder) parsed(r parsed) goja.Value {
	o := b.h.VM().NewObject()
	for _, kv := range [][2]string{{"root", r.root}, {"dir", r.dir}, {"base", r.base}, {"ext", r.ext}, {"name", r.name}} {
		_ = o.Set(kv[0], kv[1])
	}
	return o
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
