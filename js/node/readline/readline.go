// Package readline is the core module "readline" and "readline/promises": the lines of a stream.
package readline

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed readline.js
var source string

var script = module.NewScript("node:readline", bridge.Params, source)

// Load is the loader of "readline".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }

// LoadPromises is the loader of "readline/promises".
func LoadPromises(h module.Host) *goja.Object {
	if o, ok := h.Require("readline").Get("promises").(*goja.Object); ok {
		return o
	}
	return h.VM().NewObject() // the guest has taken it away
}
