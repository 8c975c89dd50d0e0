package crypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/lambent-run/lambent/js/node/internal/bridge"
	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// cipherInfo describes a cipher as getCipherInfo does.
type cipherInfo struct {
	name, mode         string
	key, iv, blockSize int
	block              func(key []byte) (cipher.Block, error)
}

// ciphers are those that work, by OpenSSL's names in lower case.
var ciphers = func() map[string]*cipherInfo {
	table := map[string]*cipherInfo{}
	for bits, key := range map[string]int{"128": 16, "192": 24, "256": 32} {
		for _, mode := range []string{"cbc", "ecb", "ctr", "gcm", "cfb", "ofb"} {
			c := &cipherInfo{name: "aes-" + bits + "-" + mode, mode: mode, key: key, iv: 16, blockSize: 16, block: aes.NewCipher}
			switch mode {
			case "ecb":
				c.iv = 0
			case "gcm":
				c.iv, c.blockSize = 12, 1
			case "ctr", "cfb", "ofb":
				c.blockSize = 1
			}
			table[c.name] = c
		}
		table["aes"+bits] = table["aes-"+bits+"-cbc"]
		table["id-aes"+bits+"-gcm"] = table["aes-"+bits+"-gcm"]
	}
	triple := &cipherInfo{name: "des-ede3-cbc", mode: "cbc", key: 24, iv: 8, blockSize: 8, block: des.NewTripleDESCipher}
	table["des-ede3-cbc"], table["des3"] = triple, triple
	table["chacha20-poly1305"] = &cipherInfo{name: "chacha20-poly1305", mode: "", key: 32, iv: 12, blockSize: 1}
	return table
}()

var (
	errBadDecrypt = errors.New("bad decrypt")
	errWrongFinal = errors.New("wrong final block length")
	errAuth       = errors.New("unable to authenticate data")
	errNoTag      = errors.New("no tag")
)

// sealer is the state behind a Cipheriv or Decipheriv.
type sealer struct {
	info    *cipherInfo
	encrypt bool
	stream  cipher.Stream    // of ciphers that work byte by byte
	block   cipher.BlockMode // of those that work by blocks
	padding bool
	rest    []byte // input that does not fill a block yet

	// Authenticated ciphers also keep all of the plain text, for the tag.
	aead    cipher.AEAD
	iv      []byte
	aad     []byte
	plain   []byte
	seen    int
	tag     []byte
	tagSize int
	done    bool
}

func newSealer(info *cipherInfo, key, iv []byte, encrypt bool, tagSize int) (*sealer, error) {
	s := &sealer{info: info, encrypt: encrypt, padding: true, iv: iv, tagSize: tagSize}
	if info.block == nil {
		aead, err := chacha20poly1305.New(key)
		if err != nil {
			return nil, err
		}
		stream, err := chacha20.NewUnauthenticatedCipher(key, iv)
		if err != nil {
			return nil, err
		}
		stream.SetCounter(1) // block 0 makes the key of the tag
		s.aead, s.stream = aead, stream
		return s, nil
	}
	b, err := info.block(key)
	if err != nil {
		return nil, err
	}
	switch info.mode {
	case "cbc":
		if encrypt {
			s.block = cipher.NewCBCEncrypter(b, iv)
		} else {
			s.block = cipher.NewCBCDecrypter(b, iv)
		}
	case "ecb":
		s.block = ecb{b, encrypt}
	case "ctr":
		s.stream = cipher.NewCTR(b, iv)
	case "ofb":
		s.stream = cipher.NewOFB(b, iv) //nolint:staticcheck // guests ask for it
	case "cfb":
		if encrypt {
			s.stream = cipher.NewCFBEncrypter(b, iv) //nolint:staticcheck // guests ask for it
		} else {
			s.stream = cipher.NewCFBDecrypter(b, iv) //nolint:staticcheck // guests ask for it
		}
	case "gcm":
		if s.aead, err = cipher.NewGCMWithNonceSize(b, len(iv)); err != nil {
			return nil, err
		}
		if len(iv) == 12 {
			s.stream = cipher.NewCTR(b, append(bytes.Clone(iv), 0, 0, 0, 2))
		}
	}
	return s, nil
}

