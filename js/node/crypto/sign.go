package crypto

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"math/big"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// Paddings of RSA, as OpenSSL numbers them.
const (
	paddingPKCS1 = 1
	paddingNone  = 3
	paddingOAEP  = 4
	paddingPSS   = 6
)

// signing is how a signature is made: the digest (nil for Ed25519), and for RSA
// the padding and the length of the salt, for EC the encoding.
type signing struct {
	digest  *digest
	padding int
	salt    int
	p1363   bool
}

// sign signs data.
func (k *key) sign(data []byte, s signing) ([]byte, error) {
	if p, ok := k.private.(ed25519.PrivateKey); ok {
		return ed25519.Sign(p, data), nil
	}
	sum, id, err := s.sum(data)
	if err != nil {
		return nil, err
	}
	switch p := k.private.(type) {
	case *rsa.PrivateKey:
		if s.padding == paddingPSS {
			return rsa.SignPSS(rand.Reader, p, id, sum, &rsa.PSSOptions{SaltLength: s.pssSalt(p.Size()), Hash: id})
		}
		return rsa.SignPKCS1v15(rand.Reader, p, id, sum)
	case *ecdsa.PrivateKey:
		der, err := ecdsa.SignASN1(rand.Reader, p, sum)
		if err != nil || !s.p1363 {
			return der, err
		}
		return toP1363(der, (p.Curve.Params().BitSize+7)/8)
	}
	return nil, errUnsupportedKey
}

// verify checks a signature.
func (k *key) verify(data, signature []byte, s signing) (bool, error) {
	if p, ok := k.public.(ed25519.PublicKey); ok {
		return ed25519.Verify(p, data, signature), nil
	}
	sum, id, err := s.sum(data)
	if err != nil {
		return false, err
	}
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		if s.padding == paddingPSS {
			salt := s.pssSalt(p.Size())
			if s.salt == -2 {
				salt = rsa.PSSSaltLengthAuto
			}
			return rsa.VerifyPSS(p, id, sum, signature, &rsa.PSSOptions{SaltLength: salt, Hash: id}) == nil, nil
		}
		return rsa.VerifyPKCS1v15(p, id, sum, signature) == nil, nil
	case *ecdsa.PublicKey:
		if s.p1363 {
			der, err := fromP1363(signature)
			if err != nil {
				return false, nil
			}
			signature = der
		}
		return ecdsa.VerifyASN1(p, sum, signature), nil
	}
	return false, errUnsupportedKey
}

func (s signing) sum(data []byte) ([]byte, crypto.Hash, error) {
	d := s.digest
	if d == nil {
		d = digestNamed("sha256")
	}
	if d.id == 0 {
		return nil, 0, errUnsupportedKey
	}
	h := d.make()
	_, _ = h.Write(data)
	return h.Sum(nil), d.id, nil
}

// pssSalt converts the salt lengths of OpenSSL: -1 is that of the digest, -2 the
// longest when signing.
func (s signing) pssSalt(size int) int {
	switch s.salt {
	case -1:
		return rsa.PSSSaltLengthEqualsHash
	case -2:
		return rsa.PSSSaltLengthAuto
	}
	return s.salt
}

type ecSignature struct{ R, S *big.Int }

func toP1363(der []byte, size int) ([]byte, error) {
	var sig ecSignature
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, err
	}
	return append(sig.R.FillBytes(make([]byte, size)), sig.S.FillBytes(make([]byte, size))...), nil
}

func fromP1363(b []byte) ([]byte, error) {
	if len(b) == 0 || len(b)%2 != 0 {
		return nil, errUnsupportedKey
	}
	half := len(b) / 2
	return asn1.Marshal(ecSignature{new(big.Int).SetBytes(b[:half]), new(big.Int).SetBytes(b[half:])})
}

