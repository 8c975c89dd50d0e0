package guard

import (
	"strings"

	"github.com/dop251/goja"
)

// What is compiled at run time is parsed by functions that call themselves, on a
// stack whose overflow nothing can catch. Shorter text cannot nest deeply enough.
const (
	maxSource  = 1 << 20 // bytes of source text
	maxOpen    = 200_000 // brackets that open in it
	maxPattern = 1 << 19 // bytes of a regular expression
	maxGroups  = 10_000  // groups in it
)

// indirectEval puts another function into the property "eval". The VM compares
// what is called with its own function, and compiles the text itself if they are
// the same, without asking anyone. The price is that eval sees global variables
// only.
func indirectEval(vm *goja.Runtime, prop goja.Value) goja.Value {
	o := functionIn(prop)
	if o == nil {
		return prop
	}
	fn, _ := parts(o)
	if fn == nil || *fn == nil {
		return prop
	}
	r, old := realmOf(vm), *fn
	eval := vm.ToValue(func(c goja.FunctionCall) goja.Value {
		if s, ok := c.Argument(0).(goja.String); ok {
			r.checkSource(s)
		}
		return old(c)
	}).(*goja.Object)
	_ = eval.DefineDataProperty("name", vm.ToValue("eval"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = eval.DefineDataProperty("length", vm.ToValue(1), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	setFunctionIn(prop, eval)
	return prop
}

func (r *realm) checkSource(s goja.String) {
	if s.Length() < maxOpen {
		return
	}
	text := s.String()
	if len(text) > maxSource || strings.Count(text, "(")+strings.Count(text, "[")+strings.Count(text, "{") > maxOpen {
		r.tooDeep()
	}
}

func (r *realm) checkPattern(s goja.String) {
	if s.Length() < maxGroups {
		return
	}
	text := s.String()
	if len(text) > maxPattern || strings.Count(text, "(") > maxGroups {
		e := r.vm.GlobalObject().Get("SyntaxError")
		if o, err := r.vm.New(e, r.vm.ToValue("Invalid regular expression: Regular expression too large")); err == nil {
			panic(o)
		}
		r.tooDeep()
	}
}
