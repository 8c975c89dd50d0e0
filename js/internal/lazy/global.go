package lazy

import (
	"reflect"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// ReplaceGlobal lets patch change one of vm's built-in global objects, a plain
// one such as JSON, when a guest first looks at it. It must be called before
// anything else has looked.
func ReplaceGlobal(vm *goja.Runtime, name string, patch func(*goja.Object)) {
	global := vm.GlobalObject()
	if !supported || tabOf(mirrorOf(global).self) != tabs.global {
		if obj, ok := global.Get(name).(*goja.Object); ok {
			patch(obj)
		}
		return
	}
	// goja makes its globals when their property is first read, which defining
	// it does too. So a lazy object goes directly into the table of properties
	// that have been made; its builder takes it out for a moment to have goja
	// make the real one.
	values := (*PlainObject)(dataOf(mirrorOf(global).self)).values
	key := unistring.String(name)
	stand := Object(vm, func() *goja.Object {
		now := values[key]
		delete(values, key)
		obj, _ := global.Get(name).(*goja.Object)
		values[key] = now
		patch(obj)
		return obj
	})
	// The attributes of a built-in: writable, configurable, not enumerable.
	tmp := vm.NewObject()
	_ = tmp.DefineDataProperty("v", stand, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	values[key] = (*PlainObject)(dataOf(mirrorOf(tmp).self)).values["v"]
}

// templated reports whether o is an object whose properties goja makes when
// they are read, and which begins as plain ones do.
func templated(o *goja.Object) bool {
	t := implType(o)
	return isPointerTo(t, "templatedObject") && t.Elem().Field(0).Name == "baseObject" &&
		sameFields(t.Elem().Field(0).Type, reflect.TypeFor[PlainObject](), true)
}
