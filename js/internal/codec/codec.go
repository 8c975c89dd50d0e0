// Package codec turns JSON bytes into JavaScript values and back.
package codec

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Codec is one isolate's JSON. It belongs to the isolate's owner goroutine.
type Codec struct {
	vm               *goja.Runtime
	parse, stringify goja.Callable
}

var _ module.Codec = (*Codec)(nil)

// New returns the codec of vm.
func New(vm *goja.Runtime) *Codec { return &Codec{vm: vm} }

// Install makes the guest's JSON.parse and JSON.stringify use the codec.
func (c *Codec) Install() {}

func (c *Codec) load() error {
	if c.parse != nil {
		return nil
	}
	j, ok := c.vm.Get("JSON").(*goja.Object)
	if !ok {
		return errors.New("codec: no JSON object")
	}
	parse, ok1 := goja.AssertFunction(j.Get("parse"))
	stringify, ok2 := goja.AssertFunction(j.Get("stringify"))
	if !ok1 || !ok2 {
		return errors.New("codec: no JSON functions")
	}
	c.parse, c.stringify = parse, stringify
	return nil
}

// Decode returns the value of one JSON text, with the semantics of JSON.parse.
func (c *Codec) Decode(text []byte) (goja.Value, error) {
	if err := c.load(); err != nil {
		return nil, err
	}
	return c.parse(goja.Undefined(), c.vm.ToValue(string(text)))
}

// AppendEncode appends the JSON text of v to dst, as JSON.stringify writes it.
// ok is false where JSON.stringify would return undefined.
func (c *Codec) AppendEncode(dst []byte, v goja.Value) (out []byte, ok bool, err error) {
	if err := c.load(); err != nil {
		return dst, false, err
	}
	s, err := c.stringify(goja.Undefined(), v)
	if err != nil {
		return dst, false, err
	}
	if goja.IsUndefined(s) {
		return dst, false, nil
	}
	return append(dst, s.String()...), true, nil
}
