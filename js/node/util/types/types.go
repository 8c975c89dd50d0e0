// Package types is the core module "util/types": predicates that look at what
// an object is made of, whatever its prototype and its properties say.
package types

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

var (
	typeMap         = reflect.TypeFor[[][2]any]()
	typeList        = reflect.TypeFor[[]any]()
	typePromise     = reflect.TypeFor[*goja.Promise]()
	typeProxy       = reflect.TypeFor[goja.Proxy]()
	typeArrayBuffer = reflect.TypeFor[goja.ArrayBuffer]()
)

// TypedArrays are the names of the typed array classes.
var TypedArrays = []string{
	"Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array",
	"Int32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
}

// Load is the loader of "util/types".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	t := &tester{vm: vm, is: map[string]func(o *goja.Object) bool{}}
	t.objects()
	t.boxes()
	t.functions()
	t.collections()
	t.views()
	return bridge.NewLazy(vm, t.names, func(name string) goja.Value {
		is := t.is[name]
		return bridge.Function(vm, name, 1, func(call goja.FunctionCall) goja.Value {
			o, ok := call.Argument(0).(*goja.Object)
			return vm.ToValue(ok && is(o))
		})
	})
}

// tester has the predicates by their names.
type tester struct {
	vm    *goja.Runtime
	names []string
	is    map[string]func(o *goja.Object) bool
}

// add defines a predicate over objects; anything else is not of the type.
func (t *tester) add(name string, is func(o *goja.Object) bool) {
	t.names = append(t.names, name)
	t.is[name] = is
}

func isProxy(o *goja.Object) bool { return o.ExportType() == typeProxy }

// class compares the internal class, which a proxy does not have.
func class(name string) func(*goja.Object) bool {
	return func(o *goja.Object) bool { return !isProxy(o) && o.ClassName() == name }
}

// export compares the type of Go value behind an object of the class Object.
func export(t reflect.Type) func(*goja.Object) bool {
	return func(o *goja.Object) bool { return o.ExportType() == t && o.ClassName() == "Object" }
}

// branded tells whether a native method accepts o as its receiver.
func (t *tester) branded(path ...string) func(o *goja.Object) bool {
	var fn bridge.Func
	return func(o *goja.Object) bool {
		if fn == nil {
			fn = bridge.Native(t.vm, path...)
		}
		return !isProxy(o) && t.vm.Try(func() {
			fn(goja.FunctionCall{This: o, Arguments: []goja.Value{o}})
		}) == nil
	}
}

func (t *tester) tagged(tag string) func(o *goja.Object) bool {
	return func(o *goja.Object) bool {
		if isProxy(o) {
			return false
		}
		v := o.GetSymbol(goja.SymToStringTag)
		return v != nil && v.String() == tag
	}
}

func (t *tester) objects() {
	t.add("isExternal", func(*goja.Object) bool { return false })
	t.add("isDate", class("Date"))
	t.add("isArgumentsObject", class("Arguments"))
	t.add("isRegExp", class("RegExp"))
	t.add("isNativeError", class("Error"))
	t.add("isProxy", isProxy)
	t.add("isPromise", func(o *goja.Object) bool { return o.ExportType() == typePromise })
	t.add("isGeneratorObject", func(o *goja.Object) bool { return !isProxy(o) && t.generator(o) })
	t.add("isModuleNamespaceObject", func(o *goja.Object) bool {
		return !isProxy(o) && o.Prototype() == nil && t.tagged("Module")(o)
	})
	t.add("isCryptoKey", t.tagged("CryptoKey"))
	t.add("isKeyObject", func(o *goja.Object) bool {
		if isProxy(o) {
			return false
		}
		c, ok := o.Get("constructor").(*goja.Object)
		if !ok || c.Get("name") == nil {
			return false
		}
		return strings.HasSuffix(c.Get("name").String(), "KeyObject")
	})
}

// generator reports whether next of the generator prototype would take o. The
// method cannot be tried, for it would run the generator.
func (t *tester) generator(o *goja.Object) bool {
	return o.ClassName() == "Generator" || t.tagged("Generator")(o)
}

