package runtime

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/governor"
	"github.com/lambent-run/lambent/runtime/observe"
)

// latest is the name of the version that Deploy makes.
const latest = function.Latest

// region holds the functions of one Region.
type region struct{ functions sync.Map } // name -> *deployed

// in returns a Region's functions; empty means the Runtime's own Region.
func (r *Runtime) in(name string) *region {
	if name == "" || name == r.cfg.Region {
		return &r.home
	}
	found, ok := r.abroad.Load(name)
	if !ok {
		found, _ = r.abroad.LoadOrStore(name, new(region))
	}
	return found.(*region)
}

// deployed is a function by its name: what outlives its versions.
type deployed struct {
	rt      *Runtime
	id      function.ID
	arn     string // unqualified
	gate    *governor.Gate
	breaker breaker
	stream  *observe.Stream // nil if nobody reads logs
	routes  atomic.Pointer[routes]
}

// routes says which version a qualifier means, at one moment.
type routes struct {
	latest *version
	// numbered and aliases are nil for a function without any.
	numbered map[string]*version
	aliases  map[string]function.Alias
}

// all yields the versions.
func (t *routes) all(yield func(*version) bool) {
	if t == nil || t.latest != nil && !yield(t.latest) {
		return
	}
	for _, v := range t.numbered {
		if !yield(v) {
			return
		}
	}
}

// version returns the version of that name, or nil.
func (t *routes) version(name string) *version {
	if t == nil {
		return nil
	}
	if name == "" || name == latest {
		return t.latest
	}
	return t.numbered[name]
}

// pick returns the version that serves the next invocation of a qualifier, or
// nil. Of an alias with weights it is either.
func (t *routes) pick(qualifier string) *version {
	if v := t.version(qualifier); v != nil {
		return v
	}
	alias, ok := t.aliases[qualifier]
	if !ok {
		return nil
	}
	if alias.Other != "" && rand.Float64() < alias.Weight { //nolint:gosec // no secret
		return t.version(alias.Other)
	}
	return t.version(alias.Version)
}

// patience is how many changes of a function one look-up follows that come
// between finding a version and opening it.
const patience = 16

// resolve finds the version for a name and qualifier, ready to serve.
func (r *Runtime) resolve(id function.ID, qualifier string) (*version, error) {
	for range patience {
		v, err := r.find(id, qualifier)
		if err != nil || v.ready.Load() {
			return v, err
		}
		if err = v.prepare(r.base); err == nil {
			return v, nil
		}
		if !errors.Is(err, function.ErrReplaced) {
			return nil, err
		}
		if err := r.renew(r.base, id); err != nil {
			return nil, err
		}
	}
	return nil, r.notFound(id, qualifier)
}

// find finds the version for a name and qualifier.
func (r *Runtime) find(id function.ID, qualifier string) (*version, error) {
	var fn *deployed
	if found, ok := r.in(id.Region).functions.Load(id.Name); ok {
		fn = found.(*deployed)
	} else {
		var err error
		if fn, err = r.load(id); err != nil {
			return nil, fmt.Errorf("runtime: look up %s: %w", id.Name, err)
		} else if fn == nil {
			return nil, r.notFound(id, qualifier)
		}
	}
	v := fn.routes.Load().pick(qualifier)
	if v == nil {
		return nil, r.notFound(id, qualifier)
	}
	return v, nil
}

// Route returns the version that serves the next invocation of a function under
// a qualifier: for an alias with weights, one of its versions. An empty Region
// is the Runtime's own. Its errors are those of Do before the function runs.
func (r *Runtime) Route(id function.ID, qualifier string) (version string, err error) {
	if !r.enter() {
		return "", ErrClosed
	}
	defer r.leave()
	v, err := r.resolve(id, qualifier)
	if err != nil {
		return "", err
	}
	return v.name, nil
}

// notFound is the error for a name or qualifier that does not exist. Lambda
// reports an unqualified name as the version $LATEST.
func (r *Runtime) notFound(id function.ID, qualifier string) error {
	if qualifier == "" {
		qualifier = latest
	}
	arn := r.arn(id)
	arn.Qualifier = qualifier
	return &NotFoundError{Resource: arn.String()}
}

// arn is a function's ARN.
func (r *Runtime) arn(id function.ID) function.ARN {
	if id.Region == "" {
		id.Region = r.cfg.Region
	}
	return function.ARN{Region: id.Region, Account: r.cfg.AccountID, Name: id.Name}
}
