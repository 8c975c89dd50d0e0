package inspect

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

var proxyType = reflect.TypeFor[goja.Proxy]()

// value returns the text of any value at a level of nesting.
func (s *state) value(v goja.Value, level int) string {
	o, ok := v.(*goja.Object)
	if !ok {
		return s.primitive(v)
	}
	s.nesting++
	this := o // what custom functions see: the proxy, not its target
	for o.ExportType() == proxyType {
		p, ok := o.Export().(goja.Proxy)
		if !ok {
			break
		}
		if p.Target() == nil {
			return s.leave(s.style("<Revoked Proxy>", "special"))
		}
		if s.ShowProxy {
			return s.leave(s.proxy(p, level))
		}
		o = p.Target()
	}
	if s.CustomInspect {
		if text, ok := s.customText(o, this, level); ok {
			return s.leave(text)
		}
	}
	for _, outer := range s.seen {
		if outer == o {
			if s.circular == nil {
				s.circular = map[*goja.Object]int{}
			}
			if s.circular[o] == 0 {
				s.circular[o] = len(s.circular) + 1
			}
			return s.leave(s.style("[Circular *"+strconv.Itoa(s.circular[o])+"]", "special"))
		}
	}
	return s.leave(s.object(o, level))
}

// leave ends a call of value. A panic needs no such end: the state goes with it.
func (s *state) leave(text string) string {
	s.nesting--
	return text
}

func (s *state) proxy(p goja.Proxy, level int) string {
	if level > s.Depth {
		return s.style("Proxy [Array]", "special")
	}
	s.indent += 2
	out := []string{s.value(p.Target(), level+1), s.value(p.Handler(), level+1)}
	s.indent -= 2
	return s.join(out, "", "Proxy [", "]", listObject, level+1, false)
}

// customText calls the object's own inspection function, if it has one. this
// is the object as the guest knows it, a proxy perhaps.
func (s *state) customText(o, this *goja.Object, level int) (string, bool) {
	if !s.n.mayInspect(o) {
		return "", false
	}
	member := o.GetSymbol(s.n.customSymbol())
	fn, ok := goja.AssertFunction(member)
	if !ok {
		return "", false
	}
	if s.in.inspect != nil && member == s.in.inspect {
		return "", false
	}
	if ctor, ok := o.Get("constructor").(*goja.Object); ok {
		if proto, ok := ctor.Get("prototype").(*goja.Object); ok && proto == o {
			return "", false
		}
	}
	inspect := s.in.inspect
	if inspect == nil {
		inspect = s.in.h.Require("util").Get("inspect")
	}
	var depth goja.Value = goja.Null()
	switch {
	case s.Depth == Infinite:
		depth = s.in.vm.ToValue(math.Inf(1))
	case s.Depth < Unlimited:
		depth = s.in.vm.ToValue(s.Depth - level)
	}
	res, err := fn(this, depth, s.optionsObject(), inspect)
	if err != nil {
		panic(err)
	}
	if res == goja.Value(this) {
		return "", false
	}
	if _, ok := res.(*goja.Object); !ok {
		if str, ok := res.(goja.String); ok {
			return strings.ReplaceAll(text(str), "\n", "\n"+strings.Repeat(" ", s.indent)), true
		}
		return res.String(), true
	}
	if s.nesting >= maxNesting {
		panic(s.in.rangeError("Maximum call stack size exceeded"))
	}
	return strings.ReplaceAll(s.value(res, level), "\n", "\n"+strings.Repeat(" ", s.indent)), true
}

func (s *state) interrupted(name string) string {
	return s.style("["+name+": Inspection interrupted prematurely. Maximum call stack size exceeded.]", "special")
}

func (s *state) primitive(v goja.Value) string {
	switch t := v.(type) {
	case nil:
		return s.style("undefined", "undefined")
	case goja.String:
		return s.stringText(t)
	case *goja.Symbol:
		return s.style(symbolText(t), "symbol")
	}
	switch {
	case goja.IsUndefined(v):
		return s.style("undefined", "undefined")
	case goja.IsNull(v):
		return s.style("null", "null")
	case goja.IsNumber(v):
		return s.style(s.separated(numberText(v)), "number")
	case goja.IsBigInt(v):
		return s.style(s.separated(v.String())+"n", "bigint")
	}
	return s.style(v.String(), "boolean")
}

func symbolText(sym *goja.Symbol) string { return "Symbol(" + sym.String() + ")" }

// numberText is the text of a number, which keeps the sign of zero.
func numberText(v goja.Value) string {
	if f, ok := v.Export().(float64); ok && f == 0 && math.Signbit(f) {
		return "-0"
	}
	return v.String()
}

// separated puts underscores between groups of three digits, if asked to.
func (s *state) separated(digits string) string {
	if !s.NumericSeparator || strings.ContainsAny(digits, "eIN") {
		return digits
	}
	whole, frac, point := strings.Cut(digits, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var sb strings.Builder
	sb.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			sb.WriteByte('_')
		}
		sb.WriteByte(whole[i])
	}
	if point {
		sb.WriteByte('.')
		for i := range len(frac) {
			if i > 0 && i%3 == 0 {
				sb.WriteByte('_')
			}
			sb.WriteByte(frac[i])
		}
	}
	return sb.String()
}

// stringText quotes a string, cut at MaxStringLength. A long one with line
// breaks is shown as a sum of its lines.
func (s *state) stringText(str goja.String) string {
	trailer := ""
	if n := str.Length(); n > s.MaxStringLength {
		rest := n - s.MaxStringLength
		str = str.Substring(0, s.MaxStringLength)
		trailer = "... " + strconv.Itoa(rest) + " more character" + plural(rest)
	}
	t := text(str)
	if s.Compact != CompactTrue && len(t) > 16 {
		if n := str.Length(); n > 16 && n > s.BreakLength-s.indent-4 && strings.Contains(t, "\n") {
			lines := strings.SplitAfter(t, "\n")
			if lines[len(lines)-1] == "" {
				lines = lines[:len(lines)-1]
			}
			for i, l := range lines {
				lines[i] = s.style(quote(l), "string")
			}
			return strings.Join(lines, " +\n"+strings.Repeat(" ", s.indent+2)) + trailer
		}
	}
	return s.style(quote(t), "string") + trailer
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
