package inspect

import (
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// maxFormat bounds the text of one format call, in bytes.
const maxFormat = 64 << 20

// Format is util.format: printf-like if the first argument is a string with
// placeholders, else the arguments' texts between spaces. It panics with what
// the guest's own functions throw.
func (in *Inspector) Format(args []goja.Value, opts *Options) string {
	return string(in.AppendFormat(nil, args, opts))
}

// AppendFormat appends what Format returns. opts may be nil for the defaults.
func (in *Inspector) AppendFormat(dst []byte, args []goja.Value, opts *Options) []byte {
	if len(args) == 0 {
		return dst
	}
	if first, ok := args[0].(goja.String); ok {
		t := first.String()
		if len(args) == 1 {
			return append(dst, t...)
		}
		if !strings.Contains(t, "%") {
			dst = append(dst, t...)
			return in.appendRest(dst, args[1:], opts)
		}
		rest := args[1:]
		dst, rest = in.appendTemplate(dst, t, rest, opts)
		return in.appendRest(dst, rest, opts)
	}
	dst = in.appendOne(dst, args[0], opts)
	return in.appendRest(dst, args[1:], opts)
}

func (in *Inspector) appendRest(dst []byte, args []goja.Value, opts *Options) []byte {
	for _, a := range args {
		dst = append(dst, ' ')
		dst = in.appendOne(dst, a, opts)
		if len(dst) > maxFormat {
			panic(in.rangeError("Invalid string length"))
		}
	}
	return dst
}

func (in *Inspector) rangeError(message string) *goja.Object {
	if e, err := in.vm.New(in.vm.Get("RangeError"), in.vm.ToValue(message)); err == nil {
		return e
	}
	return in.vm.NewTypeError(message) // the guest has replaced the class
}

// appendOne appends a string as it is and anything else inspected.
func (in *Inspector) appendOne(dst []byte, v goja.Value, opts *Options) []byte {
	switch t := v.(type) {
	case goja.String:
		return append(dst, t.String()...)
	case *goja.Object, *goja.Symbol, nil:
	default:
		if opts == nil {
			switch n := v.Export().(type) {
			case int64:
				return strconv.AppendInt(dst, n, 10)
			case bool:
				return strconv.AppendBool(dst, n)
			}
		}
	}
	return append(dst, in.Inspect(v, in.formatOptions(opts))...)
}

func (in *Inspector) formatOptions(opts *Options) Options {
	if opts != nil {
		return *opts
	}
	o := in.defaults
	o.Compact, o.Colors, o.Depth = 3, false, 2
	return o
}

// appendTemplate replaces the placeholders of a template and returns the
// arguments that it did not use.
func (in *Inspector) appendTemplate(dst []byte, t string, args []goja.Value, opts *Options) ([]byte, []goja.Value) {
	for {
		i := strings.IndexByte(t, '%')
		if i < 0 || i == len(t)-1 {
			return append(dst, t...), args
		}
		verb := t[i+1]
		dst = append(dst, t[:i]...)
		rest := t[i+2:]
		switch {
		case verb == '%':
			dst = append(dst, '%')
		case len(args) == 0 || !strings.ContainsRune("sdifjoOc", rune(verb)):
			dst = append(dst, '%')
			rest = t[i+1:]
		default:
			dst = in.appendVerb(dst, verb, args[0], opts)
			args = args[1:]
		}
		if len(dst) > maxFormat {
			panic(in.rangeError("Invalid string length"))
		}
		t = rest
	}
}

func (in *Inspector) appendVerb(dst []byte, verb byte, v goja.Value, opts *Options) []byte {
	switch verb {
	case 's':
		return append(dst, in.formatString(v, opts)...)
	case 'd', 'i', 'f':
		return append(dst, in.formatNumber(v, verb, opts)...)
	case 'j':
		return append(dst, in.formatJSON(v)...)
	case 'O':
		return append(dst, in.Inspect(v, in.formatOptions(opts))...)
	case 'o':
		o := in.formatOptions(opts)
		o.ShowHidden, o.ShowProxy, o.Depth = true, true, 4
		return append(dst, in.Inspect(v, o)...)
	}
	return dst // %c: CSS, which a log has no use for
}

// formatString is %s: objects that define their own toString are asked, others
// are inspected without depth.
func (in *Inspector) formatString(v goja.Value, opts *Options) string {
	switch t := v.(type) {
	case goja.String:
		return t.String()
	case *goja.Object:
		if isFunction(t) || in.ownToString(t) {
			return t.String()
		}
		o := in.formatOptions(opts)
		o.Depth, o.Colors, o.Compact = 0, false, 3
		return in.Inspect(t, o)
	case *goja.Symbol:
		return symbolText(t)
	}
	if goja.IsNumber(v) || goja.IsBigInt(v) {
		o := in.formatOptions(opts)
		o.Colors = false
		return in.Inspect(v, o)
	}
	return v.String()
}

// ownToString reports whether an object has a toString (or Symbol.toPrimitive)
// that the guest wrote, its own or one of its class.
func (in *Inspector) ownToString(o *goja.Object) bool {
	for o.ExportType() == proxyType {
		p, ok := o.Export().(goja.Proxy)
		if !ok || p.Target() == nil {
			return false
		}
		o = p.Target()
	}
	n := in.realm()
	own := func(at *goja.Object, key goja.Value) bool {
		_, ok := n.descriptor(at, key)
		return ok
	}
	if f, ok := o.Get("toString").(*goja.Object); !ok || !isFunction(f) {
		return false
	}
	toString, ctorKey := in.vm.ToValue("toString"), in.vm.ToValue("constructor")
	if own(o, toString) {
		return true
	}
	at := o
	for i := 0; i < maxNesting; i++ {
		if at = at.Prototype(); at == nil || own(at, toString) {
			break
		}
	}
	if at == nil {
		return false
	}
	d, ok := n.descriptor(at, ctorKey)
	c, isObject := d.value.(*goja.Object)
	if !ok || !isObject || !isFunction(c) {
		return true
	}
	label := c.Get("name")
	return label == nil || !builtins[label.String()]
}

// builtins are the classes whose toString tells less than inspecting does.
var builtins = func() map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(`Object Function Array Number Boolean String Symbol BigInt Date Promise RegExp
		Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
		ArrayBuffer SharedArrayBuffer DataView Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy
		Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array
		Uint8ClampedArray BigUint64Array BigInt64Array`) {
		m[n] = true
	}
	return m
}()

