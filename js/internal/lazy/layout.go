package lazy

import (
	"math/big"
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// objectMirror has the layout of goja.Object.
type objectMirror struct {
	self    objectImpl
	runtime *goja.Runtime
}

// PlainObject has the layout of goja's ordinary object, which is also the
// first part of its array.
type PlainObject struct {
	class             string
	val               *goja.Object
	prototype         *goja.Object
	extensible        bool
	values            map[unistring.String]goja.Value
	propNames         []unistring.String
	lastSortedPropLen int
	idxPropCount      int
	symValues         unsafe.Pointer
	privateElements   unsafe.Pointer
}

// ArrayObject has the layout of the first part of goja's dense array.
type ArrayObject struct {
	baseObject     PlainObject
	values         []goja.Value
	length         uint32
	objCount       int
	propValueCount int
}

// importedString has the layout of the first part of goja's string of that
// name: UTF-8 text that it has not looked at yet.
type importedString struct {
	s string
}

// propertyMirror has the layout of the first part of goja's property that is more
// than a plain value.
type propertyMirror struct {
	value                                        goja.Value
	writable, configurable, enumerable, accessor bool
}

// tabs are the first words of interface values: they say which type is inside.
// Those of goja's values are learnt from samples.
var tabs struct {
	plain, array, record, list, thunk, global          unsafe.Pointer
	integer, float, boolean, null, undefined, bigInt   unsafe.Pointer
	ascii, unicode, imported, object, symbol, property unsafe.Pointer
}

// supported is whether goja is laid out as this package knows it. If it is
// not, nothing here touches a goja object by other than its public API.
var supported = wanted && learn()

// Supported reports whether this build of goja is laid out as the package
// knows it. Where it is not, Object builds at once, and NewRecord and NewList
// must not be called.
func Supported() bool { return supported }

func tabOf(i objectImpl) unsafe.Pointer     { return (*[2]unsafe.Pointer)(unsafe.Pointer(&i))[0] }
func dataOf(i objectImpl) unsafe.Pointer    { return (*[2]unsafe.Pointer)(unsafe.Pointer(&i))[1] }
func valueTab(v goja.Value) unsafe.Pointer  { return (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[0] }
func valueData(v goja.Value) unsafe.Pointer { return (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] }
func mirrorOf(o *goja.Object) *objectMirror { return (*objectMirror)(unsafe.Pointer(o)) }
func makeValue(t, p unsafe.Pointer) (v goja.Value) {
	w := (*[2]unsafe.Pointer)(unsafe.Pointer(&v))
	w[0], w[1] = t, p
	return v
}

// learn checks the layout of everything the package touches and fills tabs.
func learn() bool {
	object := reflect.TypeFor[goja.Object]()
	if !sameFields(object, reflect.TypeFor[objectMirror](), true) ||
		!sameMethods(object.Field(0).Type, reflect.TypeFor[objectImpl]()) {
		return false
	}
	vm := goja.New()
	plain, array := vm.NewObject(), vm.NewArray(1)
	// What follows the interface word is safe now: self has been checked.
	plainImpl, arrayImpl := implType(plain), implType(array)
	if !isPointerTo(plainImpl, "baseObject") || !isPointerTo(arrayImpl, "arrayObject") ||
		!sameFields(plainImpl.Elem(), reflect.TypeFor[PlainObject](), true) ||
		!sameFields(arrayImpl.Elem(), reflect.TypeFor[ArrayObject](), false) {
		return false
	}
	tabs.plain = tabOf(mirrorOf(plain).self)
	tabs.array = tabOf(mirrorOf(array).self)
	// goja's global object, and some in it, are of a kind of their own.
	if templated(vm.GlobalObject()) {
		tabs.global = tabOf(mirrorOf(vm.GlobalObject()).self)
	}
	tabs.record = tabOf((*Record)(nil))
	tabs.list = tabOf((*List)(nil))
	tabs.thunk = tabOf((*deferred)(nil))
	return complete(tabs.record) && complete(tabs.list) && complete(tabs.thunk) && learnValues(vm, plain)
}

// methodTable has the layout of what the first word of an interface value
// points to.
type methodTable struct {
	_, _  unsafe.Pointer // the types
	_     uint32         // a hash
	calls [len(anchors)]uintptr
}

// complete reports whether a table of ours has its methods where they are
// looked for, none of them left out by the linker.
func complete(tab unsafe.Pointer) bool {
	impl := reflect.TypeFor[objectImpl]()
	if impl.NumMethod() != len(anchors) {
		return false
	}
	for i, pc := range (*methodTable)(tab).calls {
		// Reading the anchors is what makes the linker follow them.
		f := runtime.FuncForPC(pc)
		if anchors[i] == nil || f == nil || !strings.HasSuffix(f.Name(), ")."+impl.Method(i).Name) {
			return false
		}
	}
	return true
}

func learnValues(vm *goja.Runtime, obj *goja.Object) bool {
	if obj.DefineDataProperty("p", goja.Null(), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE) != nil {
		return false
	}
	property := (*PlainObject)(dataOf(mirrorOf(obj).self)).values["p"]
	long := vm.ToValue(strings.Repeat("é", 20))
	for _, s := range []struct {
		tab    *unsafe.Pointer
		sample goja.Value
		name   string
		kind   reflect.Kind
	}{
		{&tabs.integer, vm.ToValue(int64(1 << 40)), "valueInt", reflect.Int64},
		{&tabs.float, vm.ToValue(1.5), "valueFloat", reflect.Float64},
		{&tabs.boolean, vm.ToValue(true), "valueBool", reflect.Bool},
		{&tabs.null, goja.Null(), "valueNull", reflect.Struct},
		{&tabs.undefined, goja.Undefined(), "valueUndefined", reflect.Struct},
		{&tabs.bigInt, vm.ToValue(big.NewInt(1)), "valueBigInt", reflect.Pointer},
		{&tabs.ascii, vm.ToValue("a"), "asciiString", reflect.String},
		{&tabs.unicode, goja.StringFromUTF16([]uint16{0x100}), "unicodeString", reflect.Slice},
		{&tabs.imported, long, "importedString", reflect.Pointer},
		{&tabs.object, obj, "Object", reflect.Pointer},
		{&tabs.symbol, goja.SymIterator, "Symbol", reflect.Pointer},
		{&tabs.property, property, "valueProperty", reflect.Pointer},
	} {
		t := reflect.TypeOf(s.sample)
		if t == nil || t.Kind() != s.kind {
			return false
		}
		if t.Kind() == reflect.Pointer && t.Elem().Name() != s.name || t.Kind() != reflect.Pointer && t.Name() != s.name {
			return false
		}
		*s.tab = valueTab(s.sample)
	}
	imported := reflect.TypeOf(long).Elem()
	return sameFields(reflect.TypeOf(property).Elem(), reflect.TypeFor[propertyMirror](), false) && imported.Kind() == reflect.Struct && sameFields(imported, reflect.TypeFor[importedString](), false) &&
		reflect.TypeOf(goja.StringFromUTF16([]uint16{0x100})).Elem().Kind() == reflect.Uint16
}

// implType returns the type inside o's self.
func implType(o *goja.Object) reflect.Type {
	return reflect.ValueOf(o).Elem().Field(0).Elem().Type()
}

func isPointerTo(t reflect.Type, name string) bool {
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && t.Elem().Name() == name
}

// sameFields reports whether the fields of ours are the first of theirs, and
// all of them if whole is set.
func sameFields(theirs, ours reflect.Type, whole bool) bool {
	if theirs.NumField() < ours.NumField() || whole && (theirs.NumField() != ours.NumField() || theirs.Size() != ours.Size()) {
		return false
	}
	for i := range ours.NumField() {
		a, b := theirs.Field(i), ours.Field(i)
		if a.Name != b.Name || a.Offset != b.Offset || !sameType(a.Type, b.Type, 0) {
			return false
		}
	}
	return true
}

// sameMethods reports whether two interfaces have the same method table.
func sameMethods(theirs, ours reflect.Type) bool {
	if theirs.Kind() != reflect.Interface || theirs.NumMethod() != ours.NumMethod() {
		return false
	}
	for i := range ours.NumMethod() {
		a, b := theirs.Method(i), ours.Method(i)
		if a.Name != b.Name || !sameType(a.Type, b.Type, 0) {
			return false
		}
	}
	return true
}

// sameType reports whether a value of one type can be passed as the other. The
// depth ends the recursion of types that refer to themselves.
func sameType(a, b reflect.Type, depth int) bool {
	switch {
	case a == b:
		return true
	case b.Kind() == reflect.UnsafePointer:
		return a.Kind() == reflect.Pointer || a.Kind() == reflect.Map
	case a.Kind() != b.Kind() || a.Size() != b.Size():
		return false
	case b == reflect.TypeFor[objectImpl]():
		return a == reflect.TypeFor[goja.Object]().Field(0).Type
	case b == reflect.TypeFor[PlainObject]():
		return sameFields(a, b, true)
	case depth > 2:
		return true // an iteration step within an iteration step
	}
	switch b.Kind() {
	case reflect.Int, reflect.Int64:
		return true
	case reflect.Func:
		if a.NumIn() != b.NumIn() || a.NumOut() != b.NumOut() || a.IsVariadic() != b.IsVariadic() {
			return false
		}
		for i := range b.NumIn() {
			if !sameType(a.In(i), b.In(i), depth+1) {
				return false
			}
		}
		for i := range b.NumOut() {
			if !sameType(a.Out(i), b.Out(i), depth+1) {
				return false
			}
		}
		return true
	case reflect.Struct:
		if a.NumField() != b.NumField() {
			return false
		}
		for i := range b.NumField() {
			if a.Field(i).Name != b.Field(i).Name || !sameType(a.Field(i).Type, b.Field(i).Type, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}
