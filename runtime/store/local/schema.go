package local

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/lambent-run/lambent/runtime/store"
)

// Names within the database.
var (
	metaBucket    = []byte("store")
	schemaKey     = []byte("schema") // in metaBucket: how many migrations it has seen, 8 bytes
	recordsBucket = []byte("records")
)

// migrations bring a database from the schema that is their index to the next.
// An empty file has schema 0. They are never changed, only added to.
var migrations = []func(*bbolt.Tx) error{
	func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(recordsBucket)
		return err
	},
}

// migrate brings a database to the latest schema, at once or not at all.
func migrate(db *bbolt.DB, migrations []func(*bbolt.Tx) error) error {
	schema := 0
	err := db.View(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(metaBucket); meta != nil {
			if v := meta.Get(schemaKey); len(v) == 8 {
				schema = int(binary.BigEndian.Uint64(v))
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: read the schema: %w", err)
	}
	if schema > len(migrations) {
		return fmt.Errorf("%w: it has schema %d, this release knows up to %d", store.ErrNewer, schema, len(migrations))
	}
	if schema == len(migrations) {
		return nil
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, migration := range migrations[schema:] {
			if err := migration(tx); err != nil {
				return err
			}
		}
		meta, err := tx.CreateBucketIfNotExists(metaBucket)
		if err != nil {
			return err
		}
		return meta.Put(schemaKey, binary.BigEndian.AppendUint64(nil, uint64(len(migrations))))
	})
	if err != nil {
		return fmt.Errorf("store: migrate from schema %d to %d: %w", schema, len(migrations), err)
	}
	return nil
}
