package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// key is the state behind a KeyObject: a secret, or one half of a pair.
type key struct {
	secret  []byte
	private any // *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, *ecdh.PrivateKey
	public  any // the public half, also of a private key
}

// kind is the type of a KeyObject.
func (k *key) kind() string {
	switch {
	case k.private != nil:
		return "private"
	case k.public != nil:
		return "public"
	}
	return "secret"
}

// algorithm is the asymmetricKeyType of a KeyObject.
func (k *key) algorithm() string {
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		return "rsa"
	case *ecdsa.PublicKey:
		return "ec"
	case ed25519.PublicKey:
		return "ed25519"
	case *ecdh.PublicKey:
		if p.Curve() == ecdh.X25519() {
			return "x25519"
		}
		return "ec"
	}
	return ""
}

var (
	errUnsupportedKey = errors.New("crypto: unsupported key")
	errPassphrase     = errors.New("crypto: a passphrase is needed")
	errDecryptKey     = errors.New("crypto: the passphrase is wrong")
)

// privateKey wraps a private key of Go's packages.
func privateKey(p any) (*key, error) {
	switch p := p.(type) {
	case *rsa.PrivateKey:
		return &key{private: p, public: &p.PublicKey}, nil
	case *ecdsa.PrivateKey:
		return &key{private: p, public: &p.PublicKey}, nil
	case ed25519.PrivateKey:
		return &key{private: p, public: p.Public()}, nil
	case *ecdh.PrivateKey:
		return &key{private: p, public: p.PublicKey()}, nil
	}
	return nil, errUnsupportedKey
}

func publicKey(p any) (*key, error) {
	switch p.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey, *ecdh.PublicKey:
		return &key{public: p}, nil
	}
	return nil, errUnsupportedKey
}

// toPublic is the public half of a key.
func (k *key) toPublic() *key { return &key{public: k.public} }

// parsePEM reads any PEM block that holds a key or a certificate.
func parsePEM(text, passphrase []byte) (*key, error) {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil, errUnsupportedKey
		}
		der := block.Bytes
		if block.Headers["DEK-Info"] != "" {
			if passphrase == nil {
				return nil, errPassphrase
			}
			plain, err := x509.DecryptPEMBlock(block, passphrase) //nolint:staticcheck // guests have such keys
			if err != nil {
				return nil, errDecryptKey
			}
			der = plain
		}
		switch block.Type {
		case "EC PARAMETERS":
			text = rest
			continue
		case "PRIVATE KEY":
			return parseDER(der, "pkcs8", false, nil)
		case "ENCRYPTED PRIVATE KEY":
			if passphrase == nil {
				return nil, errPassphrase
			}
			return parseDER(der, "pkcs8", false, passphrase)
		case "RSA PRIVATE KEY":
			return parseDER(der, "pkcs1", false, nil)
		case "EC PRIVATE KEY":
			return parseDER(der, "sec1", false, nil)
		case "PUBLIC KEY":
			return parseDER(der, "spki", true, nil)
		case "RSA PUBLIC KEY":
			return parseDER(der, "pkcs1", true, nil)
		case "CERTIFICATE":
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, err
			}
			return publicKey(cert.PublicKey)
		}
		return nil, errUnsupportedKey
	}
}

// parseDER reads a key in one of the formats.
func parseDER(der []byte, format string, public bool, passphrase []byte) (*key, error) {
	var p any
	var err error
	switch {
	case format == "pkcs1" && public:
		p, err = x509.ParsePKCS1PublicKey(der)
	case format == "spki" || public:
		p, err = x509.ParsePKIXPublicKey(der)
	case format == "pkcs1":
		p, err = x509.ParsePKCS1PrivateKey(der)
	case format == "sec1":
		p, err = x509.ParseECPrivateKey(der)
	default:
		if passphrase != nil {
			if der, err = decryptPKCS8(der, passphrase); err != nil {
				return nil, err
			}
		}
		p, err = x509.ParsePKCS8PrivateKey(der)
	}
	if err != nil {
		return nil, err
	}
	if public || format == "spki" {
		return publicKey(p)
	}
	return privateKey(p)
}

// marshal writes a key in one of the formats. label is the name of its PEM block.
func (k *key) marshal(format string) (der []byte, label string, err error) {
	switch p := k.private.(type) {
	case nil:
		if format == "pkcs1" {
			pub, ok := k.public.(*rsa.PublicKey)
			if !ok {
				return nil, "", errUnsupportedKey
			}
			return x509.MarshalPKCS1PublicKey(pub), "RSA PUBLIC KEY", nil
		}
		der, err = x509.MarshalPKIXPublicKey(k.public)
		return der, "PUBLIC KEY", err
	case *rsa.PrivateKey:
		if format == "pkcs1" {
			return x509.MarshalPKCS1PrivateKey(p), "RSA PRIVATE KEY", nil
		}
	case *ecdsa.PrivateKey:
		if format == "sec1" {
			der, err = x509.MarshalECPrivateKey(p)
			return der, "EC PRIVATE KEY", err
		}
	}
	if format != "pkcs8" {
		return nil, "", errUnsupportedKey
	}
	der, err = x509.MarshalPKCS8PrivateKey(k.private)
	return der, "PRIVATE KEY", err
}

