// Package storetest is the suite that every implementation of the contracts in
// package store passes.
package storetest

import (
	"testing"

	"github.com/lambent-run/lambent/runtime/store"
)

// Run checks an implementation. open returns an empty store each time; the suite
// closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Run("KV", func(t *testing.T) {
		t.Parallel()
		for name, check := range kvChecks {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := opened(t, open)
				check(t, s.KV())
			})
		}
	})
	t.Run("Blob", func(t *testing.T) {
		t.Parallel()
		for name, check := range blobChecks {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := opened(t, open)
				check(t, s.Blob())
			})
		}
	})
	t.Run("a closed store says so", func(t *testing.T) {
		t.Parallel()
		checkClosed(t, opened(t, open))
	})
}

func opened(t *testing.T, open func(t *testing.T) store.Store) store.Store {
	t.Helper()
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