// formatNumber is %d, %i and %f.
func (in *Inspector) formatNumber(v goja.Value, verb byte, opts *Options) string {
	if _, ok := v.(*goja.Symbol); ok {
		return "NaN"
	}
	if goja.IsBigInt(v) && verb != 'f' {
		return v.String() + "n"
	}
	switch verb {
	case 'd':
		return numberText(in.vm.ToValue(v.ToFloat()))
	case 'i':
		return in.parse("parseInt", v)
	}
	return in.parse("parseFloat", v)
}

func (in *Inspector) parse(fn string, v goja.Value) string {
	call, ok := goja.AssertFunction(in.vm.Get(fn))
	if !ok {
		return "NaN"
	}
	res, err := call(goja.Undefined(), v)
	if err != nil {
		panic(err)
	}
	return numberText(res)
}

// formatJSON is %j. Cycles, which JSON cannot hold, do not throw.
func (in *Inspector) formatJSON(v goja.Value) string {
	out, ok, err := in.h.JSON().AppendEncode(nil, v)
	if err != nil {
		if ex, is := err.(*goja.Exception); is {
			if e, is := ex.Value().(*goja.Object); is {
				if m := e.Get("message"); m != nil && strings.Contains(strings.ToLower(m.String()), "circular") {
					return "[Circular]"
				}
			}
		}
		panic(err)
	}
	if !ok {
		return "undefined"
	}
	return string(out)
}
