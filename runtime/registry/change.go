package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// document returns what is known of a function, which nobody may change; nil:
// there is none.
func (r *Registry) document(id function.ID) *Document {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if e := r.functions[id]; e != nil {
		return e.doc
	}
	return nil
}

// find is document for operations on a function that must exist.
func (r *Registry) find(id function.ID) (*Document, error) {
	d := r.document(id)
	if d == nil {
		return nil, r.noFunction(id, "")
	}
	return d, nil
}

// change applies a change to a copy of a function's document, stores it, and
// tells the runtime if something callable has become another. It returns the
// new document. Changes of one function come one after the other; apply may run
// more than once, each time on a fresh copy. If there is no such function, the
// error is noFunction's, which callers may replace. Contents that the change
// newly refers to must be held (codes.hold) until it has returned.
func (r *Registry) change(ctx context.Context, id function.ID, apply func(d *Document) error) (*Document, error) {
	release, err := r.locks.acquire(ctx, functionKey(id))
	if err != nil {
		return nil, err
	}
	defer release()
	return r.changeLocked(ctx, id, apply)
}

// changeLocked is change for callers that hold the function's lock.
func (r *Registry) changeLocked(ctx context.Context, id function.ID, apply func(d *Document) error) (*Document, error) {
	for {
		r.mu.RLock()
		was := r.functions[id]
		r.mu.RUnlock()
		if was == nil {
			return nil, r.noFunction(id, "")
		}
		d := was.doc.clone()
		if s := d.Latest.Settling; s != nil && !time.Now().Before(s.At) {
			d.Latest.settle()
		}
		if err := apply(d); err != nil {
			return nil, err
		}
		err := r.put(ctx, id, d, was)
		if errors.Is(err, store.ErrConflict) {
			if err := r.reload(ctx, id); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		r.codes.tidy()
		return d, nil
	}
}

// put stores a document in place of was (nil: none) and tells the runtime. A
// caller who gives up cannot make half of it happen.
func (r *Registry) put(ctx context.Context, id function.ID, d *Document, was *entry) error {
	ctx = context.WithoutCancel(ctx)
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("registry: write %s: %w", id.Name, err)
	}
	var revision uint64
	if was != nil {
		revision = was.revision
	}
	revision, err = r.cfg.KV.Put(ctx, functionKey(id), text, revision)
	if errors.Is(err, store.ErrTooLarge) {
		return &Error{InvalidParameter, "The function has too many versions, aliases and permissions. Delete some that are not used.", err}
	}
	if err != nil {
		return fmt.Errorf("registry: write %s: %w", id.Name, err)
	}
	r.install(id, &entry{d, revision})
	if was != nil && sameDeployment(was.doc.deployment(), d.deployment()) {
		return nil
	}
	return r.refresh(ctx, id)
}

// refresh tells the runtime that something callable has changed.
func (r *Registry) refresh(ctx context.Context, id function.ID) error {
	if r.runner == nil {
		return nil
	}
	if err := r.runner.Refresh(ctx, id); err != nil {
		return fmt.Errorf("registry: %s: %w", id.Name, err)
	}
	return nil
}

// reload reads a document that somebody else has changed.
func (r *Registry) reload(ctx context.Context, id function.ID) error {
	e, err := r.cfg.KV.Get(ctx, functionKey(id))
	if errors.Is(err, store.ErrNotFound) {
		r.install(id, nil)
		return nil
	}
	if err != nil {
		return fmt.Errorf("registry: read %s: %w", id.Name, err)
	}
	d, err := readDocument(e)
	if err != nil {
		return err
	}
	r.install(id, &entry{d, e.Revision})
	return nil
}

// install makes an entry the one in memory (nil: none) and counts what it
// refers to.
func (r *Registry) install(id function.ID, now *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.functions[id]
	in := r.region(id.Region)
	if now != nil {
		r.functions[id] = now
		r.codes.refer(now.doc.packages(), 1)
		in.code += now.doc.codeSize()
	} else {
		delete(r.functions, id)
	}
	if was != nil {
		r.codes.refer(was.doc.packages(), -1)
		in.code -= was.doc.codeSize()
	}
	at, found := slices.BinarySearch(in.names, id.Name)
	switch {
	case now != nil && !found:
		in.names = slices.Insert(in.names, at, id.Name)
	case now == nil && found:
		in.names = slices.Delete(in.names, at, at+1)
	}
}

// region returns a Region's account. The caller holds r.mu for writing.
func (r *Registry) region(name string) *region {
	in := r.regions[name]
	if in == nil {
		in = &region{}
		r.regions[name] = in
	}
	return in
}
