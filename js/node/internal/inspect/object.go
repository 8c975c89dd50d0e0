package inspect

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// shape is what a kind of object contributes to the common layout.
type shape struct {
	open, closing string
	base          string          // text that stands for the object if it has no members
	keys          []goja.Value    // own properties to show, strings and symbols
	kind          kind            // layout of the members
	members       func() []string // members that are no properties; nil if none
	numbers       bool            // all items of a list are numbers
	done          bool            // base is the whole text
}

// object returns the text of an object that is not being shown already.
func (s *state) object(o *goja.Object, level int) string {
	ctor := s.constructor(o, level, 0)
	tag := s.tag(o)
	sh := s.shape(o, ctor, tag, level)
	if sh.done {
		return sh.base
	}
	if level > s.Depth || s.written > maxOutput {
		name := strings.TrimSuffix(prefix(ctor, tag, "Object", ""), " ")
		if !strings.HasPrefix(name, "[") {
			name = "[" + name + "]"
		}
		return s.style(name, "special")
	}
	if s.nesting >= maxNesting {
		return s.interrupted(ctor.text())
	}
	level++
	s.seen = append(s.seen, o)
	s.currentDepth = level
	var out []string
	if sh.members != nil {
		out = sh.members()
	}
	for _, key := range sh.keys {
		out = append(out, s.property(o, key, level, sh.kind))
	}
	s.seen = s.seen[:len(s.seen)-1]
	if n := s.circular[o]; n != 0 {
		ref := s.style("<ref *"+strconv.Itoa(n)+">", "special")
		switch {
		case s.Compact == CompactTrue:
			sh.open = ref + " " + sh.open
		case sh.base == "":
			sh.base = ref
		default:
			sh.base = ref + " " + sh.base
		}
	}
	if s.Sorted && sh.kind != listObject {
		s.sort(out)
	}
	res := s.join(out, sh.base, sh.open, sh.closing, sh.kind, level, sh.numbers)
	s.written += len(res)
	return res
}

// name is the name of an object's constructor, or null for a null prototype.
type name struct {
	s    string
	null bool
}

func (n name) text() string {
	if n.null {
		return "Object: null prototype"
	}
	return n.s
}

// constructor finds the name of the class that made an object.
func (s *state) constructor(o *goja.Object, level, turn int) name {
	proto := o.Prototype()
	first := proto
	key := s.n.constructorKey
	if first == s.n.arrayProto && o.ClassName() == "Array" {
		return name{s: "Array"} // not worth a look at the properties
	}
	for at := o; at != nil; {
		if d, ok := s.n.descriptor(at, key); ok {
			if c, ok := d.value.(*goja.Object); ok && isFunction(c) {
				if n, ok := c.Get("name").(goja.String); ok && n.Length() > 0 && hasInstance(c, o) {
					return name{s: text(n)}
				}
			}
		}
		if turn++; turn > maxNesting || at.ExportType() == proxyType {
			break
		}
		at = at.Prototype()
	}
	if first == nil {
		return name{null: true}
	}
	own := o.ClassName()
	if level > s.Depth || turn > maxNesting {
		return name{s: own + " <Complex prototype>"}
	}
	outer := s.constructor(first, level+1, turn)
	if outer.null {
		return name{s: own + " <[Object: null prototype] {}>"}
	}
	return name{s: own + " <" + outer.s + ">"}
}

// hasInstance is instanceof without the guest's Symbol.hasInstance.
func hasInstance(ctor, o *goja.Object) bool {
	proto, ok := ctor.Get("prototype").(*goja.Object)
	if !ok {
		return false
	}
	for at, i := o.Prototype(), 0; at != nil && i < maxNesting; at, i = at.Prototype(), i+1 {
		if at == proto {
			return true
		}
		if at.ExportType() == proxyType {
			return false
		}
	}
	return false
}

func isFunction(o *goja.Object) bool {
	_, ok := goja.AssertFunction(o)
	return ok
}

