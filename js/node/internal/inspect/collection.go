package inspect

import (
	"encoding/hex"
	"sort"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// manyItems is the length above which lists are not searched for properties
// besides their items.
const manyItems = 100_000

func sortStrings(out []string, less func(a, b string) bool) {
	sort.SliceStable(out, func(i, j int) bool { return less(out[i], out[j]) })
}

func length(o *goja.Object) int {
	if n := o.Get("length"); n != nil && goja.IsNumber(n) {
		return int(max(n.ToInteger(), 0))
	}
	return 0
}

func more(n int) string { return "... " + strconv.Itoa(n) + " more item" + plural(n) }

func (s *state) listKeys(o *goja.Object, n int) []goja.Value {
	if n > manyItems && !s.ShowHidden {
		return nil
	}
	return s.keys(o, true)
}

func (s *state) arrayShape(o *goja.Object, ctor name, tag string) shape {
	open := "["
	if ctor.null || ctor.s != "Array" || tag != "" {
		open = prefix(ctor, tag, "Array", "("+strconv.Itoa(length(o))+")") + "["
	}
	return s.listShape(o, open)
}

func (s *state) listShape(o *goja.Object, open string) shape {
	n := length(o)
	keys := s.listKeys(o, n)
	if n == 0 && len(keys) == 0 {
		return shape{base: open + "]", done: true}
	}
	sh := shape{open: open, closing: "]", keys: keys, kind: listObject, numbers: s.allNumbers(o, n, len(keys))}
	level := len(s.seen) + 1
	sh.members = func() []string { return s.items(o, n, level) }
	return sh
}

// allNumbers reports whether a list that is to be grouped has only numbers.
func (s *state) allNumbers(o *goja.Object, n, extra int) bool {
	if n <= 6 {
		return false
	}
	shown := min(n, s.MaxArrayLength)
	lines := shown + extra
	if shown < n {
		lines++
	}
	for i := range min(lines, n) {
		d, ok := s.n.descriptor(o, s.in.vm.ToValue(i))
		if !ok || d.value == nil || !goja.IsNumber(d.value) && !goja.IsBigInt(d.value) {
			return false
		}
	}
	return lines <= n
}

// items shows the items of a list; runs of holes count as one each.
func (s *state) items(o *goja.Object, n, level int) []string {
	var out []string
	vm := s.in.vm
	i := 0
	for i < n && len(out) < s.MaxArrayLength {
		key := vm.ToValue(i)
		if _, ok := s.n.descriptor(o, key); ok {
			out = append(out, s.property(o, key, level, arrayItem))
			i++
			continue
		}
		end := s.nextItem(o, i, n)
		out = append(out, s.style("<"+strconv.Itoa(end-i)+" empty item"+plural(end-i)+">", "undefined"))
		i = end
	}
	if i < n {
		out = append(out, more(n-i))
	}
	return out
}

// nextItem returns the index of the first item after a hole at i. Long holes
// are skipped by looking at the keys that there are.
func (s *state) nextItem(o *goja.Object, i, n int) int {
	for end := i + 1; end < min(n, i+64); end++ {
		if _, ok := s.n.descriptor(o, s.in.vm.ToValue(end)); ok {
			return end
		}
	}
	if n <= i+64 {
		return n
	}
	for _, k := range o.GetOwnPropertyNames() {
		if isIndex(k) {
			if at, _ := strconv.Atoi(k); at > i {
				return min(at, n)
			}
		}
	}
	return n
}

func (s *state) typedShape(o *goja.Object, kind string, ctor name, tag string) shape {
	n := length(o)
	open := prefix(ctor, tag, kind, "("+strconv.Itoa(n)+")") + "["
	keys := s.listKeys(o, n)
	if n == 0 && len(keys) == 0 && !s.ShowHidden {
		return shape{base: open + "]", done: true}
	}
	sh := shape{open: open, closing: "]", keys: keys, kind: listObject, numbers: len(keys) == 0}
	level := len(s.seen) + 1
	sh.members = func() []string {
		shown := min(n, s.MaxArrayLength)
		out := make([]string, 0, shown+1)
		for i := range shown {
			out = append(out, s.primitive(o.Get(strconv.Itoa(i))))
		}
		if shown < n {
			out = append(out, more(n-shown))
		}
		if s.ShowHidden {
			s.indent += 2
			for _, key := range []string{"BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset"} {
				out = append(out, "["+key+"]: "+s.value(o.Get(key), level))
			}
			if b, ok := o.Get("buffer").(*goja.Object); ok { // its bytes have just been shown
				out = append(out, "[buffer]: ArrayBuffer { byteLength: "+s.value(b.Get("byteLength"), level)+" }")
			}
			s.indent -= 2
		}
		return out
	}
	return sh
}

// each calls fn with what a native iterator yields, until fn returns false.
func (s *state) each(iterator goja.Value, fn func(goja.Value) bool) {
	it, ok := iterator.(*goja.Object)
	if !ok {
		return
	}
	next, ok := goja.AssertFunction(it.Get("next"))
	for ok {
		v, err := next(it)
		if err != nil {
			panic(err)
		}
		res, isObject := v.(*goja.Object)
		if !isObject || res.Get("done").ToBoolean() || !fn(res.Get("value")) {
			return
		}
	}
}

func (s *state) setShape(o *goja.Object, ctor name, tag string) shape {
	n := int(s.n.setSize(goja.FunctionCall{This: o}).ToInteger())
	open := prefix(ctor, tag, "Set", "("+strconv.Itoa(n)+")") + "{"
	keys := s.keys(o, false)
	if n == 0 && len(keys) == 0 {
		return shape{base: open + "}", done: true}
	}
	level := len(s.seen) + 1
	return shape{open: open, closing: "}", keys: keys, members: func() []string {
		s.indent += 2
		var out []string
		s.each(s.n.setValues(goja.FunctionCall{This: o}), func(v goja.Value) bool {
			if len(out) == s.MaxArrayLength {
				out = append(out, more(n-s.MaxArrayLength))
				return false
			}
			out = append(out, s.value(v, level))
			return true
		})
		s.indent -= 2
		return out
	}}
}

func (s *state) mapShape(o *goja.Object, ctor name, tag string) shape {
	n := int(s.n.mapSize(goja.FunctionCall{This: o}).ToInteger())
	open := prefix(ctor, tag, "Map", "("+strconv.Itoa(n)+")") + "{"
	keys := s.keys(o, false)
	if n == 0 && len(keys) == 0 {
		return shape{base: open + "}", done: true}
	}
	level := len(s.seen) + 1
	return shape{open: open, closing: "}", keys: keys, members: func() []string {
		s.indent += 2
		var out []string
		s.each(s.n.mapEntries(goja.FunctionCall{This: o}), func(v goja.Value) bool {
			if len(out) == s.MaxArrayLength {
				out = append(out, more(n-s.MaxArrayLength))
				return false
			}
			pair, ok := v.(*goja.Object)
			if ok {
				out = append(out, s.value(pair.Get("0"), level)+" => "+s.value(pair.Get("1"), level))
			}
			return ok
		})
		s.indent -= 2
		return out
	}}
}

func (s *state) bufferShape(o *goja.Object, ctor name, tag string) shape {
	ab, _ := o.Export().(goja.ArrayBuffer)
	keys := s.keys(o, false)
	return shape{open: prefix(ctor, tag, "ArrayBuffer", "") + "{", closing: "}", members: func() []string {
		if ab.Detached() {
			return []string{s.style("(detached)", "special"), "byteLength: " + s.style("0", "number")}
		}
		data := ab.Bytes()
		shown := min(len(data), s.MaxArrayLength)
		var sb strings.Builder
		for i := range shown {
			if i > 0 {
				sb.WriteByte(' ')
			}
			sb.WriteString(hex.EncodeToString(data[i : i+1]))
		}
		if rest := len(data) - shown; rest > 0 {
			sb.WriteString(" ... " + strconv.Itoa(rest) + " more byte" + plural(rest))
		}
		return []string{
			"[" + s.style("Uint8Contents", "special") + "]: <" + sb.String() + ">",
			"byteLength: " + s.style(strconv.Itoa(len(data)), "number"),
		}
	}, keys: keys}
}

func (s *state) promiseShape(o *goja.Object, ctor name, tag string) shape {
	p, _ := o.Export().(*goja.Promise)
	level := len(s.seen) + 1
	return shape{open: prefix(ctor, tag, "Promise", "") + "{", closing: "}", keys: s.keys(o, false), members: func() []string {
		if p == nil || p.State() == goja.PromiseStatePending {
			return []string{s.style("<pending>", "special")}
		}
		s.indent += 2
		str := s.value(p.Result(), level)
		s.indent -= 2
		if p.State() == goja.PromiseStateRejected {
			str = s.style("<rejected>", "special") + " " + str
		}
		return []string{str}
	}}
}

// rareShape recognises the kinds that only a try can tell apart.
func (s *state) rareShape(o *goja.Object, ctor name, tag string) (shape, bool) {
	if o.Prototype() == s.n.objectProto {
		return shape{}, false
	}
	tagNow, ok := o.GetSymbol(goja.SymToStringTag).(goja.String)
	if !ok {
		return shape{}, false
	}
	probe := func(has func(goja.FunctionCall) goja.Value) bool {
		return s.in.attempt(func() { has(goja.FunctionCall{This: o, Arguments: []goja.Value{o}}) }) == nil
	}
	switch t := tagNow.String(); t {
	case "WeakMap", "WeakSet":
		if t == "WeakMap" && probe(s.n.weakMapHas) || t == "WeakSet" && probe(s.n.weakSetHas) {
			return shape{open: prefix(ctor, tag, t, "") + "{", closing: "}", keys: s.keys(o, false), members: func() []string {
				return []string{s.style("<items unknown>", "special")}
			}}, true
		}
	case "DataView":
		if s.n.isView(goja.FunctionCall{Arguments: []goja.Value{o}}).ToBoolean() {
			level := len(s.seen) + 1
			return shape{open: prefix(ctor, tag, t, "") + "{", closing: "}", keys: s.keys(o, false), members: func() []string {
				var out []string
				s.indent += 2
				for _, key := range []string{"byteLength", "byteOffset", "buffer"} {
					out = append(out, key+": "+s.value(o.Get(key), level))
				}
				s.indent -= 2
				return out
			}}, true
		}
	case "Symbol", "BigInt":
		if o.ExportType().Kind() == plainKind {
			return shape{}, false
		}
		return s.boxedShape(o, t, ctor, tag), true
	}
	return shape{}, false
}
