package loader

import (
	_ "embed" // the script
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/stack"
	"github.com/lambent-run/lambent/js/module"
)

//go:embed callsite.js
var callSiteSource string

var callSiteScript = module.NewScript("node:internal/callsite", "frames", callSiteSource)

// installTraces makes what V8 adds to Error: captureStackTrace and
// stackTraceLimit. From then on traces also obey Error.stackTraceLimit and
// Error.prepareStackTrace.
func (r *Realm) installTraces() {
	class, ok := r.vm.GlobalObject().Get("Error").(*goja.Object)
	if !ok || r.errorClass != nil {
		return
	}
	r.errorClass = class
	_ = class.Set("stackTraceLimit", stack.Limit)
	capture := r.vm.ToValue(r.captureStackTrace).(*goja.Object)
	_ = capture.DefineDataProperty("name", r.vm.ToValue("captureStackTrace"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = class.DefineDataProperty("captureStackTrace", capture, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// captureStackTrace is Error.captureStackTrace(target, fn): target gets a stack
// that begins below the call of fn. The text is made when it is first read.
func (r *Realm) captureStackTrace(call goja.FunctionCall) goja.Value {
	target, ok := call.Argument(0).(*goja.Object)
	if !ok {
		panic(r.newError("TypeError", "Invalid argument"))
	}
	captured := r.vm.CaptureCallStack(maxCaptured, nil)
	frames := make([]stack.Frame, 0, len(captured))
	for i := range captured {
		f := &captured[i]
		if f.SrcName() == "<native>" && len(frames) == 0 && i == 0 {
			continue // captureStackTrace itself
		}
		p := f.Position()
		frame := stack.Frame{Func: f.FuncName(), File: p.Filename, Line: p.Line, Column: p.Column}
		if frame.Func == "<anonymous>" {
			frame.Func = ""
		}
		frames = append(frames, frame)
	}
	if fn, ok := call.Argument(1).(*goja.Object); ok {
		frames = below(frames, nilSafe(fn.Get("name")).String())
	}
	var text goja.Value
	get := r.vm.ToValue(func(goja.FunctionCall) goja.Value {
		if text == nil {
			text = r.format(target, r.headOf(target), frames)
		}
		return text
	})
	set := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		text = call.Argument(0)
		return goja.Undefined()
	})
	if err := target.DefineAccessorProperty("stack", get, set, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		panic(err)
	}
	return goja.Undefined()
}

// maxCaptured bounds the frames of one trace.
const maxCaptured = 200

// below drops the frames down to the innermost call of the function of that
// name. If there is none, all stay.
func below(frames []stack.Frame, name string) []stack.Frame {
	if name == "" {
		return frames
	}
	for i, f := range frames {
		if f.Func == name || f.Func == "new "+name {
			return frames[i+1:]
		}
	}
	return frames
}

// headOf returns the first line of a trace, as Error.prototype.toString makes
// it, or as much of it as the object allows.
func (r *Realm) headOf(o *goja.Object) string {
	part := func(name, otherwise string) string {
		v := o.Get(name)
		if v == nil || goja.IsUndefined(v) {
			return otherwise
		}
		return v.String()
	}
	name, message := part("name", "Error"), part("message", "")
	if o.ClassName() != "Error" && o.Get("name") == nil && o.Get("message") == nil {
		return o.String()
	}
	if name == "" || message == "" {
		return name + message
	}
	return name + ": " + message
}

// format makes the value of a stack property, with the guest's own
// Error.prepareStackTrace if there is one.
func (r *Realm) format(o *goja.Object, head string, frames []stack.Frame) goja.Value {
	limit := stack.Limit
	if r.errorClass != nil {
		if v := r.errorClass.Get("stackTraceLimit"); v != nil && goja.IsNumber(v) {
			limit = int(min(max(v.ToInteger(), 0), maxCaptured))
		}
		if prepare, ok := goja.AssertFunction(r.errorClass.Get("prepareStackTrace")); ok && !r.preparing {
			r.preparing = true
			defer func() { r.preparing = false }()
			v, err := prepare(r.errorClass, o, r.callSites(frames[:min(len(frames), limit)]))
			if err != nil {
				panic(err)
			}
			return v
		}
	}
	return r.vm.ToValue(stack.Format(head, frames[:min(len(frames), limit)]))
}

// callSites makes the CallSite objects of frames.
func (r *Realm) callSites(frames []stack.Frame) goja.Value {
	list := make([]any, len(frames))
	for i, f := range frames {
		name := f.Func
		construct := strings.HasPrefix(name, "new ")
		list[i] = r.vm.NewArray(strings.TrimPrefix(name, "new "), f.File, f.Line, f.Column, f.String(), construct)
	}
	return callSiteScript.Run(r.vm, r.vm.NewArray(list...))
}
