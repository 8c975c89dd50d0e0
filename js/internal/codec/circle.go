package codec

import (
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// V8 shows so many steps after the beginning of a circle, and before its end.
const (
	circleHead = 2
	circleTail = 1
)

// throwCircle reports that the container at stack[start] is met again as
// property k of the innermost one.
func (e *encoder) throwCircle(start int, k key) {
	var b strings.Builder
	b.WriteString("Converting circular structure to JSON\n    --> starting at object with constructor ")
	b.WriteString(constructorName(e.stack[start].obj))
	steps := e.stack[start+1:]
	for i, step := range steps {
		switch {
		case i < circleHead || i >= len(steps)-circleTail:
			b.WriteString("\n    |     " + step.key.describe() + " -> object with constructor ")
			b.WriteString(constructorName(step.obj))
		case i == circleHead:
			b.WriteString("\n    |     ...")
		}
	}
	b.WriteString("\n    --- " + k.describe() + " closes the circle")
	panic(e.c.vm.NewTypeError("%s", b.String()))
}

func (k key) describe() string {
	if k.index >= 0 {
		return "index " + k.String()
	}
	return "property '" + k.String() + "'"
}

// constructorName returns, quoted, the name of the class of an object, as far
// as it can be told without running guest code.
func constructorName(o *goja.Object) string {
	const unknown = "'Object'"
	for proto := o; proto.ExportType() != typeProxy; {
		if proto = proto.Prototype(); proto == nil || proto.ExportType() == typeProxy {
			return unknown
		}
		ctor, ok := data(proto, "constructor").(*goja.Object)
		if !ok {
			continue
		}
		if ctor.ExportType() == typeProxy {
			return unknown
		}
		if name, ok := data(ctor, "name").(goja.String); ok && name.Length() > 0 {
			return "'" + name.String() + "'"
		}
	}
	return unknown
}

// data returns the value of an own property, or nil if it has none or only an
// accessor knows. Where own properties cannot be looked at, it takes what there
// is.
func data(o *goja.Object, name string) goja.Value {
	if !lazy.Supported() {
		return o.Get(name)
	}
	v := lazy.Own(o, unistring.String(name))
	if v == nil || lazy.KindOf(v) != lazy.KindProperty {
		return v
	}
	value, _, accessor := lazy.PropertyOf(v)
	if accessor {
		return nil
	}
	return value
}
