package process

import (
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

// object is the global process. What handlers read most (env, version, cwd...)
// is there from the start; the rest is a script that runs, and the methods of
// EventEmitter a module that loads, when the guest first touches one of them. A
// proxy notices that. Made at once, process would take a third of what an idle
// isolate may.
type object struct {
	h       module.Host
	vm      *goja.Runtime
	target  *goja.Object // holds the members
	base    *goja.Object // its prototype, which EventEmitter.prototype follows
	process *goja.Object // the proxy: what guests see
	loaded  bool         // the script has run
	emitter bool         // process is an EventEmitter
}

// emitterNames lead to the module events.
var emitterNames = strings.Fields(`addListener on prependListener once prependOnceListener removeListener off
	removeAllListeners listeners rawListeners listenerCount eventNames emit setMaxListeners getMaxListeners
	_events _eventsCount _maxListeners`)

func newObject(h module.Host) *object {
	vm := h.VM()
	p := &object{h: h, vm: vm, target: vm.NewObject(), base: vm.NewObject()}
	_ = p.base.DefineDataPropertySymbol(goja.SymToStringTag, vm.ToValue("process"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = p.target.SetPrototype(p.base)
	p.process = vm.ToValue(vm.NewProxy(p.target, &goja.ProxyTrapConfig{
		Get:                      p.get,
		Set:                      p.set,
		Has:                      p.has,
		OwnKeys:                  p.ownKeys,
		GetOwnPropertyDescriptor: p.descriptor,
		GetPrototypeOf:           p.prototype,
	})).(*goja.Object)
	return p
}

// load runs the script with the members that are not there from the start.
func (p *object) load() {
	if p.loaded {
		return
	}
	p.loaded = true
	bridge.Load(p.h, script, p.half())
}

// becomeEmitter puts EventEmitter.prototype behind the prototype of process.
func (p *object) becomeEmitter() {
	if p.emitter {
		return
	}
	p.emitter = true
	events := p.h.Require("events")
	if proto, ok := events.Get("prototype").(*goja.Object); ok {
		_ = p.base.SetPrototype(proto)
	}
	list := p.vm.CreateObject(nil)
	_ = p.target.Set("_events", list)
	_ = p.target.Set("_eventsCount", 0)
	_ = p.target.Set("_maxListeners", goja.Undefined())
}

// touch makes a member there, if it is one that comes late.
func (p *object) touch(name string) {
	switch {
	case slices.Contains(emitterNames, name):
		p.becomeEmitter()
	case !p.loaded && name != "then" && name != "constructor" && name != "toJSON":
		p.load()
	}
}

func (p *object) get(target *goja.Object, name string, _ goja.Value) goja.Value {
	v := target.Get(name)
	if v == nil {
		p.touch(name)
		v = target.Get(name)
	}
	if v == nil {
		return goja.Undefined()
	}
	return v
}

func (p *object) set(target *goja.Object, name string, v, _ goja.Value) bool {
	if target.Get(name) == nil {
		p.touch(name)
	}
	if err := target.Set(name, v); err != nil {
		panic(err) // what the setter threw
	}
	return true
}

func (p *object) has(target *goja.Object, name string) bool {
	if target.Get(name) == nil {
		p.touch(name)
	}
	own := bridge.Native(p.vm, "Object", "prototype", "hasOwnProperty")
	for at := target; at != nil; at = at.Prototype() {
		if own(goja.FunctionCall{This: at, Arguments: []goja.Value{p.vm.ToValue(name)}}).ToBoolean() {
			return true
		}
	}
	return false
}

func (p *object) ownKeys(target *goja.Object) *goja.Object {
	p.load()
	keys, ok := bridge.Native(p.vm, "Reflect", "ownKeys")(goja.FunctionCall{Arguments: []goja.Value{target}}).(*goja.Object)
	if !ok {
		return p.vm.NewArray()
	}
	return keys
}

func (p *object) descriptor(target *goja.Object, name string) goja.PropertyDescriptor {
	if target.Get(name) == nil {
		p.touch(name)
	}
	lookup := bridge.Native(p.vm, "Object", "getOwnPropertyDescriptor")
	d, ok := lookup(goja.FunctionCall{Arguments: []goja.Value{target, p.vm.ToValue(name)}}).(*goja.Object)
	if !ok {
		return goja.PropertyDescriptor{}
	}
	return goja.PropertyDescriptor{
		Value: d.Get("value"), Getter: d.Get("get"), Setter: d.Get("set"),
		Writable: flag(d, "writable"), Enumerable: flag(d, "enumerable"), Configurable: flag(d, "configurable"),
	}
}

func flag(d *goja.Object, name string) goja.Flag {
	v := d.Get(name)
	switch {
	case v == nil:
		return goja.FLAG_NOT_SET
	case v.ToBoolean():
		return goja.FLAG_TRUE
	}
	return goja.FLAG_FALSE
}

// prototype is asked by instanceof.
func (p *object) prototype(target *goja.Object) *goja.Object {
	p.becomeEmitter()
	return target.Prototype()
}
