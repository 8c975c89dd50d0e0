package local

import (
	"errors"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/lambent-run/lambent/runtime/store"
)

// commit groups writes: whoever finds nobody committing commits all that wait,
// in one transaction. So a lone writer waits for its own sync only, and many
// share one; there is no delay to tune and no goroutine.
type commit struct {
	leading chan struct{} // has a token while somebody commits

	mu      sync.Mutex // guards waiting
	waiting []*write
}

// write is a change that waits for its commit.
type write struct {
	// apply changes the records, or returns why it has not.
	apply func(*bbolt.Bucket) error
	// applied is called after the commit, in the order of the writes.
	applied func()
	err     error
	done    chan struct{} // closed when err is final
}

func newCommit() *commit { return &commit{leading: make(chan struct{}, 1)} }

// do makes a change and returns when it is on the disk.
func (c *commit) do(db *bbolt.DB, w *write) error {
	w.done = make(chan struct{})
	c.mu.Lock()
	c.waiting = append(c.waiting, w)
	c.mu.Unlock()
	select {
	case <-w.done:
	case c.leading <- struct{}{}:
		c.lead(db)
	}
	<-w.done
	return w.err
}

// lead commits what waits. The caller's own write is among it, or was committed
// by the leader before.
func (c *commit) lead(db *bbolt.DB) {
	defer func() { <-c.leading }()
	c.mu.Lock()
	batch := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	err := contain(func() error {
		return db.Update(func(tx *bbolt.Tx) error {
			records := tx.Bucket(recordsBucket)
			for _, w := range batch {
				w.err = w.apply(records)
			}
			return nil
		})
	})
	for _, w := range batch {
		if err != nil {
			w.err = err
		}
		if w.err == nil {
			w.applied()
		}
		close(w.done)
	}
}

// contain words the errors of a transaction. bbolt panics at a damaged page.
func contain(transaction func() error) (err error) {
	defer func() {
		if damage := recover(); damage != nil {
			err = fmt.Errorf("store: the database is damaged: %v", damage)
		}
	}()
	err = transaction()
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}
