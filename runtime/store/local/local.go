// Package local keeps records and contents in a folder of this machine:
// records.db, a bbolt database, and blobs/, a file per content that is named by
// its hash. An acknowledged write has been synced to the disk. Writers that come
// while another write is being synced share the next sync.
//
// One process at a time has the folder open.
package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/lambent-run/lambent/runtime/store"
)

const (
	recordsFile = "records.db"
	blobsDir    = "blobs"
)

var _ store.Store = (*Store)(nil)

// Store keeps records and contents in a folder.
type Store struct {
	kv   kv
	blob blob
}

// Open opens the folder, which it makes if need be. It returns ErrInUse if
// another process has it open and ErrNewer if a later release has written it.
// What a crash has left behind is removed.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	db, err := openRecords(filepath.Join(dir, recordsFile))
	if err != nil {
		return nil, err
	}
	if err := migrate(db, migrations); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%w: %s", err, dir)
	}
	s := &Store{kv: kv{db: db, commit: newCommit()}, blob: blob{dir: filepath.Join(dir, blobsDir)}}
	if err := s.blob.open(); err != nil {
		_ = db.Close()
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

// openRecords opens and locks the database.
func openRecords(path string) (*bbolt.DB, error) {
	var db *bbolt.DB
	err := contain(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:      time.Nanosecond, // try the lock once
			FreelistType: bbolt.FreelistMapType,
			NoStatistics: true,
		})
		return err
	})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s", store.ErrInUse, filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	return db, nil
}

// KV is where the records are.
func (s *Store) KV() store.KV { return &s.kv }

// Blob is where the contents are.
func (s *Store) Blob() store.Blob { return &s.blob }

// Close waits for calls in progress, ends the watchers and unlocks the folder.
// Contents that are open stay readable.
func (s *Store) Close() error {
	s.blob.close()
	return s.kv.close()
}

// syncDir makes the names in a folder survive a loss of power.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
