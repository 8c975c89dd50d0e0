// Package tty is the core module "tty": no stream of a function is a terminal.
package tty

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed tty.js
var source string

var script = module.NewScript("node:tty", bridge.Params, source)

// Load is the loader of "tty".
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, nil) }
