package registry

import (
	"context"
	"errors"
	"maps"

	"github.com/lambent-run/lambent/runtime/function"
)

// CreateAlias makes an alias.
func (r *Registry) CreateAlias(ctx context.Context, id function.ID, in AliasInput) (function.AliasConfiguration, error) {
	d, err := r.change(ctx, id, func(d *Document) error {
		if d.Aliases[in.Name] != nil {
			return errorf(Conflict, "Alias already exists: %s", r.arn(id, in.Name))
		}
		a := &Alias{Version: in.FunctionVersion}
		if err := r.route(ctx, id, d, a, &in); err != nil {
			return err
		}
		if d.Aliases == nil {
			d.Aliases = map[string]*Alias{}
		}
		d.Aliases[in.Name] = a
		return nil
	})
	if err != nil {
		return function.AliasConfiguration{}, err
	}
	return r.alias(id, d, in.Name), nil
}

// GetAlias describes an alias.
func (r *Registry) GetAlias(_ context.Context, id function.ID, name string) (function.AliasConfiguration, error) {
	d, err := r.find(id)
	if err != nil {
		return function.AliasConfiguration{}, err
	}
	if d.Aliases[name] == nil {
		return function.AliasConfiguration{}, r.noAlias(id, name)
	}
	return r.alias(id, d, name), nil
}

// UpdateAlias changes what is given of an alias.
func (r *Registry) UpdateAlias(ctx context.Context, id function.ID, name string, in AliasInput) (function.AliasConfiguration, error) {
	d, err := r.change(ctx, id, func(d *Document) error {
		a := d.Aliases[name]
		if a == nil {
			return errorf(NotFound, "Alias not found: %s", r.arn(id, name))
		}
		if in.RevisionID != "" && in.RevisionID != a.RevisionID {
			return errorf(PreconditionFailed, staleRevision)
		}
		if in.FunctionVersion != "" {
			a.Version = in.FunctionVersion
		}
		if err := r.route(ctx, id, d, a, &in); err != nil {
			return err
		}
		return d.movable(name, a)
	})
	if err != nil {
		return function.AliasConfiguration{}, err
	}
	return r.alias(id, d, name), nil
}

// DeleteAlias deletes an alias and what is attached to it. One that does not
// exist is no error.
func (r *Registry) DeleteAlias(ctx context.Context, id function.ID, name string) error {
	_, err := r.change(ctx, id, func(d *Document) error {
		if d.Aliases[name] == nil {
			return errUnchanged
		}
		delete(d.Aliases, name)
		d.drop(name)
		return nil
	})
	if errors.Is(err, errUnchanged) || errors.Is(err, errNoFunction) {
		return nil
	}
	return err
}

// ListAliases lists the aliases in the order of their names, with a version only
// those that point to it.
func (r *Registry) ListAliases(_ context.Context, id function.ID, version string, page Page) (list []function.AliasConfiguration, next string, err error) {
	d, err := r.find(id)
	if err != nil {
		return nil, "", err
	}
	fitting := maps.Clone(d.Aliases)
	maps.DeleteFunc(fitting, func(_ string, a *Alias) bool {
		_, weighted := a.Weights[version]
		return version != "" && a.Version != version && !weighted
	})
	names, next := page.cut(sortedKeys(fitting))
	list = make([]function.AliasConfiguration, len(names))
	for i, name := range names {
		list[i] = r.alias(id, d, name)
	}
	return list, next, nil
}

// alias shows an alias.
func (r *Registry) alias(id function.ID, d *Document, name string) function.AliasConfiguration {
	a := d.Aliases[name]
	c := function.AliasConfiguration{
		AliasArn: r.arn(id, name), Name: name, FunctionVersion: a.Version, Description: a.Description, RevisionID: a.RevisionID,
	}
	if len(a.Weights) > 0 {
		c.RoutingConfig = &function.RoutingConfig{AdditionalVersionWeights: maps.Clone(a.Weights)}
	}
	return c
}

// route takes over description and weights of an alias whose version is set, and
// checks where it leads.
func (r *Registry) route(ctx context.Context, id function.ID, d *Document, a *Alias, in *AliasInput) error {
	replace(&a.Description, in.Description)
	if in.RoutingConfig != nil {
		a.Weights = maps.Clone(in.RoutingConfig.AdditionalVersionWeights)
	}
	a.RevisionID = newID()
	if len(a.Weights) > 1 {
		return errorf(InvalidParameter, "Number of items in AdditionalVersionWeights cannot be greater than 1")
	}
	if a.Version != function.Latest && d.published(a.Version) == nil {
		return r.notFound(id, a.Version)
	}
	for other := range a.Weights {
		switch {
		case a.Version == function.Latest:
			return errorf(InvalidParameter, "$LATEST is not supported for an alias pointing to more than 1 version")
		case other == a.Version:
			return errorf(InvalidParameter, "Invalid function version %s. Function version %s is already included in routing configuration.", other, other)
		case d.published(other) == nil:
			return r.notFound(id, other)
		}
		return r.checkPair(ctx, id, d, a.Version, other)
	}
	return nil
}

// checkPair returns an error unless two versions can share an alias: a caller
// must not find other rights or another dead-letter queue from call to call.
func (r *Registry) checkPair(ctx context.Context, id function.ID, d *Document, one, other string) error {
	a, _, err := r.resolve(ctx, id, d, one)
	if err != nil {
		return err
	}
	b, _, err := r.resolve(ctx, id, d, other)
	if err != nil {
		return err
	}
	if a.Configuration.Role != b.Configuration.Role {
		return errorf(InvalidParameter, "Function versions %s and %s must have the same execution role to share an alias.", one, other)
	}
	x, y := a.Configuration.DeadLetterConfig, b.Configuration.DeadLetterConfig
	if (x == nil) != (y == nil) || x != nil && *x != *y {
		return errorf(InvalidParameter, "Function versions %s and %s must have the same dead-letter queue to share an alias.", one, other)
	}
	return nil
}
