// Package timers is the core module "timers", whose functions are globals too,
// and queueMicrotask. The time and the queues are the isolate's loop; this
// package makes the Timeout and Immediate objects that guests hold.
package timers

import (
	"strconv"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/asyncctx"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// maxDelay is the longest delay in milliseconds; Node turns longer ones into 1.
const maxDelay = 1<<31 - 1

// timeout is the Go half of a Timeout object, immediate of an Immediate. They
// export nothing, so that a guest that finds one can do nothing with it.
type timeout struct {
	handle module.Timer
	id     int64   // given once the guest has turned the object into a number
	delay  float64 // milliseconds
	noRef  bool
	fn     goja.Callable
	value  *goja.Object // the function itself
	repeat bool
	ended  bool // fired for good, or cleared
	clear  bool // cleared: refresh does not bring it back
}

type immediate struct {
	handle module.Handle
	ended  bool
}

// set is the timers of one isolate.
type set struct {
	h         module.Host
	vm        *goja.Runtime
	loop      module.Loop
	ctx       *asyncctx.State
	self      *goja.Symbol // the property that leads from an object to its Go half
	timeouts  *goja.Object // prototype, made with the first object
	immediate *goja.Object // prototype, made with the first object
	nextID    int64
	byID      map[int64]*timeout
}

// names are the members of the module.
var names = []string{"setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "setInterval", "clearInterval", "promises"}

// Load is the loader of "timers".
func Load(h module.Host) *goja.Object {
	s := &set{h: h, vm: h.VM(), loop: h.Loop(), ctx: asyncctx.Of(h), self: goja.NewSymbol("handle")}
	return bridge.NewLazy(s.vm, names, s.member)
}

func (s *set) member(name string) goja.Value {
	switch name {
	case "setTimeout":
		return bridge.Function(s.vm, name, 4, func(call goja.FunctionCall) goja.Value { return s.setTimeout(call, false) })
	case "setInterval":
		return bridge.Function(s.vm, name, 4, func(call goja.FunctionCall) goja.Value { return s.setTimeout(call, true) })
	case "setImmediate":
		return bridge.Function(s.vm, name, 4, s.setImmediate)
	case "clearImmediate":
		return bridge.Function(s.vm, name, 1, s.clearImmediate)
	case "promises":
		return s.h.Require("timers/promises")
	}
	return bridge.Function(s.vm, name, 1, s.clear)
}

// class makes the prototype of a class whose constructor guests see but
// cannot call.
func (s *set) class(name string) *goja.Object {
	proto := s.vm.NewObject()
	ctor := bridge.Function(s.vm, name, 0, func(goja.FunctionCall) goja.Value {
		panic(s.vm.NewTypeError("Illegal constructor"))
	})
	_ = ctor.DefineDataProperty("prototype", proto, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	_ = proto.DefineDataProperty("constructor", ctor, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return proto
}

func (s *set) callback(v goja.Value) goja.Callable {
	fn, ok := goja.AssertFunction(v)
	if !ok {
		panic(nodeerr.InvalidArgType(s.h, "callback", "of type function", v))
	}
	return fn
}

// rest copies the arguments after the first n: the runtime reuses the slice.
func rest(call goja.FunctionCall, n int) []goja.Value {
	if len(call.Arguments) <= n {
		return nil
	}
	return append([]goja.Value(nil), call.Arguments[n:]...)
}

func (s *set) setTimeout(call goja.FunctionCall, repeat bool) goja.Value {
	fn := s.callback(call.Argument(0))
	t := &timeout{fn: fn, repeat: repeat, delay: s.delay(call.Argument(1))}
	t.value, _ = call.Argument(0).(*goja.Object)
	args := rest(call, 2)
	if s.timeouts == nil {
		s.timeouts = s.class("Timeout")
		s.timeoutMethods()
	}
	o := s.object(s.timeouts, t)
	frame := s.ctx.Grab()
	t.handle = s.loop.SetTimer(time.Duration(t.delay*float64(time.Millisecond)), repeat, func() error {
		if !repeat {
			t.ended = true
			s.forget(t)
		}
		return s.ctx.Run(frame, func() error {
			_, err := t.fn(o, args...)
			return err
		})
	})
	return o
}

// delay turns the second argument into milliseconds as Node does.
func (s *set) delay(v goja.Value) float64 {
	if v == nil || goja.IsUndefined(v) {
		return 1
	}
	f := v.ToFloat()
	if f > maxDelay {
		s.warnOverflow(v)
		return 1
	}
	if !(f >= 1) {
		return 1
	}
	return f
}

func (s *set) warnOverflow(v goja.Value) {
	if warn, ok := goja.AssertFunction(s.h.Require("process").Get("emitWarning")); ok {
		text := v.String() + " does not fit into a 32-bit signed integer.\nTimeout duration was set to 1."
		bridge.Call(warn, goja.Undefined(), s.vm.ToValue(text), s.vm.ToValue("TimeoutOverflowWarning"))
	}
}

// object returns what a guest holds of a timer. Most guests drop it, so it is
// made when it is first looked at.
func (s *set) object(proto *goja.Object, half any) *goja.Object {
	return lazy.Object(s.vm, func() *goja.Object {
		o := s.vm.CreateObject(proto)
		_ = o.DefineDataPropertySymbol(s.self, s.vm.ToValue(half), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
		return o
	})
}

// half returns the Go half of an object, nil if v is none of ours.
func half[T any](s *set, v goja.Value) *T {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	inner := o.GetSymbol(s.self)
	if inner == nil {
		return nil
	}
	t, _ := inner.Export().(*T)
	return t
}

func (s *set) clear(call goja.FunctionCall) goja.Value {
	v := call.Argument(0)
	if t := half[timeout](s, v); t != nil {
		s.stop(t)
		return goja.Undefined()
	}
	if _, isObject := v.(*goja.Object); !isObject && len(s.byID) > 0 && (goja.IsNumber(v) || goja.IsString(v)) {
		if id, err := strconv.ParseInt(v.String(), 10, 64); err == nil && s.byID[id] != nil {
			s.stop(s.byID[id])
		}
	}
	return goja.Undefined()
}

func (s *set) stop(t *timeout) {
	t.ended, t.clear = true, true
	t.handle.Stop()
	s.forget(t)
}

func (s *set) forget(t *timeout) {
	if t.id != 0 {
		delete(s.byID, t.id)
	}
}

func (s *set) setImmediate(call goja.FunctionCall) goja.Value {
	fn := s.callback(call.Argument(0))
	args := rest(call, 1)
	im := &immediate{}
	if s.immediate == nil {
		s.immediate = s.class("Immediate")
		s.immediateMethods()
	}
	o := s.object(s.immediate, im)
	frame := s.ctx.Grab()
	im.handle = s.loop.SetImmediate(func() error {
		im.ended = true
		return s.ctx.Run(frame, func() error {
			_, err := fn(o, args...)
			return err
		})
	})
	return o
}

func (s *set) clearImmediate(call goja.FunctionCall) goja.Value {
	if im := half[immediate](s, call.Argument(0)); im != nil && !im.ended {
		im.ended = true
		im.handle.Stop()
	}
	return goja.Undefined()
}
