package guard

import (
	"math"
	"reflect"

	"github.com/dop251/goja"
)

const (
	// maxLoop is the length up to which a native loop over holes takes no
	// longer than a fraction of a second.
	maxLoop = 1 << 22
	// maxNesting is how deep arrays may nest in a conversion to text, a little
	// less than V8's stack allows.
	maxNesting = 4000
	// maxApply is how many arguments a call may get.
	maxApply = 1 << 18
)

var arrayType = reflect.TypeFor[[]any]()

// safe reports whether a native loop over v ends soon: its length is known and
// moderate, or its elements are all there, in memory. Proxies, getters and
// inherited lengths could claim anything, at any time.
func safe(v goja.Value) bool {
	if n, filled, ok := known(v); ok {
		return filled || n <= maxLoop
	}
	o, ok := v.(*goja.Object)
	if !ok {
		return true // text, numbers
	}
	switch kind := o.ExportType(); {
	case kind == nil:
		return false
	case kind == arrayType:
		n := o.Get("length")
		return n != nil && n.ToInteger() <= maxLoop
	default:
		return kind.Kind() == reflect.Slice && kind.Elem().Kind() != reflect.Interface // a typed array
	}
}

// loop guards a function of Array.prototype that goes through all indices.
func loop(name string) wrapper {
	return func(r *realm, old native) native {
		return func(c goja.FunctionCall) goja.Value {
			if safe(c.This) {
				return old(c)
			}
			return r.javaScript(name, c)
		}
	}
}

// fill guards Array.prototype.fill, which fills holes too.
func fill(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if n, filled, ok := known(c.This); ok && !filled && n*16 > r.limit {
			panic(r.rangeError("Invalid array length"))
		} else if ok && n*16 <= r.limit || safe(c.This) {
			return old(c)
		}
		return r.javaScript("fill", c)
	}
}

// join guards Array.prototype.join, which toString uses.
func join(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		if r.depth >= maxNesting {
			r.tooDeep()
		}
		r.depth++
		defer func() { r.depth-- }()
		n, filled, ok := known(c.This)
		if !ok {
			if safe(c.This) {
				return old(c)
			}
			return r.javaScript("join", c)
		}
		sep := int64(1)
		if v := c.Argument(0); !goja.IsUndefined(v) {
			s := textOf(v)
			c.Arguments = []goja.Value{s}
			sep = int64(s.Length())
		}
		total := mul(max(0, n-1), sep)
		for _, v := range elements(c.This) {
			if s, ok := v.(goja.String); ok {
				total += int64(s.Length())
			}
		}
		if total > r.maxText() {
			r.stringTooLong()
		}
		if !filled && (n > maxLoop || n > 1024 && c.This.ExportType() != arrayType) {
			return r.javaScript("join", c)
		}
		return old(c)
	}
}

// flat guards Array.prototype.flat, which calls itself for each level.
func flat(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		depth := c.Argument(0)
		if safe(c.This) && (goja.IsUndefined(depth) || number(depth) <= 64) {
			return old(c)
		}
		return r.javaScript("flat", c)
	}
}

// concatArrays guards Array.prototype.concat.
func concatArrays(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		total := int64(0)
		for i := -1; i < len(c.Arguments); i++ {
			v := c.This
			if i >= 0 {
				v = c.Arguments[i]
			}
			o, isObject := v.(*goja.Object)
			if !isObject {
				continue
			}
			n, filled, ok := known(o)
			if !safe(o) || ok && !filled && o.ClassName() != "Array" && n > 1024 {
				return r.javaScript("concat", c)
			}
			total += n
		}
		if total > math.MaxUint32 {
			panic(r.rangeError("Invalid array length"))
		}
		return old(c)
	}
}

// iterate guards the iterators, which natives such as new Set(iterable) run to
// their end without asking.
func iterate(name string) wrapper {
	return func(r *realm, old native) native {
		return func(c goja.FunctionCall) goja.Value {
			o, _ := c.This.(*goja.Object)
			if o != nil && o.ExportType() == arrayType {
				if n, filled, ok := known(o); ok && !filled && n > max(maxLoop, r.limit/16) {
					panic(r.rangeError("Invalid array length"))
				}
				return old(c)
			}
			if o == nil || o.ExportType() != nil && o.ExportType().Kind() == reflect.Slice {
				return old(c)
			}
			return r.javaScript(name, c)
		}
	}
}

// apply guards Function.prototype.apply, Reflect.apply and Reflect.construct;
// at is the argument that is the list.
func apply(at int) wrapper {
	return func(r *realm, old native) native {
		return func(c goja.FunctionCall) goja.Value {
			if at >= len(c.Arguments) {
				return old(c)
			}
			list, ok := c.Arguments[at].(*goja.Object)
			if !ok {
				return old(c)
			}
			n, _, ok := known(list)
			if !ok && safe(list) {
				n, ok = toLength(list.Get("length")), true
			}
			if !ok {
				args := append([]goja.Value(nil), c.Arguments...)
				args[at] = r.javaScript("list", goja.FunctionCall{This: list, Arguments: []goja.Value{r.vm.ToValue(maxApply)}})
				if n, _, ok = known(args[at]); !ok {
					r.tooDeep()
				}
				c.Arguments = args
			}
			if n > maxApply {
				r.tooDeep()
			}
			return old(c)
		}
	}
}

// arrayFrom guards Array.from.
func arrayFrom(r *realm, old native) native {
	return func(c goja.FunctionCall) goja.Value {
		o, ok := c.Argument(0).(*goja.Object)
		if !ok {
			return old(c)
		}
		iterator := o.GetSymbol(goja.SymIterator)
		if iterator != nil && !goja.IsUndefined(iterator) && !goja.IsNull(iterator) {
			return old(c)
		}
		if n, _, ok := known(o); ok {
			if n*16 > max(r.limit, 1<<26) {
				panic(r.rangeError("Invalid array length"))
			}
			return old(c)
		}
		return r.javaScript("from", c)
	}
}

// checkAllocation checks the arguments of an ArrayBuffer or a typed array. It
// returns those to construct with.
func (r *realm) checkAllocation(name string, size int64, args []goja.Value) []goja.Value {
	o, isObject := args[0].(*goja.Object)
	if !isObject || name == "ArrayBuffer" {
		n := args[0].ToNumber()
		if f := number(n); f > 0 && f*float64(size) > float64(r.limit) {
			if name == "ArrayBuffer" || f <= 1<<33 {
				panic(r.rangeError("Array buffer allocation failed"))
			}
			panic(r.rangeError("Invalid typed array length: " + n.String()))
		}
		return append([]goja.Value{n}, args[1:]...)
	}
	kind := o.ExportType()
	if kind != nil && kind.Kind() == reflect.Struct {
		return args // an ArrayBuffer, whose memory is there
	}
	if kind != nil && kind.Kind() == reflect.Slice && kind != arrayType {
		if n := o.Get("length"); n != nil && n.ToInteger()*size > r.limit {
			panic(r.rangeError("Array buffer allocation failed"))
		}
		return args
	}
	iterator := o.GetSymbol(goja.SymIterator)
	if iterator != nil && !goja.IsUndefined(iterator) && !goja.IsNull(iterator) {
		return args // values come one by one
	}
	n, _, ok := known(o)
	if !ok {
		list := r.javaScript("list", goja.FunctionCall{This: o, Arguments: []goja.Value{r.vm.ToValue(r.limit / size)}})
		return append([]goja.Value{list}, args[1:]...)
	}
	if mul(n, size) > r.limit {
		panic(r.rangeError("Invalid typed array length: " + r.vm.ToValue(n).String()))
	}
	return args
}
