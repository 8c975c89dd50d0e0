package js

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/stack"
)

// thrown is a JavaScript value on its way as a Go error.
type thrown struct{ value goja.Value }

func (t *thrown) Error() string { return "js: thrown " + t.value.String() }

// thrownValue returns the JavaScript value behind an error, or the error itself
// if no JavaScript could catch it (an interrupt, an exit).
func (iso *Isolate) thrownValue(err error) (value goja.Value, uncatchable error) {
	var (
		exception *goja.Exception
		own       *thrown
		overflow  *goja.StackOverflowError
	)
	switch {
	case errors.As(err, &own):
		return own.value, nil
	case errors.As(err, &overflow):
		return iso.newErrorObject("RangeError", "Maximum call stack size exceeded"), nil
	case errors.As(err, &exception):
		return exception.Value(), nil
	}
	return nil, err
}

// newError makes an error that holds a JavaScript error object.
func (iso *Isolate) newError(class, message string) error {
	return &thrown{iso.newErrorObject(class, message)}
}

func (iso *Isolate) newErrorObject(class, message string) *goja.Object {
	obj, err := iso.vm.New(iso.vm.GlobalObject().Get(class), iso.vm.ToValue(message))
	if err != nil {
		return iso.vm.NewGoError(err) // the guest has broken its own constructors
	}
	return obj
}

// setName gives an error a name of its own, as a class of that name would.
func (iso *Isolate) setName(failure *goja.Object, name string) {
	_ = failure.DefineDataProperty("name", iso.vm.ToValue(name), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// failWith settles with the error object of a value that the guest threw,
// rejected with or gave to a callback.
func (inv *invocation) failWith(value goja.Value) {
	inv.iso.logFailure("Invoke Error", value)
	inv.settleError(inv.iso.describe(value))
}

// failSync is failWith for an exception of the handler call. A value that
// cannot become text takes the environment with it, as in AWS's client.
func (inv *invocation) failSync(value goja.Value) {
	if ex := inv.iso.vm.Try(func() { _ = toText(value) }); ex != nil {
		inv.iso.crash(ex.Value())
		return
	}
	inv.failWith(value)
}

// fail settles with whatever an error holds.
func (inv *invocation) fail(err error) {
	value, uncatchable := inv.iso.thrownValue(err)
	if uncatchable != nil {
		inv.settleError(newHandlerError("Error", err.Error()))
		return
	}
	inv.failWith(value)
}

func (inv *invocation) settleError(err *HandlerError) {
	if !inv.settled {
		inv.settled, inv.payload, inv.err = true, nil, err
	}
}

// initFailure turns what ended the init phase into what NewIsolate returns.
func (iso *Isolate) initFailure(err error) error {
	var (
		exit   *ExitError
		failed *HandlerError
	)
	if errors.As(err, &exit) || errors.As(err, &failed) {
		return err
	}
	value, uncatchable := iso.thrownValue(err)
	if uncatchable != nil {
		return iso.abrupt(uncatchable)
	}
	iso.logFailure("Uncaught Exception", value)
	return iso.describe(value)
}

// describe makes the error object of a value: type, message and trace of an
// error, the type and text of anything else (node-runtime section 5.2).
func (iso *Isolate) describe(value goja.Value) *HandlerError {
	var e errorObject
	if ex := iso.vm.Try(func() { e = iso.read(value) }); ex != nil {
		e = errorObject{
			typ:     "handled",
			message: "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
			noTrace: true,
		}
	}
	return e.handlerError()
}

// errorObject is an error as the caller gets to see it.
type errorObject struct {
	typ, message string
	noType       bool
	trace        []string
	noTrace      bool
}

// read may panic with what getters of the guest throw.
func (iso *Isolate) read(value goja.Value) errorObject {
	obj, ok := value.(*goja.Object)
	if !ok || !isError(obj) {
		return errorObject{typ: typeOf(value), message: toText(value)}
	}
	iso.realm.Normalize(value)
	name, message, trace := obj.Get("name"), obj.Get("message"), obj.Get("stack")
	e := errorObject{noType: name == nil || goja.IsUndefined(name), noTrace: trace == nil || goja.IsUndefined(trace)}
	if !e.noType {
		e.typ = escapeDel(toText(name))
	}
	if message != nil && !goja.IsUndefined(message) {
		e.message = escapeDel(toText(message))
	}
	if !e.noTrace {
		// goja ends the head with a line break even where no frame follows.
		text := strings.TrimSuffix(stack.V8(toText(trace)), "\n")
		e.trace = strings.Split(escapeDel(text), "\n")
	}
	return e
}

// isError follows AWS's client: an Error, or an object that looks like one.
func isError(obj *goja.Object) bool {
	if obj.ClassName() == "Error" {
		return true
	}
	for _, name := range [...]string{"name", "message", "stack"} {
		text, ok := obj.Get(name).(goja.String)
		if !ok || text.Length() == 0 {
			return false
		}
	}
	return true
}

// escapeDel does with the DEL character what AWS's client does.
func escapeDel(s string) string { return strings.ReplaceAll(s, "\x7f", "%7F") }

// newHandlerError makes an error of the platform's own: it has no trace.
func newHandlerError(typ, message string) *HandlerError {
	return errorObject{typ: typ, message: message, noTrace: true}.handlerError()
}

// toText is value.toString(); it may panic with what the guest's throws.
func toText(value goja.Value) string {
	if obj, ok := value.(*goja.Object); ok {
		if toString, ok := goja.AssertFunction(obj.Get("toString")); ok {
			text, err := toString(obj)
			if err != nil {
				panic(err)
			}
			return text.String()
		}
	}
	return value.String()
}

// typeOf is JavaScript's typeof.
func typeOf(value goja.Value) string {
	switch v := value.(type) {
	case goja.String:
		return "string"
	case *goja.Symbol:
		return "symbol"
	case *goja.Object:
		if _, ok := goja.AssertFunction(v); ok {
			return "function"
		}
		return "object"
	}
	if goja.IsUndefined(value) {
		return "undefined"
	}
	if goja.IsNull(value) {
		return "object"
	}
	switch value.ExportType().Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Pointer:
		return "bigint"
	}
	return "number"
}

// handlerError writes the error object as JSON.
func (e errorObject) handlerError() *HandlerError {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	member := func(name string, value any) {
		text.WriteString(name)
		_ = enc.Encode(value) // strings always encode
		text.Truncate(text.Len() - 1)
	}
	text.WriteByte('{')
	if !e.noType {
		member(`"errorType":`, e.typ)
		text.WriteByte(',')
	}
	member(`"errorMessage":`, e.message)
	if !e.noTrace {
		if e.trace == nil {
			e.trace = []string{}
		}
		member(`,"trace":`, e.trace)
	}
	text.WriteByte('}')
	return &HandlerError{Type: e.typ, Message: e.message, Payload: text.Bytes()}
}
