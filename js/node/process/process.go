// Package process is the global process. Its object and its events are
// JavaScript; what touches the isolate (the tick queue, the log, the exit, the
// environment) is Go.
package process

import (
	_ "embed"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/asyncctx"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

//go:embed process.js
var source string

var script = module.NewScript("node:process", bridge.Params, source)

// Load is the loader of "process".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	p := newObject(h)
	environment := vm.NewDynamicObject(newEnv(h))
	_ = p.target.DefineDataPropertySymbol(envKey, environment, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	for _, m := range []struct {
		name  string
		value any
	}{
		{"version", "v20.20.2"}, {"arch", "x64"}, {"platform", "linux"}, {"title", "node"}, {"pid", 8}, {"ppid", 1},
		{"argv0", "node"}, {"execPath", "/var/lang/bin/node"}, {"env", environment},
	} {
		_ = p.target.Set(m.name, m.value)
	}
	bridge.Method(vm, p.target, "cwd", 0, func(goja.FunctionCall) goja.Value { return vm.ToValue(module.CodeDir) })
	nextTick(h, p.target)
	return p.process
}

// half is the Go half of the script.
func (p *object) half() *goja.Object {
	h, vm := p.h, p.vm
	native := vm.NewObject()
	_ = native.Set("process", p.process)
	_ = native.Set("target", p.target)
	_ = native.Set("memoryLimit", h.System().MemoryLimit)
	bridge.Method(vm, native, "exit", 1, func(call goja.FunctionCall) goja.Value {
		h.System().Exit(int(call.Argument(0).ToInteger()))
		return goja.Undefined()
	})
	bridge.Method(vm, native, "write", 2, func(call goja.FunctionCall) goja.Value {
		if p := bytes(call.Argument(1)); len(p) > 0 {
			h.System().Write(int(call.Argument(0).ToInteger()), p)
		}
		return goja.Undefined()
	})
	bridge.Method(vm, native, "nanoseconds", 0, func(goja.FunctionCall) goja.Value {
		// Node counts from an arbitrary moment: here, a day before the start.
		d := time.Since(h.System().Start) + 24*time.Hour
		return vm.NewArray(int64(d/time.Second), int64(d%time.Second))
	})
	bridge.Method(vm, native, "uptime", 0, func(goja.FunctionCall) goja.Value {
		return vm.ToValue(time.Since(h.System().Start).Seconds())
	})
	bridge.Method(vm, native, "isEmitter", 0, func(goja.FunctionCall) goja.Value { return vm.ToValue(p.emitter) })
	return native
}

// bytes returns what a string or a view of bytes writes to the log.
func bytes(v goja.Value) []byte {
	if s, ok := v.(goja.String); ok {
		return []byte(s.String())
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	if p, ok := o.Export().([]byte); ok {
		return p
	}
	if b, ok := o.Get("buffer").Export().(goja.ArrayBuffer); ok { // other views
		at, n := o.Get("byteOffset").ToInteger(), o.Get("byteLength").ToInteger()
		if data := b.Bytes(); at >= 0 && n >= 0 && at+n <= int64(len(data)) {
			return data[at : at+n]
		}
	}
	return nil
}

// nextTick adds process.nextTick.
func nextTick(h module.Host, target *goja.Object) {
	vm, loop, ctx := h.VM(), h.Loop(), asyncctx.Of(h)
	bridge.Method(vm, target, "nextTick", 1, func(call goja.FunctionCall) goja.Value {
		fn, ok := goja.AssertFunction(call.Argument(0))
		if !ok {
			panic(nodeerr.InvalidArgType(h, "callback", "of type function", call.Argument(0)))
		}
		var args []goja.Value
		if len(call.Arguments) > 1 {
			args = append(args, call.Arguments[1:]...)
		}
		frame := ctx.Grab()
		loop.NextTick(func() error {
			return ctx.Run(frame, func() error {
				_, err := fn(goja.Undefined(), args...)
				return err
			})
		})
		return goja.Undefined()
	})
}
