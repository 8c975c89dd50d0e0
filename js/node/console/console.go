// Package console is the global console as Lambda's Node.js runtime patches it:
// every call of a method that prints makes one log event, in Lambda's text or
// JSON line format, of the level that the method stands for. The package also
// writes the runtime's own lines (Line, Report), which share the formats.
package console

import (
	_ "embed"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/inspect"
)

//go:embed console.js
var source string

var script = module.NewScript("node:console", bridge.Params, source)

// methods are the methods that log at a level of their own.
var methods = []struct {
	name  string
	level module.Level
}{
	{"log", module.Info},
	{"trace", module.Trace},
	{"debug", module.Debug},
	{"info", module.Info},
	{"warn", module.Warn},
	{"error", module.Error},
	{"fatal", module.Fatal},
}

// names are the members of the global, in Node's order.
var names = strings.Fields(`log warn dir time timeEnd timeLog trace assert clear count countReset group groupEnd
	table debug info dirxml error groupCollapsed Console profile profileEnd timeStamp fatal`)

// Load is the loader of the module "console", whose exports are the global. The
// methods that log are Go; the first use of another one runs the script that
// has the rest.
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	w := &writer{h: h, in: inspect.New(h)}
	var rest, console *goja.Object
	console = bridge.NewLazy(vm, names, func(name string) goja.Value {
		for _, m := range methods {
			if m.name == name {
				return bridge.Function(vm, name, 0, w.method(m.level))
			}
		}
		if rest == nil {
			rest = bridge.Load(h, script, w.native(console))
		}
		return rest.Get(name)
	})
	proto := vm.NewObject()
	_ = proto.DefineDataPropertySymbol(goja.SymToStringTag, vm.ToValue("console"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = console.SetPrototype(proto)
	return console
}

// method returns the function of a method that logs.
func (w *writer) method(level module.Level) bridge.Func {
	if level < w.h.System().LogLevel && level != module.Fatal {
		return func(goja.FunctionCall) goja.Value { return goja.Undefined() }
	}
	return func(call goja.FunctionCall) goja.Value {
		w.log(level, call.Arguments)
		return goja.Undefined()
	}
}

// native is the Go half of the script.
func (w *writer) native(console *goja.Object) *goja.Object {
	vm := w.h.VM()
	native := vm.NewObject()
	_ = native.Set("console", console)
	bridge.Method(vm, native, "now", 0, func(goja.FunctionCall) goja.Value {
		return vm.ToValue(float64(time.Since(w.h.System().Start).Nanoseconds()) / 1e6)
	})
	bridge.Method(vm, native, "write", 2, func(call goja.FunctionCall) goja.Value {
		w.h.System().Write(int(call.Argument(0).ToInteger()), []byte(call.Argument(1).String()))
		return goja.Undefined()
	})
	return native
}

// writer makes log events of one isolate.
type writer struct {
	h   module.Host
	in  *inspect.Inspector
	buf []byte // kept between calls: most events are short
}

// keepBuffer is the size above which a buffer is not kept for the next event.
const keepBuffer = 4 << 10

func (w *writer) log(level module.Level, args []goja.Value) {
	sys := w.h.System()
	var line []byte
	if sys.LogJSON {
		line = w.appendJSON(w.buf[:0], level, args)
	} else {
		line = appendHead(w.buf[:0], sys, level)
		if len(args) == 0 {
			line = append(line, "undefined"...)
		}
		line = w.in.AppendFormat(line, args, nil)
	}
	line = append(line, '\n')
	// A custom inspection function may have logged too: take the buffer only
	// once the line is whole.
	if cap(line) <= keepBuffer {
		w.buf = line
	}
	sys.Write(1, line)
}

// appendHead appends the four fields before the text of a line.
func appendHead(dst []byte, sys *module.System, level module.Level) []byte {
	dst = appendTime(dst, time.Now())
	dst = append(dst, '\t')
	if id := sys.RequestID(); id != "" {
		dst = append(dst, id...)
	} else {
		dst = append(dst, "undefined"...)
	}
	dst = append(dst, '\t')
	dst = append(dst, level.String()...)
	return append(dst, '\t')
}

// appendTime appends a time as Date.prototype.toISOString writes it.
func appendTime(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}
