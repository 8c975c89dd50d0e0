// Package encoding has the globals TextEncoder and TextDecoder, which the util
// module exports too. Decoders know UTF-8, UTF-16 and the single-byte encodings
// of the Encoding Standard; those of East Asia are not supported.
package encoding

import (
	_ "embed"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

//go:embed encoding.js
var source string

var script = module.NewScript("node:internal/encoding", bridge.Params, source)

// Load makes "internal/encoding".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	bytes := buffer.Of(h)
	n := bridge.NewNatives(vm)
	n.Func("encode", func(c goja.FunctionCall) goja.Value {
		return bytes.Uint8Array([]byte(c.Argument(0).String()))
	})
	n.Func("encodeInto", func(c goja.FunctionCall) goja.Value {
		dst, ok := bytes.Bytes(c.Argument(1))
		if !ok {
			nodeerr.ArgType(h, "dest", "an instance of Uint8Array", c.Argument(1))
		}
		read, written := encodeInto(dst, c.Argument(0).String())
		o := vm.NewObject()
		_ = o.Set("read", read)
		_ = o.Set("written", written)
		return o
	})
	n.Func("decoder", func(c goja.FunctionCall) goja.Value {
		d := newDecoder(c.Argument(0).String())
		if d == nil {
			nodeerr.Throw(vm, "RangeError", "ERR_ENCODING_NOT_SUPPORTED", `The "%s" encoding is not supported`, c.Argument(0).String())
		}
		d.fatal, d.keepBOM = c.Argument(1).ToBoolean(), c.Argument(2).ToBoolean()
		return vm.ToValue(func(c goja.FunctionCall) goja.Value {
			if c.Argument(0).ToBoolean() {
				return vm.ToValue(d.name)
			}
			return decodeCall(h, bytes, d, c)
		})
	})
	return bridge.Load(h, script, n.Object())
}

// decodeCall is TextDecoder.prototype.decode(input, {stream}).
func decodeCall(h module.Host, bytes *buffer.API, d *decoder, c goja.FunctionCall) goja.Value {
	var input []byte
	if v := c.Argument(1); !goja.IsUndefined(v) {
		b, ok := bytes.Bytes(v)
		if !ok {
			nodeerr.Throw(h.VM(), "TypeError", nodeerr.InvalidArgTypeCode,
				`The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.`)
		}
		input = b
	}
	text, ok := d.decode(h.VM(), input, c.Argument(2).ToBoolean())
	if !ok {
		e := nodeerr.New(h.VM(), "TypeError", "ERR_ENCODING_INVALID_ENCODED_DATA", "The encoded data was not valid for encoding "+d.name)
		panic(e)
	}
	return text
}

// encodeInto writes as many whole characters as fit, and counts the UTF-16
// units read and the bytes written.
func encodeInto(dst []byte, s string) (read, written int) {
	for _, r := range s {
		n := utf8.RuneLen(r)
		if written+n > len(dst) {
			break
		}
		written += utf8.EncodeRune(dst[written:], r)
		read++
		if r > 0xFFFF {
			read++
		}
	}
	return read, written
}
