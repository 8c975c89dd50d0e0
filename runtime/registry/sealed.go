package registry

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/lambent-run/lambent/runtime/function"
)

// Sealed are variables, encrypted with AES-256-GCM under a data key of their own.
type Sealed struct {
	Data []byte
	// Key is the data key, encrypted by the KMS key KMSKeyArn, or, if that is
	// empty, by the master key.
	Key       []byte
	KMSKeyArn string `json:",omitempty"`
	// Digest tells whether two environments are the same, to those who know the
	// master key.
	Digest []byte
}

// keyCache keeps data keys that KMS has decrypted.
type keyCache = *lru.Cache[string, []byte]

const maxCachedKeys = 1024

// owner names the function that sealed variables belong to. They cannot be
// opened as those of another.
type owner struct {
	id         function.ID
	generation string
	arn        string
}

func (r *Registry) owner(id function.ID, generation string) owner {
	return owner{id, generation, r.arn(id, "")}
}

// bound is the additional data of what is encrypted here. The account is not in
// it: it is a setting.
func (o owner) bound() []byte {
	return []byte("functions/" + o.id.Region + "/" + o.id.Name + "/" + o.generation)
}

// context is the encryption context for KMS, whose key policies may ask for it.
func (o owner) context() map[string]string {
	return map[string]string{"aws:lambda:FunctionArn": o.arn, "lambent:generation": o.generation}
}

// seal encrypts variables. keyARN may be empty.
func (k *keys) seal(ctx context.Context, keyARN string, vars map[string]string, of owner) (*Sealed, error) {
	text, err := json.Marshal(vars)
	if err != nil {
		return nil, fmt.Errorf("registry: encrypt the environment: %w", err)
	}
	s := &Sealed{Digest: k.digest(text, of)}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if keyARN != "" && k.kms != nil {
		s.KMSKeyArn = keyARN
		s.Key, err = k.kms.Wrap(ctx, keyARN, key, of.context())
	} else {
		s.Key, err = encrypt(k.wrapping[:], key, of.bound())
	}
	if err != nil {
		return nil, fmt.Errorf("registry: encrypt the environment: %w", err)
	}
	if s.Data, err = encrypt(key, text, of.bound()); err != nil {
		return nil, fmt.Errorf("registry: encrypt the environment: %w", err)
	}
	return s, nil
}

// unseal decrypts variables.
func (k *keys) unseal(ctx context.Context, s *Sealed, of owner) (map[string]string, error) {
	key, err := k.dataKey(ctx, s, of)
	if err != nil {
		return nil, fmt.Errorf("registry: decrypt the environment: %w", err)
	}
	text, err := decrypt(key, s.Data, of.bound())
	if err != nil {
		return nil, fmt.Errorf("registry: decrypt the environment: %w", err)
	}
	var vars map[string]string
	if err := json.Unmarshal(text, &vars); err != nil {
		return nil, errors.New("registry: decrypt the environment: it is no map") // err would show it
	}
	return vars, nil
}

func (k *keys) dataKey(ctx context.Context, s *Sealed, of owner) ([]byte, error) {
	if s.KMSKeyArn == "" {
		return decrypt(k.wrapping[:], s.Key, of.bound())
	}
	if key, ok := k.unsealed.Get(string(s.Key)); ok {
		return key, nil
	}
	if k.kms == nil {
		return nil, &Error{Kind: KMSAccessDenied, Message: "Lambda was unable to decrypt the environment variables because KMS access was denied. " +
			"Please check the function's KMS key settings."}
	}
	key, err := k.kms.Unwrap(ctx, s.KMSKeyArn, s.Key, of.context())
	if err == nil {
		k.unsealed.Add(string(s.Key), key)
	}
	return key, err
}

func (k *keys) digest(text []byte, of owner) []byte {
	mac := hmac.New(sha256.New, k.compare[:])
	mac.Write(of.bound())
	mac.Write(text)
	return mac.Sum(nil)
}

// encrypt returns a nonce and what AES-256-GCM makes of text with it.
func encrypt(key, text, bound []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, text, bound), nil
}

var errCiphertext = errors.New("the key does not fit, or the text has been changed")

func decrypt(key, text, bound []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, text, bound)
	if err != nil {
		return nil, errCiphertext
	}
	return plain, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// sameVariables reports whether two environments are equal.
func sameVariables(a, b *Sealed) bool {
	return (a == nil) == (b == nil) && (a == nil || bytes.Equal(a.Digest, b.Digest) && a.KMSKeyArn == b.KMSKeyArn)
}

// environment is what a record's reader is shown of its variables.
func (r *Registry) environment(ctx context.Context, id function.ID, generation string, s *Sealed) *function.Environment {
	if s == nil {
		return nil
	}
	vars, err := r.keys.unseal(ctx, s, r.owner(id, generation))
	if err == nil {
		return &function.Environment{Variables: vars}
	}
	out := &function.EnvironmentError{ErrorCode: "AccessDeniedException", Message: "Lambda was unable to decrypt your environment variables."}
	var e *Error
	if errors.As(err, &e) {
		out.Message = e.Message
	}
	return &function.Environment{Error: out}
}