// addSigning defines the native half of signatures and of RSA encryption.
func (m *module) addSigning(n *bridge.Natives) {
	vm := m.vm
	// sign: (key, digest or undefined, data, padding, salt, p1363).
	n.Func("sign", func(c goja.FunctionCall) goja.Value {
		k := handleOf[*key](m, c.Argument(0))
		if k.private == nil {
			panic(nodeerr.InvalidArgType(m.h, "key", "a private key", c.Argument(0)))
		}
		out, err := k.sign(m.copyOf(c.Argument(2)), m.signing(c.Arguments[1:2], c.Arguments[3:]))
		m.signError(err)
		return m.bytes.Wrap(out)
	})
	// verify: (key, digest or undefined, data, signature, padding, salt, p1363).
	n.Func("verify", func(c goja.FunctionCall) goja.Value {
		ok, err := handleOf[*key](m, c.Argument(0)).verify(m.copyOf(c.Argument(2)), m.copyOf(c.Argument(3)), m.signing(c.Arguments[1:2], c.Arguments[4:]))
		m.signError(err)
		return vm.ToValue(ok)
	})
	// rsa: (key, whether to encrypt, data, padding, digest of OAEP, label).
	n.Func("rsa", m.rsaCrypt)
}

func (m *module) signing(first, rest []goja.Value) signing {
	s := signing{padding: int(rest[0].ToInteger()), salt: int(rest[1].ToInteger()), p1363: rest[2].ToBoolean()}
	if v := first[0]; goja.IsString(v) {
		if s.digest = digestNamed(v.String()); s.digest == nil {
			nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", v.String())
		}
	}
	return s
}

func (m *module) signError(err error) {
	switch {
	case err == nil:
	case errors.Is(err, errUnsupportedKey):
		m.openssl("03000096", "digital envelope routines", "operation not supported for this keytype", "ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE")
	default:
		m.openssl("1C8000A5", "Provider routines", "invalid digest length", "ERR_OSSL_INVALID_DIGEST_LENGTH")
	}
}

func (m *module) rsaCrypt(c goja.FunctionCall) goja.Value {
	k := handleOf[*key](m, c.Argument(0))
	data, padding := m.copyOf(c.Argument(2)), int(c.Argument(3).ToInteger())
	d := m.validDigest(c.Argument(4).String())
	var label []byte
	if v := c.Argument(5); !goja.IsUndefined(v) {
		label = m.copyOf(v)
	}
	var out []byte
	err := errUnsupportedKey
	private, _ := k.private.(*rsa.PrivateKey)
	public, isRSA := k.public.(*rsa.PublicKey)
	switch encrypt := c.Argument(1).String(); {
	case !isRSA:
	case encrypt == "publicEncrypt" && padding == paddingOAEP:
		out, err = rsa.EncryptOAEP(d.make(), rand.Reader, public, data, label)
	case encrypt == "publicEncrypt" && padding == paddingPKCS1:
		out, err = rsa.EncryptPKCS1v15(rand.Reader, public, data) //nolint:staticcheck // guests ask for it
	case encrypt == "privateDecrypt" && private != nil && padding == paddingOAEP:
		out, err = rsa.DecryptOAEP(d.make(), nil, private, data, label)
	case encrypt == "privateDecrypt" && private != nil && padding == paddingPKCS1:
		out, err = rsa.DecryptPKCS1v15(nil, private, data) //nolint:staticcheck // guests ask for it
	case encrypt == "privateEncrypt" && private != nil && padding == paddingPKCS1:
		out, err = rsa.SignPKCS1v15(nil, private, 0, data)
	case encrypt == "publicDecrypt" && padding == paddingPKCS1:
		out, err = recoverPKCS1(public, data)
	}
	if err != nil {
		m.openssl("02000079", "rsa routines", "oaep decoding error", "ERR_OSSL_RSA_OAEP_DECODING_ERROR")
	}
	return m.bytes.Wrap(out)
}

// recoverPKCS1 undoes a signature without a digest: block type 1 of PKCS #1.
func recoverPKCS1(p *rsa.PublicKey, sig []byte) ([]byte, error) {
	if len(sig) != p.Size() {
		return nil, errUnsupportedKey
	}
	em := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(p.E)), p.N).FillBytes(make([]byte, p.Size()))
	if em[0] != 0 || em[1] != 1 {
		return nil, errUnsupportedKey
	}
	for i := 2; i < len(em); i++ {
		switch em[i] {
		case 0xFF:
		case 0:
			if i < 10 {
				return nil, errUnsupportedKey
			}
			return em[i+1:], nil
		default:
			return nil, errUnsupportedKey
		}
	}
	return nil, errUnsupportedKey
}
