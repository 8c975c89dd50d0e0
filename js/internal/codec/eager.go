package codec

import (
	"github.com/dop251/goja"
)

// eager makes the whole value of a text at once and through goja's public API
// alone. It serves where lazy objects are not supported. Property names with
// lone surrogates lose them there.
func (d *document) eager(i int, next uint32, depth int) (goja.Value, int, uint32) {
	if d.text[i] != '{' && d.text[i] != '[' {
		v, end := d.scalar(i)
		return v, end, next
	}
	if depth >= maxDepth {
		throw(d.vm, "RangeError", msgStack)
	}
	n := &d.nodes[next]
	i, next = int(n.start)+1, next+1
	if n.flags&isArray != 0 {
		elements := make([]any, n.size)
		for k := range elements {
			elements[k], i, next = d.eager(d.space(i), next, depth+1)
			i = d.space(i) + 1
		}
		return d.vm.NewArray(elements...), int(n.end), n.next
	}
	obj := d.vm.NewObject()
	for range n.size {
		var key, v goja.Value
		key, i = d.scalar(d.space(i))
		v, i, next = d.eager(d.space(d.space(i)+1), next, depth+1)
		i = d.space(i) + 1
		// It cannot fail: the object is new and extensible.
		_ = obj.DefineDataProperty(key.String(), v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return obj, int(n.end), n.next
}

// scalar makes the primitive value at i.
func (d *document) scalar(i int) (goja.Value, int) {
	switch d.text[i] {
	case '"':
		return d.str(i)
	case 't', 'f', 'n':
		v, end, _ := d.value(i, 0)
		return v, end
	}
	f, end := parseFloat(d.text, i)
	return d.vm.ToValue(f), end
}
