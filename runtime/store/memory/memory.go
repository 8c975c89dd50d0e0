// Package memory keeps records and contents for as long as the process lives.
package memory

import "github.com/lambent-run/lambent/runtime/store"

var _ store.Store = (*Store)(nil)

// Store keeps records and contents in memory.
type Store struct {
	kv   kv
	blob blob
}

// New returns an empty Store.
func New() *Store {
	return &Store{
		kv:   kv{records: map[string]record{}},
		blob: blob{contents: map[store.Sum][]byte{}},
	}
}

// KV is where the records are.
func (s *Store) KV() store.KV { return &s.kv }

// Blob is where the contents are.
func (s *Store) Blob() store.Blob { return &s.blob }

// Close forgets the contents and ends the watchers.
func (s *Store) Close() error {
	s.kv.close()
	s.blob.close()
	return nil
}
