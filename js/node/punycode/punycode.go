// Package punycode is the core module "punycode": RFC 3492 on strings, labels
// and code points.
package punycode

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed punycode.js
var source string

var script = module.NewScript("node:punycode", bridge.Params, source)

// Load is the loader of "punycode".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
