// Package webstreams is the core module "stream/web": the streams of the
// Streams Standard, which are globals too, and their ties to Node's streams.
package webstreams

import (
	"embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed *.js
var sources embed.FS

// parts are the scripts in the order in which they build on each other.
var parts = []*module.Script{script("readable"), script("controllers"), script("readers"), script("writable"), script("transform")}

var adapters = script("adapters")

func script(name string) *module.Script {
	src, err := sources.ReadFile(name + ".js")
	if err != nil {
		panic(err) // embedded, so only a mistake in the name
	}
	return module.NewScript("node:internal/webstreams/"+name, bridge.Params, string(src))
}

// Load is the loader of "stream/web".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	exports, shared := vm.NewObject(), vm.NewObject()
	require := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		return h.Require(call.Argument(0).String())
	})
	for _, p := range parts {
		p.Run(vm, exports, require, shared)
	}
	return exports
}

// LoadAdapters is the loader of the internal module behind Readable.toWeb and
// its like.
func LoadAdapters(h module.Host) *goja.Object { return bridge.Load(h, adapters, nil) }
