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

//go:embed statics.js
var staticsSource string

var (
	script  = module.NewScript("node:events", bridge.Params, source)
	statics = module.NewScript("node:internal/events/statics", bridge.Params, staticsSource)
)

// Load is the loader of "events": the class, then its static members.
func Load(h module.Host) *goja.Object {
	shared := h.VM().NewObject()
	emitter := bridge.Load(h, script, shared)
	bridge.Extend(h, statics, emitter, shared)
	return emitter
}
