// Package dom has the globals that come from the web's standards: DOMException,
// Event and EventTarget, AbortController, structuredClone, MessageChannel. Each
// group is an internal module of its own, loaded when its first global is used.
package dom

import (
	_ "embed"
	"math"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed exception.js
var exceptionSource string

//go:embed events.js
var eventsSource string

//go:embed abort.js
var abortSource string

var (
	exceptionScript = module.NewScript("node:internal/per_context/domexception", bridge.Params, exceptionSource)
	eventsScript    = module.NewScript("node:internal/event_target", bridge.Params, eventsSource)
	abortScript     = module.NewScript("node:internal/abort_controller", bridge.Params, abortSource)
)

// changed is the key of the method by which an EventTarget learns that its
// listeners have changed. It also is what only our own code can name.
var changed = goja.NewSymbol("changed")

// LoadException makes "internal/dom": DOMException.
func LoadException(h module.Host) *goja.Object { return bridge.Load(h, exceptionScript, nil) }

// LoadEvents makes "internal/events": Event, EventTarget and their kin.
func LoadEvents(h module.Host) *goja.Object {
	return bridge.Load(h, eventsScript, natives(h).Object())
}

// LoadAbort makes "internal/abort": AbortController and AbortSignal.
func LoadAbort(h module.Host) *goja.Object {
	return bridge.Load(h, abortScript, natives(h).Object())
}

// natives are the Go functions that the scripts use.
func natives(h module.Host) *bridge.Natives {
	vm := h.VM()
	n := bridge.NewNatives(vm)
	n.Value("changed", changed)
	start := h.System().Start
	n.Func("now", func(goja.FunctionCall) goja.Value {
		return vm.ToValue(float64(time.Since(start)) / float64(time.Millisecond))
	})
	// report makes an exception in a listener an uncaught one.
	n.Func("report", func(c goja.FunctionCall) goja.Value {
		thrown := c.Argument(0)
		h.Loop().NextTick(func() error { return throwing(vm, thrown) })
		return goja.Undefined()
	})
	n.Func("unrefTimer", func(c goja.FunctionCall) goja.Value {
		fn, _ := goja.AssertFunction(c.Argument(1))
		timer := h.Loop().SetTimer(millis(c.Argument(0)), false, func() error {
			_, err := fn(goja.Undefined())
			return err
		})
		timer.Unref()
		return goja.Undefined()
	})
	return n
}

// millis converts a number of milliseconds, cut off at a year.
func millis(v goja.Value) time.Duration {
	const year = 365 * 24 * time.Hour
	ms := v.ToFloat()
	if math.IsNaN(ms) || ms < 1 {
		ms = 1
	}
	return min(time.Duration(math.Min(ms, float64(year/time.Millisecond)))*time.Millisecond, year)
}

// throwing makes the error that goja makes of a thrown value.
func throwing(vm *goja.Runtime, thrown goja.Value) error {
	if e := vm.Try(func() { panic(thrown) }); e != nil {
		return e
	}
	return nil
}
