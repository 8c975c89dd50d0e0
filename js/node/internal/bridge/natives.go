package bridge

import (
	"github.com/dop251/goja"
)

// Natives is the Go half of a module on its way to become an object. Its
// functions are made when the module's script first reads them.
type Natives struct {
	vm     *goja.Runtime
	names  []string
	funcs  map[string]Func
	values map[string]goja.Value
}

// NewNatives returns an empty set.
func NewNatives(vm *goja.Runtime) *Natives {
	return &Natives{vm: vm, funcs: map[string]Func{}, values: map[string]goja.Value{}}
}

// Func adds a function.
func (n *Natives) Func(name string, fn Func) {
	n.names = append(n.names, name)
	n.funcs[name] = fn
}

// Value adds anything else.
func (n *Natives) Value(name string, v any) {
	n.names = append(n.names, name)
	n.values[name] = n.vm.ToValue(v)
}

// Object returns the object to pass to the script.
func (n *Natives) Object() *goja.Object {
	return NewLazy(n.vm, n.names, func(name string) goja.Value {
		if v, ok := n.values[name]; ok {
			return v
		}
		fn := n.funcs[name]
		delete(n.funcs, name)
		return Function(n.vm, name, 0, fn)
	})
}
