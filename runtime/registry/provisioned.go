package registry

import (
	"context"
	"errors"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// States of a provisioned concurrency.
const (
	provisionedInProgress = "IN_PROGRESS"
	provisionedReady      = "READY"
	provisionedFailed     = "FAILED"

	reasonInitFailed = "FUNCTION_ERROR_INIT_FAILURE"
)

// PutProvisioned keeps n environments of a version or alias ready, in place of
// what it had.
func (r *Registry) PutProvisioned(ctx context.Context, id function.ID, qualifier string, n int) (ProvisionedStatus, error) {
	if qualifier == function.Latest {
		return ProvisionedStatus{}, errorf(InvalidParameter, "Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
	}
	r.quota.Lock()
	defer r.quota.Unlock()
	p := &Provisioned{Requested: n, LastModified: time.Now().UTC()}
	_, err := r.change(ctx, id, func(d *Document) error {
		if err := r.mustHave(d, id, qualifier); err != nil {
			return err
		}
		if err := d.provisionable(qualifier); err != nil {
			return err
		}
		if err := r.checkProvisioned(id, d, qualifier, n); err != nil {
			return err
		}
		if d.Provisioned == nil {
			d.Provisioned = map[string]*Provisioned{}
		}
		d.Provisioned[qualifier] = p
		return nil
	})
	if err != nil {
		return ProvisionedStatus{}, r.qualified(id, qualifier, err)
	}
	return ProvisionedStatus{Qualifier: qualifier, Requested: n, Status: provisionedInProgress, LastModified: p.LastModified}, nil
}

// provisionable returns an error if the version behind a qualifier has
// provisioned concurrency by another name.
func (d *Document) provisionable(qualifier string) error {
	a := d.Aliases[qualifier]
	if a == nil {
		for name := range d.Provisioned {
			if other := d.Aliases[name]; other != nil && other.Version == qualifier {
				return errorf(Conflict, "Version is pointed by a Provisioned Concurrency alias")
			}
		}
		return nil
	}
	if a.Version == function.Latest {
		return errorf(InvalidParameter, "Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
	}
	for name := range d.Provisioned {
		other := d.Aliases[name]
		if name == a.Version || other != nil && name != qualifier && other.Version == a.Version {
			return errorf(Conflict, "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version")
		}
	}
	return nil
}

// movable returns an error if an alias has a provisioned concurrency that cannot
// be where it points now.
func (d *Document) movable(name string, a *Alias) error {
	if d.Provisioned[name] == nil {
		return nil
	}
	return d.provisionable(name)
}

// checkProvisioned returns an error if there is no room for n of a qualifier.
func (r *Registry) checkProvisioned(id function.ID, d *Document, qualifier string, n int) error {
	total := d.provisioned() + n
	if was := d.Provisioned[qualifier]; was != nil {
		total -= was.Requested
	}
	if d.Reserved != nil {
		if total > *d.Reserved {
			return errorf(InvalidParameter, "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function")
		}
		return nil
	}
	free := r.cfg.MaxConcurrency - r.claimed(id)
	switch {
	case total > free:
		return errorf(InvalidParameter, "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [%d].", free)
	case free-total < r.cfg.UnreservedMinimum:
		return errorf(InvalidParameter, "Specified ConcurrentExecutions for function decreases account's "+
			"UnreservedConcurrentExecution below its minimum value of [%d].", r.cfg.UnreservedMinimum)
	}
	return nil
}

// GetProvisioned describes a provisioned concurrency.
func (r *Registry) GetProvisioned(_ context.Context, id function.ID, qualifier string) (ProvisionedStatus, error) {
	if qualifier == function.Latest {
		return ProvisionedStatus{}, errNotProvisionable
	}
	d, err := r.find(id)
	if err != nil {
		return ProvisionedStatus{}, r.qualified(id, qualifier, err)
	}
	if err := r.mustHave(d, id, qualifier); err != nil {
		return ProvisionedStatus{}, err
	}
	if d.Provisioned[qualifier] == nil {
		return ProvisionedStatus{}, errNotProvisioned
	}
	return r.provisionedStatus(id, d, qualifier), nil
}

var (
	errNotProvisionable = errorf(InvalidParameter, "The function resource provided must be an alias or a published version.")
	errNotProvisioned   = errorf(ProvisionedNotFound, "No Provisioned Concurrency Config found for this function")
)

// ListProvisioned lists a function's provisioned concurrencies by qualifier.
func (r *Registry) ListProvisioned(_ context.Context, id function.ID, page Page) (list []ProvisionedStatus, next string, err error) {
	d, err := r.find(id)
	if err != nil {
		return nil, "", err
	}
	qualifiers, next := page.cut(sortedKeys(d.Provisioned))
	list = make([]ProvisionedStatus, len(qualifiers))
	for i, q := range qualifiers {
		list[i] = r.provisionedStatus(id, d, q)
	}
	return list, next, nil
}

// DeleteProvisioned ends a provisioned concurrency. One that does not exist is
// no error.
func (r *Registry) DeleteProvisioned(ctx context.Context, id function.ID, qualifier string) error {
	if qualifier == function.Latest {
		return errNotProvisionable
	}
	r.quota.Lock()
	defer r.quota.Unlock()
	_, err := r.change(ctx, id, func(d *Document) error {
		if err := r.mustHave(d, id, qualifier); err != nil {
			return err
		}
		if d.Provisioned[qualifier] == nil {
			return errUnchanged
		}
		delete(d.Provisioned, qualifier)
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return r.qualified(id, qualifier, err)
}

// qualified words the error for a function that does not exist with a qualifier.
func (r *Registry) qualified(id function.ID, qualifier string, err error) error {
	if errors.Is(err, errNoFunction) {
		return r.noFunction(id, qualifier)
	}
	return err
}

// provisionedStatus is what has become of a provisioned concurrency. It is not
// kept: after a restart the environments are to be made again.
func (r *Registry) provisionedStatus(id function.ID, d *Document, qualifier string) ProvisionedStatus {
	p := d.Provisioned[qualifier]
	s := ProvisionedStatus{Qualifier: qualifier, Requested: p.Requested, Status: provisionedReady, LastModified: p.LastModified}
	version := qualifier
	if a := d.Aliases[qualifier]; a != nil {
		version = a.Version
	}
	ready, err := p.Requested, error(nil)
	if warmer, ok := r.runner.(Warmer); ok {
		ready, err = warmer.Ready(id, version)
	}
	s.Available = min(ready, p.Requested)
	s.Allocated = s.Available
	switch {
	case err != nil:
		s.Status, s.StatusReason = provisionedFailed, reasonInitFailed
	case s.Available < p.Requested:
		s.Status = provisionedInProgress
	}
	return s
}
