package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"runtime"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// maxModulus is the largest RSA key, in bits: larger ones take minutes to make
// and seconds to use, during which nothing can interrupt them.
const maxModulus = 8192

// maxGenerated is the largest RSA key that is made here.
const maxGenerated = 4096

// generating lets as many RSA keys be made at once as leaves processors to
// those who serve requests.
var generating = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))

// generate makes a key pair.
func generate(algorithm, curve string, bits int) (*key, error) {
	switch algorithm {
	case "rsa", "rsa-pss":
		if bits < 512 || bits > maxGenerated {
			return nil, errUnsupportedKey
		}
		generating <- struct{}{}
		defer func() { <-generating }()
		p, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			return nil, err
		}
		return privateKey(p)
	case "ec":
		c := curves[curve]
		if c == nil {
			return nil, errUnsupportedKey
		}
		p, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			return nil, err
		}
		return privateKey(p)
	case "ed25519":
		_, p, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return privateKey(p)
	case "x25519":
		p, err := ecdh.X25519().GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return privateKey(p)
	}
	return nil, errUnsupportedKey
}

// pairJob is a key pair that is being made on another goroutine. Our JavaScript
// asks for it now and then, so that a guest that waits can be interrupted.
type pairJob struct {
	done chan struct{}
	key  *key
	err  error
}

// patience is how long one question for a pair waits.
const patience = time.Millisecond

// waitBriefly waits for done, but not for long, and reports whether it came. What
// is done already counts however late the timer is looked at.
func waitBriefly(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// addGeneration defines the native half of generateKeyPair and of key agreement.
func (m *module) addGeneration(n *bridge.Natives) {
	vm := m.vm
	// startPair begins: (algorithm, curve, bits).
	n.Func("startPair", func(c goja.FunctionCall) goja.Value {
		algorithm, curve, bits := c.Argument(0).String(), c.Argument(1).String(), int(c.Argument(2).ToInteger())
		j := &pairJob{done: make(chan struct{})}
		go func() {
			defer close(j.done)
			j.key, j.err = generate(algorithm, curve, bits)
		}()
		return m.handle(j)
	})
	// pair waits a moment for the pair: undefined means not yet.
	n.Func("pair", func(c goja.FunctionCall) goja.Value {
		j := handleOf[*pairJob](m, c.Argument(0))
		if !waitBriefly(j.done) {
			return goja.Undefined()
		}
		if j.err != nil {
			nodeerr.Throw(vm, "Error", "ERR_CRYPTO_OPERATION_FAILED", "Key generation failed: unsupported type, curve or size")
		}
		return vm.NewArray(m.handle(j.key.toPublic()), m.handle(j.key))
	})
	// whenPair calls back when the pair is there.
	n.Func("whenPair", func(c goja.FunctionCall) goja.Value {
		j := handleOf[*pairJob](m, c.Argument(0))
		fn, ok := goja.AssertFunction(c.Argument(1))
		if !ok {
			panic(vm.NewTypeError("not a function"))
		}
		pending := m.h.Loop().Pending()
		go func() {
			<-j.done
			pending(func() error {
				_, err := fn(goja.Undefined())
				return err
			})
		}()
		return goja.Undefined()
	})
	n.Func("agree", func(c goja.FunctionCall) goja.Value {
		out, err := agree(handleOf[*key](m, c.Argument(0)), handleOf[*key](m, c.Argument(1)))
		if err != nil {
			nodeerr.Throw(vm, "Error", "ERR_CRYPTO_INCOMPATIBLE_KEY", "Incompatible key types for Diffie-Hellman")
		}
		return m.bytes.Wrap(out)
	})
	n.Func("ecdh", m.ecdh)
	n.Func("point", m.point)
}

var errIncompatible = errors.New("crypto: keys of different kinds")

// agree is the Diffie-Hellman agreement of a private and a public key.
func agree(private, public *key) ([]byte, error) {
	if p, ok := private.private.(*ecdh.PrivateKey); ok {
		if q, ok := public.public.(*ecdh.PublicKey); ok && p.Curve() == q.Curve() {
			return p.ECDH(q)
		}
	}
	p, ok1 := private.private.(*ecdsa.PrivateKey)
	q, ok2 := public.public.(*ecdsa.PublicKey)
	if !ok1 || !ok2 || p.Curve != q.Curve {
		return nil, errIncompatible
	}
	a, err := p.ECDH()
	if err != nil {
		return nil, err
	}
	b, err := q.ECDH()
	if err != nil {
		return nil, err
	}
	return a.ECDH(b)
}

func (m *module) curve(name string) ecdh.Curve {
	switch curves[name] {
	case elliptic.P256():
		return ecdh.P256()
	case elliptic.P384():
		return ecdh.P384()
	case elliptic.P521():
		return ecdh.P521()
	}
	nodeerr.Throw(m.vm, "TypeError", "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name")
	return nil
}

// ecdh makes or takes a private key: (curve, bytes or undefined). It returns the
// private and the public bytes.
func (m *module) ecdh(c goja.FunctionCall) goja.Value {
	curve := m.curve(c.Argument(0).String())
	var p *ecdh.PrivateKey
	var err error
	if v := c.Argument(1); goja.IsUndefined(v) {
		p, err = curve.GenerateKey(rand.Reader)
	} else {
		p, err = curve.NewPrivateKey(padded(m.copyOf(v), (curves[c.Argument(0).String()].Params().BitSize+7)/8))
	}
	if err != nil {
		nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_INVALID_KEYPAIR", "Private key is not valid for specified curve.")
	}
	return m.vm.NewArray(m.bytes.Wrap(p.Bytes()), m.bytes.Wrap(p.PublicKey().Bytes()))
}

// point agrees on a secret with the bytes of a public key: (curve, private,
// public).
func (m *module) point(c goja.FunctionCall) goja.Value {
	curve := m.curve(c.Argument(0).String())
	name := curves[c.Argument(0).String()]
	raw := m.copyOf(c.Argument(2))
	if len(raw) > 0 && (raw[0] == 2 || raw[0] == 3) {
		if x, y := elliptic.UnmarshalCompressed(name, raw); x != nil {
			raw = elliptic.Marshal(name, x, y) //nolint:staticcheck // the other form of the same point
		}
	}
	q, err := curve.NewPublicKey(raw)
	if err != nil {
		nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY", "Public key is not valid for specified curve")
	}
	p, err := curve.NewPrivateKey(m.copyOf(c.Argument(1)))
	if err != nil {
		nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_INVALID_KEYPAIR", "Private key is not valid for specified curve.")
	}
	secret, err := p.ECDH(q)
	if err != nil {
		nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY", "Public key is not valid for specified curve")
	}
	return m.bytes.Wrap(secret)
}
