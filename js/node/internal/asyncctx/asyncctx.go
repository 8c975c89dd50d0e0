// Package asyncctx carries asynchronous context (the stores of
// AsyncLocalStorage) from where a callback is scheduled to where it runs. Each
// module that schedules callbacks grabs the context and runs them in it; promise
// reactions are tracked by the JavaScript runtime itself. Until the first
// storage is made, all of this is one pointer copied.
package asyncctx

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Frame is an immutable set of stores. Nil is the empty one.
type Frame map[*goja.Object]goja.Value

// State is the context of one isolate. It belongs to the isolate's goroutine.
type State struct {
	current  Frame
	saved    Frame // what Resumed replaced
	tracking bool
	vm       *goja.Runtime
}

// Load is the loader of the internal module that holds the State.
func Load(h module.Host) *goja.Object {
	return h.VM().ToValue(&State{vm: h.VM()}).(*goja.Object)
}

// Of returns the State of an isolate.
func Of(h module.Host) *State {
	if s, ok := h.Require("internal/async_context").Export().(*State); ok {
		return s
	}
	return &State{vm: h.VM()} // a host without the module: every context is empty
}

// current, saved and the methods below are not exported to JavaScript by name:
// the State never becomes a value that a guest can reach.

// Track starts tracking promise reactions. It is called when the first storage
// is made, and costs nothing again.
func (s *State) Track() {
	if !s.tracking {
		s.tracking = true
		s.vm.SetAsyncContextTracker(tracker{s})
	}
}

// Grab returns the current context, for a callback to run in later.
func (s *State) Grab() Frame { return s.current }

// Run calls fn in a context that Grab returned, and returns fn's error.
func (s *State) Run(f Frame, fn func() error) error {
	before := s.current
	s.current = f
	defer func() { s.current = before }()
	return fn()
}

// Get returns the value of a storage, nil if it has none.
func (s *State) Get(storage *goja.Object) goja.Value { return s.current[storage] }

// With returns the current context with one store changed; a nil value takes
// it out.
func (s *State) With(storage *goja.Object, v goja.Value) Frame {
	next := make(Frame, len(s.current)+1)
	for k, old := range s.current {
		next[k] = old
	}
	if v == nil {
		delete(next, storage)
	} else {
		next[storage] = v
	}
	return next
}

// Enter makes f the current context until the running callback ends.
func (s *State) Enter(f Frame) { s.current = f }

// tracker connects a State to promise reactions.
type tracker struct{ s *State }

func (t tracker) Grab() any { return t.s.current }

func (t tracker) Resumed(f any) {
	t.s.saved = t.s.current
	t.s.current, _ = f.(Frame)
}

func (t tracker) Exited() {
	t.s.current, t.s.saved = t.s.saved, nil
}
