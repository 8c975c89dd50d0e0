package buffer

import (
	"bytes"
	"math"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// searchMethods are the methods that look for bytes and compare them.
var searchMethods = map[string]method{
	"equals":  {1, equals},
	"compare": {5, compareWith},
	"indexOf": {3, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		return a.vm.ToValue(a.find(self, c, true))
	}},
	"lastIndexOf": {3, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		return a.vm.ToValue(a.find(self, c, false))
	}},
	"includes": {3, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		return a.vm.ToValue(a.find(self, c, true) >= 0)
	}},
}

func equals(a *API, self []byte, c goja.FunctionCall) goja.Value {
	return a.vm.ToValue(bytes.Equal(self, a.uint8s("otherBuffer", c.Argument(0))))
}

// uint8s returns the memory of an argument that must be a Uint8Array.
func (a *API) uint8s(name string, v goja.Value) []byte {
	if o, ok := v.(*goja.Object); ok && o.ExportType() == bytesType {
		if b, ok := rawBytes(o); ok {
			return b
		}
	}
	nodeerr.ArgType(a.host, name, "an instance of Buffer or Uint8Array", v)
	return nil
}

func compareWith(a *API, self []byte, c goja.FunctionCall) goja.Value {
	other := a.uint8s("target", c.Argument(0))
	if len(c.Arguments) == 1 {
		return a.vm.ToValue(bytes.Compare(self, other))
	}
	otherFrom := a.bounded("targetStart", c.Argument(1), 0, MaxLength)
	otherTo := a.bounded("targetEnd", c.Argument(2), len(other), len(other))
	from := a.bounded("sourceStart", c.Argument(3), 0, MaxLength)
	to := a.bounded("sourceEnd", c.Argument(4), len(self), len(self))
	switch {
	case from >= to && otherFrom >= otherTo:
		return a.vm.ToValue(0)
	case from >= to:
		return a.vm.ToValue(-1)
	case otherFrom >= otherTo:
		return a.vm.ToValue(1)
	}
	return a.vm.ToValue(bytes.Compare(self[from:to], other[otherFrom:otherTo]))
}

// find is indexOf and lastIndexOf (value[, byteOffset][, encoding]).
func (a *API) find(self []byte, c goja.FunctionCall, forward bool) int {
	value, start, encoding := c.Argument(0), c.Argument(1), c.Argument(2)
	if goja.IsString(start) {
		start, encoding = goja.Undefined(), start
	}
	at := 0
	f := start.ToNumber().ToFloat()
	switch {
	case math.IsNaN(f) && forward:
	case math.IsNaN(f):
		at = len(self)
	default:
		at = clamp(f, len(self))
		if at < 0 {
			at += len(self)
			if at < 0 {
				if !forward {
					return -1
				}
				at = 0
			}
		}
	}
	e := UTF8
	needle := []byte(nil)
	switch {
	case goja.IsString(value):
		e = a.EncodingOf(encoding)
		needle = e.AppendText(nil, value)
	case goja.IsNumber(value):
		needle = []byte{byte(toInt(value))}
		if at >= len(self) && forward {
			return -1
		}
	default:
		o, ok := value.(*goja.Object)
		if !ok || o.ExportType() != bytesType {
			nodeerr.ArgType(a.host, "value", "one of type number or string or an instance of Buffer or Uint8Array", value)
		}
		needle, _ = rawBytes(o)
		if goja.IsString(encoding) {
			e = a.EncodingOf(encoding)
		}
	}
	if len(needle) == 0 {
		return at
	}
	step := 1
	if e == UTF16LE && !goja.IsNumber(value) {
		step = 2
	}
	return search(self, needle, at, step, forward)
}

// search finds needle at a multiple of step bytes, from at on or up to at.
func search(self, needle []byte, at, step int, forward bool) int {
	if forward {
		for at+len(needle) <= len(self) {
			i := bytes.Index(self[at:], needle)
			if i < 0 || (at+i)%step == 0 {
				if i < 0 {
					return -1
				}
				return at + i
			}
			at += i + 1
		}
		return -1
	}
	end := min(at+len(needle), len(self))
	for end >= len(needle) {
		i := bytes.LastIndex(self[:end], needle)
		if i < 0 || i%step == 0 {
			return i
		}
		end = i + len(needle) - 1
	}
	return -1
}
