package crypto

import (
	"crypto/hmac"
	"errors"
	"hash"
	"reflect"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// hasher is the state behind a Hash or Hmac object.
type hasher struct {
	digest *digest
	hash   hash.Hash
	done   bool
}

var errNoClone = errors.New("crypto: the state of this hash function cannot be copied")

// clone copies the state of a hash function.
func clone(h hash.Hash) (hash.Hash, error) {
	if c, ok := h.(hash.Cloner); ok {
		return c.Clone()
	}
	// The others keep their whole state in one struct, without pointers.
	from := reflect.ValueOf(h)
	if from.Kind() != reflect.Pointer || from.Elem().Kind() != reflect.Struct {
		return nil, errNoClone
	}
	to := reflect.New(from.Elem().Type())
	to.Elem().Set(from.Elem())
	c, ok := to.Interface().(hash.Hash)
	if !ok {
		return nil, errNoClone
	}
	return c, nil
}

// addHashes defines the native half of Hash and Hmac.
func (m *module) addHashes(n *bridge.Natives) {
	vm := m.vm
	n.Func("hash", m.newHash)
	n.Func("hmac", m.newHmac)
	n.Func("update", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*hasher](m, c.Argument(0))
		if s.done {
			m.finalized()
		}
		_, _ = s.hash.Write(m.text("data", c.Argument(1), c.Argument(2)))
		return goja.Undefined()
	})
	n.Func("digest", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*hasher](m, c.Argument(0))
		if s.done {
			if c.Argument(2).ToBoolean() { // an Hmac is empty then
				return m.output(nil, c.Argument(1))
			}
			m.finalized()
		}
		s.done = true
		return m.output(s.hash.Sum(nil), c.Argument(1))
	})
	n.Func("copy", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*hasher](m, c.Argument(0))
		if s.done {
			m.finalized()
		}
		h, err := clone(s.hash)
		if err != nil {
			panic(nodeerr.Plain(vm, "Error", "Digest copy error"))
		}
		return m.handle(&hasher{digest: s.digest, hash: h})
	})
	n.Func("oneShot", func(c goja.FunctionCall) goja.Value {
		d := m.digestOr(c.Argument(0).String())
		h := d.make()
		_, _ = h.Write(m.text("input", c.Argument(1), goja.Undefined()))
		return m.output(h.Sum(nil), c.Argument(2))
	})
	n.Func("hashNames", func(goja.FunctionCall) goja.Value { return vm.ToValue(hashNames) })
}

func (m *module) finalized() {
	nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_HASH_FINALIZED", "Digest already called")
}

// digestOr finds the digest of createHash or throws.
func (m *module) digestOr(name string) *digest {
	d := digestNamed(name)
	if d == nil {
		panic(nodeerr.Plain(m.vm, "Error", "Digest method not supported"))
	}
	return d
}

// validDigest finds the digest of an HMAC or a key derivation or throws.
func (m *module) validDigest(name string) *digest {
	d := digestNamed(name)
	if d == nil || d.xof != nil {
		nodeerr.Throw(m.vm, "TypeError", "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", name)
	}
	return d
}

// maxOutput bounds the output of SHAKE.
const maxOutput = 1 << 24

func (m *module) newHash(c goja.FunctionCall) goja.Value {
	d := m.digestOr(c.Argument(0).String())
	h := d.make()
	if size := c.Argument(1); !goja.IsUndefined(size) {
		switch n := size.ToFloat(); {
		case d.xof != nil && n <= maxOutput:
			h = d.xof(int(n))
		case int(n) != h.Size():
			e := nodeerr.New(m.vm, "Error", "ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH",
				"error:030000B2:digital envelope routines::not XOF or invalid length")
			_ = e.Set("library", "digital envelope routines")
			_ = e.Set("reason", "not XOF or invalid length")
			panic(e)
		}
	}
	return m.handle(&hasher{digest: d, hash: h})
}

func (m *module) newHmac(c goja.FunctionCall) goja.Value {
	d := m.validDigest(c.Argument(0).String())
	key, ok := m.bytes.Bytes(c.Argument(1))
	if !ok {
		key = []byte(c.Argument(1).String())
	}
	return m.handle(&hasher{digest: d, hash: hmac.New(d.make, key)})
}

// text is buffer.API.Data with crypto's leniency: unknown encodings are UTF-8.
func (m *module) text(name string, v, encoding goja.Value) []byte {
	if goja.IsString(v) {
		return lenient(encoding).AppendText(nil, v)
	}
	return m.bytes.Data(name, v, nil)
}

func lenient(encoding goja.Value) buffer.Encoding {
	if goja.IsString(encoding) {
		if e, ok := buffer.ParseEncoding(encoding.String()); ok {
			return e
		}
	}
	return buffer.UTF8
}

// output returns b as text if encoding names one, else as a Buffer.
func (m *module) output(b []byte, encoding goja.Value) goja.Value {
	if goja.IsString(encoding) {
		if e, ok := buffer.ParseEncoding(encoding.String()); ok {
			return m.bytes.Text(e, b)
		}
	}
	return m.bytes.Wrap(b)
}