// curves are the named curves, by all of their names.
var curves = map[string]elliptic.Curve{
	"P-256": elliptic.P256(), "prime256v1": elliptic.P256(), "secp256r1": elliptic.P256(),
	"P-384": elliptic.P384(), "secp384r1": elliptic.P384(), "P-521": elliptic.P521(), "secp521r1": elliptic.P521(),
	"P-224": elliptic.P224(), "secp224r1": elliptic.P224(),
}

// opensslNames are OpenSSL's names of the curves.
var opensslNames = map[elliptic.Curve]string{
	elliptic.P224(): "secp224r1", elliptic.P256(): "prime256v1", elliptic.P384(): "secp384r1", elliptic.P521(): "secp521r1",
}

// equal compares keys without telling by its time where they differ.
func (k *key) equal(o *key) bool {
	if k.kind() != o.kind() {
		return false
	}
	if k.kind() == "secret" {
		return subtle.ConstantTimeCompare(k.secret, o.secret) == 1
	}
	format := map[bool]string{true: "pkcs8", false: "spki"}[k.private != nil]
	a, _, err1 := k.marshal(format)
	b, _, err2 := o.marshal(format)
	return err1 == nil && err2 == nil && subtle.ConstantTimeCompare(a, b) == 1
}

// addKeys defines the native half of KeyObject.
func (m *module) addKeys(n *bridge.Natives) {
	vm := m.vm
	n.Func("secretKey", func(c goja.FunctionCall) goja.Value {
		return m.handle(&key{secret: m.copyOf(c.Argument(0))})
	})
	// parseKey reads a key: (bytes, format, type, public, passphrase).
	n.Func("parseKey", func(c goja.FunctionCall) goja.Value {
		var passphrase []byte
		if v := c.Argument(4); !goja.IsUndefined(v) && !goja.IsNull(v) {
			passphrase = m.copyOf(v)
		}
		data, public := m.copyOf(c.Argument(0)), c.Argument(3).ToBoolean()
		var k *key
		var err error
		switch c.Argument(1).String() {
		case "pem":
			k, err = parsePEM(data, passphrase)
		case "jwk":
			k, err = parseJWK(data)
		default:
			k, err = parseDER(data, c.Argument(2).String(), public, passphrase)
			if err != nil && public {
				k, err = parseDER(data, "pkcs8", false, passphrase)
			}
		}
		m.keyError(err)
		if !public && k.private == nil {
			m.openssl("1E08010C", "DECODER routines", "unsupported", "ERR_OSSL_UNSUPPORTED")
		}
		if public {
			k = k.toPublic()
		}
		return m.handle(k)
	})
	n.Func("toPublic", func(c goja.FunctionCall) goja.Value {
		return m.handle(handleOf[*key](m, c.Argument(0)).toPublic())
	})
	n.Func("keyEquals", func(c goja.FunctionCall) goja.Value {
		return vm.ToValue(handleOf[*key](m, c.Argument(0)).equal(handleOf[*key](m, c.Argument(1))))
	})
	n.Func("secretOf", func(c goja.FunctionCall) goja.Value {
		return m.bytes.Wrap(append([]byte{}, handleOf[*key](m, c.Argument(0)).secret...))
	})
	n.Func("keyInfo", m.keyInfo)
	// exportKey writes a key: (key, format, type, cipher, passphrase).
	n.Func("exportKey", m.exportKey)
}

// keyInfo returns type, algorithm and details.
func (m *module) keyInfo(c goja.FunctionCall) goja.Value {
	k := handleOf[*key](m, c.Argument(0))
	details := m.vm.NewObject()
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		_ = details.Set("modulusLength", p.N.BitLen())
		_ = details.Set("publicExponent", m.vm.ToValue(big.NewInt(int64(p.E))))
	case *ecdsa.PublicKey:
		_ = details.Set("namedCurve", opensslNames[p.Curve])
	}
	return m.vm.NewArray(k.kind(), k.algorithm(), details, len(k.secret))
}

func (m *module) exportKey(c goja.FunctionCall) goja.Value {
	k := handleOf[*key](m, c.Argument(0))
	if c.Argument(1).String() == "jwk" {
		text, err := k.jwk()
		if err != nil {
			nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.")
		}
		v, err := m.h.JSON().Decode(text)
		if err != nil {
			panic(err)
		}
		return v
	}
	der, label, err := k.marshal(c.Argument(2).String())
	if err != nil {
		nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", "The selected key encoding %s can only be used for other keys.", c.Argument(2).String())
	}
	if v := c.Argument(3); goja.IsString(v) {
		der, err = encryptPKCS8(der, v.String(), m.copyOf(c.Argument(4)))
		if err != nil {
			nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")
		}
		label = "ENCRYPTED PRIVATE KEY"
	}
	if c.Argument(1).String() == "der" {
		return m.bytes.Wrap(der)
	}
	return m.vm.ToValue(string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})))
}

// keyError throws what OpenSSL says about keys that cannot be read.
func (m *module) keyError(err error) {
	switch {
	case err == nil:
	case errors.Is(err, errPassphrase):
		nodeerr.Throw(m.vm, "TypeError", "ERR_MISSING_PASSPHRASE", "Passphrase required for encrypted key")
	case errors.Is(err, errDecryptKey):
		m.openssl("1C800064", "Provider routines", "bad decrypt", "ERR_OSSL_BAD_DECRYPT")
	default:
		m.openssl("1E08010C", "DECODER routines", "unsupported", "ERR_OSSL_UNSUPPORTED")
	}
}
