package inspect

import (
	"regexp"
	"strings"

	"github.com/dop251/goja"

	trace "github.com/lambent-run/lambent/js/internal/stack"
)

func (s *state) errorShape(o *goja.Object, ctor name, tag string) shape {
	keys := s.keys(o, false)
	stack := s.stackText(o)
	if !s.ShowHidden {
		keys = withoutRepeats(o, keys, stack)
	}
	has := func(key string) bool {
		for _, k := range keys {
			if _, sym := k.(*goja.Symbol); !sym && k.String() == key {
				return true
			}
		}
		return false
	}
	if _, own := s.n.descriptor(o, s.in.vm.ToValue("cause")); own && !has("cause") {
		keys = append(keys, s.in.vm.ToValue("cause"))
	}
	if list, ok := o.Get("errors").(*goja.Object); ok && list.ClassName() == "Array" && !has("errors") {
		keys = append(keys, s.in.vm.ToValue("errors"))
	}
	label := "Error"
	if n := o.Get("name"); n != nil && !goja.IsUndefined(n) && !goja.IsNull(n) {
		label = n.String()
	}
	stack = improve(stack, ctor, label, tag)
	at := 0
	if m, ok := o.Get("message").(goja.String); ok && m.Length() > 0 {
		if i := strings.Index(stack, m.String()); i > 0 {
			at = i + len(m.String())
		}
	}
	if !strings.Contains(stack[at:], "\n    at") {
		stack = "[" + stack + "]"
	}
	if s.indent > 0 {
		stack = strings.ReplaceAll(stack, "\n", "\n"+strings.Repeat(" ", s.indent))
	}
	return baseShape(stack, keys)
}

// stackText is the error's stack, or what Error.prototype.toString makes of it.
func (s *state) stackText(o *goja.Object) string {
	if stack := o.Get("stack"); stack != nil && stack.ToBoolean() {
		if str, ok := stack.(goja.String); ok {
			return trace.V8(str.String())
		}
		return s.value(stack, len(s.seen)+1)
	}
	return s.n.errorToString(goja.FunctionCall{This: o}).String()
}

// withoutRepeats drops own properties that the stack shows already.
func withoutRepeats(o *goja.Object, keys []goja.Value, stack string) []goja.Value {
	kept := keys[:0]
	for _, k := range keys {
		if _, sym := k.(*goja.Symbol); !sym {
			switch key := k.String(); key {
			case "name", "message", "stack":
				str, ok := o.Get(key).(goja.String)
				if !ok || strings.Contains(stack, str.String()) {
					continue
				}
			}
		}
		kept = append(kept, k)
	}
	return kept
}

var (
	headOfStack = regexp.MustCompile(`^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)`)
	errorAlone  = regexp.MustCompile(`^([a-z_A-Z0-9-]*Error)$`)
)

// improve names the class of an error in its stack where name does not.
func improve(stack string, ctor name, label, tag string) string {
	cut := len(label)
	starts := strings.HasSuffix(label, "Error") && strings.HasPrefix(stack, label) &&
		(len(stack) == cut || stack[cut] == ':' || stack[cut] == '\n')
	if !ctor.null && !starts {
		return stack
	}
	fallback := "Error"
	if ctor.null {
		m := headOfStack.FindStringSubmatch(stack)
		if m == nil {
			m = errorAlone.FindStringSubmatch(stack)
		}
		cut = 0
		if m != nil {
			fallback, cut = m[1], len(m[1])
		}
	}
	p := strings.TrimSuffix(prefix(ctor, tag, fallback, ""), " ")
	switch {
	case p == label:
		return stack
	case !strings.Contains(p, label):
		return p + " [" + label + "]" + stack[cut:]
	case cut == 0:
		return p + ": " + stack
	}
	return p + stack[cut:]
}
