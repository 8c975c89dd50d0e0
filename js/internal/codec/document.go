package codec

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// document is a text that has been checked, from which values are made as they
// are asked for. It is the lazy.Source of the records and lists in it, and
// lives as long as one of them has not been looked at.
type document struct {
	vm    *goja.Runtime
	home  *lazy.Home
	text  string
	nodes []node
	// share is whether strings may be parts of text. Those of a large text
	// are copied, lest a guest that keeps a few words keeps all of it.
	share bool
	// lone is whether text may have lone surrogates as they stand in WTF-8.
	lone bool

	// Slabs, from which values are cut: an allocation for every few.
	strings []string
	ints    []int64
	records []lazy.Record
	lists   []lazy.List
}

const (
	slabLen  = 16
	shareMax = 64 << 10
)

// shapes has the shapes used last, by the hash of their keys, for all isolates
// of the process: the events of a function are much alike. A guest can put
// nothing there but keys, and at most len(shapes) times maxKeys of them.
var shapes [512]atomic.Pointer[lazy.Shape]

// Members returns the members of an object, see lazy.Source.
func (d *document) Members(at uint32) (*lazy.Shape, []goja.Value, *goja.Object) {
	n := &d.nodes[at]
	if n.flags&regular == 0 {
		return nil, nil, d.irregular(at)
	}
	size := int(n.size)
	place := &shapes[(n.hash*2654435761)>>23]
	shape := place.Load()
	if shape != nil && shape.Len() != size {
		shape = nil
	}
	var keys []string // if they are not those of shape
	slots := make([]goja.Value, size)
	i, child := int(n.start)+1, at+1
	for k := range size {
		i = d.space(i)
		if shape != nil && strings.HasPrefix(d.text[i:], shape.Quoted(k)) {
			i += len(shape.Quoted(k))
		} else {
			end := plainRun(d.text, i+1)
			key := d.text[i+1 : end]
			i = d.space(end+1) + 1
			if shape != nil && string(shape.Key(k)) != key {
				keys = make([]string, k, size)
				for j := range k {
					keys[j] = string(shape.Key(j))
				}
				shape = nil
			}
			if shape == nil {
				keys = append(keys, key)
			}
		}
		slots[k], i, child = d.value(d.space(i), child)
		i = d.space(i) + 1
	}
	if shape == nil {
		shape = lazy.NewShape(keys)
		place.Store(shape)
	}
	return shape, slots, nil
}

// irregular makes an object that cannot be a record.
func (d *document) irregular(at uint32) *goja.Object {
	n := &d.nodes[at]
	obj := d.vm.NewObject()
	p := lazy.PlainOf(obj)
	i, child := int(n.start)+1, at+1
	for range n.size {
		var key unistring.String
		var v goja.Value
		key, i = d.key(d.space(i))
		i = d.space(i) + 1
		v, i, child = d.value(d.space(i), child)
		p.Put(key, v)
		i = d.space(i) + 1
	}
	return obj
}

// Elements returns the elements of an array, see lazy.Source.
func (d *document) Elements(at uint32) []goja.Value {
	n := &d.nodes[at]
	elements := make([]goja.Value, n.size)
	i, child := int(n.start)+1, at+1
	for k := range elements {
		elements[k], i, child = d.value(d.space(i), child)
		i = d.space(i) + 1
	}
	return elements
}

// value makes the value that begins at text[i]. next is the first node from
// there on. It returns where the value ends and the first node behind it.
func (d *document) value(i int, next uint32) (goja.Value, int, uint32) {
	switch d.text[i] {
	case '{':
		n := &d.nodes[next]
		return d.record(next), int(n.end), n.next
	case '[':
		n := &d.nodes[next]
		return d.list(next), int(n.end), n.next
	case '"':
		v, end := d.str(i)
		return v, end, next
	case 't':
		return valueTrue, i + 4, next
	case 'f':
		return valueFalse, i + 5, next
	case 'n':
		return valueNull, i + 4, next
	}
	v, end := d.number(i)
	return v, end, next
}