func (t *tester) boxes() {
	number, str, boolean := class("Number"), class("String"), class("Boolean")
	bigint := t.branded("BigInt", "prototype", "valueOf")
	symbol := t.branded("Symbol", "prototype", "valueOf")
	t.add("isNumberObject", number)
	t.add("isStringObject", str)
	t.add("isBooleanObject", boolean)
	t.add("isBigIntObject", bigint)
	t.add("isSymbolObject", symbol)
	t.add("isBoxedPrimitive", func(o *goja.Object) bool {
		return number(o) || str(o) || boolean(o) || bigint(o) || symbol(o)
	})
}

func (t *tester) functions() {
	fn := func(o *goja.Object) bool { _, ok := goja.AssertFunction(o); return ok && !isProxy(o) }
	tagIs := func(tags ...string) func(*goja.Object) bool {
		return func(o *goja.Object) bool {
			if !fn(o) {
				return false
			}
			for _, tag := range tags {
				if t.tagged(tag)(o) {
					return true
				}
			}
			return false
		}
	}
	t.add("isAsyncFunction", tagIs("AsyncFunction", "AsyncGeneratorFunction"))
	t.add("isGeneratorFunction", tagIs("GeneratorFunction", "AsyncGeneratorFunction"))
}

func (t *tester) collections() {
	t.add("isMap", export(typeMap))
	t.add("isSet", export(typeList))
	t.add("isWeakMap", t.branded("WeakMap", "prototype", "has"))
	t.add("isWeakSet", t.branded("WeakSet", "prototype", "has"))
	t.add("isMapIterator", t.tagged("Map Iterator"))
	t.add("isSetIterator", t.tagged("Set Iterator"))
}

// arrayKind returns a function that names the kind of a typed array: the getter
// of %TypedArray%.prototype[Symbol.toStringTag] knows it.
func (t *tester) arrayKind() func(o *goja.Object) string {
	none := func(*goja.Object) string { return "" }
	ctor, ok := t.vm.Get("Uint8Array").(*goja.Object)
	if !ok {
		return none
	}
	proto, ok := ctor.Get("prototype").(*goja.Object)
	if !ok || proto.Prototype() == nil {
		return none
	}
	lookup := bridge.Native(t.vm, "Object", "getOwnPropertyDescriptor")
	d, ok := lookup(goja.FunctionCall{Arguments: []goja.Value{proto.Prototype(), goja.SymToStringTag}}).(*goja.Object)
	if !ok {
		return none
	}
	get, ok := goja.AssertFunction(d.Get("get"))
	if !ok {
		return none
	}
	return func(o *goja.Object) string {
		if v, err := get(o); err == nil && goja.IsString(v) {
			return v.String()
		}
		return ""
	}
}

func (t *tester) views() {
	var isView bridge.Func
	var nameOf func(o *goja.Object) string
	view := func(o *goja.Object) bool {
		if isView == nil {
			isView = bridge.Native(t.vm, "ArrayBuffer", "isView")
		}
		return !isProxy(o) && isView(goja.FunctionCall{Arguments: []goja.Value{o}}).ToBoolean()
	}
	kind := func(o *goja.Object) string {
		if nameOf == nil {
			nameOf = t.arrayKind()
		}
		return nameOf(o)
	}
	typed := func(o *goja.Object) bool { return view(o) && kind(o) != "" }
	t.add("isArrayBufferView", view)
	t.add("isTypedArray", typed)
	t.add("isDataView", func(o *goja.Object) bool { return view(o) && !typed(o) })
	for _, name := range TypedArrays {
		t.add("is"+name, func(o *goja.Object) bool { return view(o) && kind(o) == name })
	}
	buffer := func(o *goja.Object) bool { return o.ExportType() == typeArrayBuffer }
	t.add("isArrayBuffer", buffer)
	t.add("isSharedArrayBuffer", func(*goja.Object) bool { return false })
	t.add("isAnyArrayBuffer", buffer)
}
