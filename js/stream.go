package js

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

//go:embed stream.js
var streamSource string

var streamScript = module.NewScript("node:internal/awslambda", "require", streamSource)

// responseStream is the second argument of a streaming handler: a Writable
// whose bytes go to the call's Stream, or are collected.
type responseStream struct {
	inv    *invocation
	object *goja.Object
	to     Stream // nil: collect
	bytes  []byte
	// resolved and finished must both have come: the handler's promise and the
	// end of the stream.
	resolved, finished bool
}

// awslambdaParts loads the script behind the global awslambda.
func (iso *Isolate) awslambdaParts() *goja.Object {
	if iso.awslambda == nil {
		require := iso.vm.ToValue(func(call goja.FunctionCall) goja.Value {
			return iso.Require(call.Argument(0).String())
		})
		iso.awslambda = streamScript.Run(iso.vm, require).ToObject(iso.vm)
	}
	return iso.awslambda
}

func (iso *Isolate) newAwslambda() goja.Value {
	return iso.awslambdaParts().Get("awslambda")
}

// startStreaming calls a streaming handler: handler(event, stream, context).
func (iso *Isolate) startStreaming(inv *invocation, call *Call, event, context goja.Value) error {
	s := &responseStream{inv: inv, to: call.Stream}
	if err := s.open(); err != nil {
		return inv.threw(err)
	}
	inv.stream = s
	value, err := iso.handler.call(goja.Undefined(), event, s.object, context)
	if err != nil {
		return inv.threw(err)
	}
	obj, ok := value.(*goja.Object)
	var then goja.Callable
	if ok {
		if ex := iso.vm.Try(func() { then, ok = goja.AssertFunction(obj.Get("then")) }); ex != nil {
			return inv.threw(ex)
		}
	}
	if !ok {
		inv.failWith(iso.vm.ToValue("Streaming does not support non-async handlers."))
		return nil
	}
	_, err = then(obj, iso.vm.ToValue(s.onResolved), iso.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		inv.reject(call.Argument(0))
		return goja.Undefined()
	}))
	if err != nil {
		return inv.threw(err)
	}
	return nil
}

// open makes the guest's stream object and listens for its end.
func (s *responseStream) open() error {
	iso := s.inv.iso
	vm := iso.vm
	var err error
	ex := vm.Try(func() {
		sink := vm.NewObject()
		_ = sink.Set("write", s.write)
		_ = sink.Set("setContentType", s.setContentType)
		s.object, err = vm.New(iso.awslambdaParts().Get("ResponseStream"), sink, orUndefined(iso.handler.highWaterMark))
		if err != nil {
			return
		}
		on, _ := goja.AssertFunction(s.object.Get("on"))
		if _, err = on(s.object, vm.ToValue("finish"), vm.ToValue(s.onFinish)); err != nil {
			return
		}
		_, err = on(s.object, vm.ToValue("error"), vm.ToValue(s.onError))
	})
	if ex != nil {
		return ex
	}
	return err
}

func (s *responseStream) write(call goja.FunctionCall) goja.Value {
	var chunk []byte
	if err := s.inv.iso.vm.ExportTo(call.Argument(0), &chunk); err != nil {
		panic(s.inv.iso.vm.NewTypeError("awslambda: %v", err))
	}
	if s.inv.ended() {
		return goja.Undefined()
	}
	if s.to == nil {
		s.bytes = append(s.bytes, chunk...)
	} else if len(chunk) > 0 {
		// A caller that went away does not stop the function, as on Lambda.
		_, _ = s.to.Write(chunk)
	}
	return goja.Undefined()
}

func (s *responseStream) setContentType(call goja.FunctionCall) goja.Value {
	if s.to != nil && !s.inv.ended() {
		s.to.SetContentType(call.Argument(0).String())
	}
	return goja.Undefined()
}

func (s *responseStream) onResolved(call goja.FunctionCall) goja.Value {
	if v := call.Argument(0); !goja.IsUndefined(v) {
		s.inv.iso.logStreamingReturn()
	}
	s.resolved = true
	s.settle()
	return goja.Undefined()
}

func (s *responseStream) onFinish(goja.FunctionCall) goja.Value {
	s.finished = true
	s.settle()
	return goja.Undefined()
}

func (s *responseStream) onError(call goja.FunctionCall) goja.Value {
	s.inv.reject(call.Argument(0))
	return goja.Undefined()
}

// settle ends the invocation when the handler and its stream are both done.
func (s *responseStream) settle() {
	inv := s.inv
	if s.resolved && s.finished && !inv.latched && !inv.ended() {
		inv.latched, inv.settled, inv.payload = true, true, s.bytes
	}
}

func orUndefined(v goja.Value) goja.Value {
	if v == nil {
		return goja.Undefined()
	}
	return v
}
