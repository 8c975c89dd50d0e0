// Package assert is the core modules "assert" and "assert/strict".
package assert

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed error.js
var errorSource string

//go:embed assert.js
var source string

var (
	errorScript = module.NewScript("node:internal/assert/assertion_error", bridge.Params, errorSource)
	script      = module.NewScript("node:assert", bridge.Params, source)
)

// Load is the loader of "assert".
func Load(h module.Host) *goja.Object {
	return bridge.Load(h, script, bridge.Load(h, errorScript, nil))
}

// LoadStrict is the loader of "assert/strict".
func LoadStrict(h module.Host) *goja.Object {
	if o, ok := h.Require("assert").Get("strict").(*goja.Object); ok {
		return o
	}
	return h.VM().NewObject() // the guest has taken it away
}
