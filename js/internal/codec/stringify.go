package codec

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// maxSpare is up to how many bytes an encoder's buffer is kept for the next
// JSON.stringify.
const maxSpare = 16 << 10

// callDepth is as how many levels a call within a call counts, such as that of
// a toJSON that calls JSON.stringify.
const callDepth = 4

// AppendEncode appends the JSON text of v to dst, as JSON.stringify writes it.
// ok is false where JSON.stringify would return undefined. The error is a
// *goja.Exception, or what interrupted the guest; dst is as it was then.
func (c *Codec) AppendEncode(dst []byte, v goja.Value) (out []byte, ok bool, err error) {
	err = c.run(func() {
		e := c.take()
		defer c.put(e)
		e.dst, e.base = dst, len(dst)
		ok = e.root(v)
		out = e.dst
	})
	if err != nil {
		return dst, false, err
	}
	return out, ok, nil
}

// take returns an encoder for one use.
func (c *Codec) take() *encoder {
	c.guest++ // guest code may have run since the last time
	e := c.spare
	if e == nil {
		e = &encoder{c: c}
		if !c.eager {
			c.records()
		}
	}
	c.spare = nil
	e.depth = c.depth
	if c.depth += callDepth; c.depth > maxDepth {
		c.put(e)
		throw(c.vm, "RangeError", msgStack)
	}
	return e
}

// put ends an encoder's use, after an exception too.
func (c *Codec) put(e *encoder) {
	c.depth = e.depth
	clear(e.stack)
	clear(e.names)
	*e = encoder{c: c, stack: e.stack[:0], names: e.names[:0], own: e.own}
	if cap(e.stack) <= maxSpare/64 && cap(e.names) <= maxSpare/16 {
		c.spare = e
	}
}

// root writes the value that JSON.stringify was given.
func (e *encoder) root(v goja.Value) bool {
	k := named("")
	if e.options == nil || e.options.replacer == nil {
		return e.value(v, k, nil)
	}
	holder := e.c.vm.NewObject()
	lazy.Define(holder, k.value(), v)
	return e.value(v, k, holder)
}

// stringify is the guest's JSON.stringify.
func (c *Codec) stringify(call goja.FunctionCall) goja.Value {
	e := c.take()
	defer c.put(e)
	e.options = e.newOptions(call.Argument(1), call.Argument(2))
	e.dst = e.own[:0]
	if !e.root(call.Argument(0)) {
		return goja.Undefined()
	}
	text := string(e.dst)
	if cap(e.dst) <= maxSpare {
		e.own = e.dst
	}
	if isASCII(text) {
		return lazy.ASCII(&text)
	}
	return c.vm.ToValue(text)
}
