// Package plaingoja runs handlers in goja as it comes: a goja.Runtime per
// isolate, JSON.parse and JSON.stringify for event and answer, and as much of
// Node.js as the measured handlers need (exports and setTimeout). It is the
// rival that shows what package js adds.
package plaingoja

import (
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"
)

// Program is a compiled handler, safe for concurrent use.
type Program struct{ code *goja.Program }

// Compile prepares the CommonJS module source, which exports "handler".
func Compile(name, source string) (*Program, error) {
	code, err := goja.Compile(name, "(function (exports, module) {"+source+"\n})", false)
	if err != nil {
		return nil, fmt.Errorf("plaingoja: %w", err)
	}
	return &Program{code: code}, nil
}

// Isolate is one JavaScript world with the module loaded. It belongs to one
// goroutine at a time.
type Isolate struct {
	vm               *goja.Runtime
	handler          goja.Callable
	parse, stringify goja.Callable
	timers           chan goja.Callable // those that have fired
	pending          int                // those that have not been run
}

// NewIsolate runs the module's code in a new goja.Runtime.
func (p *Program) NewIsolate() (*Isolate, error) {
	iso := &Isolate{vm: goja.New(), timers: make(chan goja.Callable, 16)}
	if err := iso.vm.Set("setTimeout", iso.setTimeout); err != nil {
		return nil, fmt.Errorf("plaingoja: %w", err)
	}
	json := iso.vm.Get("JSON").ToObject(iso.vm)
	iso.parse, _ = goja.AssertFunction(json.Get("parse"))
	iso.stringify, _ = goja.AssertFunction(json.Get("stringify"))
	wrapper, err := iso.vm.RunProgram(p.code)
	if err != nil {
		return nil, fmt.Errorf("plaingoja: %w", err)
	}
	load, _ := goja.AssertFunction(wrapper)
	module, exports := iso.vm.NewObject(), iso.vm.NewObject()
	if err := module.Set("exports", exports); err != nil {
		return nil, fmt.Errorf("plaingoja: %w", err)
	}
	if _, err := load(goja.Undefined(), exports, module); err != nil {
		return nil, fmt.Errorf("plaingoja: load: %w", err)
	}
	handler, ok := goja.AssertFunction(module.Get("exports").ToObject(iso.vm).Get("handler"))
	if !ok {
		return nil, errors.New("plaingoja: the module exports no function named handler")
	}
	iso.handler = handler
	return iso, nil
}

// setTimeout queues its callback on the isolate's channel, which Invoke empties.
func (iso *Isolate) setTimeout(call goja.FunctionCall) goja.Value {
	callback, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		panic(iso.vm.NewTypeError("setTimeout wants a function"))
	}
	iso.pending++
	time.AfterFunc(time.Duration(call.Argument(1).ToInteger())*time.Millisecond, func() { iso.timers <- callback })
	return goja.Undefined()
}

// Invoke calls the handler with the event, waits for its promise and returns
// the answer as JSON.
func (iso *Isolate) Invoke(event []byte) ([]byte, error) {
	value, err := iso.parse(goja.Undefined(), iso.vm.ToValue(string(event)))
	if err != nil {
		return nil, fmt.Errorf("plaingoja: event: %w", err)
	}
	result, err := iso.handler(goja.Undefined(), value, iso.vm.NewObject())
	if err != nil {
		return nil, fmt.Errorf("plaingoja: handler: %w", err)
	}
	if promise, ok := result.Export().(*goja.Promise); ok {
		if result, err = iso.await(promise); err != nil {
			return nil, err
		}
	}
	text, err := iso.stringify(goja.Undefined(), result)
	if err != nil {
		return nil, fmt.Errorf("plaingoja: answer: %w", err)
	}
	return []byte(text.String()), nil
}

// await runs timers until the promise is settled.
func (iso *Isolate) await(promise *goja.Promise) (goja.Value, error) {
	for promise.State() == goja.PromiseStatePending {
		if iso.pending == 0 {
			return nil, errors.New("plaingoja: the promise never settles")
		}
		callback := <-iso.timers
		iso.pending--
		if _, err := callback(goja.Undefined()); err != nil {
			return nil, fmt.Errorf("plaingoja: timer: %w", err)
		}
	}
	if promise.State() == goja.PromiseStateRejected {
		return nil, fmt.Errorf("plaingoja: handler rejected: %s", promise.Result())
	}
	return promise.Result(), nil
}

// Pool lends isolates of one Program. It is safe for concurrent use and makes
// as many as there are calls at a time.
type Pool struct {
	program *Program
	idle    chan *Isolate
}

// NewPool returns an empty pool that keeps up to size isolates.
func NewPool(program *Program, size int) *Pool {
	return &Pool{program: program, idle: make(chan *Isolate, size)}
}

// Invoke runs the handler in an idle isolate, or a new one if there is none.
func (p *Pool) Invoke(event []byte) ([]byte, error) {
	var iso *Isolate
	select {
	case iso = <-p.idle:
	default:
		var err error
		if iso, err = p.program.NewIsolate(); err != nil {
			return nil, err
		}
	}
	answer, err := iso.Invoke(event)
	if err != nil {
		return nil, err // the isolate may have timers left: let it go
	}
	select {
	case p.idle <- iso:
	default:
	}
	return answer, nil
}
