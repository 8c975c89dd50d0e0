// Package stringdecoder is the core module "string_decoder": bytes to text,
// across the borders of chunks.
package stringdecoder

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed string_decoder.js
var source string

var script = module.NewScript("node:string_decoder", bridge.Params, source)

// Load is the loader of "string_decoder".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
