package buffer

import (
	"sync"

	"github.com/dop251/goja"
)

// method is a method of Buffer.prototype in Go. self is the memory of this.
type method struct {
	arity int
	call  func(a *API, self []byte, c goja.FunctionCall) goja.Value
}

// layer sits between Buffer.prototype and Uint8Array.prototype. A method that is
// not on Buffer.prototype yet is found here, made, and moved there, so that an
// isolate pays for the methods that its handler calls, not for all of them.
type layer struct {
	api *API
}

// Get implements goja.DynamicObject.
func (l *layer) Get(key string) goja.Value {
	m, ok := methods()[key]
	if !ok {
		return nil
	}
	fn := l.api.bind(key, m)
	_ = l.api.proto.DefineDataProperty(key, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	return fn
}

// Set implements goja.DynamicObject. Only a guest that writes to the layer itself gets here.
func (l *layer) Set(string, goja.Value) bool { return false }

// Has implements goja.DynamicObject.
func (l *layer) Has(key string) bool {
	_, ok := methods()[key]
	return ok
}

// Delete implements goja.DynamicObject.
func (l *layer) Delete(string) bool { return false }

// Keys implements goja.DynamicObject.
func (l *layer) Keys() []string { return nil }

// bind makes the function object of a method.
func (a *API) bind(name string, m method) *goja.Object {
	fn := a.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		self, ok := a.Bytes(c.This)
		if !ok {
			panic(a.vm.NewTypeError("argument must be a buffer"))
		}
		return m.call(a, self, c)
	}).(*goja.Object)
	_ = fn.DefineDataProperty("name", a.vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	if m.arity > 0 {
		_ = fn.DefineDataProperty("length", a.vm.ToValue(m.arity), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	return fn
}

// methods returns the methods of Buffer.prototype by name.
var methods = sync.OnceValue(func() map[string]method {
	all := map[string]method{}
	for _, table := range []map[string]method{textMethods, sliceMethods, searchMethods, integerMethods(), floatMethods()} {
		for name, m := range table {
			all[name] = m
		}
	}
	return all
})
