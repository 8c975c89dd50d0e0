package registry

import (
	"context"
	"errors"

	"github.com/lambent-run/lambent/runtime/function"
)

// PutConcurrency reserves concurrency for a function, in place of what it had.
func (r *Registry) PutConcurrency(ctx context.Context, id function.ID, n int) error {
	r.quota.Lock()
	defer r.quota.Unlock()
	_, err := r.change(ctx, id, func(d *Document) error {
		if provisioned := d.provisioned(); n < provisioned {
			return errorf(InvalidParameter, " ReservedConcurrentExecutions  %d should not be lower than function's total provisioned concurrency [%d].", n, provisioned)
		}
		if r.cfg.MaxConcurrency-r.claimed(id)-n < r.cfg.UnreservedMinimum {
			return errorf(InvalidParameter, "Specified ReservedConcurrentExecutions for function decreases account's "+
				"UnreservedConcurrentExecution below its minimum value of [%d].", r.cfg.UnreservedMinimum)
		}
		d.Reserved = &n
		return nil
	})
	return r.latestMissing(id, err)
}

// GetConcurrency returns the reserved concurrency; nil: none.
func (r *Registry) GetConcurrency(_ context.Context, id function.ID) (*int, error) {
	d, err := r.find(id)
	if err != nil {
		return nil, r.latestMissing(id, err)
	}
	return d.Reserved, nil
}

// DeleteConcurrency gives the reserved concurrency back.
func (r *Registry) DeleteConcurrency(ctx context.Context, id function.ID) error {
	r.quota.Lock()
	defer r.quota.Unlock()
	_, err := r.change(ctx, id, func(d *Document) error {
		d.Reserved = nil
		return nil
	})
	return r.latestMissing(id, err)
}

// latestMissing words the error for a function that does not exist as the
// operations on reserved concurrency do.
func (r *Registry) latestMissing(id function.ID, err error) error {
	if errors.Is(err, errNoFunction) {
		return r.noFunction(id, function.Latest)
	}
	return err
}

// provisioned is the function's provisioned concurrency, over all versions.
func (d *Document) provisioned() int {
	sum := 0
	for _, p := range d.Provisioned {
		sum += p.Requested
	}
	return sum
}

// claim is what the function takes of the account's concurrency for itself.
func (d *Document) claim() int {
	if d.Reserved != nil {
		return *d.Reserved
	}
	return d.provisioned()
}

// claimed is what the other functions of a Region take for themselves.
func (r *Registry) claimed(but function.ID) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	sum := 0
	for id, e := range r.functions {
		if id.Region == but.Region && id != but {
			sum += e.doc.claim()
		}
	}
	return sum
}

// UnreservedConcurrency is what a Region's functions share.
func (r *Registry) UnreservedConcurrency(region string) int {
	return r.cfg.MaxConcurrency - r.claimed(function.ID{Region: region})
}
