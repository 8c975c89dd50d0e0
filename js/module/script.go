package module

import (
	"fmt"
	"sync"

	"github.com/dop251/goja"
)

// Script is a built-in module, or a part of one, written in JavaScript. It is
// compiled once per process, at its first use, and shared by all isolates.
// It is safe for concurrent use.
type Script struct {
	name, src string
	params    string
	once      sync.Once
	program   *goja.Program
}

// NewScript names a script, as stack traces will show it ("node:util"), gives
// its source, the body of a function, and the names of its parameters
// ("exports, require, native").
func NewScript(name, params, src string) *Script {
	return &Script{name: name, src: src, params: params}
}

// Run calls the script as a function in vm and returns what it returns. It
// panics if the script does not compile, which is a mistake in Lambent, and
// passes on whatever JavaScript exception the script throws.
func (s *Script) Run(vm *goja.Runtime, args ...goja.Value) goja.Value {
	s.once.Do(func() {
		// One line, so that line numbers in traces are those of the source.
		src := "(function(" + s.params + "){'use strict';" + s.src + "\n})"
		s.program = goja.MustCompile(s.name, src, true)
	})
	v, err := vm.RunProgram(s.program)
	if err != nil {
		panic(fmt.Errorf("module: %s: %w", s.name, err))
	}
	fn, ok := goja.AssertFunction(v)
	if !ok {
		panic("module: " + s.name + " is not a function")
	}
	res, err := fn(goja.Undefined(), args...)
	if err != nil {
		panic(err)
	}
	return res
}
