package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/pool"
	"github.com/lambent-run/lambent/runtime/observe"
)

// version is code with its settings, and the environments that run it. One that
// the Directory told of is only a name until its first invocation.
type version struct {
	fn   *deployed
	name string // "$LATEST" or a number
	// revision tells whether the version is still the same after a change.
	revision string
	// keep is the provisioned concurrency.
	keep int

	// ready says that the fields below are set, after which they do not change.
	ready    atomic.Bool
	set      Function // with defaults filled in
	program  Program
	group    *pool.Group[*environment]
	lines    observe.Lines
	vars     map[string]string // the guest's variables but for the log stream
	sha256   [32]byte
	modified time.Time

	mu      sync.Mutex // is held while the version is made ready
	retired bool       // guarded by mu
}

var _ pool.Starter[*environment] = (*version)(nil)

// prepare makes the version ready, if it is not. An error is this caller's; the
// next one tries again.
func (v *version) prepare(ctx context.Context) error {
	if v.ready.Load() {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ready.Load() {
		return nil
	}
	r, id := v.fn.rt, v.fn.id
	spec, ok, err := r.cfg.Directory.Version(ctx, id, v.name, v.revision)
	if err != nil {
		return err
	}
	if !ok {
		return function.ErrReplaced
	}
	if err := r.compile(ctx, v, settings(id.Name, spec, v.keep)); err != nil {
		return err
	}
	v.enable()
	return nil
}

// enable opens a compiled version to invocations. The caller holds mu, or is
// the only one who has v.
func (v *version) enable() {
	v.group = v.fn.rt.pool.Group(v, v.keep)
	v.ready.Store(true)
	if v.retired {
		v.group.Retire() // it serves who resolved it before
		return
	}
	v.group.Refill()
}

// retire closes what is idle. Invocations that have the version still finish.
func (v *version) retire() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.retired = true
	if v.ready.Load() {
		v.group.Retire()
	}
}

// Allow says whether a cold start may begin. It is called with the group locked.
func (v *version) Allow(fresh bool) error {
	now := v.fn.rt.clock()
	if ok, wait := v.fn.breaker.allow(now); !ok {
		return v.fn.suspended(wait)
	}
	if fresh {
		if reason := v.fn.gate.Grow(now); reason != "" {
			return v.fn.throttled(reason)
		}
	}
	return nil
}

// throttled reports a refusal to the hooks and returns its error.
func (fn *deployed) throttled(reason string) error {
	if hook := fn.rt.cfg.Observe.Throttled; hook != nil {
		hook(fn.id.Name, reason)
	}
	return &ThrottledError{Function: fn.id.Name, Reason: reason}
}

func (fn *deployed) suspended(wait time.Duration) error {
	return &SuspendedError{Function: fn.id.Name, Stuck: int(fn.breaker.stuck.Load()), RetryAfter: wait}
}

// info describes the version.
func (v *version) info() FunctionInfo {
	info := FunctionInfo{Name: v.fn.id.Name, Region: v.fn.id.Region, ARN: v.fn.arn, Version: v.name, InFlight: v.fn.gate.InFlight()}
	if v.ready.Load() {
		n := v.group.Count()
		info.Runtime, info.Handler, info.Timeout, info.MemorySize = v.set.Runtime, v.set.Handler, v.set.Timeout, v.set.MemorySize
		info.CodeSHA256, info.Modified, info.Isolates, info.Idle = v.sha256, v.modified, n.Live, n.Idle
	}
	return info
}

// settings is a version of the Directory as what Deploy takes.
func settings(name string, spec *function.Version, keep int) Function {
	fn := Function{
		Name: name, Code: fromDirectory(spec.Code), Handler: spec.Handler, Runtime: spec.Runtime,
		Timeout: spec.Timeout, MemorySize: spec.MemorySize, EphemeralStorage: spec.EphemeralStorage,
		Environment: spec.Environment, ProvisionedConcurrency: keep,
		LogFormat: spec.LogFormat, LogLevel: spec.LogLevel, SystemLogLevel: spec.SystemLogLevel, LogGroup: spec.LogGroup,
	}
	for _, layer := range spec.Layers {
		fn.Layers = append(fn.Layers, fromDirectory(layer))
	}
	return fn
}

// fromDirectory is the Directory's code as a deployment package.
func fromDirectory(code function.Code) Code {
	return Code{open: func(ctx context.Context) (tree, error) {
		files, sum, err := code.Open(ctx)
		return tree{files, sum}, err
	}}
}
