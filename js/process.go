package js

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/console"
	"github.com/lambent-run/lambent/js/node/process"
)

// traceVariable is where Lambda puts the X-Ray header of each invocation.
const traceVariable = "_X_AMZN_TRACE_ID"

// adoptProcess puts the platform's own listeners on a new process object: the
// client of AWS has its own there first, which a guest can see and remove.
func (iso *Isolate) adoptProcess(process *goja.Object) {
	iso.listeners = make(map[string]goja.Value)
	on, ok := goja.AssertFunction(process.Get("on"))
	if !ok {
		return
	}
	for _, event := range [...]string{"uncaughtException", "unhandledRejection"} {
		listener := iso.vm.ToValue(func(goja.FunctionCall) goja.Value { return goja.Undefined() })
		if _, err := on(process, iso.vm.ToValue(event), listener); err == nil {
			iso.listeners[event] = listener
		}
	}
	if iso.current != nil {
		iso.exportTraceID()
	}
}

// setTraceID notes the X-Ray header of the invocation that begins.
func (iso *Isolate) setTraceID(id string) {
	iso.traceID = id
	if iso.builtins["process"] != nil {
		iso.exportTraceID()
	}
}

// exportTraceID sets the environment variable. Lambda gives each invocation a
// trace, also those whose caller has none; ours get one when somebody can see it.
func (iso *Isolate) exportTraceID() {
	if iso.traceID == "" {
		now := uint32(time.Now().Unix()) // eight hexadecimal digits, as X-Ray has it
		iso.traceID = fmt.Sprintf("Root=1-%08x-%08x%016x;Parent=%016x;Sampled=0",
			now, rand.Uint32(), rand.Uint64(), rand.Uint64())
	}
	process.SetEnv(iso.builtins["process"], traceVariable, iso.traceID)
}

// beforeExit tells the guest's listeners that the loop is empty and reports
// whether they brought new work.
func (iso *Isolate) beforeExit() bool {
	process, ok := iso.builtins["process"]
	if !ok {
		return false
	}
	err := iso.loop.Turn(func() error {
		emit, ok := goja.AssertFunction(process.Get("emit"))
		if !ok {
			return nil
		}
		_, err := emit(process, iso.vm.ToValue("beforeExit"), iso.vm.ToValue(0))
		return err
	})
	return err != nil || !iso.loop.Empty()
}

// logStreamingReturn warns as AWS's client does.
func (iso *Isolate) logStreamingReturn() {
	iso.writeLog(1, console.Line(&iso.sys, module.Warn, "Streaming handlers ignore return values."))
}

// symbolFor returns a symbol of the global symbol registry.
func (iso *Isolate) symbolFor(key string) *goja.Symbol {
	symbols := iso.vm.GlobalObject().Get("Symbol").ToObject(iso.vm)
	get, ok := goja.AssertFunction(symbols.Get("for"))
	if !ok {
		return goja.NewSymbol(key)
	}
	value, err := get(symbols, iso.vm.ToValue(key))
	if err != nil {
		return goja.NewSymbol(key)
	}
	symbol, ok := value.(*goja.Symbol)
	if !ok {
		return goja.NewSymbol(key)
	}
	return symbol
}
