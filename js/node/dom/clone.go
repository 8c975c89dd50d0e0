package dom

import (
	_ "embed"
	"reflect"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed clone.js
var cloneSource string

//go:embed messaging.js
var messagingSource string

//go:embed blob.js
var blobSource string

var (
	cloneScript     = module.NewScript("node:internal/structured_clone", bridge.Params, cloneSource)
	messagingScript = module.NewScript("node:internal/worker/io", bridge.Params, messagingSource)
	blobScript      = module.NewScript("node:internal/blob", bridge.Params, blobSource)
)

// cloneable and transferable are the keys of the methods by which our own
// classes take part in structured cloning.
var (
	cloneable    = goja.NewSymbol("cloneable")
	transferable = goja.NewSymbol("transferable")
)

// LoadClone makes "internal/clone": structuredClone.
func LoadClone(h module.Host) *goja.Object {
	return bridge.Load(h, cloneScript, cloneNatives(h).Object())
}

// LoadMessaging makes "internal/messaging": MessageChannel and its kin.
func LoadMessaging(h module.Host) *goja.Object {
	return bridge.Load(h, messagingScript, cloneNatives(h).Object())
}

// LoadBlob makes "internal/blob": Blob and File.
func LoadBlob(h module.Host) *goja.Object {
	return bridge.Load(h, blobScript, cloneNatives(h).Object())
}

func cloneNatives(h module.Host) *bridge.Natives {
	vm := h.VM()
	bytes := buffer.Of(h)
	n := natives(h)
	n.Value("cloneable", cloneable)
	n.Value("transferable", transferable)
	n.Func("kind", func(c goja.FunctionCall) goja.Value {
		o, ok := c.Argument(0).(*goja.Object)
		if !ok {
			return vm.ToValue("")
		}
		return vm.ToValue(kind(bytes, o))
	})
	n.Func("isBytes", func(c goja.FunctionCall) goja.Value {
		_, ok := bytes.Bytes(c.Argument(0))
		return vm.ToValue(ok)
	})
	// view is a Buffer over the memory of a view or an ArrayBuffer.
	n.Func("view", func(c goja.FunctionCall) goja.Value {
		b, ok := bytes.Bytes(c.Argument(0))
		if !ok {
			panic(vm.NewTypeError("not a buffer source"))
		}
		return bytes.Wrap(b)
	})
	n.Func("primitive", func(c goja.FunctionCall) goja.Value {
		if o, ok := c.Argument(0).(*goja.Object); ok {
			return vm.ToValue(o.Export())
		}
		return c.Argument(0)
	})
	for _, name := range []string{"buffer", "viewName"} {
		getter := viewGetter(vm, name)
		n.Func(name, func(c goja.FunctionCall) goja.Value { return bridge.Call(getter, c.Argument(0)) })
	}
	n.Func("later", func(c goja.FunctionCall) goja.Value {
		fn, ok := goja.AssertFunction(c.Argument(0))
		if !ok {
			panic(vm.NewTypeError("not a function"))
		}
		h.Loop().SetImmediate(func() error {
			_, err := fn(goja.Undefined())
			return err
		})
		return goja.Undefined()
	})
	// keepAlive keeps the loop alive, if asked to, until its result is called.
	n.Func("keepAlive", func(c goja.FunctionCall) goja.Value {
		if !c.Argument(0).ToBoolean() {
			return goja.Null()
		}
		const day = 24 * time.Hour
		timer := h.Loop().SetTimer(day, true, func() error { return nil })
		return vm.ToValue(func(goja.FunctionCall) goja.Value {
			timer.Stop()
			return goja.Undefined()
		})
	})
	return n
}

// viewGetter finds what tells the buffer, or the class, of any view.
func viewGetter(vm *goja.Runtime, name string) goja.Callable {
	v, err := vm.RunProgram(viewPrograms[name])
	if err != nil {
		panic(err)
	}
	fn, ok := goja.AssertFunction(v)
	if !ok {
		panic(vm.NewTypeError("typed arrays were replaced"))
	}
	return fn
}

var viewPrograms = map[string]*goja.Program{
	"buffer": goja.MustCompile("node:internal/structured_clone", `(() => {
const get = (C, key) => Object.getOwnPropertyDescriptor(C.prototype, key).get;
const typed = get(Object.getPrototypeOf(Uint8Array), 'buffer'), view = get(DataView, 'buffer'), { apply } = Reflect;
return function () { try { return apply(typed, this, []); } catch { return apply(view, this, []); } };
})()`, true),
	"viewName": goja.MustCompile("node:internal/structured_clone", `(() => {
const name = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array).prototype, Symbol.toStringTag).get, { apply } = Reflect;
return function () { return apply(name, this, []) ?? 'DataView'; };
})()`, true),
}

// kind is the type of an object as structured cloning sees it.
func kind(bytes *buffer.API, o *goja.Object) string {
	switch class := o.ClassName(); class {
	case "Array", "Date", "RegExp", "Error", "Boolean", "Number", "String":
		if isProxy(o) {
			return "Proxy"
		}
		return class
	}
	t := o.ExportType()
	if t == arrayBuffer {
		return "ArrayBuffer"
	}
	if _, ok := bytes.Bytes(o); ok {
		return "View"
	}
	switch {
	case t == nil:
		return ""
	case t == entries:
		return "Map"
	case t == list && o.ClassName() != "Array":
		return "Set"
	case t.Kind() == reflect.Map && o.ClassName() == "Object":
		if own := o.GetSymbol(cloneable); own != nil && !goja.IsUndefined(own) {
			return ""
		}
		if own := o.GetSymbol(transferable); own != nil && !goja.IsUndefined(own) {
			return ""
		}
		if tag := o.GetSymbol(goja.SymToStringTag); tag != nil && goja.IsString(tag) && exotic[tag.String()] {
			return ""
		}
		return "Object"
	}
	return t.String()
}

// exotic are the tags of objects that look ordinary to goja's public interface
// and that cannot be cloned.
var exotic = map[string]bool{"WeakMap": true, "WeakSet": true, "WeakRef": true, "Generator": true, "AsyncGenerator": true,
	"Array Iterator": true, "Map Iterator": true, "Set Iterator": true, "String Iterator": true}

var (
	arrayBuffer = reflect.TypeFor[goja.ArrayBuffer]()
	entries     = reflect.TypeFor[[][2]any]()
	list        = reflect.TypeFor[[]any]()
	proxy       = reflect.TypeFor[goja.Proxy]()
)

func isProxy(o *goja.Object) bool { return o.ExportType() == proxy }
