// Package constants has the numbers that Linux, OpenSSL and zlib give names to,
// for the modules that export them, and the old module "constants" that exports
// them all. A table is decoded when it is first used.
package constants

import (
	"embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

//go:embed os.json fs.json crypto.json zlib.json
var tables embed.FS

// Table returns one of the tables "os", "fs", "crypto" and "zlib" as an object
// of its own.
func Table(h module.Host, name string) *goja.Object {
	text, err := tables.ReadFile(name + ".json")
	if err != nil {
		panic("constants: no table " + name)
	}
	v, err := h.JSON().Decode(text)
	if err != nil {
		panic(err)
	}
	return v.ToObject(h.VM())
}

// LoadTables makes "internal/constants", whose members are the tables.
func LoadTables(h module.Host) *goja.Object {
	vm := h.VM()
	exports := vm.NewObject()
	for _, name := range []string{"os", "fs", "crypto", "zlib"} {
		_ = exports.DefineAccessorProperty(name, vm.ToValue(func(goja.FunctionCall) goja.Value {
			table := Table(h, name)
			_ = exports.DefineDataProperty(name, table, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
			return table
		}), nil, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return exports
}

// Load makes the module "constants".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	exports := vm.NewObject()
	system := Table(h, "os")
	for _, group := range []*goja.Object{
		system.Get("dlopen").ToObject(vm), system.Get("errno").ToObject(vm), system.Get("priority").ToObject(vm),
		system.Get("signals").ToObject(vm), Table(h, "fs"), Table(h, "crypto"),
	} {
		for _, key := range group.Keys() {
			_ = exports.Set(key, group.Get(key))
		}
	}
	return exports
}
