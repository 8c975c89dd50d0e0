package codec

import (
	"strconv"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// maxLength is V8's longest string, in UTF-16 code units. Here it bounds the
// bytes of a text.
const maxLength = 1<<29 - 24

// encoder is one run of JSON.stringify.
type encoder struct {
	c   *Codec
	dst []byte
	// base is where the text begins in dst.
	base int
	// stack has the containers that are open, outermost first.
	stack []level
	// names is a stack of the keys of the plain objects that are open: guest
	// code may change those that the object has.
	names []unistring.String
	// options are those of JSON.stringify, nil without any.
	options *options
	// pure is whether no object or array inherits a toJSON, as found when
	// c.guest was pureAt.
	pure   bool
	depth  int    // c.depth, before this run
	ticks  uint   // see tick
	own    []byte // a buffer for JSON.stringify
	pureAt uint
}

// level is an open container and where it stands in the one before.
type level struct {
	obj *goja.Object
	key key
}

// key is a property's name: an index of an array, or if that is negative, raw.
type key struct {
	raw   unistring.String
	index int
}

// named returns the key of a property with a name.
func named(name unistring.String) key { return key{raw: name, index: -1} }

// value returns the key as guest code sees it.
func (k key) value() goja.Value {
	if k.index < 0 {
		if u := k.raw.AsUtf16(); u != nil {
			return goja.StringFromUTF16(u[1:])
		}
	}
	s := k.String()
	return lazy.ASCII(&s)
}

func (k key) String() string {
	if k.index >= 0 {
		return strconv.Itoa(k.index)
	}
	return k.raw.String()
}

// value writes v, and reports false, having written nothing, if JSON has
// nothing for it. holder has v under k; it is nil only without a replacer.
func (e *encoder) value(v goja.Value, k key, holder *goja.Object) bool {
	if v == nil {
		v = goja.Undefined()
	}
	if e.c.eager || e.options != nil && e.options.replacer != nil {
		return e.property(v, k, holder)
	}
	switch lazy.KindOf(v) {
	case lazy.KindObject:
		return e.object(lazy.ObjectOf(v), k, holder)
	case lazy.KindASCII:
		e.dst = appendASCII(e.dst, lazy.ASCIIOf(v))
	case lazy.KindUnicode:
		e.dst = appendQuotedUnits(e.dst, lazy.UnitsOf(v))
	case lazy.KindImported:
		e.dst = appendQuoted(e.dst, lazy.ImportedOf(v))
	case lazy.KindInt:
		e.dst = strconv.AppendInt(e.dst, lazy.IntOf(v), 10)
	case lazy.KindFloat:
		e.number(lazy.FloatOf(v))
	case lazy.KindBool:
		e.dst = strconv.AppendBool(e.dst, lazy.BoolOf(v))
	case lazy.KindNull:
		e.dst = append(e.dst, "null"...)
	case lazy.KindUndefined, lazy.KindSymbol:
		return false
	default:
		return e.property(v, k, holder)
	}
	e.checkLength()
	return true
}

func (e *encoder) number(f float64) {
	if f-f != 0 { // infinite or not a number
		e.dst = append(e.dst, "null"...)
		return
	}
	e.dst = appendFloat(e.dst, f)
}

// checkLength is called for every value.
func (e *encoder) checkLength() {
	e.tick()
	if len(e.dst)-e.base > maxLength {
		throw(e.c.vm, "RangeError", msgLength)
	}
}

// object writes an object that has nothing unusual about it; others it passes
// on to property.
func (e *encoder) object(o *goja.Object, k key, holder *goja.Object) bool {
	form := lazy.FormOf(o)
	if form == lazy.IsRecord || form == lazy.IsList {
		if e.options == nil && e.copyText(o, form) {
			return true
		}
	}
	if form == lazy.IsList || form == lazy.Untouched {
		lazy.Touch(o)
		form = lazy.FormOf(o)
	}
	if form == lazy.IsRecord {
		if shape, slots := lazy.RecordOf(o).Slots(); shape == nil {
			form = lazy.FormOf(o)
		} else if e.options == nil && shape.Find("toJSON") < 0 && e.isPure() {
			e.enter(o, k)
			e.record(o, shape, slots)
			e.leave()
			return true
		}
	}
	if e.options == nil {
		switch {
		case form == lazy.Plain && e.simple(lazy.PlainOf(o)):
			e.enter(o, k)
			e.plain(o, lazy.PlainOf(o))
			e.leave()
			return true
		case form == lazy.Array && e.simpleArray(o):
			e.enter(o, k)
			e.array(o)
			e.leave()
			return true
		}
	}
	return e.property(o, k, holder)
}

// isPure reports whether no object or array inherits a toJSON.
func (e *encoder) isPure() bool {
	if e.pureAt != e.c.guest {
		h := e.c.home
		e.pureAt = e.c.guest
		e.pure = !lazy.Has(h.ObjectPrototype(), "toJSON") && !lazy.Has(h.ArrayPrototype(), "toJSON")
	}
	return e.pure
}

// simple reports whether p has no toJSON, and asking for it runs no guest code.
func (e *encoder) simple(p *lazy.PlainObject) bool {
	if !p.IsOrdinary() || !e.isPure() {
		return false
	}
	for p.Value("toJSON") == nil {
		proto := p.Proto()
		if proto == nil || proto == e.c.home.ObjectPrototype() {
			return true
		}
		if lazy.FormOf(proto) != lazy.Plain {
			return false
		}
		p = lazy.PlainOf(proto)
	}
	return false
}

func (e *encoder) simpleArray(o *goja.Object) bool {
	a := lazy.ArrayOf(o)
	return a.Proto() == e.c.home.ArrayPrototype() && (a.OwnKeys() == 1 || lazy.Own(o, "toJSON") == nil) && e.isPure()
}

// copyText writes a value that nobody has looked at from the text it came
// from, and reports whether that can be done.
func (e *encoder) copyText(o *goja.Object, form lazy.Form) bool {
	var src lazy.Source
	var at uint32
	if form == lazy.IsRecord {
		src, at = lazy.RecordOf(o).Source()
	} else {
		src, at = lazy.ListOf(o).Source()
	}
	d, ok := src.(*document)
	if !ok || d.lone || !e.isPure() {
		return false
	}
	n := &d.nodes[at]
	if n.flags&(isArray|regular|canonical) == 0 {
		return false // transcode would ask to write o itself
	}
	e.transcode(d, int(n.start), at)
	return true
}

func (e *encoder) record(o *goja.Object, shape *lazy.Shape, slots []goja.Value) {
	e.dst = append(e.dst, '{')
	first := len(e.dst)
	epoch := e.c.guest
	for i := range shape.Len() {
		var v goja.Value
		if e.c.guest == epoch {
			v = slots[i]
		} else {
			v = lazy.GetKey(o, shape.Key(i))
		}
		mark := len(e.dst)
		if mark > first {
			e.dst = append(e.dst, ',')
		}
		e.dst = append(e.dst, shape.Quoted(i)...)
		if !e.value(v, named(shape.Key(i)), o) {
			e.dst = e.dst[:mark]
		}
	}
	e.dst = append(e.dst, '}')
}

// plain writes an ordinary object. As long as no guest code has run, it reads
// the object's own table; afterwards it asks as anyone would.
func (e *encoder) plain(o *goja.Object, p *lazy.PlainObject) {
	base := len(e.names)
	e.names = append(e.names, p.Names()...)
	end := len(e.names)
	e.dst = append(e.dst, '{')
	first := len(e.dst)
	epoch, checked := e.c.guest, false
	for i := base; i < end; i++ {
		name := e.names[i]
		var v goja.Value
		if e.c.guest == epoch {
			v = p.Value(name)
			if kind := lazy.KindOf(v); kind == lazy.KindProperty {
				value, enumerable, accessor := lazy.PropertyOf(v)
				if !enumerable {
					continue
				}
				v = value
				if accessor {
					end = e.dropHidden(p, i+1, end, checked)
					checked = true
					e.c.guest++
					v = lazy.GetKey(o, name)
				}
			} else if kind == lazy.KindObject && !checked {
				end = e.dropHidden(p, i+1, end, false)
				checked = true
			}
		} else {
			v = lazy.GetKey(o, name)
		}
		mark := len(e.dst)
		if mark > first {
			e.dst = append(e.dst, ',')
		}
		e.dst = appendKey(e.dst, name)
		if !e.value(v, named(name), o) {
			e.dst = e.dst[:mark]
		}
	}
	e.dst = append(e.dst, '}')
	clear(e.names[base:])
	e.names = e.names[:base]
}

// dropHidden takes the keys that are not enumerable now out of those still to
// be written: which ones those are is settled before guest code runs.
func (e *encoder) dropHidden(p *lazy.PlainObject, from, end int, done bool) int {
	if done {
		return end
	}
	kept := from
	for _, name := range e.names[from:end] {
		if v := p.Value(name); lazy.KindOf(v) == lazy.KindProperty {
			if _, enumerable, _ := lazy.PropertyOf(v); !enumerable {
				continue
			}
		}
		e.names[kept] = name
		kept++
	}
	return kept
}

func (e *encoder) array(o *goja.Object) {
	n := lazy.ArrayOf(o).Len()
	e.dst = append(e.dst, '[')
	for i := range n {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		var v goja.Value
		if lazy.FormOf(o) == lazy.Array {
			v = lazy.ArrayOf(o).At(i)
		}
		if v == nil || lazy.KindOf(v) == lazy.KindProperty {
			v = e.element(o, i)
		}
		if !e.value(v, key{index: i}, o) {
			e.dst = append(e.dst, "null"...)
			e.checkLength()
		}
	}
	e.dst = append(e.dst, ']')
}

// element reads an element that is more than a value: a hole, an accessor, or
// one of an array that has changed its nature.
func (e *encoder) element(o *goja.Object, i int) goja.Value {
	e.c.guest++
	return o.Get(strconv.Itoa(i))
}

// enter opens a container.
func (e *encoder) enter(o *goja.Object, k key) {
	for i := range e.stack {
		if e.stack[i].obj == o {
			e.throwCircle(i, k)
		}
	}
	e.deeper()
	e.stack = append(e.stack, level{o, k})
}

// leave closes the innermost container.
func (e *encoder) leave() {
	e.c.depth--
	e.stack[len(e.stack)-1] = level{}
	e.stack = e.stack[:len(e.stack)-1]
	e.checkLength()
}