// tag returns Symbol.toStringTag where it says more than the members will.
func (s *state) tag(o *goja.Object) string {
	str, ok := o.GetSymbol(goja.SymToStringTag).(goja.String)
	if !ok || str.Length() == 0 {
		return ""
	}
	if s.ShowHidden {
		if _, own := s.n.descriptor(o, goja.SymToStringTag); own {
			return ""
		}
	} else if s.n.enumerable(o, goja.SymToStringTag) {
		return ""
	}
	return text(str)
}

// prefix is the text before the brace: the class, its size, its tag. It ends
// with a space.
func prefix(ctor name, tag, fallback, size string) string {
	var sb strings.Builder
	class := ctor.s
	if ctor.null {
		class = fallback
		sb.WriteString("[" + fallback + size + ": null prototype] ")
	} else {
		sb.WriteString(class + size + " ")
	}
	if tag != "" && class != tag {
		sb.WriteString("[" + tag + "] ")
	}
	return sb.String()
}

// keys lists the properties to show: the enumerable ones, or all.
func (s *state) keys(o *goja.Object, noIndex bool) []goja.Value {
	var names []string
	if s.ShowHidden {
		names = o.GetOwnPropertyNames()
	} else {
		names = o.Keys()
	}
	keys := make([]goja.Value, 0, len(names))
	for _, n := range names {
		if !noIndex || !isIndex(n) {
			keys = append(keys, s.in.vm.ToValue(n))
		}
	}
	if s.ShowHidden {
		if list, ok := s.n.getOwnPropertySymbols(goja.FunctionCall{Arguments: []goja.Value{o}}).(*goja.Object); ok {
			for i := range length(list) {
				keys = append(keys, list.Get(strconv.Itoa(i)))
			}
		}
		return keys
	}
	for _, sym := range o.Symbols() { // the enumerable ones
		keys = append(keys, sym)
	}
	return keys
}

func isIndex(name string) bool {
	if name == "" || name[0] == '0' && len(name) > 1 || len(name) > 10 {
		return false
	}
	n, err := strconv.ParseUint(name, 10, 64)
	return err == nil && n < 1<<32-1
}

var (
	typeMap         = reflect.TypeFor[[][2]any]()
	typeList        = reflect.TypeFor[[]any]()
	typePromise     = reflect.TypeFor[*goja.Promise]()
	typeArrayBuffer = reflect.TypeFor[goja.ArrayBuffer]()
)

// shape decides what kind of object o is.
func (s *state) shape(o *goja.Object, ctor name, tag string, level int) shape {
	class := o.ClassName()
	switch class {
	case "Array":
		return s.arrayShape(o, ctor, tag)
	case "Error":
		return s.errorShape(o, ctor, tag)
	case "Date":
		return s.dateShape(o, ctor, tag)
	case "RegExp":
		return s.regexpShape(o, ctor, tag, level)
	case "Arguments":
		return s.argumentsShape(o)
	case "Number", "String", "Boolean":
		return s.boxedShape(o, class, ctor, tag)
	}
	if isFunction(o) {
		return s.functionShape(o, ctor, tag)
	}
	switch t := o.ExportType(); {
	case t == typeMap:
		return s.mapShape(o, ctor, tag)
	case t == typeList:
		return s.setShape(o, ctor, tag)
	case t == typePromise:
		return s.promiseShape(o, ctor, tag)
	case t == typeArrayBuffer:
		return s.bufferShape(o, ctor, tag)
	case t.Kind() == reflect.Slice:
		if kind, ok := s.n.typedTag(goja.FunctionCall{This: o}).(goja.String); ok {
			return s.typedShape(o, kind.String(), ctor, tag)
		}
	}
	if sh, ok := s.rareShape(o, ctor, tag); ok {
		return sh
	}
	return s.plainShape(o, ctor, tag)
}

func (s *state) argumentsShape(o *goja.Object) shape {
	const open = "[Arguments] {"
	keys := s.keys(o, false)
	if len(keys) == 0 {
		return shape{base: open + "}", done: true}
	}
	return shape{open: open, closing: "}", keys: keys}
}

