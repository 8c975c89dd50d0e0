package crypto

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
	"strings"
)

// Encrypted private keys: PKCS #8 with PBES2 (RFC 5958, RFC 8018).

var (
	oidPBES2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidSHA256  = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidPRFs    = map[string]func() hash.Hash{"1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.9": sha256.New, "1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New}
	oidCiphers = map[string]asn1.ObjectIdentifier{
		"aes-128-cbc": {2, 16, 840, 1, 101, 3, 4, 1, 2}, "aes-192-cbc": {2, 16, 840, 1, 101, 3, 4, 1, 22},
		"aes-256-cbc": {2, 16, 840, 1, 101, 3, 4, 1, 42}, "des-ede3-cbc": {1, 2, 840, 113549, 3, 7},
	}
)

// maxIterations bounds the work for a key that somebody else has encrypted.
const maxIterations = 10_000_000

type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2 struct {
	Derivation, Encryption pkix.AlgorithmIdentifier
}

type pbkdf2Parameters struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

func decryptPKCS8(der, passphrase []byte) ([]byte, error) {
	var box encryptedKey
	var scheme pbes2
	var params pbkdf2Parameters
	var iv []byte
	if _, err := asn1.Unmarshal(der, &box); err != nil || !box.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errUnsupportedKey
	}
	if _, err := asn1.Unmarshal(box.Algorithm.Parameters.FullBytes, &scheme); err != nil || !scheme.Derivation.Algorithm.Equal(oidPBKDF2) {
		return nil, errUnsupportedKey
	}
	if _, err := asn1.Unmarshal(scheme.Derivation.Parameters.FullBytes, &params); err != nil {
		return nil, errUnsupportedKey
	}
	if _, err := asn1.Unmarshal(scheme.Encryption.Parameters.FullBytes, &iv); err != nil {
		return nil, errUnsupportedKey
	}
	prf := sha1.New
	if len(params.PRF.Algorithm) > 0 {
		prf = oidPRFs[params.PRF.Algorithm.String()]
	}
	var info *cipherInfo
	for name, oid := range oidCiphers {
		if oid.Equal(scheme.Encryption.Algorithm) {
			info = ciphers[name]
		}
	}
	if prf == nil || info == nil || len(iv) != info.iv || params.Iterations < 1 || params.Iterations > maxIterations {
		return nil, errUnsupportedKey
	}
	k, err := pbkdf2.Key(prf, string(passphrase), params.Salt, params.Iterations, info.key)
	if err != nil {
		return nil, err
	}
	s, err := newSealer(info, k, iv, false, 0)
	if err != nil {
		return nil, err
	}
	out := s.update(box.Data)
	last, err := s.final()
	if err != nil {
		return nil, errDecryptKey
	}
	return append(out, last...), nil
}

func encryptPKCS8(der []byte, name string, passphrase []byte) ([]byte, error) {
	info := ciphers[strings.ToLower(name)]
	if info == nil || oidCiphers[info.name] == nil {
		return nil, errUnsupportedKey
	}
	salt, iv := make([]byte, 16), make([]byte, info.iv)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(iv)
	const iterations = 2048
	k, err := pbkdf2.Key(sha256.New, string(passphrase), salt, iterations, info.key)
	if err != nil {
		return nil, err
	}
	s, err := newSealer(info, k, iv, true, 0)
	if err != nil {
		return nil, err
	}
	data := s.update(der)
	last, err := s.final()
	if err != nil {
		return nil, err
	}
	derivation, err := asn1.Marshal(pbkdf2Parameters{Salt: salt, Iterations: iterations,
		PRF: pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}})
	if err != nil {
		return nil, err
	}
	rawIV, err := asn1.Marshal(iv)
	if err != nil {
		return nil, err
	}
	scheme, err := asn1.Marshal(pbes2{
		Derivation: pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: asn1.RawValue{FullBytes: derivation}},
		Encryption: pkix.AlgorithmIdentifier{Algorithm: oidCiphers[info.name], Parameters: asn1.RawValue{FullBytes: rawIV}},
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(encryptedKey{
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: asn1.RawValue{FullBytes: scheme}},
		Data:      append(data, last...),
	})
}
