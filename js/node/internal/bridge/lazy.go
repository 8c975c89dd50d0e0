package bridge

import (
	"slices"

	"github.com/dop251/goja"
)

// lazy is an object whose members are made when they are first read. A native
// function takes about 650 bytes of an isolate, and a module has many that a
// handler never calls.
type lazy struct {
	names  []string
	values map[string]goja.Value
	make   func(name string) goja.Value
}

var _ goja.DynamicObject = (*lazy)(nil)

// NewLazy returns an object with the named members, in that order. make makes
// the value of one of them, and is asked once a name. To the guest the members
// are ordinary properties: it can replace, delete and add some.
func NewLazy(vm *goja.Runtime, names []string, make func(name string) goja.Value) *goja.Object {
	return vm.NewDynamicObject(&lazy{names: names, make: make})
}

// Get implements goja.DynamicObject.
func (l *lazy) Get(key string) goja.Value {
	if v, ok := l.values[key]; ok {
		return v
	}
	if !slices.Contains(l.names, key) {
		return nil
	}
	v := l.make(key)
	l.put(key, v)
	return v
}

func (l *lazy) put(key string, v goja.Value) {
	if l.values == nil {
		l.values = map[string]goja.Value{}
	}
	l.values[key] = v
}

// Set implements goja.DynamicObject.
func (l *lazy) Set(key string, v goja.Value) bool {
	if !slices.Contains(l.names, key) {
		l.names = append(slices.Clip(l.names), key) // names is shared by isolates
	}
	l.put(key, v)
	return true
}

// Has implements goja.DynamicObject.
func (l *lazy) Has(key string) bool { return slices.Contains(l.names, key) }

// Delete implements goja.DynamicObject.
func (l *lazy) Delete(key string) bool {
	if i := slices.Index(l.names, key); i >= 0 {
		l.names = slices.Delete(slices.Clone(l.names), i, i+1)
		delete(l.values, key)
	}
	return true
}

// Keys implements goja.DynamicObject.
func (l *lazy) Keys() []string { return slices.Clone(l.names) }
