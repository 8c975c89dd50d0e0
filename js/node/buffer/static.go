package buffer

import (
	"bytes"
	"math"
	"strconv"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// firstArgument is what Buffer.from accepts, in the words of its error.
const firstArgument = "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object"

// maxSafe is Number.MAX_SAFE_INTEGER.
const maxSafe = 1<<53 - 1

// makeBuffer builds the Buffer function and Buffer.prototype.
func (a *API) makeBuffer(u8 *goja.Object) {
	vm := a.vm
	a.buffer = vm.ToValue(func(c goja.ConstructorCall) *goja.Object {
		if v := c.Argument(0); goja.IsNumber(v) {
			if goja.IsString(c.Argument(1)) {
				nodeerr.ArgType(a.host, "string", "of type string", v)
			}
			return a.Wrap(a.alloc(v))
		}
		return a.from(c.Arguments)
	}).(*goja.Object)
	a.proto = a.buffer.Get("prototype").(*goja.Object)
	under := vm.NewDynamicObject(&layer{a})
	u8proto := u8.Get("prototype").ToObject(vm)
	_ = under.SetPrototype(u8proto)
	_ = a.proto.SetPrototype(under)
	_ = a.buffer.SetPrototype(u8)
	_ = a.buffer.DefineDataProperty("name", vm.ToValue("Buffer"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = a.buffer.DefineDataProperty("length", vm.ToValue(3), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = a.buffer.Set("poolSize", 8192)
	for name, fn := range map[string]func(goja.FunctionCall) goja.Value{
		"from":            func(c goja.FunctionCall) goja.Value { return a.from(c.Arguments) },
		"of":              func(c goja.FunctionCall) goja.Value { return a.of(c.Arguments) },
		"alloc":           a.allocFilled,
		"allocUnsafe":     func(c goja.FunctionCall) goja.Value { return a.Wrap(a.alloc(c.Argument(0))) },
		"allocUnsafeSlow": func(c goja.FunctionCall) goja.Value { return a.Wrap(a.alloc(c.Argument(0))) },
		"copyBytesFrom":   a.copyBytesFrom,
		"isBuffer":        func(c goja.FunctionCall) goja.Value { return vm.ToValue(a.isBuffer(c.Argument(0))) },
		"isEncoding":      a.isEncoding,
		"byteLength":      a.byteLength,
		"concat":          a.concat,
		"compare":         a.compare,
	} {
		_ = a.buffer.Set(name, a.named(name, fn))
	}
	key := vm.ToValue("nodejs.util.inspect.custom")
	if forKey, ok := goja.AssertFunction(vm.GlobalObject().Get("Symbol").ToObject(vm).Get("for")); ok {
		if s, err := forKey(goja.Undefined(), key); err == nil {
			if sym, ok := s.(*goja.Symbol); ok {
				_ = a.proto.DefineDataPropertySymbol(sym, a.bind("inspect", textMethods["inspect"]), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
			}
		}
	}
}

// named makes a native function with a name of its own.
func (a *API) named(name string, fn func(goja.FunctionCall) goja.Value) goja.Value {
	v := a.vm.ToValue(fn).(*goja.Object)
	_ = v.DefineDataProperty("name", a.vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return v
}

// alloc checks a size argument and allocates.
func (a *API) alloc(v goja.Value) []byte {
	f := a.number("size", v)
	if !(f >= 0 && f <= MaxLength) {
		nodeerr.Range(a.host, "size", ">= 0 && <= 4294967296", v)
	}
	return a.Make(int64(f))
}

func (a *API) allocFilled(c goja.FunctionCall) goja.Value {
	b := a.alloc(c.Argument(0))
	if fill := c.Argument(1); !goja.IsUndefined(fill) && len(b) > 0 {
		if goja.IsNumber(fill) && fill.ToFloat() == 0 {
			return a.Wrap(b)
		}
		a.fillWith(b, fill, c.Argument(2))
	}
	return a.Wrap(b)
}

func (a *API) of(args []goja.Value) goja.Value {
	b := make([]byte, len(args))
	for i, v := range args {
		b[i] = byte(toInt(v))
	}
	return a.Wrap(b)
}

// from is Buffer.from in all its forms.
func (a *API) from(args []goja.Value) *goja.Object {
	c := goja.FunctionCall{Arguments: args}
	value := c.Argument(0)
	if goja.IsString(value) {
		e := UTF8
		if enc := c.Argument(1); goja.IsString(enc) {
			e = a.EncodingOf(enc)
		}
		return a.Wrap(e.AppendText(nil, value))
	}
	o, ok := value.(*goja.Object)
	if ok {
		if _, callable := goja.AssertFunction(o); !callable {
			if b := a.fromObject(o, c); b != nil {
				return b
			}
		}
	}
	nodeerr.ArgType(a.host, "first argument", firstArgument, value)
	return nil
}

func (a *API) fromObject(o *goja.Object, c goja.FunctionCall) *goja.Object {
	if o.ExportType() == arrayBufferType {
		return a.fromArrayBuffer(o, c.Argument(1), c.Argument(2))
	}
	if o.ExportType() == bytesType {
		b, _ := rawBytes(o)
		return a.Wrap(append(a.Make(0), b...))
	}
	if fn, ok := goja.AssertFunction(o.Get("valueOf")); ok {
		v, err := fn(o)
		if err != nil {
			panic(err)
		}
		if v != nil && !v.SameAs(o) && !goja.IsNull(v) && !goja.IsUndefined(v) && (goja.IsString(v) || isObject(v)) {
			return a.from(append([]goja.Value{v}, c.Arguments[1:]...))
		}
	}
	if n := o.Get("length"); n != nil && !goja.IsUndefined(n) {
		if !goja.IsNumber(n) {
			return a.Wrap([]byte{})
		}
		return a.fromArrayLike(o, n)
	}
	if kind := o.Get("type"); kind != nil && goja.IsString(kind) && kind.String() == "Buffer" {
		if data, ok := o.Get("data").(*goja.Object); ok && data.ClassName() == "Array" {
			return a.fromArrayLike(data, data.Get("length"))
		}
	}
	if fn, ok := goja.AssertFunction(o.GetSymbol(goja.SymToPrimitive)); ok {
		v, err := fn(o, a.vm.ToValue("string"))
		if err != nil {
			panic(err)
		}
		if goja.IsString(v) {
			return a.from(append([]goja.Value{v}, c.Arguments[1:]...))
		}
	}
	return nil
}

func isObject(v goja.Value) bool {
	_, ok := v.(*goja.Object)
	return ok
}

func (a *API) fromArrayLike(o *goja.Object, length goja.Value) *goja.Object {
	f := length.ToFloat()
	if !(f > 0) {
		return a.Wrap([]byte{})
	}
	if f > float64(a.limit) {
		panic(nodeerr.Plain(a.vm, "RangeError", "Array buffer allocation failed"))
	}
	b := a.Make(int64(f))
	for i := range b {
		if v := o.Get(strconv.Itoa(i)); v != nil {
			b[i] = byte(toInt(v))
		}
	}
	return a.Wrap(b)
}

func (a *API) fromArrayBuffer(o *goja.Object, offset, length goja.Value) *goja.Object {
	b, _ := rawBytes(o)
	at := 0.0
	if !goja.IsUndefined(offset) {
		if at = math.Trunc(offset.ToNumber().ToFloat()); math.IsNaN(at) {
			at = 0
		}
	}
	room := float64(len(b)) - at
	if room < 0 || at < 0 {
		nodeerr.Throw(a.vm, "RangeError", "ERR_BUFFER_OUT_OF_BOUNDS", `"offset" is outside of buffer bounds`)
	}
	n := room
	if !goja.IsUndefined(length) {
		n = math.Max(0, math.Trunc(length.ToNumber().ToFloat()))
		if math.IsNaN(n) {
			n = 0
		}
		if n > room {
			nodeerr.Throw(a.vm, "RangeError", "ERR_BUFFER_OUT_OF_BOUNDS", `"length" is outside of buffer bounds`)
		}
	}
	res, err := a.u8(a.buffer, o, a.vm.ToValue(int64(at)), a.vm.ToValue(int64(n)))
	if err != nil {
		panic(err)
	}
	return res
}

func (a *API) copyBytesFrom(c goja.FunctionCall) goja.Value {
	o, ok := c.Argument(0).(*goja.Object)
	if !ok || !a.IsView(o) {
		nodeerr.ArgType(a.host, "view", "an instance of TypedArray", c.Argument(0))
	}
	b, _ := a.Bytes(o)
	size := 1
	if n := o.Get("BYTES_PER_ELEMENT"); n != nil {
		size = max(1, int(n.ToInteger()))
	}
	count := len(b) / size
	from := a.bounded("offset", c.Argument(1), 0, maxSafe)
	n := a.bounded("length", c.Argument(2), count, maxSafe)
	if from >= count {
		return a.Wrap([]byte{})
	}
	to := from + min(n, count-from)
	return a.Wrap(append([]byte{}, b[from*size:to*size]...))
}

// isBuffer reports whether Buffer.prototype is on the prototype chain.
func (a *API) isBuffer(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		return false
	}
	for p := o.Prototype(); p != nil; p = p.Prototype() {
		if p == a.proto {
			return true
		}
	}
	return false
}

func (a *API) isEncoding(c goja.FunctionCall) goja.Value {
	v := c.Argument(0)
	if !goja.IsString(v) {
		return a.vm.ToValue(false)
	}
	_, ok := ParseEncoding(v.String())
	return a.vm.ToValue(ok)
}

func (a *API) byteLength(c goja.FunctionCall) goja.Value {
	v := c.Argument(0)
	if goja.IsString(v) {
		e := UTF8
		if enc := c.Argument(1); goja.IsString(enc) {
			if known, ok := ParseEncoding(enc.String()); ok {
				e = known
			}
		}
		return a.vm.ToValue(e.ByteLength(v))
	}
	b, ok := a.Bytes(v)
	if !ok {
		nodeerr.ArgType(a.host, "string", "of type string or an instance of Buffer or ArrayBuffer", v)
	}
	return a.vm.ToValue(len(b))
}

func (a *API) concat(c goja.FunctionCall) goja.Value {
	list, ok := c.Argument(0).(*goja.Object)
	if !ok || list.ClassName() != "Array" {
		nodeerr.ArgType(a.host, "list", "an instance of Array", c.Argument(0))
	}
	n := int(list.Get("length").ToInteger())
	parts := make([][]byte, 0, min(n, 1024))
	total := int64(0)
	for i := range n {
		v := list.Get(strconv.Itoa(i))
		if v == nil {
			v = goja.Undefined()
		}
		o, ok := v.(*goja.Object)
		if !ok || o.ExportType() != bytesType {
			nodeerr.ArgType(a.host, "list["+strconv.Itoa(i)+"]", "an instance of Buffer or Uint8Array", v)
		}
		b, _ := rawBytes(o)
		parts = append(parts, b)
		total += int64(len(b))
	}
	if v := c.Argument(1); !goja.IsUndefined(v) {
		total = int64(a.bounded("length", v, 0, MaxLength))
	}
	out := a.Make(total)
	at := 0
	for _, p := range parts {
		at += copy(out[at:], p)
	}
	return a.Wrap(out)
}

func (a *API) compare(c goja.FunctionCall) goja.Value {
	return a.vm.ToValue(bytes.Compare(a.uint8s("buf1", c.Argument(0)), a.uint8s("buf2", c.Argument(1))))
}
