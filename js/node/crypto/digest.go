package crypto

import (
	"crypto"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"
	"strings"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
	"golang.org/x/crypto/ripemd160"
)

// digest is a hash function under OpenSSL's name.
type digest struct {
	name string
	make func() hash.Hash
	// id is the function in Go's list, for signatures; zero if it is not there.
	id crypto.Hash
	// xof makes the function with an output of n bytes, for SHAKE only.
	xof func(n int) hash.Hash
}

// digests are the hash functions by their name in lower case.
var digests = func() map[string]*digest {
	table := map[string]*digest{}
	add := func(d *digest, aliases ...string) {
		for _, name := range append(aliases, d.name) {
			table[name] = d
		}
	}
	add(&digest{name: "md5", make: md5.New, id: crypto.MD5}, "rsa-md5", "md5withrsaencryption", "ssl3-md5")
	add(&digest{name: "sha1", make: sha1.New, id: crypto.SHA1}, "sha-1", "rsa-sha1", "rsa-sha1-2", "sha1withrsaencryption", "ssl3-sha1")
	add(&digest{name: "md5-sha1", make: newMD5SHA1, id: crypto.MD5SHA1})
	add(&digest{name: "ripemd160", make: ripemd160.New, id: crypto.RIPEMD160}, "rmd160", "ripemd", "rsa-ripemd160", "ripemd160withrsa")
	for _, d := range []*digest{
		{name: "sha224", make: sha256.New224, id: crypto.SHA224},
		{name: "sha256", make: sha256.New, id: crypto.SHA256},
		{name: "sha384", make: sha512.New384, id: crypto.SHA384},
		{name: "sha512", make: sha512.New, id: crypto.SHA512},
		{name: "sha512-224", make: sha512.New512_224, id: crypto.SHA512_224},
		{name: "sha512-256", make: sha512.New512_256, id: crypto.SHA512_256},
	} {
		size := strings.TrimPrefix(d.name, "sha")
		add(d, "sha-"+size, "sha2-"+size, "rsa-"+d.name, "rsa-"+strings.Replace(d.name, "-", "/", 1), d.name+"withrsaencryption")
	}
	for _, d := range []*digest{
		{name: "sha3-224", make: func() hash.Hash { return sha3.New224() }, id: crypto.SHA3_224},
		{name: "sha3-256", make: func() hash.Hash { return sha3.New256() }, id: crypto.SHA3_256},
		{name: "sha3-384", make: func() hash.Hash { return sha3.New384() }, id: crypto.SHA3_384},
		{name: "sha3-512", make: func() hash.Hash { return sha3.New512() }, id: crypto.SHA3_512},
	} {
		add(d, "rsa-"+d.name, "id-rsassa-pkcs1-v1_5-with-"+d.name)
	}
	shake128 := func(n int) hash.Hash { return &shake{sha3.NewSHAKE128(), n} }
	shake256 := func(n int) hash.Hash { return &shake{sha3.NewSHAKE256(), n} }
	add(&digest{name: "shake128", xof: shake128, make: func() hash.Hash { return shake128(16) }}, "shake-128")
	add(&digest{name: "shake256", xof: shake256, make: func() hash.Hash { return shake256(32) }}, "shake-256")
	add(&digest{name: "blake2b512", id: crypto.BLAKE2b_512, make: func() hash.Hash {
		h, _ := blake2b.New512(nil) // fails for a key only
		return h
	}}, "blake2b-512")
	add(&digest{name: "blake2s256", id: crypto.BLAKE2s_256, make: func() hash.Hash {
		h, _ := blake2s.New256(nil)
		return h
	}}, "blake2s-256")
	return table
}()

// hashNames is what getHashes returns: OpenSSL's list without the functions
// that are missing here (SM3).
var hashNames = strings.Fields(`RSA-MD5 RSA-RIPEMD160 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA3-224 RSA-SHA3-256
	RSA-SHA3-384 RSA-SHA3-512 RSA-SHA384 RSA-SHA512 RSA-SHA512/224 RSA-SHA512/256 blake2b512 blake2s256
	id-rsassa-pkcs1-v1_5-with-sha3-224 id-rsassa-pkcs1-v1_5-with-sha3-256 id-rsassa-pkcs1-v1_5-with-sha3-384
	id-rsassa-pkcs1-v1_5-with-sha3-512 md5 md5-sha1 md5WithRSAEncryption ripemd ripemd160 ripemd160WithRSA rmd160 sha1
	sha1WithRSAEncryption sha224 sha224WithRSAEncryption sha256 sha256WithRSAEncryption sha3-224 sha3-256 sha3-384 sha3-512
	sha384 sha384WithRSAEncryption sha512 sha512-224 sha512-224WithRSAEncryption sha512-256 sha512-256WithRSAEncryption
	sha512WithRSAEncryption shake128 shake256 ssl3-md5 ssl3-sha1`)

// digestNamed finds a hash function by any of its names, or returns nil.
func digestNamed(name string) *digest {
	if d := digests[name]; d != nil {
		return d
	}
	return digests[strings.ToLower(name)]
}

// shake is a SHAKE function as a hash with n bytes of output.
type shake struct {
	*sha3.SHAKE
	n int
}

func (s *shake) Size() int { return s.n }

func (s *shake) Sum(b []byte) []byte {
	out := make([]byte, s.n)
	state := *s.SHAKE
	_, _ = state.Read(out) // of a copy, so that Sum changes nothing
	return append(b, out...)
}

func (s *shake) Clone() (hash.Cloner, error) {
	state := *s.SHAKE
	return &shake{&state, s.n}, nil
}

// md5sha1 is the concatenation of MD5 and SHA-1 that old TLS signs.
type md5sha1 struct{ md5, sha1 hash.Hash }

func newMD5SHA1() hash.Hash { return &md5sha1{md5.New(), sha1.New()} }

func (h *md5sha1) Write(p []byte) (int, error) {
	_, _ = h.md5.Write(p)
	return h.sha1.Write(p)
}
func (h *md5sha1) Sum(b []byte) []byte { return h.sha1.Sum(h.md5.Sum(b)) }
func (h *md5sha1) Reset()              { h.md5.Reset(); h.sha1.Reset() }
func (h *md5sha1) Size() int           { return md5.Size + sha1.Size }
func (h *md5sha1) BlockSize() int      { return md5.BlockSize }

func (h *md5sha1) Clone() (hash.Cloner, error) {
	a, err := clone(h.md5)
	if err != nil {
		return nil, err
	}
	b, err := clone(h.sha1)
	return &md5sha1{a, b}, err
}
