package util

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// Parts of util that few handlers use are modules of their own, loaded when
// their members are asked for.

//go:embed internal/parse_args.js
var parseArgsSource string

//go:embed internal/mime.js
var mimeSource string

var (
	parseArgsScript = module.NewScript("node:internal/parse_args", bridge.Params, parseArgsSource)
	mimeScript      = module.NewScript("node:internal/mime", bridge.Params, mimeSource)
)

// LoadParseArgs is the loader of "internal/parse_args".
func LoadParseArgs(h module.Host) *goja.Object { return bridge.Load(h, parseArgsScript, nil) }

// LoadMIME is the loader of "internal/mime".
func LoadMIME(h module.Host) *goja.Object { return bridge.Load(h, mimeScript, nil) }
