// Package promises is the core module "timers/promises".
package promises

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed promises.js
var source string

var script = module.NewScript("node:timers/promises", bridge.Params, source)

// Load is the loader of "timers/promises".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
