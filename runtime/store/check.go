package store

import (
	"encoding/hex"
	"fmt"
)

// CheckKey returns ErrBadKey, with the reason, if a key breaks the rules.
func CheckKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: it is empty", ErrBadKey)
	}
	return CheckPrefix(key)
}

// CheckPrefix is CheckKey for the beginning of a key, which may be empty.
func CheckPrefix(prefix string) error {
	if len(prefix) > MaxKey {
		return fmt.Errorf("%w: it has %d bytes, the limit is %d", ErrBadKey, len(prefix), MaxKey)
	}
	for i := range len(prefix) {
		if !keyBytes[prefix[i]] {
			return fmt.Errorf("%w: %q has the byte %q", ErrBadKey, prefix, prefix[i])
		}
	}
	return nil
}

// CheckValue returns ErrTooLarge if the value of a key is.
func CheckValue(key string, value []byte) error {
	if len(value) > MaxValue {
		return fmt.Errorf("%w: that of %s has %d bytes, the limit is %d", ErrTooLarge, key, len(value), MaxValue)
	}
	return nil
}

// keyBytes are the bytes that a key may have.
var keyBytes = func() (allowed [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_$./:@") {
		allowed[c] = true
	}
	return allowed
}()

// String is the hash in 64 hexadecimal digits.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// ParseSum reads what Sum.String has written.
func ParseSum(text string) (Sum, error) {
	var sum Sum
	if len(text) != hex.EncodedLen(len(sum)) {
		return Sum{}, fmt.Errorf("store: %q is not a hash of 64 hexadecimal digits", text)
	}
	if _, err := hex.Decode(sum[:], []byte(text)); err != nil {
		return Sum{}, fmt.Errorf("store: %q is not a hash of 64 hexadecimal digits", text)
	}
	return sum, nil
}
