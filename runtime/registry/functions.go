package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// GetFunction describes a function, or one of its versions or aliases. What it
// returns is shared: nobody may change it. So it is with all configurations.
func (r *Registry) GetFunction(ctx context.Context, id function.ID, qualifier string) (FunctionDetails, error) {
	d := r.document(id)
	if d == nil {
		return FunctionDetails{}, r.noFunction(id, qualifier)
	}
	rec, _, err := r.resolve(ctx, id, d, qualifier)
	if err != nil {
		return FunctionDetails{}, err
	}
	return FunctionDetails{
		Configuration: r.configuration(ctx, id, d, rec, qualifier), Code: rec.Code, Tags: d.Tags, Reserved: d.Reserved,
	}, nil
}

// GetFunctionConfiguration is GetFunction without the code.
func (r *Registry) GetFunctionConfiguration(ctx context.Context, id function.ID, qualifier string) (function.Configuration, error) {
	details, err := r.GetFunction(ctx, id, qualifier)
	return details.Configuration, err
}

// DeleteFunction deletes a function with all that belongs to it, or, with a
// qualifier, one of its versions. A version that does not exist is no error.
func (r *Registry) DeleteFunction(ctx context.Context, id function.ID, qualifier string) error {
	switch {
	case qualifier == "":
		return r.deleteFunction(ctx, id)
	case qualifier == function.Latest:
		return errorf(InvalidParameter, "$LATEST version cannot be deleted without deleting the function.")
	case !function.IsVersion(qualifier):
		return errorf(InvalidParameter, "Deletion of aliases is not currently supported.")
	}
	return r.deleteVersion(ctx, id, qualifier)
}

// deleteFunction deletes the document first: what it listed is an orphan then,
// which a start collects if this process ends here.
func (r *Registry) deleteFunction(ctx context.Context, id function.ID) error {
	release, err := r.locks.acquire(ctx, functionKey(id))
	if err != nil {
		return err
	}
	defer release()
	for {
		r.mu.RLock()
		was := r.functions[id]
		r.mu.RUnlock()
		if was == nil {
			return r.noFunction(id, "")
		}
		ctx := context.WithoutCancel(ctx)
		err := r.cfg.KV.Delete(ctx, functionKey(id), was.revision)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			if err := r.reload(ctx, id); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("registry: delete %s: %w", id.Name, err)
		}
		r.install(id, nil)
		if err := r.refresh(ctx, id); err != nil {
			return err
		}
		for _, p := range was.doc.Published {
			if err := r.dropVersion(ctx, id, was.doc.Generation, p.Number); err != nil {
				return err
			}
		}
		r.codes.tidy()
		return nil
	}
}

// deleteVersion deletes a published version that no alias points to.
func (r *Registry) deleteVersion(ctx context.Context, id function.ID, version string) error {
	d, err := r.change(ctx, id, func(d *Document) error {
		p := d.published(version)
		if p == nil {
			return errUnchanged
		}
		for _, name := range sortedKeys(d.Aliases) {
			a := d.Aliases[name]
			if _, weighted := a.Weights[version]; weighted || a.Version == version {
				return errorf(Conflict, "Version %s is referenced by the alias %s. Delete or update the alias first.", version, name)
			}
		}
		d.Published = slices.DeleteFunc(d.Published, func(other Published) bool { return other.Number == p.Number })
		d.drop(version)
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	if errors.Is(err, errNoFunction) {
		return r.noFunction(id, version)
	}
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(version)
	if err != nil {
		return fmt.Errorf("registry: delete version: %w", err)
	}
	return r.dropVersion(context.WithoutCancel(ctx), id, d.Generation, number)
}

// dropVersion deletes the record of a version that is no longer listed.
func (r *Registry) dropVersion(ctx context.Context, id function.ID, generation string, number int) error {
	key := versionKey(id, generation, number)
	e, err := r.cfg.KV.Get(ctx, key)
	if err == nil {
		err = r.cfg.KV.Delete(ctx, key, e.Revision)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("registry: delete version %d of %s: %w", number, id.Name, err)
	}
	return nil
}

// ListFunctions lists a Region's functions in the order of their names; with
// all, each with its published versions. next is the After of the next page;
// empty: there is none.
func (r *Registry) ListFunctions(ctx context.Context, region string, all bool, page Page) (list []function.Configuration, next string, err error) {
	from, version, _ := strings.Cut(page.After, ":")
	l := lister{r: r, qualified: all, limit: page.Limit, list: []function.Configuration{}}
	for name, ok := r.name(region, from, false); ok && !l.done(); name, ok = r.name(region, name, true) {
		id := function.ID{Region: region, Name: name}
		d := r.document(id)
		if d == nil {
			continue // deleted meanwhile
		}
		l.of = name + ":"
		after := version
		if name != from {
			after = ""
			l.add(ctx, id, d, function.Latest)
		}
		if all {
			l.addPublished(ctx, id, d, after)
		}
	}
	return l.list, l.next, l.err
}

// name returns the first of a Region's functions from one on, or after it.
func (r *Registry) name(region, from string, after bool) (string, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	in := r.regions[region]
	if in == nil {
		return "", false
	}
	at, found := slices.BinarySearch(in.names, from)
	if found && after {
		at++
	}
	if at == len(in.names) {
		return "", false
	}
	return in.names[at], true
}
