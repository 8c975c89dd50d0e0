// Package absent has the core modules that a function can require but that do
// not work here: those that start processes and threads, open sockets or talk to
// terminals and debuggers. They have their usual members; what a call of them
// would need fails with an error that says so. What can be done without all that
// works: net.isIP, vm.Script, v8.serialize, dns names of addresses.
package absent

import (
	_ "embed"
	"net/netip"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed common.js
var commonSource string

//go:embed process.js
var processSource string

//go:embed net.js
var netSource string

//go:embed dns.js
var dnsSource string

//go:embed vm.js
var vmSource string

//go:embed v8.js
var v8Source string

var (
	common    = module.NewScript("node:internal/absent", bridge.Params, commonSource)
	processes = module.NewScript("node:child_process", bridge.Params, processSource)
	network   = module.NewScript("node:net", bridge.Params, netSource)
	names     = module.NewScript("node:dns", bridge.Params, dnsSource)
	contexts  = module.NewScript("node:vm", bridge.Params, vmSource)
	heap      = module.NewScript("node:v8", bridge.Params, v8Source)
)

// LoadCommon makes "internal/absent", which the others use.
func LoadCommon(h module.Host) *goja.Object { return bridge.Load(h, common, nil) }

// member makes a loader that takes one member of a script's exports.
func member(s *module.Script, name string, native func(h module.Host) *goja.Object) module.Loader {
	return func(h module.Host) *goja.Object {
		var n *goja.Object
		if native != nil {
			n = native(h)
		}
		return bridge.Load(h, s, n).Get(name).ToObject(h.VM())
	}
}

// The loaders of the modules, by their names.
var (
	ChildProcess  = member(processes, "child_process", nil)
	WorkerThreads = member(processes, "worker_threads", nil)
	Domain        = member(processes, "domain", nil)
	Cluster       = member(processes, "cluster", nil)
	Inspector     = member(processes, "inspector", nil)
	REPL          = member(processes, "repl", nil)
	TraceEvents   = member(processes, "trace_events", nil)
	WASI          = member(processes, "wasi", nil)
	Net           = member(network, "net", addresses)
	TLS           = member(network, "tls", addresses)
	Dgram         = member(network, "dgram", addresses)
	HTTP2         = member(network, "http2", addresses)
	DNS           = member(names, "dns", nil)
	DNSPromises   = func(h module.Host) *goja.Object { return h.Require("dns").Get("promises").ToObject(h.VM()) }
	VM            = member(contexts, "vm", compile)
	V8            = member(heap, "v8", nil)
)

// addresses are the Go functions of net.
func addresses(h module.Host) *goja.Object {
	vm := h.VM()
	n := bridge.NewNatives(vm)
	n.Func("family", func(c goja.FunctionCall) goja.Value {
		text := c.Argument(0).String()
		addr, err := netip.ParseAddr(text)
		switch {
		case err != nil:
			return vm.ToValue(0)
		case addr.Is4():
			return vm.ToValue(4)
		case strings.HasSuffix(text, "%"):
			return vm.ToValue(0)
		}
		return vm.ToValue(6)
	})
	return n.Object()
}

// compile is the Go function of vm: it runs source text in the realm, under a
// file name of the guest's choice.
func compile(h module.Host) *goja.Object {
	vm := h.VM()
	n := bridge.NewNatives(vm)
	n.Func("run", func(c goja.FunctionCall) goja.Value {
		// The guest's own indirect eval, which guards against source that is
		// nested too deeply to be parsed.
		eval, ok := goja.AssertFunction(vm.GlobalObject().Get("eval"))
		if !ok {
			panic(vm.NewTypeError("eval is not a function"))
		}
		v, err := eval(goja.Undefined(), c.Argument(0))
		if err != nil {
			panic(err)
		}
		return v
	})
	return n.Object()
}