// ecb encrypts every block by itself.
type ecb struct {
	b       cipher.Block
	encrypt bool
}

func (e ecb) BlockSize() int { return e.b.BlockSize() }
func (e ecb) CryptBlocks(dst, src []byte) {
	for n := e.BlockSize(); len(src) >= n; dst, src = dst[n:], src[n:] {
		if e.encrypt {
			e.b.Encrypt(dst, src)
		} else {
			e.b.Decrypt(dst, src)
		}
	}
}

// update works on more input.
func (s *sealer) update(in []byte) []byte {
	if s.block == nil {
		return s.updateStream(in)
	}
	n := s.block.BlockSize()
	s.rest = append(s.rest, in...)
	ready := len(s.rest) / n * n
	if !s.encrypt && s.padding && ready == len(s.rest) && ready > 0 {
		ready -= n // the last block has the padding
	}
	out := make([]byte, ready)
	s.block.CryptBlocks(out, s.rest[:ready])
	s.rest = append([]byte(nil), s.rest[ready:]...)
	return out
}

func (s *sealer) updateStream(in []byte) []byte {
	out := make([]byte, len(in))
	switch {
	case s.stream != nil:
		s.stream.XORKeyStream(out, in)
	default:
		// GCM whose nonce is not 96 bits long: the key stream is what the
		// cipher makes of zeros.
		stream := s.aead.Seal(nil, s.iv, make([]byte, s.seen+len(in)), nil)
		subtle.XORBytes(out, in, stream[s.seen:s.seen+len(in)])
	}
	s.seen += len(in)
	if s.aead != nil {
		if s.encrypt {
			s.plain = append(s.plain, in...)
		} else {
			s.plain = append(s.plain, out...)
		}
	}
	return out
}

// final ends the text.
func (s *sealer) final() ([]byte, error) {
	s.done = true
	if s.aead != nil {
		sealed := s.aead.Seal(nil, s.iv, s.plain, s.aad)
		tag := sealed[len(s.plain):]
		s.plain = nil
		if s.encrypt {
			s.tag = tag[:s.tagSize]
			return nil, nil
		}
		if len(s.tag) == 0 {
			return nil, errNoTag
		}
		if subtle.ConstantTimeCompare(s.tag, tag[:min(len(s.tag), len(tag))]) != 1 {
			return nil, errAuth
		}
		return nil, nil
	}
	if s.block == nil {
		return nil, nil
	}
	n := s.block.BlockSize()
	switch {
	case !s.padding:
		if len(s.rest) > 0 {
			return nil, errWrongFinal
		}
		return nil, nil
	case s.encrypt:
		pad := n - len(s.rest)
		out := append(s.rest, bytes.Repeat([]byte{byte(pad)}, pad)...)
		s.block.CryptBlocks(out, out)
		return out, nil
	case len(s.rest) != n:
		return nil, errWrongFinal
	}
	out := make([]byte, n)
	s.block.CryptBlocks(out, s.rest)
	pad := int(out[n-1])
	if pad == 0 || pad > n || !bytes.Equal(out[n-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errBadDecrypt
	}
	return out[:n-pad], nil
}

// addCiphers defines the native half of Cipheriv and Decipheriv.
func (m *module) addCiphers(n *bridge.Natives) {
	vm := m.vm
	n.Func("cipher", m.newCipher)
	n.Func("cipherUpdate", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*sealer](m, c.Argument(0))
		if s.done {
			nodeerr.Throw(vm, "Error", "ERR_CRYPTO_INVALID_STATE", "Unsupported state or unable to authenticate data")
		}
		return m.bytes.Wrap(s.update(m.text("data", c.Argument(1), c.Argument(2))))
	})
	n.Func("cipherFinal", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*sealer](m, c.Argument(0))
		if s.done {
			nodeerr.Throw(vm, "Error", "ERR_CRYPTO_INVALID_STATE", "Unsupported state or unable to authenticate data")
		}
		out, err := s.final()
		m.cipherError(err)
		return m.bytes.Wrap(out)
	})
	n.Func("cipherPadding", func(c goja.FunctionCall) goja.Value {
		handleOf[*sealer](m, c.Argument(0)).padding = c.Argument(1).ToBoolean()
		return goja.Undefined()
	})
	n.Func("cipherAAD", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*sealer](m, c.Argument(0))
		s.aad = append(s.aad, m.text("buffer", c.Argument(1), c.Argument(2))...)
		return goja.Undefined()
	})
	n.Func("cipherTag", func(c goja.FunctionCall) goja.Value {
		s := handleOf[*sealer](m, c.Argument(0))
		if v := c.Argument(1); !goja.IsUndefined(v) {
			tag := m.copyOf(v)
			if s.aead == nil || len(tag) != 4 && len(tag) != 8 && (len(tag) < 12 || len(tag) > 16) {
				nodeerr.Throw(vm, "TypeError", "ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: %d", len(tag))
			}
			s.tag = tag
			return goja.Undefined()
		}
		if s.aead == nil || !s.encrypt || !s.done {
			return goja.Null()
		}
		return m.bytes.Wrap(bytes.Clone(s.tag))
	})
	n.Func("cipherInfo", func(c goja.FunctionCall) goja.Value {
		info := ciphers[strings.ToLower(c.Argument(0).String())]
		if info == nil {
			return goja.Undefined()
		}
		o := vm.NewObject()
		if info.mode != "" {
			_ = o.Set("mode", info.mode)
		}
		name := info.name
		if info.mode == "gcm" {
			name = "id-" + strings.Replace(name, "aes-", "aes", 1)
		}
		_ = o.Set("name", name)
		_ = o.Set("blockSize", info.blockSize)
		if info.iv > 0 {
			_ = o.Set("ivLength", info.iv)
		}
		_ = o.Set("keyLength", info.key)
		return o
	})
	n.Func("cipherNames", func(goja.FunctionCall) goja.Value {
		var names []any
		for name := range ciphers {
			names = append(names, name)
		}
		return vm.NewArray(names...)
	})
}

