package runtime

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/governor"
	"github.com/lambent-run/lambent/runtime/internal/pool"
	"github.com/lambent-run/lambent/runtime/internal/worker"
	"github.com/lambent-run/lambent/runtime/observe"
)

const (
	// grace is how long an engine has to react to its interruption. A caller has
	// its answer this much after the function's timeout at the latest.
	grace = 25 * time.Millisecond
	// workerIdle is when workers without work retire.
	workerIdle = 10 * time.Second
	// burstSeconds is the window of Config.BurstIsolates.
	burstSeconds = 10
	// logPatience is how long Close waits for a slow log.
	logPatience = time.Second
)

// Runtime holds functions and runs them. It is safe for concurrent use.
type Runtime struct {
	cfg     Config
	epoch   time.Time // of clock
	engines map[string]Engine
	gov     *governor.Governor
	pool    *pool.Pool[*environment]
	workers *worker.Pool
	memory  memoryWatch
	log     *observe.Log // nil: discarded
	http    http.RoundTripper

	home      region     // of cfg.Region
	abroad    sync.Map   // Region -> *region, of the others
	deploying sync.Mutex // makes changes of functions one after the other
	base      context.Context
	stop      context.CancelFunc // ends base, and with it all init phases

	runs     sync.Pool    // of *run
	inFlight atomic.Int64 // calls of Do
	closed   atomic.Bool
	quiet    chan struct{} // has a value when inFlight may have become 0
	closing  sync.Once
	count    struct{ invocations, coldStarts, functionErrors, timeouts atomic.Int64 }
}

// New returns a Runtime without functions. Close it when done.
func New(cfg Config) (*Runtime, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Runtime{
		cfg:   cfg,
		epoch: time.Now(),
		gov: governor.New(governor.Config{
			Concurrency: cfg.MaxConcurrency, Unreserved: cfg.UnreservedMinimum, Rate: cfg.RequestRate,
			Burst: cfg.BurstIsolates, BurstSeconds: burstSeconds,
		}),
		workers: worker.New(grace, workerIdle),
		quiet:   make(chan struct{}, 1),
	}
	if r.engines, err = builtinEngines(cfg.CacheDir); err != nil {
		return nil, err
	}
	maps.Copy(r.engines, cfg.Engines)
	r.memory.rt, r.memory.limit = r, uint64(max(0, cfg.MemoryLimit))
	r.base, r.stop = context.WithCancel(context.Background())
	r.pool = pool.New[*environment](pool.Config{Max: cfg.MaxIsolates, IdleTime: cfg.IdleTimeout, Clock: r.clock})
	if cfg.Log != nil || cfg.LogTap != nil {
		r.log = observe.NewLog(cfg.Log, cfg.LogTap)
	}
	switch {
	case cfg.NoNetwork:
	case cfg.HTTP != nil:
		r.http = cfg.HTTP
	default:
		r.http = newTransport()
	}
	return r, nil
}

// newTransport is the network of guests. It does not read the host's
// environment for proxies.
func newTransport() *http.Transport {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Transport{}
	}
	t = t.Clone()
	t.Proxy = nil
	return t
}

// clock is the time since New in nanoseconds; it does not go back.
func (r *Runtime) clock() int64 { return int64(time.Since(r.epoch)) }

// at is what the clock showed at t.
func (r *Runtime) at(t time.Time) int64 { return int64(t.Sub(r.epoch)) }

// Region returns the Region of all functions.
func (r *Runtime) Region() string { return r.cfg.Region }

// AccountID returns the account of all functions.
func (r *Runtime) AccountID() string { return r.cfg.AccountID }

// enter counts a call in, unless the Runtime is closed.
func (r *Runtime) enter() bool {
	r.inFlight.Add(1)
	if r.closed.Load() {
		r.leave()
		return false
	}
	return true
}

// leave counts a call out.
func (r *Runtime) leave() {
	if r.inFlight.Add(-1) == 0 && r.closed.Load() {
		select {
		case r.quiet <- struct{}{}:
		default:
		}
	}
}

// Close refuses new invocations, waits for those in flight and frees
// everything. It may be called more than once; each call returns when all is
// done. What is stuck in an operation that cannot be interrupted is left behind.
func (r *Runtime) Close() error {
	r.closing.Do(func() {
		r.closed.Store(true)
		for r.inFlight.Load() > 0 {
			<-r.quiet
		}
		r.stop() // init phases that nobody waits for
		r.deploying.Lock()
		defer r.deploying.Unlock()
		r.memory.close()
		r.pool.Close()
		r.workers.Close()
		r.home.functions.Clear()
		r.abroad.Clear()
		r.log.Close(logPatience)
		if t, ok := r.http.(*http.Transport); ok && r.cfg.HTTP == nil {
			t.CloseIdleConnections()
		}
	})
	return nil
}

// Stats returns a snapshot.
func (r *Runtime) Stats() Stats {
	s := Stats{
		Abandoned:      r.workers.Stuck(),
		Invocations:    r.count.invocations.Load(),
		ColdStarts:     r.count.coldStarts.Load(),
		FunctionErrors: r.count.functionErrors.Load(),
		Timeouts:       r.count.timeouts.Load(),
		Evictions:      r.pool.Evicted(),
		Throttles:      r.gov.Refused(),
	}
	for fn := range r.functions {
		s.Functions++
		s.InFlight += fn.gate.InFlight()
		if fn.breaker.suspends() {
			s.Suspended++
		}
	}
	n := r.pool.Count()
	s.Isolates, s.Idle, s.Starting = n.Live, n.Idle, n.Starting
	return s
}

// functions yields the installed functions of all Regions.
func (r *Runtime) functions(yield func(*deployed) bool) {
	for _, fn := range r.home.functions.Range {
		if !yield(fn.(*deployed)) {
			return
		}
	}
	for _, reg := range r.abroad.Range {
		for _, fn := range reg.(*region).functions.Range {
			if !yield(fn.(*deployed)) {
				return
			}
		}
	}
}

// Functions describes the version $LATEST of the functions, by name: those that
// were deployed, and of the Directory's those that have been called.
func (r *Runtime) Functions() []FunctionInfo {
	var all []FunctionInfo
	for fn := range r.functions {
		if v := fn.routes.Load().latest; v != nil {
			all = append(all, v.info())
		}
	}
	slices.SortFunc(all, func(a, b FunctionInfo) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Region, b.Region))
	})
	return all
}

// Function describes one function's version, or returns a *NotFoundError. An
// empty qualifier is the default, $LATEST.
func (r *Runtime) Function(name, qualifier string) (FunctionInfo, error) {
	v, err := r.resolve(function.ID{Name: name}, qualifier)
	if err != nil {
		return FunctionInfo{}, err
	}
	return v.info(), nil
}

// Remove deletes a function of the Runtime's Region. What is in flight finishes.
// An unknown name is a *NotFoundError.
func (r *Runtime) Remove(name string) error {
	if !r.enter() {
		return ErrClosed
	}
	defer r.leave()
	r.deploying.Lock()
	defer r.deploying.Unlock()
	if id := (function.ID{Region: r.cfg.Region, Name: name}); !r.uninstall(id) {
		return r.notFound(id, "")
	}
	return nil
}
