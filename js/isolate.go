package js

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/codec"
	"github.com/lambent-run/lambent/js/internal/guard"
	"github.com/lambent-run/lambent/js/internal/loader"
	"github.com/lambent-run/lambent/js/internal/loop"
	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/console"
)

// maxCallDepth is about the depth at which V8 gives up with its default stack.
const maxCallDepth = 10_000

// Isolate is one execution environment. It serves one invocation at a time; the
// caller sees to that. Interrupt alone may be called from other goroutines.
type Isolate struct {
	vm    *goja.Runtime
	loop  *loop.Loop
	codec *codec.Codec
	realm *loader.Realm
	env   Environment
	sys   module.System
	// noCallbacks says that the runtime knows no callback and no context.done.
	noCallbacks bool
	// memory is the function's memory size as context shows it.
	memory string

	builtins map[string]*goja.Object
	// guarded says that guests may meet async functions of core modules.
	guarded bool
	// listeners are the platform's own listeners on process, by event; they
	// are put there when the guest first asks for process.
	listeners map[string]goja.Value
	// awslambda is what stream.js returns, once it is loaded.
	awslambda *goja.Object
	// promiseProto is Promise.prototype, once it was needed.
	promiseProto *goja.Object
	// traceID is the value of _X_AMZN_TRACE_ID.
	traceID string

	handler handlerFunc
	// inv is the invocation that log lines belong to: the one that runs or ran
	// last; nil during init. current is the one that failures go to, nil
	// between invocations. They differ while leftovers of inv run before the
	// event of current is handled.
	inv, current *invocation
	// out is the encoder's buffer, kept from one invocation to the next.
	out []byte
	// rejected are promises rejected without a handler in this turn.
	rejected []*goja.Promise
	// fatal is what ended the isolate: an exit, an uncaught exception.
	fatal error

	interrupted atomic.Bool
	// wasm is the guest's WebAssembly, once it has asked for it.
	wasm atomic.Pointer[module.WasmStore]
}

// handlerFunc is the handler and what its declaration tells.
type handlerFunc struct {
	call goja.Callable
	// async says that it was declared async.
	async bool
	// callback says that it can see a third argument.
	callback bool
	// streaming says that awslambda.streamifyResponse marked it.
	streaming bool
	// highWaterMark is the stream's, if the handler asked for one.
	highWaterMark goja.Value
}

// callbackWarning begins as AWS's own does (node-runtime section 8.6).
const callbackWarning = "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. " +
	"Make this handler async to be ready for it, or set AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING to hide this line."

const callbackRemoved = "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. " +
	"You need to modify this function to use a supported handler signature to use Node.js 24 or later. " +
	"For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html."

// interruptReason is the value of goja's interrupt for Interrupt.
type interruptReason struct{}

// exitReason is the value of goja's interrupt for process.exit.
type exitReason struct{ code int }

// NewIsolate makes an execution environment and runs the init phase: it loads
// the handler's module, and turns the loop while top-level awaits are pending.
// The end of ctx interrupts it. Errors are *HandlerError, *ExitError or
// ErrInterrupted.
func (p *Program) NewIsolate(ctx context.Context, env Environment) (*Isolate, error) {
	iso := &Isolate{vm: goja.New(), env: env, noCallbacks: noCallbacks(p.src.Runtime)}
	iso.setUp(p)
	iso.realm = p.loader.NewRealm(iso, iso.guestBuiltin)
	stop := context.AfterFunc(ctx, iso.Interrupt)
	err := iso.contain(func() error { return iso.load(p.src.Handler) })
	if !stop() || iso.interrupted.Load() {
		return nil, ErrInterrupted
	}
	if err != nil {
		return nil, err
	}
	return iso, nil
}

// setUp prepares the goja runtime. It must stay cheap: whatever can wait until
// a guest asks for it does.
func (iso *Isolate) setUp(p *Program) {
	vm := iso.vm
	guard.Install(vm, int64(iso.env.MemorySize)<<20)
	iso.loop = loop.New(vm)
	iso.loop.Uncaught = iso.uncaught
	iso.loop.AfterTurn = iso.afterTurn
	iso.codec = codec.New(vm)
	iso.codec.Install()
	iso.memory = strconv.Itoa(iso.env.MemorySize)
	iso.sys = module.System{
		Env:         iso.env.Vars,
		Code:        p.src.Files,
		Mounts:      p.src.Layers,
		Tmp:         iso.env.Tmp,
		HTTP:        iso.env.HTTP,
		Wasm:        iso.wasmStore,
		Write:       iso.writeLog,
		Exit:        iso.exit,
		RequestID:   iso.requestID,
		TenantID:    iso.tenantID,
		LogJSON:     iso.env.LogJSON,
		LogLevel:    parseLevel(iso.env.LogLevel),
		MemoryLimit: int64(iso.env.MemorySize) << 20,
		Start:       time.Now(),
	}
	vm.SetMaxCallStackSize(maxCallDepth)
	vm.SetPromiseRejectionTracker(iso.trackRejection)
	vm.SetRandSource(rand.Float64)
	iso.installGlobals()
}

