// Package querystring is the core module "querystring".
package querystring

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
	"github.com/lambent-run/lambent/js/node/internal/whatwg"
)

//go:embed querystring.js
var source string

var script = module.NewScript("node:querystring", bridge.Params, source)

// Load is the loader of "querystring".
func Load(h module.Host) *goja.Object {
	vm := h.VM()
	native := vm.NewObject()
	bridge.Method(vm, native, "escape", 1, func(call goja.FunctionCall) goja.Value {
		text := call.Argument(0).String()
		if s, ok := call.Argument(0).(goja.String); ok && strings.ContainsRune(text, utf8.RuneError) && lone(s) {
			panic(nodeerr.New(vm, "URIError", "ERR_INVALID_URI", "URI malformed"))
		}
		return vm.ToValue(escape(text))
	})
	bridge.Method(vm, native, "decode", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(strings.ToValidUTF8(whatwg.Decode(call.Argument(0).String()), "\ufffd"))
	})
	return bridge.Load(h, script, native)
}

// lone reports whether a string has a surrogate without its other half.
func lone(s goja.String) bool {
	for i := 0; i < s.Length(); i++ {
		switch c := s.CharAt(i); {
		case c >= 0xd800 && c < 0xdc00:
			if i+1 == s.Length() || s.CharAt(i+1)&0xfc00 != 0xdc00 {
				return true
			}
			i++
		case c >= 0xdc00 && c < 0xe000:
			return true
		}
	}
	return false
}

// escape encodes all but letters, digits and - _ . ! ~ * ' ( ).
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	var sb strings.Builder
	for i := range len(s) {
		c := s[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.!~*'()", c) >= 0 {
			sb.WriteByte(c)
			continue
		}
		sb.WriteByte('%')
		sb.WriteByte(digits[c>>4])
		sb.WriteByte(digits[c&15])
	}
	return sb.String()
}
