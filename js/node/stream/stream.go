// Package stream is the core modules "stream" and "stream/promises": Node's
// streams, written in JavaScript in parts that fill one object in turn.
// stream/web has a package of its own.
package stream

import (
	"embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed *.js
var sources embed.FS

// parts are the scripts in the order in which they build on each other.
var parts = load("base", "readable", "writable", "writable_end", "duplex", "finished", "flowing", "pipeline", "operators")

var index = load("index")[0]

func load(names ...string) []*module.Script {
	scripts := make([]*module.Script, len(names))
	for i, name := range names {
		src, err := sources.ReadFile(name + ".js")
		if err != nil {
			panic(err) // embedded, so only a mistake in the list of names
		}
		scripts[i] = module.NewScript("node:internal/streams/"+name, bridge.Params, string(src))
	}
	return scripts
}

// Load is the loader of "stream".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	shared := vm.NewObject()
	require := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		return h.Require(call.Argument(0).String())
	})
	for _, p := range parts {
		p.Run(vm, shared, require, goja.Undefined())
	}
	return bridge.Load(h, index, shared)
}

// LoadPromises is the loader of "stream/promises".
func LoadPromises(h module.Host) *goja.Object {
	if o, ok := h.Require("stream").Get("promises").(*goja.Object); ok {
		return o
	}
	return h.VM().NewObject() // the guest has taken it away
}