// load runs the init phase.
func (iso *Isolate) load(handler string) error {
	value, err := iso.realm.Handler(handler)
	if err == nil {
		err = iso.loop.Settle()
	}
	if promise, ok := exportPromise(value); ok && err == nil {
		value, err = iso.await(promise)
	}
	if err == nil && iso.fatal != nil {
		err = iso.fatal
	}
	if err != nil {
		return iso.initFailure(err)
	}
	return iso.setHandler(value)
}

// await turns the loop until a promise of the loader's is settled.
func (iso *Isolate) await(promise *goja.Promise) (goja.Value, error) {
	settled := func() bool { return promise.State() != goja.PromiseStatePending }
	stopped, err := iso.loop.Run(settled)
	switch {
	case err != nil:
		return nil, err
	case !stopped && !settled():
		return nil, &ExitError{Code: exitUnsettledAwait}
	case promise.State() == goja.PromiseStateRejected:
		iso.markHandled(promise)
		return nil, &thrown{promise.Result()}
	}
	return promise.Result(), nil
}

// setHandler reads from the handler's declaration what Invoke needs to know.
func (iso *Isolate) setHandler(value goja.Value) error {
	call, ok := goja.AssertFunction(value)
	if !ok {
		return errors.New("js: the handler is not a function") // the loader has checked
	}
	fn := value.(*goja.Object)
	h := handlerFunc{call: call}
	var mode goja.Value
	parameters := int64(0)
	if ex := iso.vm.Try(func() {
		parameters = fn.Get("length").ToInteger()
		h.async = isAsync(fn)
		h.callback = parameters >= 3 || seesArguments(fn)
		if len(fn.Symbols()) > 0 {
			mode = fn.GetSymbol(iso.symbolFor(streamingSymbol))
			h.highWaterMark = fn.GetSymbol(iso.symbolFor(highWaterMarkSymbol))
		}
	}); ex != nil {
		return iso.initFailure(ex)
	}
	if mode != nil && !goja.IsUndefined(mode) {
		if mode.String() != "response" {
			return newHandlerError("Runtime.MalformedStreamingHandler", "Only response streaming is supported.")
		}
		h.streaming = true
	}
	if iso.noCallbacks && !h.streaming {
		if parameters >= 3 {
			failure := iso.newErrorObject("Error", callbackRemoved)
			iso.setName(failure, "Runtime.CallbackHandlerDeprecated")
			return iso.initFailure(&thrown{failure})
		}
		h.callback = false
	}
	if parameters == 3 && !h.async && !h.streaming && iso.env.Vars["AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING"] == "" {
		iso.writeLog(2, console.Line(&iso.sys, module.Warn, callbackWarning))
	}
	iso.handler = h
	return nil
}

// isAsync reports whether a function was declared async. AWS's client asks for
// the name of its constructor.
func isAsync(fn *goja.Object) bool {
	constructor, ok := fn.Get("constructor").(*goja.Object)
	if !ok {
		return false
	}
	name := constructor.Get("name")
	return name != nil && name.String() == "AsyncFunction"
}

// seesArguments reports whether a function that declares fewer could still look
// at its third argument. The others need not pay for making one.
func seesArguments(fn *goja.Object) bool {
	text := fn.String()
	for _, way := range [...]string{"arguments", "...", "eval", "[native code]"} {
		if strings.Contains(text, way) {
			return true
		}
	}
	return false
}

// Usable reports whether the isolate may serve another invocation.
func (iso *Isolate) Usable() bool {
	return iso.fatal == nil && !iso.interrupted.Load()
}

// Interrupt makes a running Invoke or init phase return soon. It may be called
// from any goroutine; the isolate is of no use afterwards.
func (iso *Isolate) Interrupt() {
	iso.interrupted.Store(true)
	iso.vm.Interrupt(interruptReason{})
	iso.loop.Interrupt()
	if wasm := iso.wasm.Load(); wasm != nil {
		(*wasm).Interrupt()
	}
}

// Waits reports whether the isolate waits, for a timer or for work done elsewhere,
// rather than computes. It may be called from any goroutine.
func (iso *Isolate) Waits() bool { return iso.loop.Waits() }

// Close lets go of everything. It may be called once Invoke has returned.
func (iso *Isolate) Close() error {
	iso.fatal = ErrInterrupted
	if wasm := iso.wasm.Load(); wasm != nil {
		(*wasm).Close()
	}
	iso.vm, iso.realm, iso.codec, iso.builtins, iso.inv = nil, nil, nil, nil, nil
	return nil
}

var promiseType = reflect.TypeFor[*goja.Promise]()

// exportPromise returns the promise behind a value, if it is a native one.
func exportPromise(v goja.Value) (*goja.Promise, bool) {
	obj, ok := v.(*goja.Object)
	if !ok || obj.ExportType() != promiseType {
		return nil, false
	}
	p, ok := obj.Export().(*goja.Promise)
	return p, ok
}
