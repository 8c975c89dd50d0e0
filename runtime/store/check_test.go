package store

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, key string
		ok        bool
	}{
		{"letters, digits and the signs", "functions/us-east-1/My_fn.v2:live@$LATEST", true},
		{"as long as can be", strings.Repeat("k", MaxKey), true},
		{"a byte too long", strings.Repeat("k", MaxKey+1), false},
		{"empty", "", false},
		{"a space", "a b", false},
		{"a zero byte", "a\x00", false},
		{"a letter beyond ASCII", "ä", false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if err := CheckKey(tc.key); (err == nil) != tc.ok || err != nil && !errors.Is(err, ErrBadKey) {
				t.Errorf("CheckKey(%.20q) = %v, want it accepted: %v", tc.key, err, tc.ok)
			}
		})
	}
	if err := CheckPrefix(""); err != nil {
		t.Errorf("the empty prefix: %v", err)
	}
}

func TestSumsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	sum := Sum(sha256.Sum256([]byte("content")))
	if got, err := ParseSum(sum.String()); got != sum || err != nil {
		t.Errorf("ParseSum(%s) = %s, %v", sum, got, err)
	}
	for _, text := range []string{"", "ab", sum.String()[:63], sum.String() + "0", "x" + sum.String()[1:]} {
		if got, err := ParseSum(text); err == nil {
			t.Errorf("ParseSum(%q) = %s, want an error", text, got)
		}
	}
}
