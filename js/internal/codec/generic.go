package codec

import (
	"math"
	"strconv"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// This file is JSON.stringify as the standard has it (SerializeJSONProperty
// and what it calls, ECMA-262 25.5.2), by way of what any object answers. The
// paths in encode.go are short cuts past it.

// property writes v, which holder has under k. The result is as value's.
func (e *encoder) property(v goja.Value, k key, holder *goja.Object) bool {
	v = e.toJSON(v, k)
	if e.options != nil && e.options.replacer != nil {
		e.c.guest++
		v = e.options.replacer(goja.FunctionCall{This: holder, Arguments: []goja.Value{k.value(), v}})
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return e.primitive(v)
	}
	switch o.ClassName() {
	case "Number":
		e.c.guest++
		return e.primitive(o.ToNumber())
	case "String":
		e.c.guest++
		return e.primitive(toString(e.c.vm, o))
	case "Boolean":
		return e.primitive(e.c.vm.ToValue(o.Export()))
	case "RawJSON":
		e.dst = append(e.dst, o.Get("rawJSON").String()...)
		e.checkLength()
		return true
	}
	if lazy.CallableOf(o) != nil {
		return false
	}
	if isBigInt(o) {
		panic(e.c.vm.NewTypeError(msgBigInt))
	}
	e.enter(o, k)
	if e.isArray(o) {
		e.elements(o)
	} else {
		e.members(o)
	}
	e.leave()
	return true
}

// toJSON returns what the toJSON of an object or BigInt makes of it, or v.
func (e *encoder) toJSON(v goja.Value, k key) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		if !isBigInt(v) {
			return v
		}
		o = v.ToObject(e.c.vm)
	}
	e.c.guest++
	method, ok := o.Get("toJSON").(*goja.Object)
	if !ok {
		return v
	}
	if f := lazy.CallableOf(method); f != nil {
		return f(goja.FunctionCall{This: v, Arguments: []goja.Value{k.value()}})
	}
	return v
}

func isBigInt(v goja.Value) bool { return v.ExportType() == typeBigInt }

// primitive writes a value that is no object.
func (e *encoder) primitive(v goja.Value) bool {
	switch x := v.(type) {
	case nil:
		return false
	case goja.String:
		e.string(x)
	case *goja.Symbol:
		return false
	default:
		switch {
		case goja.IsUndefined(v):
			return false
		case goja.IsNull(v):
			e.dst = append(e.dst, "null"...)
		case isBigInt(v):
			panic(e.c.vm.NewTypeError(msgBigInt))
		case v.ExportType() == typeBool:
			e.dst = strconv.AppendBool(e.dst, v.ToBoolean())
		default:
			if f := v.ToFloat(); f == math.Trunc(f) && math.Abs(f) < 1<<53 {
				e.dst = strconv.AppendInt(e.dst, int64(f), 10)
			} else {
				e.number(f)
			}
		}
	}
	e.checkLength()
	return true
}

// string writes a string of any kind.
func (e *encoder) string(s goja.String) {
	if text := s.String(); len(text) == s.Length() {
		e.dst = appendASCII(e.dst, text) // one byte for each code unit
		return
	}
	e.dst = appendQuotedUnits(e.dst, unitsOf(s))
}

// unitsOf returns the UTF-16 code units of a string.
func unitsOf(s goja.String) []uint16 {
	u := make([]uint16, s.Length())
	for i := range u {
		u[i] = s.CharAt(i)
	}
	return u
}

// isArray is the Array.isArray of the standard: it looks through proxies.
func (e *encoder) isArray(o *goja.Object) bool {
	for {
		if o.ExportType() != typeProxy {
			return o.ClassName() == "Array"
		}
		if o = o.Export().(goja.Proxy).Target(); o == nil {
			panic(e.c.vm.NewTypeError("Cannot perform 'IsArray' on a proxy that has been revoked"))
		}
	}
}

func (e *encoder) elements(o *goja.Object) {
	e.c.guest++
	n := toLength(o.Get("length"))
	if n == 0 {
		e.dst = append(e.dst, "[]"...)
		return
	}
	e.dst = append(e.dst, '[')
	e.indent()
	for i := range n {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		e.newline()
		e.c.guest++
		v := o.Get(strconv.FormatInt(i, 10))
		if !e.value(v, key{index: int(i)}, o) {
			e.dst = append(e.dst, "null"...)
		}
		e.checkLength()
	}
	e.dedent()
	e.newline()
	e.dst = append(e.dst, ']')
}

func toLength(v goja.Value) int64 {
	if v == nil {
		return 0
	}
	return max(0, min(v.ToInteger(), 1<<53-1))
}

func (e *encoder) members(o *goja.Object) {
	e.c.guest++
	var names []goja.Value
	if e.options != nil && e.options.list != nil {
		names = e.options.list
	} else {
		names = lazy.EnumerableKeys(e.c.vm, o)
	}
	e.dst = append(e.dst, '{')
	first := len(e.dst)
	e.indent()
	for _, name := range names {
		mark := len(e.dst)
		if mark > first {
			e.dst = append(e.dst, ',')
		}
		e.newline()
		e.string(name.(goja.String))
		e.dst = append(e.dst, ':')
		if e.options != nil && e.options.gap != "" {
			e.dst = append(e.dst, ' ')
		}
		e.c.guest++
		if !e.value(lazy.Get(o, name), named(keyText(name.(goja.String))), o) {
			e.dst = e.dst[:mark]
		}
	}
	e.dedent()
	if len(e.dst) > first {
		e.newline()
	}
	e.dst = append(e.dst, '}')
}

func (e *encoder) indent() {
	if e.options != nil {
		e.options.level++
	}
}

func (e *encoder) dedent() {
	if e.options != nil {
		e.options.level--
	}
}

// newline begins a line, if the text is to have lines.
func (e *encoder) newline() {
	if e.options == nil || e.options.gap == "" {
		return
	}
	e.dst = append(e.dst, '\n')
	for range e.options.level {
		e.dst = append(e.dst, e.options.gap...)
	}
	e.checkLength()
}
