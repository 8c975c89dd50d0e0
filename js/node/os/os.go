// Package os is Node's os module. It answers as the sandbox of a function does
// and tells nothing of the host.
package os

import (
	_ "embed"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed os.js
var source string

var script = module.NewScript("node:os", bridge.Params, source)

// cpus is how many processors a function sees: Lambda shows two up to 3 GB.
const cpus = 2

// Load makes the module's exports.
func Load(h module.Host) *goja.Object {
	vm, sys := h.VM(), h.System()
	n := bridge.NewNatives(vm)
	n.Value("cpus", cpus)
	n.Value("totalmem", sys.MemoryLimit)
	n.Func("freemem", func(goja.FunctionCall) goja.Value { return vm.ToValue(sys.MemoryLimit / 2) })
	n.Func("uptime", func(goja.FunctionCall) goja.Value {
		return vm.ToValue(float64(time.Since(sys.Start).Milliseconds()) / 1000)
	})
	return bridge.Load(h, script, n.Object())
}
