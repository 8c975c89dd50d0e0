package buffer

import (
	"fmt"
	"math"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// textMethods are the methods that turn bytes into text and text into bytes.
var textMethods = func() map[string]method {
	table := map[string]method{
		"toString":       {0, toText},
		"toLocaleString": {0, toText},
		"toJSON":         {0, toJSON},
		"write":          {4, writeText},
		"inspect":        {2, inspectBuffer},
	}
	for name, e := range map[string]Encoding{"ascii": ASCII, "base64": Base64, "base64url": Base64URL,
		"latin1": Latin1, "hex": Hex, "ucs2": UTF16LE, "utf8": UTF8} {
		table[name+"Slice"] = method{2, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
			from, to := span(c.Argument(0), c.Argument(1), len(self))
			return a.Text(e, self[from:to])
		}}
		table[name+"Write"] = method{3, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
			at := a.bounded("offset", c.Argument(1), 0, len(self))
			n := len(self) - at
			if v := c.Argument(2); !goja.IsUndefined(v) {
				n = min(n, max(0, clamp(v.ToFloat(), len(self))))
			}
			return a.vm.ToValue(put(self[at:at+n], e, c.Argument(0)))
		}}
	}
	return table
}()

// clamp converts a number to an index that is at most limit, NaN to 0.
func clamp(f float64, limit int) int {
	switch {
	case math.IsNaN(f):
		return 0
	case f > float64(limit):
		return limit
	case f < -float64(limit)-1:
		return -limit - 1
	}
	return int(f)
}

// span converts the arguments start and end of toString to a valid part of n bytes.
func span(start, end goja.Value, n int) (from, to int) {
	if f := start.ToFloat(); f > 0 {
		from = clamp(f, n)
	}
	to = n
	if !goja.IsUndefined(end) {
		to = max(clamp(end.ToFloat(), n), 0)
	}
	return from, max(from, to)
}

func toText(a *API, self []byte, c goja.FunctionCall) goja.Value {
	if len(c.Arguments) == 0 {
		return a.Text(UTF8, self)
	}
	from, to := span(c.Argument(1), c.Argument(2), len(self))
	if from >= to {
		return a.vm.ToValue("")
	}
	if goja.IsNull(c.Argument(0)) {
		nodeerr.Throw(a.vm, "TypeError", "ERR_UNKNOWN_ENCODING", "Unknown encoding: null")
	}
	return a.Text(a.EncodingOf(c.Argument(0)), self[from:to])
}

func toJSON(a *API, self []byte, _ goja.FunctionCall) goja.Value {
	if int64(len(self)) > a.limit/16 { // an element of an array takes 16 bytes
		panic(nodeerr.Plain(a.vm, "RangeError", "Invalid array length"))
	}
	items := make([]any, len(self))
	for i, b := range self {
		items[i] = int64(b)
	}
	o := a.vm.NewObject()
	_ = o.Set("type", "Buffer")
	_ = o.Set("data", a.vm.NewArray(items...))
	return o
}

// bounded reads an index argument that must lie in [0, limit].
func (a *API) bounded(name string, v goja.Value, unset, limit int) int {
	if goja.IsUndefined(v) {
		return unset
	}
	f := a.number(name, v)
	if f != math.Trunc(f) {
		nodeerr.Range(a.host, name, "an integer", v)
	}
	if f < 0 || f > float64(limit) {
		nodeerr.Range(a.host, name, fmt.Sprintf(">= 0 && <= %d", limit), v)
	}
	return int(f)
}

// writeText is buf.write(string[, offset[, length]][, encoding]).
func writeText(a *API, self []byte, c goja.FunctionCall) goja.Value {
	text := c.Argument(0)
	if !goja.IsString(text) {
		nodeerr.Throw(a.vm, "TypeError", "ERR_INVALID_ARG_TYPE", "argument must be a string")
	}
	at, n := 0, len(self)
	encoding := goja.Undefined()
	switch second, third := c.Argument(1), c.Argument(2); {
	case goja.IsUndefined(second):
		encoding = c.Argument(3)
	case goja.IsString(second):
		encoding = second
	default:
		at = a.bounded("offset", second, 0, len(self))
		n = len(self) - at
		switch {
		case goja.IsString(third):
			encoding = third
		case !goja.IsUndefined(third):
			n = min(n, a.bounded("length", third, n, len(self)))
			encoding = c.Argument(3)
		default:
			encoding = c.Argument(3)
		}
	}
	return a.vm.ToValue(put(self[at:at+n], a.EncodingOf(encoding), text))
}

// put writes as much of the text to dst as fits, whole characters only, and
// returns the number of bytes.
func put(dst []byte, e Encoding, text goja.Value) int {
	b := e.AppendText(nil, text)
	n := min(len(dst), len(b))
	if n < len(b) {
		switch e {
		case UTF8:
			for n > 0 && b[n]&0xC0 == 0x80 {
				n--
			}
		case UTF16LE:
			n &^= 1
		}
	}
	return copy(dst, b[:n])
}

// inspectBuffer writes <Buffer 00 01>.
func inspectBuffer(a *API, self []byte, _ goja.FunctionCall) goja.Value {
	const shown = 50
	var sb strings.Builder
	sb.WriteString("<" + a.className() + " ")
	for i, b := range self[:min(len(self), shown)] {
		if i > 0 {
			sb.WriteByte(' ')
		}
		fmt.Fprintf(&sb, "%02x", b)
	}
	if more := len(self) - shown; more > 0 {
		plural := "s"
		if more == 1 {
			plural = ""
		}
		fmt.Fprintf(&sb, " ... %d more byte%s", more, plural)
	}
	return a.vm.ToValue(sb.String() + ">")
}

func (a *API) className() string { return "Buffer" }
