// Package url is the core module "url": the classes URL and URLSearchParams,
// which are globals too, on top of internal/whatwg, and Node's older functions.
package url

import (
	_ "embed"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/whatwg"
)

//go:embed url.js
var source string

//go:embed legacy.js
var legacySource string

var (
	script = module.NewScript("node:internal/url", bridge.Params, source)
	legacy = module.NewScript("node:url", bridge.Params, legacySource)
)

// Load is the loader of "url".
func Load(h module.Host) *goja.Object {
	return bridge.Load(h, legacy, h.Require("internal/url"))
}

// LoadClasses is the loader of the internal module that holds the globals URL
// and URLSearchParams.
func LoadClasses(h module.Host) *goja.Object {
	vm := h.VM()
	native := vm.NewObject()
	record := func(u *whatwg.URL) goja.Value {
		return vm.NewArray(u.Href(), u.Origin(), u.Scheme+":", u.Username, u.Password, u.HostPort(), u.Hostname(), u.PortText(), u.Pathname(), u.Search(), u.Hash())
	}
	parse := func(call goja.FunctionCall) *whatwg.URL {
		var base *whatwg.URL
		if b := call.Argument(1); !goja.IsUndefined(b) {
			var err error
			if base, err = whatwg.Parse(b.String(), nil); err != nil {
				return nil
			}
		}
		u, err := whatwg.Parse(call.Argument(0).String(), base)
		if err != nil {
			return nil
		}
		return u
	}
	// parse(url, base) returns the members of the URL, or undefined.
	bridge.Method(vm, native, "parse", 2, func(call goja.FunctionCall) goja.Value {
		if u := parse(call); u != nil {
			return record(u)
		}
		return goja.Undefined()
	})
	bridge.Method(vm, native, "canParse", 2, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(parse(call) != nil)
	})
	// set(href, member, value) returns the members of the changed URL.
	bridge.Method(vm, native, "set", 3, func(call goja.FunctionCall) goja.Value {
		u, err := whatwg.Parse(call.Argument(0).String(), nil)
		if err != nil {
			return goja.Undefined()
		}
		return record(u.Set(call.Argument(1).String(), call.Argument(2).String()))
	})
	bridge.Method(vm, native, "parseForm", 1, func(call goja.FunctionCall) goja.Value {
		pairs := whatwg.ParseForm(call.Argument(0).String())
		flat := make([]any, 0, 2*len(pairs))
		for _, p := range pairs {
			flat = append(flat, p[0], p[1])
		}
		return vm.NewArray(flat...)
	})
	bridge.Method(vm, native, "formatForm", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(formatForm(vm, call.Argument(0)))
	})
	bridge.Method(vm, native, "domainToASCII", 1, func(call goja.FunctionCall) goja.Value {
		u, err := whatwg.Parse("ws://"+call.Argument(0).String(), nil)
		if err != nil || strings.ContainsAny(call.Argument(0).String(), "/?#@") {
			return vm.ToValue("")
		}
		return vm.ToValue(u.Hostname())
	})
	bridge.Method(vm, native, "domainToUnicode", 1, func(call goja.FunctionCall) goja.Value {
		u, err := whatwg.Parse("ws://"+call.Argument(0).String(), nil)
		if err != nil {
			return vm.ToValue("")
		}
		return vm.ToValue(whatwg.DomainToUnicode(u.Hostname()))
	})
	// usv returns a string with its lone surrogates replaced.
	bridge.Method(vm, native, "usv", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(call.Argument(0).String())
	})
	bridge.Method(vm, native, "decode", 1, func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(strings.ToValidUTF8(whatwg.Decode(call.Argument(0).String()), "\ufffd"))
	})
	return bridge.Load(h, script, native)
}

// formatForm serializes a flat list of names and values.
func formatForm(vm *goja.Runtime, list goja.Value) string {
	var sb strings.Builder
	name := true
	vm.ForOf(list, func(v goja.Value) bool {
		switch {
		case !name:
			sb.WriteByte('=')
		case sb.Len() > 0:
			sb.WriteByte('&')
		}
		name = !name
		whatwg.AppendForm(&sb, v.String())
		return true
	})
	return sb.String()
}