// newCipher makes the state: (name, key, iv, encrypt, tag size).
func (m *module) newCipher(c goja.FunctionCall) goja.Value {
	info := ciphers[strings.ToLower(c.Argument(0).String())]
	if info == nil {
		nodeerr.Throw(m.vm, "Error", "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")
	}
	key := m.copyOf(c.Argument(1))
	if len(key) != info.key {
		nodeerr.Throw(m.vm, "RangeError", "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
	}
	var iv []byte
	if v := c.Argument(2); !goja.IsNull(v) {
		iv = m.copyOf(v)
	}
	if len(iv) != info.iv && (info.mode != "gcm" || len(iv) == 0) {
		nodeerr.Throw(m.vm, "TypeError", "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
	}
	size := 16
	if v := c.Argument(4); !goja.IsUndefined(v) {
		size = int(v.ToInteger())
		if size < 4 || size > 16 {
			nodeerr.Throw(m.vm, "TypeError", "ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: %d", size)
		}
	}
	s, err := newSealer(info, key, iv, c.Argument(3).ToBoolean(), size)
	if err != nil {
		nodeerr.Throw(m.vm, "TypeError", "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
	}
	return m.handle(s)
}

// cipherError throws as OpenSSL's errors arrive in Node.
func (m *module) cipherError(err error) {
	switch {
	case err == nil:
	case errors.Is(err, errAuth), errors.Is(err, errNoTag):
		panic(nodeerr.Plain(m.vm, "Error", "Unsupported state or unable to authenticate data"))
	case errors.Is(err, errBadDecrypt):
		m.openssl("1C800064", "Provider routines", "bad decrypt", "ERR_OSSL_BAD_DECRYPT")
	default:
		m.openssl("1C80006B", "Provider routines", "wrong final block length", "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH")
	}
}

// openssl throws an error of OpenSSL.
func (m *module) openssl(number, library, reason, code string) {
	e := nodeerr.Plain(m.vm, "Error", "error:"+number+":"+library+"::"+reason)
	_ = e.Set("library", library)
	_ = e.Set("reason", reason)
	_ = e.Set("code", code)
	panic(e)
}
