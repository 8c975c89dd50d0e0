// Package nodeerr makes the errors that Node's own modules throw: native
// errors with a code, whose stack begins with "TypeError [CODE]: ".
package nodeerr

import (
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Codes used from Go.
const (
	InvalidArgTypeCode  = "ERR_INVALID_ARG_TYPE"
	InvalidArgValueCode = "ERR_INVALID_ARG_VALUE"
	OutOfRangeCode      = "ERR_OUT_OF_RANGE"
)

// New returns an error of a native class ("Error", "TypeError", "RangeError",
// "SyntaxError", "URIError") with a code. Throw it with panic.
func New(vm *goja.Runtime, class, code, message string) *goja.Object {
	e := plain(vm, class, message)
	Brand(vm, e, code)
	return e
}

func plain(vm *goja.Runtime, class, message string) *goja.Object {
	if e, err := vm.New(vm.Get(class), vm.ToValue(message)); err == nil {
		return e
	}
	return vm.NewTypeError("%s", message) // the guest has replaced the class
}

// Brand gives an error a code in the way Node does: a property, and a mention
// in the head of the stack, but not in the name.
func Brand(vm *goja.Runtime, e *goja.Object, code string) {
	name := "Error"
	if v := e.Get("name"); v != nil {
		name = v.String()
	}
	head := vm.ToValue(name + " [" + code + "]")
	if e.DefineDataProperty("name", head, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE) == nil {
		e.Get("stack") // formatted now, with that name
		_ = e.Delete("name")
	}
	_ = e.Set("code", code)
}

// InvalidArgType says that an argument ("path", "options.signal") is not what
// expected says ("of type string", "an instance of Buffer").
func InvalidArgType(h module.Host, name, expected string, actual goja.Value) *goja.Object {
	return New(h.VM(), "TypeError", InvalidArgTypeCode, The(name)+" must be "+expected+"."+Received(h, actual))
}

// InvalidArgValue says that an argument's value is refused for a reason ("is
// invalid").
func InvalidArgValue(h module.Host, name string, value goja.Value, reason string) *goja.Object {
	text := inspect(h, value, false)
	if len(text) > 128 {
		text = text[:128] + "..."
	}
	kind := "argument"
	if strings.Contains(name, ".") {
		kind = "property"
	}
	return New(h.VM(), "TypeError", InvalidArgValueCode, "The "+kind+" '"+name+"' "+reason+". Received "+text)
}

// OutOfRange says that a number is not in a range (">= 0 && <= 255").
func OutOfRange(h module.Host, name, want string, value goja.Value) *goja.Object {
	return New(h.VM(), "RangeError", OutOfRangeCode,
		"The value of \""+name+"\" is out of range. It must be "+want+". Received "+number(h, value))
}

// number writes a value as range errors do: large integers in groups of three.
func number(h module.Host, v goja.Value) string {
	text := inspect(h, v, false)
	if goja.IsNumber(v) || goja.IsBigInt(v) {
		digits, suffix := strings.CutSuffix(text, "n")
		body := strings.TrimPrefix(digits, "-")
		if strings.Trim(body, "0123456789") != "" || len(body) <= 10 && (len(body) < 10 || body <= "4294967296") {
			return text
		}
		grouped := group(body)
		if body != digits {
			grouped = "-" + grouped
		}
		if suffix {
			grouped += "n"
		}
		return grouped
	}
	return text
}

func group(digits string) string {
	var sb strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			sb.WriteByte('_')
		}
		sb.WriteRune(d)
	}
	return sb.String()
}

// The returns the words for a named argument or property: The "path" argument.
func The(name string) string {
	switch {
	case strings.HasSuffix(name, " argument"):
		return "The " + name
	case strings.Contains(name, "."):
		return "The \"" + name + "\" property"
	default:
		return "The \"" + name + "\" argument"
	}
}

// Received describes a value as Node's messages do: " Received type string ('x')".
func Received(h module.Host, v goja.Value) string {
	switch {
	case v == nil || goja.IsUndefined(v):
		return " Received undefined"
	case goja.IsNull(v):
		return " Received null"
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return " Received type " + kind(v) + " (" + shortInspect(h, v) + ")"
	}
	if _, ok := goja.AssertFunction(o); ok {
		if name, ok := o.Get("name").(goja.String); ok && name.Length() > 0 {
			return " Received function " + name.String()
		}
		return " Received function "
	}
	if ctor, ok := o.Get("constructor").(*goja.Object); ok {
		if name, ok := ctor.Get("name").(goja.String); ok && name.Length() > 0 {
			return " Received an instance of " + name.String()
		}
	}
	return " Received " + inspect(h, v, true)
}

func kind(v goja.Value) string {
	switch v.(type) {
	case goja.String:
		return "string"
	case *goja.Symbol:
		return "symbol"
	}
	switch {
	case goja.IsBigInt(v):
		return "bigint"
	case goja.IsNumber(v):
		return "number"
	}
	return "boolean"
}

// shortInspect inspects a primitive and cuts it after 25 UTF-16 units.
func shortInspect(h module.Host, v goja.Value) string {
	if s, ok := v.(goja.String); ok && s.Length() > 28 {
		units := utf16.Encode([]rune(s.String()))
		return "'" + string(utf16.Decode(units[:min(25, len(units))])) + "...'"
	}
	return inspect(h, v, false)
}

// inspect is util.inspect, with depth -1 if shallow.
func inspect(h module.Host, v goja.Value, shallow bool) string {
	fn, ok := goja.AssertFunction(h.Require("util").Get("inspect"))
	if !ok {
		return "a value"
	}
	var options goja.Value = goja.Undefined()
	if shallow {
		o := h.VM().NewObject()
		_ = o.Set("depth", -1)
		options = o
	}
	text, err := fn(goja.Undefined(), v, options)
	if err != nil {
		panic(err)
	}
	return text.String()
}
