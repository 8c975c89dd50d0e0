package buffer

import (
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// exports makes the exports of require("buffer").
func (a *API) exports() *goja.Object {
	vm := a.vm
	e := vm.NewObject()
	_ = e.Set("Buffer", a.buffer)
	_ = e.Set("SlowBuffer", a.named("SlowBuffer", func(c goja.FunctionCall) goja.Value { return a.Wrap(a.alloc(c.Argument(0))) }))
	_ = e.Set("transcode", a.named("transcode", a.transcode))
	_ = e.Set("isUtf8", a.named("isUtf8", func(c goja.FunctionCall) goja.Value {
		return vm.ToValue(utf8.Valid(a.input(c.Argument(0))))
	}))
	_ = e.Set("isAscii", a.named("isAscii", func(c goja.FunctionCall) goja.Value {
		return vm.ToValue(isASCII(a.input(c.Argument(0))))
	}))
	_ = e.Set("kMaxLength", MaxLength)
	_ = e.Set("kStringMaxLength", MaxStringLength)
	_ = e.Set("btoa", a.named("btoa", a.btoa))
	_ = e.Set("atob", a.named("atob", a.atob))
	constants := vm.NewObject()
	_ = constants.Set("MAX_LENGTH", MaxLength)
	_ = constants.Set("MAX_STRING_LENGTH", MaxStringLength)
	_ = e.Set("constants", constants)
	_ = e.Set("INSPECT_MAX_BYTES", 50)
	a.lazy(e, "Blob")
	a.lazy(e, "File")
	_ = e.Set("resolveObjectURL", a.named("resolveObjectURL", func(goja.FunctionCall) goja.Value { return goja.Undefined() }))
	_ = e.DefineDataPropertySymbol(apiKey, vm.ToValue(&handle{a}), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	return e
}

// lazy defines a member that the module "internal/blob" provides at first use.
func (a *API) lazy(e *goja.Object, name string) {
	set := func(v goja.Value) {
		_ = e.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	get := a.vm.ToValue(func(goja.FunctionCall) goja.Value {
		v := a.host.Require("internal/blob").Get(name)
		set(v)
		return v
	})
	put := a.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		set(c.Argument(0))
		return goja.Undefined()
	})
	_ = e.DefineAccessorProperty(name, get, put, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

func (a *API) input(v goja.Value) []byte {
	b, ok := a.Bytes(v)
	if !ok {
		nodeerr.ArgType(a.host, "input", "an instance of ArrayBuffer, Buffer, or TypedArray", v)
	}
	return b
}

// transcode converts between UTF-8, UTF-16LE, Latin-1 and ASCII. Characters that
// the target does not have become "?".
func (a *API) transcode(c goja.FunctionCall) goja.Value {
	src := a.uint8s("source", c.Argument(0))
	from, ok1 := transcodable(c.Argument(1))
	to, ok2 := transcodable(c.Argument(2))
	if !ok1 || !ok2 {
		e := nodeerr.New(a.vm, "Error", "U_ILLEGAL_ARGUMENT_ERROR", "Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]")
		_ = e.Set("errno", 1)
		panic(e)
	}
	text := from.Text(a.vm, src)
	if to == UTF8 || to == UTF16LE {
		return a.Wrap(to.AppendText(nil, text))
	}
	limit := rune(0xFF)
	if to == ASCII {
		limit = 0x7F
	}
	var out []byte
	for _, r := range text.String() {
		if r > limit {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return a.Wrap(out)
}

func transcodable(v goja.Value) (Encoding, bool) {
	e, ok := ParseEncoding(v.String())
	return e, ok && e <= ASCII
}

// btoa and atob are those of the HTML Standard.
func (a *API) btoa(c goja.FunctionCall) goja.Value {
	if len(c.Arguments) == 0 {
		nodeerr.Throw(a.vm, "TypeError", "ERR_MISSING_ARGS", `The "input" argument must be specified`)
	}
	text := ToString(c.Argument(0))
	for i, n := 0, text.Length(); i < n; i++ {
		if text.CharAt(i) > 0xFF {
			a.throwDOM("Invalid character", "InvalidCharacterError")
		}
	}
	return a.Text(Base64, Latin1.AppendText(nil, text))
}

func (a *API) atob(c goja.FunctionCall) goja.Value {
	if len(c.Arguments) == 0 {
		nodeerr.Throw(a.vm, "TypeError", "ERR_MISSING_ARGS", `The "input" argument must be specified`)
	}
	s := stripSpace(ToString(c.Argument(0)).String())
	if len(s)%4 == 0 {
		for range 2 {
			s = strings.TrimSuffix(s, "=")
		}
	}
	for i := 0; i < len(s); i++ {
		if sextets[s[i]] > 63 || s[i] == '-' || s[i] == '_' {
			a.throwDOM("Invalid character", "InvalidCharacterError")
		}
	}
	if len(s)%4 == 1 {
		a.throwDOM("The string to be decoded is not correctly encoded.", "InvalidCharacterError")
	}
	return Latin1.Text(a.vm, appendBase64(nil, s))
}

func stripSpace(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\t', '\n', '\f', '\r':
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}

// throwDOM throws a DOMException.
func (a *API) throwDOM(message, name string) {
	e, err := a.vm.New(a.host.Require("internal/dom").Get("DOMException"), a.vm.ToValue(message), a.vm.ToValue(name))
	if err != nil {
		panic(err)
	}
	panic(e)
}
