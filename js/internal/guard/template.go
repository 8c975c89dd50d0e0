package guard

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

type (
	native  = func(goja.FunctionCall) goja.Value
	builder = func(args []goja.Value, newTarget *goja.Object) *goja.Object
	factory = func(*goja.Runtime) goja.Value
)

// layout says where goja keeps what the guard looks at. Offsets are learnt from
// samples through reflection, so that they follow goja's changes; what cannot be
// found makes shared false.
var layout struct {
	self                                uintptr // in Object: the interface that implements it
	nativeTab, templTab                 unsafe.Pointer
	nativeFn, nativeNew                 uintptr // in nativeFuncObject
	templFn, templNew                   uintptr // in templatedFuncObject
	propType                            reflect.Type
	propValue, propAccessor             uintptr
	arrayTab, sparseTab, plainTab, args unsafe.Pointer
	arrayValues, arrayLength            uintptr
	sparseLength, plainValues           uintptr
}

// templates are goja's own, shared by all realms.
var templates struct {
	global, array, str, function, bigint, typed map[unistring.String]factory
	arrayIterator                               *factory
}

// shared is whether the templates could be changed. The change happens before
// main, since no realm may read them meanwhile.
var shared bool

var _ = func() bool {
	shared = learn() && wrapTemplates()
	return shared
}()

// words are the two words of an interface value.
func words(p unsafe.Pointer) *[2]unsafe.Pointer { return (*[2]unsafe.Pointer)(p) }

// selfOf returns the two words of the interface behind an object: which type it
// is, and where.
func selfOf(o *goja.Object) (tab, data unsafe.Pointer) {
	w := words(unsafe.Add(unsafe.Pointer(o), layout.self))
	return w[0], w[1]
}

// learn fills in layout and templates. A panic means that something is not
// where it was.
func learn() (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	vm := goja.New()
	eval := func(src string) *goja.Object {
		v, err := vm.RunString(src)
		if err != nil {
			panic(err)
		}
		return v.(*goja.Object)
	}
	self, found := reflect.TypeOf(goja.Object{}).FieldByName("self")
	if !found {
		return false
	}
	l := &layout
	l.self = self.Offset
	struc := func(o *goja.Object) reflect.Value {
		return reflect.ValueOf(o).Elem().FieldByName("self").Elem().Elem()
	}
	offset := func(o *goja.Object, name string, kind reflect.Kind) uintptr {
		at, t := uintptr(0), struc(o).Type()
		f, found := t.FieldByName(name)
		if !found || f.Type.Kind() != kind {
			panic(name)
		}
		for _, i := range f.Index {
			at += t.Field(i).Offset
			t = t.Field(i).Type
		}
		return at
	}
	tab := func(o *goja.Object) unsafe.Pointer { t, _ := selfOf(o); return t }

	fn := eval("Math.max")
	l.nativeTab, l.nativeFn, l.nativeNew = tab(fn), offset(fn, "f", reflect.Func), offset(fn, "construct", reflect.Func)
	big := eval("BigInt")
	l.templTab, l.templFn, l.templNew = tab(big), offset(big, "f", reflect.Func), offset(big, "construct", reflect.Func)
	dense, sparse := eval("[1]"), eval("var s = []; s[4e9] = 1; s")
	l.arrayTab, l.arrayValues, l.arrayLength = tab(dense), offset(dense, "values", reflect.Slice), offset(dense, "length", reflect.Uint32)
	l.sparseTab, l.sparseLength = tab(sparse), offset(sparse, "length", reflect.Uint32)
	plain, arguments := eval("({length: 1})"), eval("(function () { return arguments })(1)")
	l.plainTab, l.plainValues = tab(plain), offset(plain, "values", reflect.Map)
	l.args = tab(arguments)
	if offset(arguments, "values", reflect.Map) != l.plainValues || l.arrayTab == l.sparseTab {
		return false
	}

	template := func(o *goja.Object) map[unistring.String]factory {
		t := struc(o).FieldByName("tmpl").Elem()
		props := t.FieldByName("props")
		if props.Type().Key() != reflect.TypeFor[unistring.String]() || !props.Type().Elem().ConvertibleTo(reflect.TypeFor[factory]()) {
			panic("props")
		}
		return *(*map[unistring.String]factory)(unsafe.Pointer(props.UnsafeAddr()))
	}
	t := &templates
	t.global, t.array, t.str = template(vm.GlobalObject()), template(eval("Array.prototype")), template(eval("String.prototype"))
	t.function, t.bigint = template(eval("Function.prototype")), template(big)
	t.typed = template(eval("Object.getPrototypeOf(Uint8Array.prototype)"))

	prop := t.str["repeat"](vm)
	l.propType = reflect.TypeOf(prop).Elem()
	value, ok1 := l.propType.FieldByName("value")
	accessor, ok2 := l.propType.FieldByName("accessor")
	l.propValue, l.propAccessor = value.Offset, accessor.Offset
	return ok1 && ok2 && accessor.Type.Kind() == reflect.Bool && learnIterator(eval("Array.prototype"), struc, vm)
}

