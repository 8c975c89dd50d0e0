package hosttest

import (
	"errors"

	"github.com/dop251/goja"
)

// codec is the JSON of the JavaScript runtime itself.
type codec struct{ vm *goja.Runtime }

func (c codec) call(name string, v goja.Value) (goja.Value, error) {
	json, ok := c.vm.Get("JSON").(*goja.Object)
	if !ok {
		return nil, errors.New("hosttest: JSON is gone")
	}
	fn, ok := goja.AssertFunction(json.Get(name))
	if !ok {
		return nil, errors.New("hosttest: JSON." + name + " is not a function")
	}
	return fn(json, v)
}

func (c codec) Decode(text []byte) (goja.Value, error) {
	return c.call("parse", c.vm.ToValue(string(text)))
}

func (c codec) AppendEncode(dst []byte, v goja.Value) ([]byte, bool, error) {
	text, err := c.call("stringify", v)
	if err != nil || goja.IsUndefined(text) {
		return dst, false, err
	}
	return append(dst, text.String()...), true, nil
}
