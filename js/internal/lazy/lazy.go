// Package lazy makes JavaScript objects that cost next to nothing until a
// guest looks at them.
package lazy

import "github.com/dop251/goja"

// thunk is an object with its deferred implementation, in one allocation.
type thunk struct {
	deferred
	obj goja.Object
}

// buildFunc is a builder by a function.
type buildFunc func() *goja.Object

func (f buildFunc) build() *goja.Object { return f() }

// Object returns an object that behaves, in every respect, as the one that
// build returns. build runs on the owner goroutine when the object is first
// touched, or never; it must return a plain object or an array made for the
// purpose, of which nobody else keeps a reference.
func Object(vm *goja.Runtime, build func() *goja.Object) *goja.Object {
	if !supported {
		return build()
	}
	t := &thunk{deferred: deferred{from: buildFunc(build)}}
	t.val = &t.obj
	m := mirrorOf(&t.obj)
	m.self, m.runtime = &t.deferred, vm
	return &t.obj
}
