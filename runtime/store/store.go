// Package store says what Lambent keeps and what it asks of whoever keeps it:
// records under keys, with a revision each (KV), and immutable contents under
// their hash (Blob). The contracts hold only what a replicated implementation
// can promise too: there is no transaction over several keys, so a change that
// must be seen whole is one record.
//
// Sub-packages implement them; storetest is the suite that all of them pass.
package store

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Conditions that callers test for with errors.Is.
var (
	// ErrNotFound reports a key or a content that does not exist.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict reports that a record is not at the revision that the caller
	// knows: somebody else has changed it.
	ErrConflict = errors.New("store: changed by somebody else")
	// ErrClosed reports a call after Close.
	ErrClosed = errors.New("store: closed")
	// ErrInUse reports that another process has the store open.
	ErrInUse = errors.New("store: in use by another process")
	// ErrNewer reports that a later release has written the store.
	ErrNewer = errors.New("store: written by a later release")
	// ErrBadKey reports a key or a prefix that breaks the rules for keys.
	ErrBadKey = errors.New("store: bad key")
	// ErrTooLarge reports a value of more than MaxValue bytes.
	ErrTooLarge = errors.New("store: value too large")
	// ErrCorrupt reports a content that no longer has its hash.
	ErrCorrupt = errors.New("store: content is corrupt")
)

// Limits of records.
const (
	MaxKey   = 512     // bytes of a key
	MaxValue = 1 << 20 // bytes of a value
)

// Entry is one record.
type Entry struct {
	Key   string
	Value []byte // the receiver's to keep and to change
	// Revision is never 0, and a later write of the same key has a larger one,
	// also when the key was deleted in between.
	Revision uint64
}

// Event is a change of a record: Entry without Value if it was deleted, and then
// with the revision of the deletion, which is later than the record's.
type Event struct {
	Entry
	Deleted bool
}

// Store is what an implementation keeps in one place.
type Store interface {
	KV() KV
	Blob() Blob
	// Close waits for calls in progress. Later ones return ErrClosed.
	Close() error
}

// KV keeps records. It is safe for concurrent use. A write that has returned
// without an error survives the end of the process and of the machine; one that
// has returned another error than those named here may or may not have been
// done.
//
// A key is 1 to 512 bytes of letters, digits and "-_$./:@". A value has at most
// 1 MiB. A context that has ended before a call begins makes it do nothing and
// return the context's error; a local write that has begun is brought to its end.
type KV interface {
	// Get returns a record, or ErrNotFound.
	Get(ctx context.Context, key string) (Entry, error)
	// Put writes a record whose revision is still was, 0 meaning that the key
	// must not exist, and returns the new revision. Otherwise it changes nothing
	// and returns ErrConflict. The value remains the caller's.
	Put(ctx context.Context, key string, value []byte, was uint64) (uint64, error)
	// Delete removes a record whose revision is still was. Otherwise it returns
	// ErrConflict, or ErrNotFound if there is none.
	Delete(ctx context.Context, key string, was uint64) error
	// List returns the records whose key begins with prefix and is greater than
	// after, in the byte order of their keys, limit at most (0: all). The prefix
	// may be empty.
	List(ctx context.Context, prefix, after string, limit int) ([]Entry, error)
	// Watch yields the changes of records whose key begins with prefix, each at
	// least in its latest state, in the order of their revisions, from the call
	// of Watch on: whoever lists after it misses nothing. It ends when ctx does
	// or the store is closed. An error is the last thing it yields and says that
	// changes may be missing. The sequence is for one reader, once; ctx must end
	// at some time, read or not.
	Watch(ctx context.Context, prefix string) iter.Seq2[Event, error]
}

// Sum is a content's SHA-256.
type Sum [32]byte

// Blob keeps contents by their hash. It is safe for concurrent use. What Put
// has accepted survives as a KV's record does.
type Blob interface {
	// Put keeps a content and returns its hash and its size in bytes. Keeping
	// the same content again costs no more room, and mends one that is corrupt.
	// An error of content is returned as it is, wrapped, and nothing is kept.
	Put(ctx context.Context, content io.Reader) (Sum, int64, error)
	// Open returns a content for reading, or ErrNotFound. Bytes that no longer
	// have the hash are ErrCorrupt, never returned as if they were right.
	Open(ctx context.Context, sum Sum) (Content, error)
	// Delete removes a content; one that does not exist is no error. Contents
	// that are open stay readable. After a crash a content may be back. Delete
	// knows no references: whoever deletes what looks unused makes sure that
	// nobody is between Put and the record that refers to it.
	Delete(ctx context.Context, sum Sum) error
	// All yields the hashes of all contents that were put before the call and
	// not deleted, in any order. An error is the last thing it yields.
	All(ctx context.Context) iter.Seq2[Sum, error]
}

// Content is an open content. It is safe for concurrent use.
type Content interface {
	io.ReaderAt
	io.Closer
	// Size is in bytes.
	Size() int64
}
