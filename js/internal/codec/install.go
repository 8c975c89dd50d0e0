package codec

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// Install makes the guest's JSON.parse and JSON.stringify use the codec.
func (c *Codec) Install() {
	lazy.ReplaceGlobal(c.vm, "JSON", c.patch)
}

// patch puts the codec's functions into goja's JSON object.
func (c *Codec) patch(json *goja.Object) {
	c.define(json, "parse", 2, c.parseCall)
	c.define(json, "stringify", 3, c.stringify)
}

func (c *Codec) define(json *goja.Object, name string, length int, f func(goja.FunctionCall) goja.Value) {
	fn := c.vm.ToValue(f).(*goja.Object)
	// None of these can fail: the objects are new.
	_ = fn.DefineDataProperty("name", c.vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = fn.DefineDataProperty("length", c.vm.ToValue(length), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = json.DefineDataProperty(name, fn, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}
