package registry

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/lambent-run/lambent/runtime/store"
)

// codes counts who refers to which content of the blob store, and deletes what
// nobody does any more.
type codes struct {
	blobs store.Blob
	open  openZips

	mu       sync.Mutex
	idle     sync.Cond // nobody holds, or nobody sweeps any more
	refs     map[store.Sum]int
	garbage  map[store.Sum]bool // contents that lost their last reference
	holders  int                // of hold
	sweeping bool
}

func newCodes(blobs store.Blob) *codes {
	c := &codes{blobs: blobs, refs: map[store.Sum]int{}, garbage: map[store.Sum]bool{}}
	c.open.blobs, c.open.zips = blobs, map[store.Sum]*openZip{}
	c.idle.L = &c.mu
	return c
}

// hold keeps all contents from being deleted until it is released: from before
// one is stored, or found, until the record that refers to it is written.
func (c *codes) hold() (release func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.sweeping {
		c.idle.Wait()
	}
	c.holders++
	return sync.OnceFunc(c.release)
}

// release ends a hold. The last one sweeps.
func (c *codes) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holders--
	c.sweep()
}

// sweep deletes the garbage if nobody holds. The caller holds c.mu, which sweep
// gives up meanwhile.
func (c *codes) sweep() {
	if c.holders > 0 || c.sweeping || len(c.garbage) == 0 {
		return
	}
	c.sweeping = true
	for sum := range c.garbage {
		delete(c.garbage, sum)
		if c.refs[sum] > 0 {
			continue
		}
		c.mu.Unlock()
		// What cannot be deleted now is found again by the next start.
		_ = c.blobs.Delete(context.Background(), sum)
		c.mu.Lock()
	}
	c.sweeping = false
	c.idle.Broadcast()
}

// refer counts by more or fewer references to each package. What is no longer
// referred to is deleted with the next sweep.
func (c *codes) refer(packages []Package, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range packages {
		if p.Local != "" {
			continue
		}
		sum := store.Sum(p.Sum)
		c.refs[sum] += by
		if c.refs[sum] <= 0 {
			delete(c.refs, sum)
			c.garbage[sum] = true
		}
	}
}

// collect deletes the contents that no record refers to, left behind by a
// process that ended between a content and its record.
func (c *codes) collect(ctx context.Context) error {
	for sum, err := range c.blobs.All(ctx) {
		if err != nil {
			return fmt.Errorf("registry: list contents: %w", err)
		}
		c.discard(sum)
	}
	c.tidy()
	return nil
}

// discard marks a content as garbage unless something refers to it.
func (c *codes) discard(sum store.Sum) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refs[sum] == 0 {
		c.garbage[sum] = true
	}
}

// tidy sweeps unless somebody holds, whose release then will.
func (c *codes) tidy() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
}

// OpenCode opens a package, or the content of a layer, as it was uploaded.
func (r *Registry) OpenCode(ctx context.Context, sum Sum) (store.Content, error) {
	content, err := r.cfg.Blobs.Open(ctx, store.Sum(sum))
	if errors.Is(err, store.ErrNotFound) {
		return nil, &Error{NotFound, "The resource you requested does not exist.", err}
	}
	if err != nil {
		return nil, fmt.Errorf("registry: open code: %w", err)
	}
	return content, nil
}

func (c *codes) close() error { return c.open.close() }