var (
	valueNull             = goja.Null()
	valueTrue, valueFalse = func() (t, f goja.Value) {
		vm := goja.New()
		return vm.ToValue(true), vm.ToValue(false)
	}()
)

func (d *document) record(at uint32) goja.Value {
	if len(d.records) == 0 {
		d.records = make([]lazy.Record, min(slabLen, len(d.nodes)-int(at)))
	}
	r := &d.records[0]
	d.records = d.records[1:]
	return d.home.NewRecord(r, d, at)
}

func (d *document) list(at uint32) goja.Value {
	if len(d.lists) == 0 {
		d.lists = make([]lazy.List, min(slabLen/4, len(d.nodes)-int(at)))
	}
	l := &d.lists[0]
	d.lists = d.lists[1:]
	return d.home.NewList(l, d, at)
}

func (d *document) space(i int) int {
	for i < len(d.text) && isSpace(d.text[i]) {
		i++
	}
	return i
}

// str makes the string whose opening quote is at i.
func (d *document) str(i int) (goja.Value, int) {
	end := plainRun(d.text, i+1)
	if d.text[end] != '"' {
		return d.escaped(i + 1)
	}
	raw := d.text[i+1 : end]
	if isASCII(raw) {
		if !d.share && len(raw) < len(d.text)/4 {
			raw = strings.Clone(raw)
		}
		return d.ascii(raw), end + 1
	}
	if d.lone {
		return goja.StringFromUTF16(decodeUnits(nil, raw)), end + 1
	}
	if !d.share && len(raw) < len(d.text)/4 {
		raw = strings.Clone(raw)
	}
	return d.vm.ToValue(raw), end + 1
}

// ascii makes a string of ASCII text.
func (d *document) ascii(s string) goja.Value {
	if len(d.strings) == 0 {
		d.strings = make([]string, slabLen)
	}
	p := &d.strings[0]
	d.strings = d.strings[1:]
	*p = s
	return lazy.ASCII(p)
}

// escaped makes the string that begins at i, behind the quote, and has escapes.
func (d *document) escaped(i int) (goja.Value, int) {
	var few [256]byte
	buf, end, ok := unescapeASCII(few[:0], d.text, i)
	if ok {
		return d.ascii(string(buf)), end
	}
	u, end := unescape(nil, d.text, i)
	return goja.StringFromUTF16(u), end
}

// key reads the property name whose opening quote is at i.
func (d *document) key(i int) (unistring.String, int) {
	v, end := d.str(i)
	return lazy.KeyOf(v), end
}

// unescapeASCII appends the string at i, which ends at a quote, to dst. ok is
// false if it is not ASCII.
func unescapeASCII(dst []byte, text string, i int) (out []byte, end int, ok bool) {
	for {
		j := plainRun(text, i)
		if !isASCII(text[i:j]) {
			return dst, 0, false
		}
		dst = append(dst, text[i:j]...)
		if text[j] == '"' {
			return dst, j + 1, true
		}
		r, next := escapeAt(text, j)
		if r >= utf8.RuneSelf {
			return dst, 0, false
		}
		dst = append(dst, byte(r))
		i = next
	}
}

// unescape appends the string at i, which ends at a quote, to dst.
func unescape(dst []uint16, text string, i int) (out []uint16, end int) {
	for {
		j := plainRun(text, i)
		dst = decodeUnits(dst, text[i:j])
		if text[j] == '"' {
			return dst, j + 1
		}
		var c uint16
		c, i = escapeAt(text, j)
		dst = append(dst, c)
	}
}

// escapeAt returns the code unit that the escape sequence at i stands for, and
// where the sequence ends.
func escapeAt(text string, i int) (uint16, int) {
	switch ch := text[i+1]; ch {
	case 'b':
		return '\b', i + 2
	case 'f':
		return '\f', i + 2
	case 'n':
		return '\n', i + 2
	case 'r':
		return '\r', i + 2
	case 't':
		return '\t', i + 2
	case 'u':
		c := uint16(0)
		for _, h := range []byte(text[i+2 : i+6]) {
			c = c<<4 | uint16(unhex[h])
		}
		return c, i + 6
	default:
		return uint16(ch), i + 2
	}
}
