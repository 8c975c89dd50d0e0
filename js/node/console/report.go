package console

import (
	"github.com/dop251/goja"

	trace "github.com/lambent-run/lambent/js/internal/stack"
	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/inspect"
)

// Line returns one log event of the runtime itself, with the newline that ends
// it: in the text format the text after time, request id and level, in the JSON
// format the text as the message.
func Line(sys *module.System, level module.Level, text string) []byte {
	if sys.LogJSON {
		line := appendJSONHead(nil, sys, level)
		line = append(line, `,"message":`...)
		line = appendString(line, text)
		return append(line, '}', '\n')
	}
	return append(append(appendHead(nil, sys, level), text...), '\n')
}

// Report logs a failure at level ERROR as Lambda's runtime does: title ("Invoke
// Error", "Uncaught Exception", "Unhandled Promise Rejection"), a tab and the
// error as JSON. In the JSON format the error alone is the message. It calls
// getters of the error and never panics because of them.
func Report(h module.Host, title string, err goja.Value) {
	sys := h.System()
	w := &writer{h: h, in: inspect.New(h)}
	e := toError(h.VM(), err)
	if sys.LogJSON {
		line := appendJSONHead(nil, sys, module.Error)
		if h.VM().Try(func() { line = w.appendValue(line, e) }) != nil {
			line = append(appendJSONHead(nil, sys, module.Error), `,"message":`...)
			line = appendString(line, title)
		}
		sys.Write(1, append(line, '}', '\n'))
		return
	}
	head := append(appendHead(nil, sys, module.Error), title...)
	head = append(head, " \t"...)
	line := head
	if h.VM().Try(func() { line = w.appendReport(line, e, 0) }) != nil {
		line = head
		if h.VM().Try(func() { line = appendReply(line, e) }) != nil {
			line = append(head, `{"errorType":"handled","errorMessage":"the error cannot be shown","trace":[]}`...)
		}
	}
	sys.Write(1, append(line, '\n'))
}

// toError returns v, or an Error whose message is v's text.
func toError(vm *goja.Runtime, v goja.Value) *goja.Object {
	if e, ok := asError(v); ok {
		return e
	}
	message := ""
	if v != nil && vm.Try(func() { message = v.String() }) != nil {
		message = "[object Object]"
	}
	if e, err := vm.New(vm.Get("Error"), vm.ToValue(message)); err == nil {
		return e
	}
	return vm.NewGoError(errString(message))
}

type errString string

func (e errString) Error() string { return string(e) }

// maxCauses bounds how deep errors within errors are shown.
const maxCauses = 16

// appendReport appends name, message, code, own properties and stack of an
// error; errors among its properties are shown alike. It panics if a getter of
// the guest throws or if JSON cannot hold a value.
func (w *writer) appendReport(dst []byte, e *goja.Object, depth int) []byte {
	dst = append(dst, '{')
	first := true
	member := func(key string, v goja.Value) {
		mark := len(dst)
		if !first {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, key), ':')
		if inner, ok := asError(v); ok && depth < maxCauses {
			dst = w.appendReport(dst, inner, depth+1)
			first = false
			return
		}
		out, ok, err := w.h.JSON().AppendEncode(dst, v)
		if err != nil {
			panic(err)
		}
		if !ok {
			dst = dst[:mark]
			return
		}
		dst, first = out, false
	}
	own := map[string]bool{}
	for _, key := range e.Keys() {
		own[key] = true
	}
	for _, p := range []struct{ shown, name string }{{"errorType", "name"}, {"errorMessage", "message"}, {"code", "code"}} {
		v := e.Get(p.name)
		if own[p.shown] {
			v = e.Get(p.shown)
		}
		if v != nil {
			member(p.shown, v)
		}
	}
	for _, key := range e.Keys() {
		switch key {
		case "errorType", "errorMessage", "code", "stack":
		default:
			member(key, e.Get(key))
		}
	}
	if stack, ok := e.Get("stack").(goja.String); ok {
		if !first {
			dst = append(dst, ',')
		}
		dst = appendLines(append(dst, `"stack":`...), trace.V8(stack.String()))
	}
	return append(dst, '}')
}

// appendReply appends the error in the shape of an answer.
func appendReply(dst []byte, e *goja.Object) []byte {
	dst = append(dst, `{"errorType":`...)
	dst = appendString(dst, e.Get("name").String())
	dst = append(dst, `,"errorMessage":`...)
	dst = appendString(dst, e.Get("message").String())
	dst = append(dst, `,"trace":`...)
	if stack, ok := e.Get("stack").(goja.String); ok {
		dst = appendLines(dst, trace.V8(stack.String()))
	} else {
		dst = append(dst, "[]"...)
	}
	return append(dst, '}')
}
