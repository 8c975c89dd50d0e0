// Package perfhooks is the core module "perf_hooks" and the global performance.
// Its clock counts from the start of the environment.
package perfhooks

import (
	_ "embed"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed perf_hooks.js
var source string

var script = module.NewScript("node:perf_hooks", bridge.Params, source)

// Load is the loader of "perf_hooks".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	start := h.System().Start
	native := vm.NewObject()
	_ = native.Set("timeOrigin", float64(start.UnixMicro())/1e3)
	bridge.Method(vm, native, "now", 0, func(goja.FunctionCall) goja.Value {
		return vm.ToValue(float64(time.Since(start).Nanoseconds()) / 1e6)
	})
	return bridge.Load(h, script, native)
}
