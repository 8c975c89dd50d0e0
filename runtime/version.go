package runtime

import (
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/governor"
	"github.com/lambent-run/lambent/runtime/internal/pool"
	"github.com/lambent-run/lambent/runtime/observe"
)

// latest is the name of the version that Deploy makes.
const latest = "$LATEST"

// deployed is a function by its name: what outlives its versions.
type deployed struct {
	rt      *Runtime
	name    string
	arn     string // unqualified
	gate    *governor.Gate
	breaker breaker
	stream  *observe.Stream // nil if nobody reads logs
	version atomic.Pointer[version]
}

// version is code with its settings, and the environments that run it.
type version struct {
	fn       *deployed
	set      Function // with defaults filled in
	program  Program
	group    *pool.Group[*environment]
	lines    observe.Lines
	vars     map[string]string // the guest's variables but for the log stream
	sha256   [32]byte
	modified time.Time
}

var _ pool.Starter[*environment] = (*version)(nil)

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
		hook(fn.name, reason)
	}
	return &ThrottledError{Function: fn.name, Reason: reason}
}

func (fn *deployed) suspended(wait time.Duration) error {
	return &SuspendedError{Function: fn.name, Stuck: int(fn.breaker.stuck.Load()), RetryAfter: wait}
}

// notFound is the error for a name or qualifier that does not exist. Lambda
// reports an unqualified name as the version $LATEST.
func (r *Runtime) notFound(name, qualifier string) error {
	if qualifier == "" {
		qualifier = latest
	}
	return &NotFoundError{Resource: function.ARN{
		Region: r.cfg.Region, Account: r.cfg.AccountID, Name: name, Qualifier: qualifier,
	}.String()}
}

// resolve finds the version for a name and qualifier.
func (r *Runtime) resolve(name, qualifier string) (*version, error) {
	if qualifier == "" || qualifier == latest {
		if fn, ok := r.functions.Load(name); ok {
			return fn.(*deployed).version.Load(), nil
		}
	}
	return nil, r.notFound(name, qualifier)
}
