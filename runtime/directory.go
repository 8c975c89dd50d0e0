package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// load installs what the Directory knows of a function that is not installed.
// Without an error and without a result there is no such function.
func (r *Runtime) load(id function.ID) (*deployed, error) {
	if r.cfg.Directory == nil {
		return nil, nil
	}
	id = r.full(id)
	r.deploying.Lock()
	defer r.deploying.Unlock()
	if found, ok := r.in(id.Region).functions.Load(id.Name); ok {
		return found.(*deployed), nil
	}
	// While the lock is held no Refresh can be missed.
	d, ok, err := r.cfg.Directory.Function(r.base, id)
	if !ok || err != nil {
		return nil, err
	}
	return r.apply(id, d)
}

// full fills in the Runtime's own Region.
func (r *Runtime) full(id function.ID) function.ID {
	if id.Region == "" {
		id.Region = r.cfg.Region
	}
	return id
}

// Refresh takes over what the Directory says of a function now: whoever calls
// the function after Refresh has returned gets the new state. Versions that are
// the same as before go on; what is in flight on others finishes.
func (r *Runtime) Refresh(ctx context.Context, id function.ID) error {
	if !r.enter() {
		return ErrClosed
	}
	defer r.leave()
	if r.cfg.Directory == nil {
		return errors.New("runtime: refresh without a Directory")
	}
	return r.renew(ctx, id)
}

// renew is Refresh.
func (r *Runtime) renew(ctx context.Context, id function.ID) error {
	id = r.full(id)
	r.deploying.Lock()
	defer r.deploying.Unlock()
	d, ok, err := r.cfg.Directory.Function(ctx, id)
	if err != nil {
		return fmt.Errorf("runtime: refresh %s: %w", id.Name, err)
	}
	_, loaded := r.in(id.Region).functions.Load(id.Name)
	switch {
	case !ok:
		r.uninstall(id)
		return nil
	case !loaded && d.Reserved == nil && len(d.Provisioned) == 0 && len(d.SnapStart) == 0:
		return nil // its first invocation will ask
	}
	_, err = r.apply(id, d)
	return err
}

// apply installs a deployment. The caller holds r.deploying.
func (r *Runtime) apply(id function.ID, d *function.Deployment) (*deployed, error) {
	fn := r.deployedAs(id)
	provisioned := 0
	for _, n := range d.Provisioned {
		provisioned += n
	}
	if err := fn.gate.Set(d.Reserved, provisioned); err != nil {
		return nil, fmt.Errorf("runtime: concurrency of %s: %w", id.Name, err)
	}
	old, now := fn.routes.Load(), &routes{aliases: d.Aliases}
	for name, revision := range d.Versions {
		keep := d.Provisioned[name]
		// Guests can tell whether their environment is provisioned, so that is
		// part of what a version is.
		v := old.version(name)
		if v == nil || v.revision != revision || v.keep != keep {
			v = &version{fn: fn, name: name, revision: revision, keep: keep}
		}
		if name == latest {
			now.latest = v
			continue
		}
		if now.numbered == nil {
			now.numbered = make(map[string]*version, len(d.Versions)-1)
		}
		now.numbered[name] = v
	}
	r.publish(fn, now)
	for v := range now.all {
		if (v.keep > 0 || d.SnapStart[v.name]) && !v.ready.Load() {
			r.warm(v)
		}
	}
	return fn, nil
}

// warm makes a provisioned version, or one with SnapStart, ready without anybody
// waiting.
func (r *Runtime) warm(v *version) {
	r.inFlight.Add(1)
	go func() {
		defer r.leave()
		if err := v.prepare(r.base); err != nil {
			v.platform(v.newSink(logStream(v, time.Now())), func(b []byte) []byte {
				return fmt.Appendf(b, "lambent: version %s of %s cannot be warmed: %v\n", v.name, v.fn.id.Name, err)
			})
		}
	}()
}

// deployedAs returns the function of that name, a new one if there is none.
func (r *Runtime) deployedAs(id function.ID) *deployed {
	if found, ok := r.in(id.Region).functions.Load(id.Name); ok {
		return found.(*deployed)
	}
	return &deployed{rt: r, id: id, arn: r.arn(id).String(), gate: r.gov.NewGate(), stream: r.log.Stream(id.Name)}
}

// publish makes routes those of fn, and retires versions that have none any
// more.
func (r *Runtime) publish(fn *deployed, now *routes) {
	old := fn.routes.Swap(now)
	r.in(fn.id.Region).functions.Store(fn.id.Name, fn)
	for v := range old.all {
		if now.version(v.name) != v {
			v.retire()
		}
	}
}

// uninstall makes a function unknown, and reports whether it was known. The
// caller holds r.deploying.
func (r *Runtime) uninstall(id function.ID) bool {
	found, ok := r.in(id.Region).functions.LoadAndDelete(id.Name)
	if !ok {
		return false
	}
	fn := found.(*deployed)
	for v := range fn.routes.Load().all {
		v.retire()
	}
	_ = fn.gate.Set(nil, 0) // giving back cannot fail
	return true
}

// Check compiles a version's code without installing it, and returns why it
// cannot be used. What code shows only when it is loaded is not looked for, and
// neither is a runtime without an engine: its invocations say so.
func (r *Runtime) Check(ctx context.Context, v *function.Version) error {
	if !r.enter() {
		return ErrClosed
	}
	defer r.leave()
	fn, err := settings("check", v, 0).withDefaults()
	if err != nil {
		return err
	}
	engine, ok := r.engines[fn.Runtime]
	if !ok {
		return nil
	}
	pkg, _, err := open(ctx, fn)
	if err != nil {
		return err
	}
	_, err = engine.Compile(ctx, pkg)
	return err
}
