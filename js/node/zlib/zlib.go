// Package zlib is Node's zlib module: DEFLATE in its three wrappings, and
// Brotli, each as a stream, with a callback and synchronously. A stream is an
// engine in Go, fed and emptied by JavaScript chunk by chunk, so that a guest can
// be interrupted in between; what decompression makes is bounded by the
// function's memory.
package zlib

import (
	_ "embed"
	"errors"
	"hash/crc32"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

//go:embed zlib.js
var mainSource string

//go:embed settings.js
var settingsSource string

//go:embed streams.js
var streamsSource string

//go:embed web.js
var webSource string

var (
	script   = module.NewScript("node:zlib", bridge.Params, mainSource)
	settings = module.NewScript("node:internal/zlib/settings", bridge.Params, settingsSource)
	streams  = module.NewScript("node:internal/zlib/streams", bridge.Params, streamsSource)
	web      = module.NewScript("node:internal/webstreams/compression", bridge.Params, webSource)
)

// options are the settings of a stream.
type options struct {
	mode       mode
	level      int
	strategy   int
	window     int
	dictionary []byte
}

// engine is a stream at work.
type engine interface {
	push(p []byte, flush int) error
	// pull returns the next piece of output, nil if there is none yet.
	pull() ([]byte, error)
	close()
}

type box struct{ engine engine }

// Load makes the exports of zlib.
func Load(h module.Host) *goja.Object { return bridge.Load(h, script, natives(h)) }

// LoadSettings makes "internal/zlib/settings".
func LoadSettings(h module.Host) *goja.Object { return bridge.Load(h, settings, natives(h)) }

// LoadStreams makes "internal/zlib/streams": the stream classes.
func LoadStreams(h module.Host) *goja.Object { return bridge.Load(h, streams, natives(h)) }

// LoadWeb makes "internal/zlib/web": CompressionStream and DecompressionStream.
func LoadWeb(h module.Host) *goja.Object { return bridge.Load(h, web, nil) }

func natives(h module.Host) *goja.Object {
	vm := h.VM()
	data := buffer.Of(h)
	n := bridge.NewNatives(vm)
	limit := int64(buffer.MaxLength)
	if m := h.System().MemoryLimit; m > 0 {
		limit = min(limit, m)
	}
	n.Value("limit", limit)
	n.Value("legacy", vm.NewDynamicObject(&legacy{h: h}))
	// create makes an engine: (mode, level, strategy, window, dictionary).
	n.Func("create", func(c goja.FunctionCall) goja.Value {
		o := options{mode: mode(c.Argument(0).ToInteger()), level: int(c.Argument(1).ToInteger()),
			strategy: int(c.Argument(2).ToInteger()), window: int(c.Argument(3).ToInteger())}
		if b, ok := data.Bytes(c.Argument(4)); ok {
			o.dictionary = append([]byte(nil), b...)
		}
		switch o.mode {
		case deflate, gzip, deflateRaw, brotliEncode:
			e, err := newEncoder(o)
			if err != nil {
				nodeerr.Throw(vm, "Error", "ERR_ZLIB_INITIALIZATION_FAILED", "Initialization failed")
			}
			return vm.ToValue(&box{e})
		}
		return vm.ToValue(&box{newDecoder(o)})
	})
	n.Func("push", func(c goja.FunctionCall) goja.Value {
		e := engineOf(vm, c.Argument(0))
		b, _ := data.Bytes(c.Argument(1))
		check(vm, e.push(b, int(c.Argument(2).ToInteger())))
		return goja.Undefined()
	})
	n.Func("end", func(c goja.FunctionCall) goja.Value {
		if d, ok := engineOf(vm, c.Argument(0)).(*decoder); ok {
			d.end()
		}
		return goja.Undefined()
	})
	n.Func("pull", func(c goja.FunctionCall) goja.Value {
		b, err := pull(engineOf(vm, c.Argument(0)))
		check(vm, err)
		if b == nil {
			return goja.Undefined()
		}
		return data.Wrap(b)
	})
	n.Func("params", func(c goja.FunctionCall) goja.Value {
		if e, ok := engineOf(vm, c.Argument(0)).(*encoder); ok {
			check(vm, e.params(int(c.Argument(1).ToInteger())))
		}
		return goja.Undefined()
	})
	n.Func("close", func(c goja.FunctionCall) goja.Value {
		engineOf(vm, c.Argument(0)).close()
		return goja.Undefined()
	})
	n.Func("isBytes", func(c goja.FunctionCall) goja.Value {
		_, ok := data.Bytes(c.Argument(0))
		return vm.ToValue(ok)
	})
	n.Func("view", func(c goja.FunctionCall) goja.Value {
		b, _ := data.Bytes(c.Argument(0))
		return data.Wrap(b)
	})
	n.Func("crc32", func(c goja.FunctionCall) goja.Value {
		b := data.Data("data", c.Argument(0), nil)
		return vm.ToValue(int64(crc32.Update(uint32(c.Argument(1).ToInteger()), crc32.IEEETable, b)))
	})
	n.Func("later", func(c goja.FunctionCall) goja.Value {
		fn, ok := goja.AssertFunction(c.Argument(0))
		if !ok {
			panic(vm.NewTypeError("not a function"))
		}
		h.Loop().Pending()(func() error {
			_, err := fn(goja.Undefined())
			return err
		})
		return goja.Undefined()
	})
	return n.Object()
}

// pull takes output of an engine. A panic of a library that met input it does
// not expect is an error of the stream.
func pull(e engine) (b []byte, err error) {
	defer func() {
		if recover() != nil {
			b, err = nil, badData
		}
	}()
	return e.pull()
}

func engineOf(vm *goja.Runtime, v goja.Value) engine {
	if o, ok := v.(*goja.Object); ok {
		if b, ok := o.Export().(*box); ok {
			return b.engine
		}
	}
	panic(vm.NewTypeError("Illegal invocation"))
}

// check throws an engine's error as zlib's bindings report it.
func check(vm *goja.Runtime, err error) {
	if err == nil {
		return
	}
	f := &fault{-2, "Z_STREAM_ERROR", "stream error"}
	errors.As(err, &f)
	e := nodeerr.Plain(vm, "Error", f.message)
	_ = e.Set("errno", f.errno)
	_ = e.Set("code", f.code)
	panic(e)
}
