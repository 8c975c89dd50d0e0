// Package lazy makes JavaScript objects that cost next to nothing until a
// guest looks at them: an object that is built at the first touch (Object), a
// global that is patched then (ReplaceGlobal), and, for package codec, the
// objects and arrays of parsed JSON (Record, List).
//
// # How an object can wait
//
// A goja.Object is two words: an implementation, which is an interface of some
// fifty methods, and its runtime. goja itself exchanges the implementation of
// an object that lives, as when an array becomes sparse, so all of it expects
// that. The interface is not exported, but an interface value is: a pointer to
// a table of methods, sorted by name, and a pointer to the value. impl.go
// declares an interface with the same methods. The tables of ours and goja's
// then have the same order, so that a value of our interface can be put into
// goja.Object.self, and goja calls our methods as its own.
//
// A deferred object answers every call by building the real object, putting
// that one's implementation in its own place, and forwarding the call. There
// is no operation that passes it by, neither Object.freeze nor a private
// member, and nothing that a guest could tell it by. Record and List answer
// what is asked most of the time (reading members, assigning to those that are
// there, enumerating) by themselves and become real at anything else.
//
// # What is checked
//
// All this rests on the layout of types of goja that nobody has promised to
// keep. layout.go compares every method and every field it uses with what
// reflect says of the goja that is linked in, once at start, and learns from
// samples what the first words of goja's values are. If anything differs,
// Supported reports false: then Object builds at once, and codec makes
// everything through goja's public API. Tests hold both ways to each other.
//
// Pointers are stored through typed fields only, so that the collector sees
// them. Nothing here is for use by several goroutines at a time, save Shape,
// which never changes.
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