func (s *state) plainShape(o *goja.Object, ctor name, tag string) shape {
	keys := s.keys(o, false)
	open := "{"
	if ctor.null && tag == "Module" {
		open = "[Module: null prototype] {"
	} else if ctor.null || ctor.s != "Object" || tag != "" {
		open = prefix(ctor, tag, "Object", "") + "{"
	}
	if len(keys) == 0 {
		return shape{base: open + "}", done: true}
	}
	return shape{open: open, closing: "}", keys: keys}
}

// property returns the text of one property, with its key unless the property
// is an item of a list.
func (s *state) property(o *goja.Object, key goja.Value, level int, k kind) string {
	d, ok := s.n.descriptor(o, key)
	if !ok { // gone since, or a proxy that denies it
		d.value = goja.Undefined()
	}
	var str string
	gap := " "
	switch {
	case d.value != nil:
		diff := 2
		if s.Compact == CompactTrue && k == plainObject {
			diff = 3
		}
		s.indent += diff
		str = s.value(d.value, level)
		if diff == 3 && s.BreakLength < columns(str) {
			gap = "\n" + strings.Repeat(" ", s.indent)
		}
		s.indent -= diff
	case d.get != nil:
		str = s.getter(o, d, level)
	case d.set != nil:
		str = s.style("[Setter]", "special")
	default:
		str = s.style("undefined", "undefined")
	}
	if k == arrayItem {
		return str
	}
	return s.keyText(key, d) + ":" + gap + str
}

func (s *state) keyText(key goja.Value, d descriptor) string {
	if sym, ok := key.(*goja.Symbol); ok {
		var sb strings.Builder
		escape(&sb, symbolText(sym), '\'')
		return "[" + s.style(sb.String(), "symbol") + "]"
	}
	n := key.String()
	if str, ok := key.(goja.String); ok {
		n = text(str)
	}
	switch {
	case n == "__proto__":
		return "['__proto__']"
	case (s.ShowHidden || n == "cause" || n == "errors") && !d.enumerable():
		var sb strings.Builder
		escape(&sb, n, 0)
		return "[" + sb.String() + "]"
	case isIdentifier(n):
		return s.style(n, "name")
	}
	return s.style(quote(n), "string")
}

func isIdentifier(n string) bool {
	for i := range len(n) {
		c := n[i]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c != '_' && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return n != ""
}

// getter shows an accessor, and its value if the options ask for that.
func (s *state) getter(o *goja.Object, d descriptor, level int) string {
	label := "Getter"
	if d.set != nil {
		label = "Getter/Setter"
	}
	if s.Getters == "" || s.Getters == "get" && d.set != nil || s.Getters == "set" && d.set == nil {
		return s.style("["+label+"]", "special")
	}
	fn, _ := goja.AssertFunction(d.get)
	v, err := fn(o)
	if err != nil {
		msg := err.Error()
		if ex, ok := err.(*goja.Exception); ok {
			if e, ok := ex.Value().(*goja.Object); ok {
				msg = e.Get("message").String()
			}
		}
		return s.style("["+label+": <Inspection threw ("+msg+")>]", "special")
	}
	if _, ok := v.(*goja.Object); ok {
		s.indent += 2
		str := s.style("["+label+"]", "special") + " " + s.value(v, level)
		s.indent -= 2
		return str
	}
	return s.style("["+label+":", "special") + " " + s.primitive(v) + s.style("]", "special")
}

// sort orders finished members by the option sorted.
func (s *state) sort(out []string) {
	sortStrings(out, func(a, b string) bool {
		if s.Compare == nil {
			return a < b
		}
		v, err := s.Compare(goja.Undefined(), s.in.vm.ToValue(a), s.in.vm.ToValue(b))
		if err != nil {
			panic(err)
		}
		return v.ToFloat() < 0
	})
}
