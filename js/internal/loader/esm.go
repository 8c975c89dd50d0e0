package loader

import "github.com/dop251/goja"

// then returns a promise of what f makes of promise's value.
func (r *Realm) then(promise *goja.Object, f func(goja.Value) goja.Value) goja.Value {
	method, _ := goja.AssertFunction(promise.Get("then"))
	v, err := method(promise, r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		return f(call.Argument(0))
	}), r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		panic(r.rename(call.Argument(0)))
	}))
	if err != nil {
		panic(err)
	}
	return v
}

// importFile evaluates the ES module at name and returns a promise of its
// namespace.
func (r *Realm) importFile(name string) *goja.Object {
	r.throw(errorf("ERR_LOADER", "ES modules are not supported: %s", name), nil)
	return nil
}
