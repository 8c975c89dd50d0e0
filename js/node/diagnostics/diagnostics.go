// Package diagnostics is the core module "diagnostics_channel".
package diagnostics

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed diagnostics_channel.js
var source string

var script = module.NewScript("node:diagnostics_channel", bridge.Params, source)

// Load is the loader of "diagnostics_channel".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
