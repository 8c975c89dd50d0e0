package registry

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// keys are the secrets of a registry: all follow from one master key.
type keys struct {
	wrapping [32]byte // encrypts data keys
	links    [32]byte // signs download links
	compare  [32]byte // makes digests of variables
	kms      KeyWrapper
	unsealed keyCache
}

// openKeys reads the master key, which it makes if there is no file.
func openKeys(path string, kms KeyWrapper) (*keys, error) {
	master, err := masterKey(path)
	if err != nil {
		return nil, err
	}
	cache, err := lru.New[string, []byte](maxCachedKeys)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	k := &keys{kms: kms, unsealed: cache}
	for purpose, key := range map[string]*[32]byte{"wrap": &k.wrapping, "link": &k.links, "compare": &k.compare} {
		derived, err := hkdf.Key(sha256.New, master, nil, "lambent registry "+purpose, len(key))
		if err != nil {
			return nil, fmt.Errorf("registry: derive keys: %w", err)
		}
		copy(key[:], derived)
	}
	return k, nil
}

// masterKey returns the 32 bytes in the file, or random ones that it writes
// there first. An empty path means that they need not last.
func masterKey(path string) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails
	if path == "" {
		return fresh, nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, writeKey(path, fresh)
	}
	if err != nil {
		return nil, fmt.Errorf("registry: master key: %w", err)
	}
	if mode := info.Mode(); !mode.IsRegular() || mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("registry: the master key %s has mode %v; others must not read it: chmod 600", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("registry: master key: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("registry: %s is no master key: want 32 bytes in base64", path)
	}
	return key, nil
}

// writeKey writes a new key so that it is there whole, and stays, or not at all.
func writeKey(path string, key []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("registry: write the master key: %w", err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// LinkToken returns what proves that a package may be downloaded until a moment.
func (r *Registry) LinkToken(sum Sum, expires time.Time) string {
	mac := hmac.New(sha256.New, r.keys.links[:])
	mac.Write(sum[:])
	mac.Write([]byte(strconv.FormatInt(expires.Unix(), 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CheckLink reports whether a token is LinkToken's for that package and moment,
// which has not passed.
func (r *Registry) CheckLink(sum Sum, expires time.Time, token string) bool {
	return hmac.Equal([]byte(token), []byte(r.LinkToken(sum, expires))) && time.Now().Before(expires)
}
