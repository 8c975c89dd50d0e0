package guard

import (
	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// wrapper makes the guarded form of a native function. Its realm is its own.
type wrapper func(r *realm, old native) native

// wrappers are the guarded functions by the object they belong to.
func wrappers() map[string]map[string]wrapper {
	array := map[string]wrapper{}
	for _, name := range []string{"every", "filter", "find", "findIndex", "findLast", "findLastIndex", "forEach", "includes",
		"indexOf", "lastIndexOf", "map", "reduce", "reduceRight", "reverse", "shift", "slice", "some", "splice", "unshift",
		"copyWithin", "toReversed", "toSpliced", "with", "toLocaleString", "sort", "toSorted", "flatMap"} {
		array[name] = loop(name)
	}
	array["join"] = join
	array["fill"] = fill
	array["flat"] = flat
	array["concat"] = concatArrays
	for _, name := range []string{"values", "keys", "entries"} {
		array[name] = iterate(name)
	}
	return map[string]map[string]wrapper{
		"Array.prototype": array,
		"String.prototype": {
			"repeat": repeat, "padStart": pad, "padEnd": pad, "concat": concatStrings,
			"replace": replace(false), "replaceAll": replace(true), "split": split,
		},
		"Function.prototype": {"apply": apply(1)},
		"BigInt":             {"asIntN": asN(true), "asUintN": asN(false)},
		"global":             {"BigInt": parseBigInt},
		"Array":              {"from": arrayFrom},
		"String":             {"raw": raw},
		"Reflect":            {"apply": apply(2), "construct": apply(1)},
	}
}

// typedArrays are the constructors that allocate, with the size of an element.
var typedArrays = map[string]int64{
	"ArrayBuffer": 1, "Uint8Array": 1, "Uint8ClampedArray": 1, "Int8Array": 1, "Uint16Array": 2, "Int16Array": 2,
	"Uint32Array": 4, "Int32Array": 4, "Float32Array": 4, "Float64Array": 8, "BigInt64Array": 8, "BigUint64Array": 8,
}

// wrapTemplates changes goja's templates. It reports whether all that it
// expects is there.
func wrapTemplates() bool {
	all := wrappers()
	for _, c := range []struct {
		props map[unistring.String]factory
		names map[string]wrapper
	}{
		{templates.array, all["Array.prototype"]}, {templates.str, all["String.prototype"]},
		{templates.function, all["Function.prototype"]}, {templates.bigint, all["BigInt"]},
	} {
		for name, w := range c.names {
			old := c.props[unistring.String(name)]
			if old == nil {
				return false
			}
			c.props[unistring.String(name)] = after(old, func(vm *goja.Runtime, o *goja.Object) { wrapFunction(vm, o, w) })
		}
	}
	// Constructors are reached through the global object or through the
	// property "constructor" of a prototype.
	for name, statics := range map[string]map[string]wrapper{"Array": all["Array"], "String": all["String"], "Reflect": all["Reflect"]} {
		wrapStatics := func(vm *goja.Runtime, o *goja.Object) {
			for method, w := range statics {
				if fn, ok := o.Get(method).(*goja.Object); ok {
					wrapFunction(vm, fn, w)
				}
			}
		}
		replaceFactory(templates.global, name, wrapStatics)
		switch name {
		case "Array":
			replaceFactory(templates.array, "constructor", wrapStatics)
		case "String":
			replaceFactory(templates.str, "constructor", wrapStatics)
		}
	}
	for name, w := range all["global"] {
		replaceFactory(templates.global, name, func(vm *goja.Runtime, o *goja.Object) { wrapFunction(vm, o, w) })
	}
	if old := templates.global["eval"]; old != nil {
		templates.global["eval"] = func(vm *goja.Runtime) goja.Value { return indirectEval(vm, old(vm)) }
	}
	for name, size := range typedArrays {
		replaceFactory(templates.global, name, func(vm *goja.Runtime, o *goja.Object) { wrapAllocation(vm, o, name, size) })
	}
	for _, name := range []string{"Function", "RegExp"} {
		replaceFactory(templates.global, name, func(vm *goja.Runtime, o *goja.Object) { wrapCompilation(vm, o, name) })
	}
	replaceFactory(templates.function, "constructor", func(vm *goja.Runtime, o *goja.Object) { wrapCompilation(vm, o, "Function") })
	return true
}

// after runs a function on the object that a factory has made.
func after(old factory, then func(vm *goja.Runtime, o *goja.Object)) factory {
	return func(vm *goja.Runtime) goja.Value {
		prop := old(vm)
		if o := functionIn(prop); o != nil {
			then(vm, o)
		}
		return prop
	}
}

func replaceFactory(props map[unistring.String]factory, name string, then func(vm *goja.Runtime, o *goja.Object)) {
	if old := props[unistring.String(name)]; old != nil {
		props[unistring.String(name)] = after(old, then)
	}
}

// wrapFunction replaces what a native function does. The object stays the same,
// since goja compares some of them. A constructor that is made for two
// properties is wrapped twice, which is harmless.
func wrapFunction(vm *goja.Runtime, o *goja.Object, w wrapper) {
	if fn, _ := parts(o); fn != nil && *fn != nil {
		*fn = w(realmOf(vm), *fn)
	}
}

// wrapAllocation checks the size before a constructor allocates.
func wrapAllocation(vm *goja.Runtime, o *goja.Object, name string, size int64) {
	if name != "ArrayBuffer" {
		// Its buffers lead to ArrayBuffer without a look at the global object.
		vm.GlobalObject().Get("ArrayBuffer")
	}
	_, construct := parts(o)
	if construct == nil || *construct == nil {
		return
	}
	r, old := realmOf(vm), *construct
	*construct = func(args []goja.Value, newTarget *goja.Object) *goja.Object {
		if len(args) > 0 {
			args = r.checkAllocation(name, size, args)
		}
		return old(args, newTarget)
	}
}

// wrapCompilation checks source text before a constructor compiles it.
func wrapCompilation(vm *goja.Runtime, o *goja.Object, name string) {
	r := realmOf(vm)
	check := func(args []goja.Value) {
		for i, v := range args {
			if name == "RegExp" {
				if s, ok := v.(goja.String); ok && i == 0 {
					r.checkPattern(s)
				}
				continue
			}
			if _, ok := v.(*goja.Object); ok {
				args[i] = vm.ToValue(v.String()) // once: it might say something else later
			}
			if s, ok := args[i].(goja.String); ok {
				r.checkSource(s)
				r.checkOperators(s.String())
			}
		}
	}
	fn, construct := parts(o)
	if fn != nil && *fn != nil {
		old := *fn
		*fn = func(c goja.FunctionCall) goja.Value {
			check(c.Arguments)
			return old(c)
		}
	}
	if construct != nil && *construct != nil {
		old := *construct
		*construct = func(args []goja.Value, newTarget *goja.Object) *goja.Object {
			check(args)
			return old(args, newTarget)
		}
	}
}

// wrapOne guards one realm through goja's public interface, for a goja whose
// templates could not be changed: only what allocates in one step.
func wrapOne(vm *goja.Runtime) {
	object := func(path string) *goja.Object {
		v, err := vm.RunString(path)
		if err != nil {
			return nil
		}
		o, _ := v.(*goja.Object)
		return o
	}
	for owner, names := range wrappers() {
		path := owner
		if owner == "global" {
			path = "globalThis"
		}
		o := object(path)
		if o == nil {
			continue
		}
		for name, w := range names {
			fn, ok := o.Get(name).(*goja.Object)
			if !ok {
				continue
			}
			if old, ok := fn.Export().(native); ok {
				_ = o.DefineDataProperty(name, vm.ToValue(w(realmOf(vm), old)), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
			}
		}
	}
}
