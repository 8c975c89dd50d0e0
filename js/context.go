package js

import (
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// decodeContext parses the client context and the identity of a call.
func (iso *Isolate) decodeContext(call *Call) (clientContext, identity goja.Value, err error) {
	if clientContext, err = iso.decodeOptional(call.ClientContext, "ClientContext"); err != nil {
		return nil, nil, err
	}
	identity, err = iso.decodeOptional(call.Identity, "CognitoIdentity")
	return clientContext, identity, err
}

func (iso *Isolate) decodeOptional(text []byte, what string) (goja.Value, error) {
	if len(text) == 0 {
		return goja.Undefined(), nil
	}
	value, err := iso.codec.Decode(text)
	if err == nil {
		return value, nil
	}
	thrown, uncatchable := iso.thrownValue(err)
	if uncatchable != nil {
		return nil, uncatchable
	}
	return nil, iso.newError("Error", "Cannot parse "+what+" as json: "+thrown.String())
}

// newContext makes the handler's second argument. Most handlers touch few of its
// members, or none, so it is built at the first touch.
func (inv *invocation) newContext(call *Call, clientContext, identity goja.Value) goja.Value {
	arn := call.ARN
	return lazy.Object(inv.iso.vm, func() *goja.Object {
		return inv.buildContext(arn, clientContext, identity)
	})
}

// buildContext defines the members in the order that AWS's client gives them
// (node-runtime section 4).
func (inv *invocation) buildContext(arn string, clientContext, identity goja.Value) *goja.Object {
	iso := inv.iso
	vm, env := iso.vm, &iso.env
	context := vm.NewObject()
	must := func(err error) {
		if err != nil {
			panic(err) // a fresh object takes any property
		}
	}
	set := func(name string, value goja.Value) {
		must(context.DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE))
	}
	method := func(name string, fn func(goja.FunctionCall) goja.Value) { set(name, vm.ToValue(fn)) }

	must(context.DefineAccessorProperty("callbackWaitsForEmptyEventLoop",
		vm.ToValue(func(goja.FunctionCall) goja.Value {
			if inv.waits == nil {
				return vm.ToValue(true)
			}
			return inv.waits
		}),
		vm.ToValue(func(call goja.FunctionCall) goja.Value {
			inv.waits = call.Argument(0)
			return goja.Undefined()
		}), goja.FLAG_TRUE, goja.FLAG_TRUE))
	if !iso.handler.streaming && !iso.noCallbacks {
		method("succeed", func(call goja.FunctionCall) goja.Value {
			inv.done(goja.Null(), call.Argument(0))
			return goja.Undefined()
		})
		method("fail", func(call goja.FunctionCall) goja.Value {
			err := call.Argument(0)
			if goja.IsUndefined(err) || goja.IsNull(err) {
				err = vm.ToValue("handled")
			}
			inv.done(err, goja.Undefined())
			return goja.Undefined()
		})
		method("done", func(call goja.FunctionCall) goja.Value {
			inv.done(call.Argument(0), call.Argument(1))
			return goja.Undefined()
		})
	}
	set("functionVersion", vm.ToValue(env.FunctionVersion))
	set("functionName", vm.ToValue(env.FunctionName))
	set("memoryLimitInMB", vm.ToValue(iso.memory))
	set("logGroupName", vm.ToValue(env.LogGroup))
	set("logStreamName", vm.ToValue(env.LogStream))
	set("clientContext", clientContext)
	set("identity", identity)
	set("invokedFunctionArn", vm.ToValue(arn))
	set("awsRequestId", vm.ToValue(inv.requestID))
	tenant := goja.Undefined()
	if inv.tenantID != "" {
		tenant = vm.ToValue(inv.tenantID)
	}
	set("tenantId", tenant)
	method("getRemainingTimeInMillis", func(goja.FunctionCall) goja.Value {
		return vm.ToValue(time.Until(inv.deadline).Milliseconds())
	})
	return context
}
