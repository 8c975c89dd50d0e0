// Package events is the core module "events".
package events

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed events.js
var source string

var script = module.NewScript("node:events", bridge.Params, source)

// Load is the loader of "events".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
