package inspect

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// natives are the built-in functions that look into values without running
// the guest's code. They are taken from the realm at the first use.
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

	objectProto, arrayProto *goja.Object
	custom                  *goja.Symbol
	constructorKey          goja.Value
}

// realm returns the natives of the isolate.
func (in *Inspector) realm() *natives {
	if in.natives != nil {
		return in.natives
	}
	vm := in.vm
	n := &natives{
		getOwnPropertyDescriptor: bridge.Native(vm, "Object", "getOwnPropertyDescriptor"),
		getOwnPropertySymbols:    bridge.Native(vm, "Object", "getOwnPropertySymbols"),
		propertyIsEnumerable:     bridge.Native(vm, "Object", "prototype", "propertyIsEnumerable"),
		functionToString:         bridge.Native(vm, "Function", "prototype", "toString"),
		regexpToString:           bridge.Native(vm, "RegExp", "prototype", "toString"),
		errorToString:            bridge.Native(vm, "Error", "prototype", "toString"),
		dateToISO:                bridge.Native(vm, "Date", "prototype", "toISOString"),
		dateValue:                bridge.Native(vm, "Date", "prototype", "getTime"),
		mapEntries:               bridge.Native(vm, "Map", "prototype", "entries"),
		setValues:                bridge.Native(vm, "Set", "prototype", "values"),
		isView:                   bridge.Native(vm, "ArrayBuffer", "isView"),
		weakMapHas:               bridge.Native(vm, "WeakMap", "prototype", "has"),
		weakSetHas:               bridge.Native(vm, "WeakSet", "prototype", "has"),
		constructorKey:           vm.ToValue("constructor"),
		objectProto:              vm.NewObject().Prototype(),
		arrayProto:               vm.NewArray().Prototype(),
	}
	n.mapSize = n.getter(vm, "Map", vm.ToValue("size"))
	n.setSize = n.getter(vm, "Set", vm.ToValue("size"))
	n.typedTag = func(goja.FunctionCall) goja.Value { return goja.Undefined() }
	if ctor, ok := vm.Get("Uint8Array").(*goja.Object); ok {
		if proto, ok := ctor.Get("prototype").(*goja.Object); ok && proto.Prototype() != nil {
			n.typedTag = n.getterOf(proto.Prototype(), goja.SymToStringTag)
		}
	}
	symbolFor := bridge.Native(vm, "Symbol", "for")
	sym, ok := symbolFor(goja.FunctionCall{This: goja.Undefined(), Arguments: []goja.Value{vm.ToValue("nodejs.util.inspect.custom")}}).(*goja.Symbol)
	if !ok {
		sym = goja.NewSymbol("nodejs.util.inspect.custom")
	}
	n.custom = sym
	in.natives = n
	return n
}

func (n *natives) getter(vm *goja.Runtime, class string, key goja.Value) bridge.Func {
	if ctor, ok := vm.Get(class).(*goja.Object); ok {
		if proto, ok := ctor.Get("prototype").(*goja.Object); ok {
			return n.getterOf(proto, key)
		}
	}
	return func(goja.FunctionCall) goja.Value { return goja.Undefined() }
}

func (n *natives) getterOf(proto *goja.Object, key goja.Value) bridge.Func {
	if d, ok := n.descriptor(proto, key); ok && d.get != nil {
		if fn, ok := d.get.Export().(func(goja.FunctionCall) goja.Value); ok {
			return fn
		}
	}
	return func(goja.FunctionCall) goja.Value { return goja.Undefined() }
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
