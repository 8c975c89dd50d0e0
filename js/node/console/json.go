package console

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"

	trace "github.com/lambent-run/lambent/js/internal/stack"
	"github.com/lambent-run/lambent/js/module"
)

// appendJSON appends one event in the JSON format: timestamp, level, request
// id, tenant and message, in that order.
func (w *writer) appendJSON(dst []byte, level module.Level, args []goja.Value) []byte {
	sys := w.h.System()
	dst = appendJSONHead(dst, sys, level)
	if len(args) == 1 {
		return append(w.appendValue(dst, args[0]), '}')
	}
	if len(args) > 1 {
		dst = append(dst, `,"message":`...)
		dst = appendString(dst, w.in.Format(args, nil))
		for _, a := range args {
			if e, ok := asError(a); ok {
				dst = append(dst, ',')
				dst = appendErrorFields(dst, e)
				break
			}
		}
	}
	return append(dst, '}')
}

func appendJSONHead(dst []byte, sys *module.System, level module.Level) []byte {
	dst = append(dst, `{"timestamp":"`...)
	dst = appendTime(dst, time.Now())
	dst = append(dst, `","level":"`...)
	dst = append(dst, level.String()...)
	dst = append(dst, '"')
	if id := sys.RequestID(); id != "" {
		dst = append(dst, `,"requestId":`...)
		dst = appendString(dst, id)
	}
	if id := sys.TenantID(); id != "" {
		dst = append(dst, `,"tenantId":`...)
		dst = appendString(dst, id)
	}
	return dst
}

// appendValue appends the member message that holds a single argument itself.
// A value that JSON cannot hold is formatted.
func (w *writer) appendValue(dst []byte, v goja.Value) []byte {
	mark := len(dst)
	dst = append(dst, `,"message":`...)
	if e, ok := asError(v); ok {
		if out, ok := w.appendError(dst, e); ok {
			return out
		}
		return appendString(dst, w.in.Format([]goja.Value{v}, nil))
	}
	out, ok, err := w.h.JSON().AppendEncode(dst, v)
	switch {
	case err != nil:
		return appendString(dst, w.in.Format([]goja.Value{v}, nil))
	case !ok: // undefined, functions and symbols have no JSON
		return dst[:mark]
	}
	return out
}

// appendError appends an error as an object: its class, message and stack,
// then its own properties. ok is false if JSON cannot hold one of them.
func (w *writer) appendError(dst []byte, e *goja.Object) (out []byte, ok bool) {
	dst = append(dst, '{')
	dst = appendErrorFields(dst, e)
	for _, key := range e.Keys() {
		if key == "errorType" || key == "errorMessage" || key == "stackTrace" {
			continue
		}
		next := appendString(append(dst, ','), key)
		next = append(next, ':')
		next, ok, err := w.h.JSON().AppendEncode(next, e.Get(key))
		if err != nil {
			return nil, false
		}
		if ok {
			dst = next
		}
	}
	return append(dst, '}'), true
}

// asError returns v if it is a native error.
func asError(v goja.Value) (*goja.Object, bool) {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Error" {
		return nil, false
	}
	return o, true
}

// appendErrorFields appends "errorType":...,"errorMessage":...,"stackTrace":[...].
// The type is the name of the class, not the property name.
func appendErrorFields(dst []byte, e *goja.Object) []byte {
	class := "UnknownError"
	if c, ok := e.Get("constructor").(*goja.Object); ok {
		if n, ok := c.Get("name").(goja.String); ok && n.Length() > 0 {
			class = n.String()
		}
	}
	dst = append(dst, `"errorType":`...)
	dst = appendString(dst, class)
	dst = append(dst, `,"errorMessage":`...)
	message := ""
	if m := e.Get("message"); m != nil {
		message = m.String()
	}
	dst = appendString(dst, message)
	dst = append(dst, `,"stackTrace":`...)
	stack, ok := e.Get("stack").(goja.String)
	if !ok {
		return append(dst, "[]"...)
	}
	return appendLines(dst, trace.V8(stack.String()))
}

// appendLines appends the lines of a text as a JSON array of strings.
func appendLines(dst []byte, text string) []byte {
	dst = append(dst, '[')
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, line)
	}
	return append(dst, ']')
}

// appendString appends a JSON string as JSON.stringify writes it: only what
// must be escaped is.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		default:
			const hexDigits = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
