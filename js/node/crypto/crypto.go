// Package crypto is Node's crypto module over Go's own cryptography: hashes,
// random numbers, key derivation, ciphers, keys, signatures, key exchange, and
// the Web Crypto API. The classes are written in JavaScript, what computes in
// Go; groups that few handlers use are loaded at their first use.
//
// What may run long is bounded: key derivation runs in slices, between which
// the isolate can be interrupted; sizes of keys and costs have limits.
package crypto

import (
	_ "embed"

	"github.com/dop251/goja"

	host "github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

//go:embed crypto.js
var source string

//go:embed keys.js
var keysSource string

//go:embed webcrypto.js
var webSource string

var (
	script     = host.NewScript("node:crypto", bridge.Params, source)
	keysScript = host.NewScript("node:internal/crypto/keys", bridge.Params, keysSource)
	webScript  = host.NewScript("node:internal/crypto/webcrypto", bridge.Params, webSource)
)

// module is the crypto module of one isolate.
type module struct {
	h     host.Host
	vm    *goja.Runtime
	bytes *buffer.API
}

// Load makes the module's exports.
func Load(h host.Host) *goja.Object {
	m := &module{h: h, vm: h.VM(), bytes: buffer.Of(h)}
	n := bridge.NewNatives(m.vm)
	m.addHashes(n)
	m.addRandom(n)
	m.addDerivation(n)
	m.addCiphers(n)
	m.addLayer(n)
	m.addCommon(n)
	return bridge.Load(h, script, n.Object())
}

// LoadKeys makes "internal/crypto/keys": keys, signatures and key agreement.
func LoadKeys(h host.Host) *goja.Object {
	m := &module{h: h, vm: h.VM(), bytes: buffer.Of(h)}
	n := bridge.NewNatives(m.vm)
	m.addKeys(n)
	m.addSigning(n)
	m.addGeneration(n)
	m.addCommon(n)
	return bridge.Load(h, keysScript, n.Object())
}

// LoadWeb makes "internal/crypto/webcrypto": the Web Crypto API.
func LoadWeb(h host.Host) *goja.Object {
	m := &module{h: h, vm: h.VM(), bytes: buffer.Of(h)}
	n := bridge.NewNatives(m.vm)
	m.addCommon(n)
	return bridge.Load(h, webScript, n.Object())
}

// box holds Go state in the guest's world: it has nothing to reflect.
type box struct{ state any }

// handle wraps state for the module's JavaScript, which keeps it in private
// fields.
func (m *module) handle(state any) goja.Value { return m.vm.ToValue(&box{state}) }

// handleOf unwraps a handle. Only our own scripts pass handles, so anything else
// means that the guest has tampered with them.
func handleOf[T any](m *module, v goja.Value) T {
	if o, ok := v.(*goja.Object); ok {
		if b, ok := o.Export().(*box); ok {
			if s, ok := b.state.(T); ok {
				return s
			}
		}
	}
	panic(m.vm.NewTypeError("Illegal invocation"))
}

// addCommon defines what all groups use.
func (m *module) addCommon(n *bridge.Natives) {
	vm := m.vm
	n.Func("isBytes", func(c goja.FunctionCall) goja.Value {
		_, ok := m.bytes.Bytes(c.Argument(0))
		return vm.ToValue(ok)
	})
	n.Func("view", func(c goja.FunctionCall) goja.Value {
		b, _ := m.bytes.Bytes(c.Argument(0))
		return m.bytes.Wrap(b)
	})
	n.Func("received", func(c goja.FunctionCall) goja.Value {
		return vm.ToValue(nodeerr.Received(m.h, c.Argument(0)))
	})
	// later calls a function from the loop, which stays alive until then.
	n.Func("later", func(c goja.FunctionCall) goja.Value {
		fn, ok := goja.AssertFunction(c.Argument(0))
		if !ok {
			panic(vm.NewTypeError("not a function"))
		}
		m.h.Loop().SetImmediate(func() error {
			_, err := fn(goja.Undefined())
			return err
		})
		return goja.Undefined()
	})
}
