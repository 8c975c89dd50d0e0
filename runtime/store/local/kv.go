package local

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/internal/watch"
)

var _ store.KV = (*kv)(nil)

// kv keeps a record as 8 bytes of revision and the value. Revisions are the
// records bucket's sequence.
type kv struct {
	db     *bbolt.DB
	commit *commit
	hub    watch.Hub
}

func (s *kv) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := cmp.Or(ctx.Err(), store.CheckKey(key)); err != nil {
		return store.Entry{}, err
	}
	var entry store.Entry
	err := s.view(func(records *bbolt.Bucket) error {
		record := records.Get([]byte(key))
		if record == nil {
			return fmt.Errorf("%w: %s", store.ErrNotFound, key)
		}
		entry = store.Entry{Key: key, Value: bytes.Clone(record[8:]), Revision: revision(record)}
		return nil
	})
	return entry, err
}

func (s *kv) Put(ctx context.Context, key string, value []byte, was uint64) (uint64, error) {
	if err := cmp.Or(ctx.Err(), store.CheckKey(key), store.CheckValue(key, value)); err != nil {
		return 0, err
	}
	// bbolt refers to the record until the commit is done. This call does not
	// return before.
	record := append(make([]byte, 8, 8+len(value)), value...)
	err := s.commit.do(s.db, &write{
		apply: func(records *bbolt.Bucket) error {
			if revision(records.Get([]byte(key))) != was {
				return fmt.Errorf("%w: %s", store.ErrConflict, key)
			}
			now, err := records.NextSequence()
			if err != nil {
				return err
			}
			binary.BigEndian.PutUint64(record, now)
			return records.Put([]byte(key), record)
		},
		applied: func() {
			s.hub.Publish(store.Event{Entry: store.Entry{Key: key, Value: value, Revision: revision(record)}})
		},
	})
	if err != nil {
		return 0, failed("put "+key, err)
	}
	return revision(record), nil
}

func (s *kv) Delete(ctx context.Context, key string, was uint64) error {
	if err := cmp.Or(ctx.Err(), store.CheckKey(key)); err != nil {
		return err
	}
	var deletion uint64
	err := s.commit.do(s.db, &write{
		apply: func(records *bbolt.Bucket) (err error) {
			switch revision(records.Get([]byte(key))) {
			case was:
			case 0:
				return fmt.Errorf("%w: %s", store.ErrNotFound, key)
			default:
				return fmt.Errorf("%w: %s", store.ErrConflict, key)
			}
			if deletion, err = records.NextSequence(); err != nil {
				return err
			}
			return records.Delete([]byte(key))
		},
		applied: func() {
			s.hub.Publish(store.Event{Entry: store.Entry{Key: key, Revision: deletion}, Deleted: true})
		},
	})
	return failed("delete "+key, err)
}

func (s *kv) List(ctx context.Context, prefix, after string, limit int) ([]store.Entry, error) {
	if err := cmp.Or(ctx.Err(), store.CheckPrefix(prefix), store.CheckPrefix(after)); err != nil {
		return nil, err
	}
	var entries []store.Entry
	err := s.view(func(records *bbolt.Bucket) error {
		cursor := records.Cursor()
		key, record := cursor.Seek([]byte(max(prefix, after)))
		if after >= prefix && string(key) == after {
			key, record = cursor.Next()
		}
		for ; key != nil && bytes.HasPrefix(key, []byte(prefix)); key, record = cursor.Next() {
			if limit > 0 && len(entries) == limit {
				break
			}
			entries = append(entries, store.Entry{Key: string(key), Value: bytes.Clone(record[8:]), Revision: revision(record)})
		}
		return ctx.Err()
	})
	return entries, err
}

func (s *kv) Watch(ctx context.Context, prefix string) iter.Seq2[store.Event, error] {
	return s.hub.Watch(ctx, prefix)
}

// close waits for transactions in progress.
func (s *kv) close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	s.hub.Close()
	return nil
}

// view reads records, which are valid only meanwhile.
func (s *kv) view(read func(*bbolt.Bucket) error) error {
	return contain(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return read(tx.Bucket(recordsBucket)) })
	})
}

// revision is that of a record; none has 0.
func revision(record []byte) uint64 {
	if len(record) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(record)
}

// failed says what an error of the database prevented.
func failed(what string, err error) error {
	for _, own := range []error{nil, store.ErrNotFound, store.ErrConflict, store.ErrClosed} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("store: %s: %w", what, err)
}
