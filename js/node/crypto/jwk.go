package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
)

// jwk is a JSON Web Key (RFC 7517, 7518, 8037), its members in the order in
// which Node writes them.
type jwk struct {
	KTY string `json:"kty"`
	N   string `json:"n,omitempty"`
	E   string `json:"e,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
	Crv string `json:"crv,omitempty"`
	D   string `json:"d,omitempty"`
	P   string `json:"p,omitempty"`
	Q   string `json:"q,omitempty"`
	DP  string `json:"dp,omitempty"`
	DQ  string `json:"dq,omitempty"`
	QI  string `json:"qi,omitempty"`
	K   string `json:"k,omitempty"`
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unb64(s string) []byte {
	return appendURL(nil, s)
}

func appendURL(dst []byte, s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return dst
	}
	return append(dst, b...)
}

// jwk writes a key as a JSON Web Key.
func (k *key) jwk() ([]byte, error) {
	var w jwk
	switch p := k.public.(type) {
	case nil:
		w = jwk{KTY: "oct", K: b64(k.secret)}
	case *rsa.PublicKey:
		w = jwk{KTY: "RSA", N: b64(p.N.Bytes()), E: b64(big.NewInt(int64(p.E)).Bytes())}
		if s, ok := k.private.(*rsa.PrivateKey); ok && len(s.Primes) == 2 {
			s.Precompute()
			w.D, w.P, w.Q = b64(s.D.Bytes()), b64(s.Primes[0].Bytes()), b64(s.Primes[1].Bytes())
			w.DP, w.DQ, w.QI = b64(s.Precomputed.Dp.Bytes()), b64(s.Precomputed.Dq.Bytes()), b64(s.Precomputed.Qinv.Bytes())
		}
	case *ecdsa.PublicKey:
		point, err := p.Bytes()
		if err != nil {
			return nil, err
		}
		size := (len(point) - 1) / 2
		w = jwk{KTY: "EC", Crv: p.Curve.Params().Name, X: b64(point[1 : 1+size]), Y: b64(point[1+size:])}
		if s, ok := k.private.(*ecdsa.PrivateKey); ok {
			d, err := s.Bytes()
			if err != nil {
				return nil, err
			}
			w.D = b64(d)
		}
	case ed25519.PublicKey:
		w = jwk{KTY: "OKP", Crv: "Ed25519", X: b64(p)}
		if s, ok := k.private.(ed25519.PrivateKey); ok {
			w.D = b64(s.Seed())
		}
	case *ecdh.PublicKey:
		w = jwk{KTY: "OKP", Crv: "X25519", X: b64(p.Bytes())}
		if s, ok := k.private.(*ecdh.PrivateKey); ok {
			w.D = b64(s.Bytes())
		}
	}
	return json.Marshal(w)
}

// parseJWK reads a JSON Web Key.
func parseJWK(text []byte) (*key, error) {
	var w jwk
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, err
	}
	switch {
	case w.KTY == "oct":
		return &key{secret: unb64(w.K)}, nil
	case w.KTY == "RSA":
		return w.rsa()
	case w.KTY == "EC" && curves[w.Crv] != nil:
		curve := curves[w.Crv]
		size := (curve.Params().BitSize + 7) / 8
		if w.D != "" {
			s, err := ecdsa.ParseRawPrivateKey(curve, padded(unb64(w.D), size))
			if err != nil {
				return nil, err
			}
			return privateKey(s)
		}
		point := append([]byte{4}, padded(unb64(w.X), size)...)
		p, err := ecdsa.ParseUncompressedPublicKey(curve, append(point, padded(unb64(w.Y), size)...))
		if err != nil {
			return nil, err
		}
		return publicKey(p)
	case w.KTY == "OKP" && w.Crv == "Ed25519":
		if d := unb64(w.D); len(d) == ed25519.SeedSize {
			return privateKey(ed25519.NewKeyFromSeed(d))
		}
		if x := unb64(w.X); len(x) == ed25519.PublicKeySize && w.D == "" {
			return publicKey(ed25519.PublicKey(x))
		}
	case w.KTY == "OKP" && w.Crv == "X25519":
		if w.D != "" {
			s, err := ecdh.X25519().NewPrivateKey(unb64(w.D))
			if err != nil {
				return nil, err
			}
			return privateKey(s)
		}
		p, err := ecdh.X25519().NewPublicKey(unb64(w.X))
		if err != nil {
			return nil, err
		}
		return publicKey(p)
	}
	return nil, errUnsupportedKey
}

func padded(b []byte, size int) []byte {
	if len(b) >= size {
		return b
	}
	return append(make([]byte, size-len(b)), b...)
}

func (w *jwk) rsa() (*key, error) {
	number := func(s string) *big.Int { return new(big.Int).SetBytes(unb64(s)) }
	e := number(w.E)
	pub := rsa.PublicKey{N: number(w.N), E: int(e.Int64())}
	if !e.IsInt64() || pub.E < 2 || pub.N.BitLen() < 256 || pub.N.BitLen() > maxModulus {
		return nil, errUnsupportedKey
	}
	if w.D == "" {
		return publicKey(&pub)
	}
	s := &rsa.PrivateKey{PublicKey: pub, D: number(w.D), Primes: []*big.Int{number(w.P), number(w.Q)}}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s.Precompute()
	return privateKey(s)
}
