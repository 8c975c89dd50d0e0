package inspect

import (
	"reflect"
	"strings"

	"github.com/dop251/goja"
)

// plainKind is the export kind of an ordinary object.
const plainKind = reflect.Map

func (s *state) functionShape(o *goja.Object, ctor name, tag string) shape {
	base := s.functionText(o, ctor, tag)
	keys := s.keys(o, false)
	if len(keys) == 0 {
		return shape{base: s.style(base, "special"), done: true}
	}
	return shape{open: "{", closing: "}", base: base, keys: keys}
}

func (s *state) functionText(o *goja.Object, ctor name, tag string) string {
	src := s.n.functionToString(goja.FunctionCall{This: o}).String()
	if isClass(src) {
		return s.classText(o, ctor, tag)
	}
	kind := "Function"
	switch { // by the prototype that the engine gave it
	case tag == "AsyncFunction" || ctor.s == "AsyncFunction":
		kind = "AsyncFunction"
	case tag == "GeneratorFunction" || ctor.s == "GeneratorFunction":
		kind = "GeneratorFunction"
	case tag == "AsyncGeneratorFunction" || ctor.s == "AsyncGeneratorFunction":
		kind = "AsyncGeneratorFunction"
	case isAsyncMethod(src): // the engine gives these the prototype of plain functions
		kind = "AsyncFunction"
	}
	var sb strings.Builder
	sb.WriteString("[" + kind)
	if ctor.null {
		sb.WriteString(" (null prototype)")
	}
	if n, ok := o.Get("name").(goja.String); ok && n.Length() > 0 {
		sb.WriteString(": " + text(n))
	} else {
		sb.WriteString(" (anonymous)")
	}
	sb.WriteString("]")
	if !ctor.null && ctor.s != kind && ctor.s != "Function" {
		sb.WriteString(" " + ctor.s)
	}
	if tag != "" && tag != ctor.s {
		sb.WriteString(" [" + tag + "]")
	}
	return sb.String()
}

func isAsyncMethod(src string) bool {
	rest, ok := strings.CutPrefix(src, "async ")
	return ok && rest != "" && rest[0] != '(' && rest[0] != '='
}

func isClass(src string) bool {
	if !strings.HasPrefix(src, "class") || !strings.HasSuffix(src, "}") {
		return false
	}
	// A method may be called class: class(a) {...}.
	rest := strings.TrimLeft(src[len("class"):], " \t\n")
	return !strings.HasPrefix(rest, "(")
}

func (s *state) classText(o *goja.Object, ctor name, tag string) string {
	label := "(anonymous)"
	if d, ok := s.n.descriptor(o, s.in.vm.ToValue("name")); ok {
		if n, ok := d.value.(goja.String); ok && n.Length() > 0 {
			label = text(n)
		}
	}
	var sb strings.Builder
	sb.WriteString("[class " + label)
	if !ctor.null && ctor.s != "Function" {
		sb.WriteString(" [" + ctor.s + "]")
	}
	if tag != "" && tag != ctor.s {
		sb.WriteString(" [" + tag + "]")
	}
	if ctor.null {
		sb.WriteString(" extends null")
	} else if super := o.Prototype(); super != nil {
		if n, ok := super.Get("name").(goja.String); ok && n.Length() > 0 {
			sb.WriteString(" extends " + text(n))
		}
	}
	sb.WriteString("]")
	return sb.String()
}

func (s *state) dateShape(o *goja.Object, ctor name, tag string) shape {
	base := "Invalid Date"
	if at := s.n.dateValue(goja.FunctionCall{This: o}); !goja.IsNaN(at) {
		base = s.n.dateToISO(goja.FunctionCall{This: o}).String()
	}
	if p := prefix(ctor, tag, "Date", ""); p != "Date " {
		base = p + base
	}
	return baseShape(s.style(base, "date"), s.keys(o, false))
}

func (s *state) regexpShape(o *goja.Object, ctor name, tag string, level int) shape {
	base := s.n.regexpToString(goja.FunctionCall{This: o}).String()
	if p := prefix(ctor, tag, "RegExp", ""); p != "RegExp " {
		base = p + base
	}
	base = s.style(base, "regexp")
	keys := s.keys(o, false)
	if level > s.Depth {
		keys = nil
	}
	return baseShape(base, keys)
}

// baseShape is an object that a text stands for, with its properties if any.
func baseShape(base string, keys []goja.Value) shape {
	if len(keys) == 0 {
		return shape{base: base, done: true}
	}
	return shape{open: "{", closing: "}", base: base, keys: keys}
}

// boxedShape is an object around a primitive value.
func (s *state) boxedShape(o *goja.Object, class string, ctor name, tag string) shape {
	keys := s.keys(o, class == "String")
	var sb strings.Builder
	sb.WriteString("[" + class)
	if class != ctor.s || ctor.null {
		if ctor.null {
			sb.WriteString(" (null prototype)")
		} else {
			sb.WriteString(" (" + ctor.s + ")")
		}
	}
	plain := state{in: s.in, n: s.n, Options: s.Options}
	plain.Colors = false
	sb.WriteString(": " + plain.primitive(s.unbox(o, class)) + "]")
	if tag != "" && tag != ctor.s {
		sb.WriteString(" [" + tag + "]")
	}
	style := strings.ToLower(class)
	return baseShape(s.style(sb.String(), style), keys)
}

func (s *state) unbox(o *goja.Object, class string) goja.Value {
	vm := s.in.vm
	var v goja.Value = goja.Undefined()
	_ = s.in.attempt(func() {
		if proto, ok := vm.Get(class).(*goja.Object); ok {
			if p, ok := proto.Get("prototype").(*goja.Object); ok {
				if fn, ok := goja.AssertFunction(p.Get("valueOf")); ok {
					if res, err := fn(o); err == nil {
						v = res
					}
				}
			}
		}
	})
	return v
}
