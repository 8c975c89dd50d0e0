package crypto

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// layer stands where stream.Transform would be among the prototypes of Hash,
// Hmac and the ciphers. Few handlers use them as streams, so the stream module is
// loaded when somebody first asks for a member that only a stream has.
type layer struct {
	load goja.Callable
	done bool
}

// streamMembers are the members that tell that an object is used as a stream.
var streamMembers = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(`on once off addListener prependListener prependOnceListener removeListener removeAllListeners emit listenerCount listeners eventNames setMaxListeners pipe
		unpipe write end read push unshift resume pause isPaused setEncoding setDefaultEncoding destroy destroyed cork uncork wrap iterator readable writable readableEnded
		writableEnded writableFinished readableFlowing writableLength readableLength readableObjectMode writableObjectMode closed errored _readableState _writableState _events _read _write`) {
		set[name] = true
	}
	return set
}()

// Get implements goja.DynamicObject. Loading replaces the layer itself, so the
// member is found without it the next time; now it is what load returns.
func (l *layer) Get(key string) goja.Value {
	if l.done || !streamMembers[key] {
		return nil
	}
	l.done = true
	return memberOf(bridge.Call(l.load, goja.Undefined()), key)
}

// Set implements goja.DynamicObject.
func (l *layer) Set(string, goja.Value) bool { return false }

// Has implements goja.DynamicObject.
func (l *layer) Has(key string) bool { return !l.done && streamMembers[key] }

// Delete implements goja.DynamicObject.
func (l *layer) Delete(string) bool { return false }

// Keys implements goja.DynamicObject.
func (l *layer) Keys() []string { return nil }

// addLayer defines streamable(prototype, load): load makes a stream class of the
// prototype's class and returns the prototype.
func (m *module) addLayer(n *bridge.Natives) {
	n.Func("streamable", func(c goja.FunctionCall) goja.Value {
		prototype, ok := c.Argument(0).(*goja.Object)
		load, callable := goja.AssertFunction(c.Argument(1))
		if !ok || !callable {
			panic(m.vm.NewTypeError("Illegal invocation"))
		}
		under := m.vm.NewDynamicObject(&layer{load: load})
		if err := prototype.SetPrototype(under); err != nil {
			panic(m.vm.NewTypeError("Illegal invocation"))
		}
		return goja.Undefined()
	})
}

func memberOf(v goja.Value, key string) goja.Value {
	if o, ok := v.(*goja.Object); ok {
		return o.Get(key)
	}
	return nil
}
