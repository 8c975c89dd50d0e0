package inspect

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// natives are the built-in functions that look into values without running
// the guest's code. Each is taken from the realm at its first use.
type natives struct {
	getOwnPropertyDescriptor bridge.Func
	getOwnPropertySymbols    bridge.Func
	propertyIsEnumerable     bridge.Func
	functionToString         bridge.Func
	regexpToString           bridge.Func
	errorToString            bridge.Func
	dateToISO                bridge.Func
	dateValue                bridge.Func
	mapEntries, setValues    bridge.Func
	mapSize, setSize         bridge.Func
	typedTag                 bridge.Func
	isView                   bridge.Func
	weakMapHas, weakSetHas   bridge.Func

	vm                      *goja.Runtime
	objectProto, arrayProto *goja.Object
	custom                  *goja.Symbol // nil until somebody may have used it
	constructorKey          goja.Value
}

// realm returns the natives of the isolate.
func (in *Inspector) realm() *natives {
	if in.natives != nil {
		return in.natives
	}
	vm := in.vm
	n := &natives{
		vm:             vm,
		constructorKey: vm.ToValue("constructor"),
		objectProto:    vm.NewObject().Prototype(),
		arrayProto:     vm.NewArray().Prototype(),
	}
	n.getOwnPropertyDescriptor = late(vm, "Object", "getOwnPropertyDescriptor")
	n.getOwnPropertySymbols = late(vm, "Object", "getOwnPropertySymbols")
	n.propertyIsEnumerable = late(vm, "Object", "prototype", "propertyIsEnumerable")
	n.functionToString = late(vm, "Function", "prototype", "toString")
	n.regexpToString = late(vm, "RegExp", "prototype", "toString")
	n.errorToString = late(vm, "Error", "prototype", "toString")
	n.dateToISO = late(vm, "Date", "prototype", "toISOString")
	n.dateValue = late(vm, "Date", "prototype", "getTime")
	n.mapEntries = late(vm, "Map", "prototype", "entries")
	n.setValues = late(vm, "Set", "prototype", "values")
	n.isView = late(vm, "ArrayBuffer", "isView")
	n.weakMapHas = late(vm, "WeakMap", "prototype", "has")
	n.weakSetHas = late(vm, "WeakSet", "prototype", "has")
	n.mapSize = resolved(func() bridge.Func { return n.getter(vm, "Map", vm.ToValue("size")) })
	n.setSize = resolved(func() bridge.Func { return n.getter(vm, "Set", vm.ToValue("size")) })
	n.typedTag = resolved(func() bridge.Func {
		if ctor, ok := vm.Get("Uint8Array").(*goja.Object); ok {
			if proto, ok := ctor.Get("prototype").(*goja.Object); ok && proto.Prototype() != nil {
				return n.getterOf(proto.Prototype(), goja.SymToStringTag)
			}
		}
		return nothing
	})
	in.natives = n
	return n
}

// late is a native function that is looked up when it is first called. Looking
// one up makes the engine build the whole class, which takes some 10 KB.
func late(vm *goja.Runtime, path ...string) bridge.Func {
	return resolved(func() bridge.Func { return bridge.Native(vm, path...) })
}

func resolved(find func() bridge.Func) bridge.Func {
	var fn bridge.Func
	return func(call goja.FunctionCall) goja.Value {
		if fn == nil {
			fn = find()
		}
		return fn(call)
	}
}

func nothing(goja.FunctionCall) goja.Value { return goja.Undefined() }

// customSymbol returns Symbol.for('nodejs.util.inspect.custom').
func (n *natives) customSymbol() *goja.Symbol {
	if n.custom == nil {
		symbolFor := bridge.Native(n.vm, "Symbol", "for")
		sym, ok := symbolFor(goja.FunctionCall{This: goja.Undefined(), Arguments: []goja.Value{n.vm.ToValue("nodejs.util.inspect.custom")}}).(*goja.Symbol)
		if !ok {
			sym = goja.NewSymbol("nodejs.util.inspect.custom")
		}
		n.custom = sym
	}
	return n.custom
}

// mayInspect reports whether an object can have an inspection function of its
// own. Most are plain and have not, which saves asking for the symbol.
func (n *natives) mayInspect(o *goja.Object) bool {
	if n.custom != nil {
		return true
	}
	switch o.Prototype() {
	case nil, n.objectProto, n.arrayProto:
		return len(o.Symbols()) > 0
	}
	return true
}

func (n *natives) getter(vm *goja.Runtime, class string, key goja.Value) bridge.Func {
	if ctor, ok := vm.Get(class).(*goja.Object); ok {
		if proto, ok := ctor.Get("prototype").(*goja.Object); ok {
			return n.getterOf(proto, key)
		}
	}
	return nothing
}

func (n *natives) getterOf(proto *goja.Object, key goja.Value) bridge.Func {
	if d, ok := n.descriptor(proto, key); ok && d.get != nil {
		if fn, ok := d.get.Export().(func(goja.FunctionCall) goja.Value); ok {
			return fn
		}
	}
	return nothing
}

// descriptor is an own property as Object.getOwnPropertyDescriptor shows it.
type descriptor struct {
	value    goja.Value // nil for an accessor
	get, set *goja.Object
	object   *goja.Object // the descriptor as JavaScript made it
}

func (d descriptor) enumerable() bool {
	return d.object == nil || d.object.Get("enumerable").ToBoolean()
}

// descriptor looks up an own property; ok is false if there is none.
func (n *natives) descriptor(o *goja.Object, key goja.Value) (d descriptor, ok bool) {
	do, ok := n.getOwnPropertyDescriptor(goja.FunctionCall{This: goja.Undefined(), Arguments: []goja.Value{o, key}}).(*goja.Object)
	if !ok {
		return d, false
	}
	d.object, d.value = do, do.Get("value")
	if d.value == nil {
		d.get, _ = do.Get("get").(*goja.Object)
		d.set, _ = do.Get("set").(*goja.Object)
	}
	return d, true
}

func (n *natives) enumerable(o *goja.Object, key goja.Value) bool {
	return n.propertyIsEnumerable(goja.FunctionCall{This: o, Arguments: []goja.Value{key}}).ToBoolean()
}

// attempt runs fn and reports whether it threw a JavaScript exception.
func (in *Inspector) attempt(fn func()) (failed *goja.Exception) {
	return in.vm.Try(fn)
}
