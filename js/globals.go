package js

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node"
)

// Symbols by which awslambda.streamifyResponse marks a handler.
const (
	streamingSymbol     = "aws.lambda.runtime.handler.streaming"
	highWaterMarkSymbol = "aws.lambda.runtime.handler.streaming.highWaterMark"
)

// globalProto stands between globalThis and Object.prototype and makes Node's
// globals when they are first asked for: a new isolate pays nothing for the
// forty that its handler never names. A global becomes an ordinary own property of
// globalThis at that moment.
type globalProto struct{ iso *Isolate }

func (iso *Isolate) installGlobals() {
	proto := iso.vm.NewDynamicObject(globalProto{iso})
	if err := iso.vm.GlobalObject().SetPrototype(proto); err != nil {
		panic(err) // a fresh global object is extensible
	}
}

// Get implements goja.DynamicObject.
func (g globalProto) Get(name string) goja.Value {
	value := g.iso.makeGlobal(name)
	if value == nil {
		return nil
	}
	err := g.iso.vm.GlobalObject().DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	if err != nil {
		return nil // the guest froze globalThis
	}
	return value
}

// Has implements goja.DynamicObject.
func (g globalProto) Has(name string) bool {
	if name == "global" || name == "awslambda" {
		return name == "global" || g.iso.hasAwslambda()
	}
	_, _, ok := node.Global(name)
	return ok
}

// Set, Delete and Keys implement goja.DynamicObject. Assigning to a global sets
// globalThis's own property, never this one.
func (g globalProto) Set(string, goja.Value) bool { return false }

// Delete implements goja.DynamicObject.
func (g globalProto) Delete(string) bool { return true }

// Keys implements goja.DynamicObject.
func (g globalProto) Keys() []string { return nil }

// makeGlobal returns the value of one of Node's globals, nil if it is none.
func (iso *Isolate) makeGlobal(name string) goja.Value {
	switch name {
	case "global":
		return iso.vm.GlobalObject()
	case "awslambda":
		if !iso.hasAwslambda() {
			return nil
		}
		return iso.newAwslambda()
	}
	mod, member, ok := node.Global(name)
	if !ok {
		return nil
	}
	exports := iso.Require(mod)
	if member == "" {
		return exports
	}
	return exports.Get(member)
}

// hasAwslambda follows Lambda's switch for the global.
func (iso *Isolate) hasAwslambda() bool {
	v := iso.env.Vars["AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA"]
	return v != "1" && v != "true"
}
