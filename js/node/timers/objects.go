package timers

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// method adds a method to a prototype that does nothing for foreign objects.
func method[T any](s *set, proto *goja.Object, name string, fn func(this *goja.Object, t *T) goja.Value) {
	f := bridge.Function(s.vm, name, 0, receiver(s, fn))
	_ = proto.DefineDataProperty(name, f, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// property adds a read-only property, for code that looks at Node's internals.
func property[T any](s *set, proto *goja.Object, name string, fn func(this *goja.Object, t *T) goja.Value) {
	getter := s.vm.ToValue(receiver(s, fn))
	_ = proto.DefineAccessorProperty(name, getter, nil, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func receiver[T any](s *set, fn func(this *goja.Object, t *T) goja.Value) bridge.Func {
	return func(call goja.FunctionCall) goja.Value {
		this, ok := call.This.(*goja.Object)
		if !ok {
			return goja.Undefined()
		}
		t := half[T](s, this)
		if t == nil {
			return goja.Undefined()
		}
		return fn(this, t)
	}
}

func (s *set) timeoutMethods() {
	p := s.timeouts
	method(s, p, "ref", func(this *goja.Object, t *timeout) goja.Value {
		t.noRef = false
		t.handle.Ref()
		return this
	})
	method(s, p, "unref", func(this *goja.Object, t *timeout) goja.Value {
		t.noRef = true
		t.handle.Unref()
		return this
	})
	method(s, p, "hasRef", func(_ *goja.Object, t *timeout) goja.Value { return s.vm.ToValue(!t.noRef) })
	method(s, p, "refresh", func(this *goja.Object, t *timeout) goja.Value {
		if !t.clear {
			t.ended = false
			t.handle.Refresh()
		}
		return this
	})
	method(s, p, "close", func(this *goja.Object, t *timeout) goja.Value { s.stop(t); return this })
	property(s, p, "_onTimeout", func(_ *goja.Object, t *timeout) goja.Value {
		if t.ended || t.value == nil {
			return goja.Null()
		}
		return t.value
	})
	property(s, p, "_idleTimeout", func(_ *goja.Object, t *timeout) goja.Value { return s.vm.ToValue(t.delay) })
	property(s, p, "_destroyed", func(_ *goja.Object, t *timeout) goja.Value { return s.vm.ToValue(t.ended) })
	property(s, p, "_repeat", func(_ *goja.Object, t *timeout) goja.Value {
		if t.repeat {
			return s.vm.ToValue(t.delay)
		}
		return goja.Null()
	})
	toPrimitive := bridge.Function(s.vm, "[Symbol.toPrimitive]", 0, receiver(s, func(_ *goja.Object, t *timeout) goja.Value {
		if t.id == 0 {
			s.nextID++
			t.id = s.nextID
		}
		if !t.ended {
			if s.byID == nil {
				s.byID = map[int64]*timeout{}
			}
			s.byID[t.id] = t
		}
		return s.vm.ToValue(t.id)
	}))
	_ = p.DefineDataPropertySymbol(goja.SymToPrimitive, toPrimitive, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

func (s *set) immediateMethods() {
	p := s.immediate
	method(s, p, "ref", func(this *goja.Object, im *immediate) goja.Value { im.handle.Ref(); return this })
	method(s, p, "unref", func(this *goja.Object, im *immediate) goja.Value { im.handle.Unref(); return this })
	method(s, p, "hasRef", func(_ *goja.Object, im *immediate) goja.Value { return s.vm.ToValue(im.handle.HasRef()) })
	property(s, p, "_destroyed", func(_ *goja.Object, im *immediate) goja.Value { return s.vm.ToValue(im.ended) })
}

// LoadMicrotask is the loader of the internal module that holds the global
// queueMicrotask.
func LoadMicrotask(h module.Host) *goja.Object {
	vm := h.VM()
	exports := vm.NewObject()
	s := &set{h: h, vm: vm, loop: h.Loop()}
	then := bridge.Native(vm, "Promise", "prototype", "then")
	bridge.Method(vm, exports, "queueMicrotask", 1, func(call goja.FunctionCall) goja.Value {
		fn := s.callback(call.Argument(0))
		p, resolve, _ := vm.NewPromise()
		if err := resolve(goja.Undefined()); err != nil {
			panic(err)
		}
		job := vm.ToValue(func(goja.FunctionCall) goja.Value {
			if _, err := fn(goja.Undefined()); err != nil {
				if _, thrown := err.(*goja.Exception); !thrown {
					panic(err) // interrupted
				}
				// A throwing microtask is an uncaught exception, not a rejection.
				s.loop.NextTick(func() error { return err })
			}
			return goja.Undefined()
		})
		then(goja.FunctionCall{This: vm.ToValue(p), Arguments: []goja.Value{job}})
		return goja.Undefined()
	})
	return exports
}
