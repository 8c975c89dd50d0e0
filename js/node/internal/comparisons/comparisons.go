// Package comparisons is the core module "internal/comparisons": deep equality, for assert and
// util. Guests cannot require it.
package comparisons

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed comparisons.js
var source string

var script = module.NewScript("node:internal/comparisons", bridge.Params, source)

// Load is the loader of "internal/comparisons".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