// learnIterator finds the factory of Array.prototype[Symbol.iterator], which is
// in a map of its own, by trying: it makes the same function as "values".
func learnIterator(proto *goja.Object, struc func(*goja.Object) reflect.Value, vm *goja.Runtime) bool {
	symProps := struc(proto).FieldByName("tmpl").Elem().FieldByName("symProps")
	if symProps.Type().Key() != reflect.TypeFor[*goja.Symbol]() {
		return false
	}
	m := *(*map[*goja.Symbol]factory)(unsafe.Pointer(symProps.UnsafeAddr()))
	f := m[goja.SymIterator]
	if f == nil || functionIn(f(vm)) != functionIn(templates.array["values"](vm)) {
		return false
	}
	m[goja.SymIterator] = func(vm *goja.Runtime) goja.Value { return templates.array["values"](vm) }
	return true
}

// functionIn returns the function in a property made by a factory.
func functionIn(prop goja.Value) *goja.Object {
	if o, ok := prop.(*goja.Object); ok {
		return o
	}
	if reflect.TypeOf(prop).Elem() != layout.propType {
		return nil
	}
	v := *(*goja.Value)(unsafe.Add(words(unsafe.Pointer(&prop))[1], layout.propValue))
	o, _ := v.(*goja.Object)
	return o
}

// setFunctionIn replaces the function in a property made by a factory.
func setFunctionIn(prop goja.Value, o *goja.Object) {
	*(*goja.Value)(unsafe.Add(words(unsafe.Pointer(&prop))[1], layout.propValue)) = o
}

// parts returns where a function object keeps what a call and a construction
// run. They are nil for a function that is not native.
func parts(o *goja.Object) (fn *native, construct *builder) {
	switch tab, data := selfOf(o); tab {
	case layout.nativeTab:
		return (*native)(unsafe.Add(data, layout.nativeFn)), (*builder)(unsafe.Add(data, layout.nativeNew))
	case layout.templTab:
		return (*native)(unsafe.Add(data, layout.templFn)), (*builder)(unsafe.Add(data, layout.templNew))
	}
	return nil, nil
}

// known reports the length of the array or array-like object v if it can be
// told without running any code, and whether every index below it is filled.
func known(v goja.Value) (length int64, filled, ok bool) {
	o, isObject := v.(*goja.Object)
	if !isObject || !shared {
		return 0, false, false
	}
	switch tab, data := selfOf(o); tab {
	case layout.arrayTab:
		n := *(*uint32)(unsafe.Add(data, layout.arrayLength))
		return int64(n), len(valuesAt(data)) == int(n), true
	case layout.sparseTab:
		return int64(*(*uint32)(unsafe.Add(data, layout.sparseLength))), false, true
	case layout.plainTab, layout.args:
		v, found := (*(*map[unistring.String]goja.Value)(unsafe.Add(data, layout.plainValues)))["length"]
		if !found || v == nil {
			return 0, false, false
		}
		if t := reflect.TypeOf(v); t.Kind() == reflect.Pointer && t.Elem() == layout.propType {
			p := words(unsafe.Pointer(&v))[1]
			if *(*bool)(unsafe.Add(p, layout.propAccessor)) {
				return 0, false, false
			}
			v = *(*goja.Value)(unsafe.Add(p, layout.propValue))
		}
		if v == nil || !goja.IsNumber(v) || goja.IsBigInt(v) {
			return 0, false, false
		}
		return toLength(v), false, true
	}
	return 0, false, false
}

// elements returns the elements of a dense array, some of which may be nil.
func elements(v goja.Value) []goja.Value {
	if o, ok := v.(*goja.Object); ok && shared {
		if tab, data := selfOf(o); tab == layout.arrayTab {
			return valuesAt(data)
		}
	}
	return nil
}

func valuesAt(data unsafe.Pointer) []goja.Value {
	return *(*[]goja.Value)(unsafe.Add(data, layout.arrayValues))
}
