// Package buffer is Node's buffer module: Buffer, Blob, File, atob, btoa and
// the conversions between text and bytes. Other modules get at the bytes of
// guest values, and hand bytes to the guest, through its API type.
//
// A Buffer is a Uint8Array with another prototype, so its memory is that of an
// ArrayBuffer. Conversions run in Go. Most methods are made at their first use
// (see layer): a Buffer has more than a hundred of them, a handler uses five.
package buffer

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// MaxLength is buffer.constants.MAX_LENGTH of Node 20 on 64-bit machines.
const MaxLength = 1 << 32

// API is the buffer module of one isolate, for the use of other modules. It
// belongs to the isolate's owner goroutine.
type API struct {
	vm    *goja.Runtime
	host  module.Host
	limit int64

	buffer *goja.Object // the Buffer function
	proto  *goja.Object // Buffer.prototype
	u8     goja.Constructor
	// viewLength is the getter of DataView.prototype.byteLength: it throws for
	// anything but a DataView, and the guest cannot fool it.
	viewLength goja.Callable
}

// apiKey is the property of the exports that leads back to the API.
var apiKey = goja.NewSymbol("buffer.api")

// handle keeps the API from being reflected into the guest's world: it has
// neither exported fields nor methods.
type handle struct{ api *API }

// Of returns the API of an isolate, loading the module if need be.
func Of(h module.Host) *API {
	if v := h.Require("buffer").GetSymbol(apiKey); v != nil {
		if x, ok := v.Export().(*handle); ok {
			return x.api
		}
	}
	panic(h.VM().NewTypeError("the buffer module was replaced"))
}

// Load makes the module's exports.
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	a := &API{vm: vm, host: h, limit: MaxLength}
	if m := h.System().MemoryLimit; m > 0 && m < a.limit {
		a.limit = m
	}
	global := vm.GlobalObject()
	u8 := global.Get("Uint8Array").ToObject(vm)
	ctor, ok := goja.AssertConstructor(u8)
	if !ok {
		panic(vm.NewTypeError("Uint8Array was replaced"))
	}
	a.u8 = ctor
	a.viewLength = a.captureViewLength()
	a.makeBuffer(u8)
	return a.exports()
}

// captureViewLength finds the getter that tells DataViews from other objects.
func (a *API) captureViewLength() goja.Callable {
	v, err := a.vm.RunProgram(viewLengthProgram)
	if err != nil {
		panic(err)
	}
	fn, ok := goja.AssertFunction(v)
	if !ok {
		panic(a.vm.NewTypeError("DataView was replaced"))
	}
	return fn
}

var viewLengthProgram = goja.MustCompile("node:buffer",
	`Object.getOwnPropertyDescriptor(DataView.prototype, 'byteLength').get`, true)

// Wrap returns a Buffer over b, which belongs to the guest from now on.
func (a *API) Wrap(b []byte) *goja.Object {
	o, err := a.u8(a.buffer, a.vm.ToValue(a.vm.NewArrayBuffer(b)))
	if err != nil {
		panic(err)
	}
	return o
}

// Slice returns a Buffer over a part of the memory that v, a view or an
// ArrayBuffer, covers.
func (a *API) slice(v *goja.Object, from, to int) *goja.Object {
	buf := v.Get("buffer")
	at := v.Get("byteOffset").ToInteger() + int64(from)
	o, err := a.u8(a.buffer, buf, a.vm.ToValue(at), a.vm.ToValue(to-from))
	if err != nil {
		panic(err)
	}
	return o
}

// Uint8Array returns a plain Uint8Array over b.
func (a *API) Uint8Array(b []byte) *goja.Object {
	o, err := a.u8(nil, a.vm.ToValue(a.vm.NewArrayBuffer(b)))
	if err != nil {
		panic(err)
	}
	return o
}

// ArrayBuffer returns an ArrayBuffer over b.
func (a *API) ArrayBuffer(b []byte) goja.Value {
	return a.vm.ToValue(a.vm.NewArrayBuffer(b))
}

// Make returns n zero bytes, or throws the RangeError that V8 throws when an
// allocation fails if n exceeds the function's memory.
func (a *API) Make(n int64) []byte {
	if n < 0 || n > a.limit {
		panic(nodeerr.Plain(a.vm, "RangeError", "Array buffer allocation failed"))
	}
	return make([]byte, n)
}

// Bytes returns the memory that a typed array, a DataView or an ArrayBuffer
// covers, not a copy of it. ok is false for any other value.
func (a *API) Bytes(v goja.Value) (b []byte, ok bool) {
	o, isObject := v.(*goja.Object)
	if !isObject {
		return nil, false
	}
	if b, ok = rawBytes(o); ok {
		return b, true
	}
	if _, err := a.viewLength(o); err != nil {
		return nil, false
	}
	err := a.vm.ExportTo(o, &b)
	return b, err == nil
}

// IsView reports whether ArrayBuffer.isView(v) holds.
func (a *API) IsView(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		return false
	}
	if kind := o.ExportType(); kind == arrayBufferType {
		return false
	}
	_, ok = a.Bytes(o)
	return ok
}

// Data returns the bytes of a string in the encoding, or of a view: what Node's
// functions take as data. They throw ERR_INVALID_ARG_TYPE for anything else,
// under the argument's name.
func (a *API) Data(name string, v, encoding goja.Value) []byte {
	if goja.IsString(v) {
		return a.EncodingOf(encoding).AppendText(nil, v)
	}
	if b, ok := a.Bytes(v); ok {
		return b
	}
	nodeerr.ArgType(a.host, name, "of type string or an instance of Buffer, TypedArray, or DataView", v)
	return nil
}

// EncodingOf returns the encoding that a guest named, UTF8 for undefined. It
// throws ERR_UNKNOWN_ENCODING for an unknown one.
func (a *API) EncodingOf(v goja.Value) Encoding {
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return UTF8
	}
	if e, ok := ParseEncoding(v.String()); ok {
		return e
	}
	nodeerr.Throw(a.vm, "TypeError", "ERR_UNKNOWN_ENCODING", "Unknown encoding: %s", v.String())
	return UTF8
}

// Text returns b as a string, or throws if it would be longer than V8 allows.
func (a *API) Text(e Encoding, b []byte) goja.Value {
	if e.textLength(len(b)) > MaxStringLength {
		nodeerr.Throw(a.vm, "Error", "ERR_STRING_TOO_LONG", "Cannot create a string longer than 0x1fffffe8 characters")
	}
	return e.Text(a.vm, b)
}

// Output returns b as Node's crypto functions do: as a Buffer, or as text if
// the guest named an encoding.
func (a *API) Output(b []byte, encoding goja.Value) goja.Value {
	if encoding == nil || goja.IsUndefined(encoding) || goja.IsNull(encoding) || encoding.String() == "buffer" {
		return a.Wrap(b)
	}
	return a.Text(a.EncodingOf(encoding), b)
}
