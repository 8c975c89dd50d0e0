package codec

import (
	"strconv"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// parseCall is the guest's JSON.parse.
func (c *Codec) parseCall(call goja.FunctionCall) goja.Value {
	s, ok := call.Argument(0).(goja.String)
	if !ok {
		s = toString(c.vm, call.Argument(0))
	}
	text, lone := textOf(s)
	v := c.parse(text, lone)
	if reviver, ok := call.Argument(1).(*goja.Object); ok {
		if f := lazy.CallableOf(reviver); f != nil {
			depth := c.depth
			defer func() { c.depth = depth }()
			if c.depth += callDepth; c.depth > maxDepth {
				throw(c.vm, "RangeError", msgStack)
			}
			root := c.vm.NewObject()
			name := named("").value()
			lazy.Define(root, name, v)
			return c.revive(f, root, name)
		}
	}
	return v
}

// textOf returns a string's text, and whether it has lone surrogates.
func textOf(s goja.String) (text string, lone bool) {
	if lazy.Supported() {
		switch lazy.KindOf(s) {
		case lazy.KindASCII:
			return lazy.ASCIIOf(s), false
		case lazy.KindImported:
			return clean(lazy.ImportedOf(s)), false
		}
	} else if text := s.String(); len(text) == s.Length() {
		return text, false
	}
	u := unitsOf(s)
	for i := 0; i < len(u); i++ {
		if isPair(u, i) {
			i++
		} else if u[i]&0xF800 == 0xD800 {
			lone = true
			break
		}
	}
	return string(appendUnits(make([]byte, 0, len(u)+len(u)/2), u)), lone
}

// revive is the standard's InternalizeJSONProperty (ECMA-262 25.5.1.1).
func (c *Codec) revive(f func(goja.FunctionCall) goja.Value, holder *goja.Object, name goja.Value) goja.Value {
	v := lazy.Get(holder, name)
	if v == nil {
		v = goja.Undefined()
	}
	if o, ok := v.(*goja.Object); ok {
		if c.depth >= maxDepth {
			throw(c.vm, "RangeError", msgStack)
		}
		c.depth++
		e := encoder{c: c}
		if e.isArray(o) {
			for i := range toLength(o.Get("length")) {
				c.reviveMember(f, o, c.vm.ToValue(strconv.FormatInt(i, 10)))
			}
		} else {
			for _, name := range lazy.EnumerableKeys(c.vm, o) {
				c.reviveMember(f, o, name)
			}
		}
		c.depth--
	}
	return f(goja.FunctionCall{This: holder, Arguments: []goja.Value{name, v}})
}

func (c *Codec) reviveMember(f func(goja.FunctionCall) goja.Value, o *goja.Object, name goja.Value) {
	if v := c.revive(f, o, name); goja.IsUndefined(v) {
		lazy.Delete(o, name)
	} else {
		lazy.Define(o, name, v)
	}
}
