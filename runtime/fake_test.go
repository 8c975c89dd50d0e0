package runtime_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// fakeEngine runs Go functions instead of a guest's code.
type fakeEngine struct {
	// init is the init phase; nil succeeds at once. n counts the engine's init
	// phases, beginning with 1.
	init func(ctx context.Context, env runtime.Environment, n int) error
	// invoke is the handler; nil echoes the event.
	invoke func(iso *fakeIsolate, call *runtime.Call) (runtime.Reply, error)

	inits, open atomic.Int64
}

func (e *fakeEngine) Compile(context.Context, runtime.Package) (runtime.Program, error) {
	return e, nil
}

func (e *fakeEngine) NewIsolate(ctx context.Context, env runtime.Environment) (runtime.Isolate, error) {
	n := e.inits.Add(1)
	if e.init != nil {
		if err := e.init(ctx, env, int(n)); err != nil {
			return nil, err
		}
	}
	e.open.Add(1)
	return &fakeIsolate{engine: e, env: env, id: n, stop: make(chan struct{})}, nil
}

// fakeIsolate checks that the runtime keeps the contract.
type fakeIsolate struct {
	engine *fakeEngine
	env    runtime.Environment
	id     int64
	calls  int // invocations so far, the present one included
	stop   chan struct{}
	once   sync.Once
	broken atomic.Bool
	users  atomic.Int32
	closed atomic.Bool
}

func (i *fakeIsolate) Invoke(call *runtime.Call) (runtime.Reply, error) {
	users := i.users.Add(1)
	defer i.users.Add(-1)
	select {
	case <-i.stop: // interrupted a moment before it began
		return runtime.Reply{}, runtime.ErrInterrupted
	default:
	}
	if users != 1 || i.closed.Load() || i.broken.Load() {
		panic(fmt.Sprintf("isolate %d: two users, or used when closed or broken", i.id))
	}
	i.calls++
	if i.engine.invoke == nil {
		return runtime.Reply{Payload: call.Event}, nil
	}
	return i.engine.invoke(i, call)
}

func (i *fakeIsolate) Usable() bool { return !i.broken.Load() }

func (i *fakeIsolate) Interrupt() {
	if i.closed.Load() {
		panic(fmt.Sprintf("isolate %d interrupted when closed", i.id))
	}
	i.once.Do(func() { close(i.stop) })
	i.broken.Store(true)
}

func (i *fakeIsolate) Close() error {
	if i.closed.Swap(true) || i.users.Load() != 0 {
		panic(fmt.Sprintf("isolate %d closed twice or in use", i.id))
	}
	i.engine.open.Add(-1)
	return nil
}

// untilInterrupted is a handler that never answers.
func untilInterrupted(i *fakeIsolate, _ *runtime.Call) (runtime.Reply, error) {
	<-i.stop
	return runtime.Reply{}, runtime.ErrInterrupted
}

// start returns a runtime on a fake engine, closed at the end of the test.
func start(t testing.TB, e *fakeEngine, cfg runtime.Config) *runtime.Runtime {
	t.Helper()
	cfg.Engines = map[string]runtime.Engine{"fake": e}
	rt, err := runtime.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// deploy deploys a function on the fake engine.
func deploy(t testing.TB, rt *runtime.Runtime, fn runtime.Function) {
	t.Helper()
	fn.Runtime, fn.Code = "fake", runtime.Source("")
	if fn.Name == "" {
		fn.Name = "f"
	}
	if err := rt.Deploy(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// stop closes the runtime and looks for isolates that are left.
func stop(t testing.TB, rt *runtime.Runtime, e *fakeEngine) {
	t.Helper()
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
	if n := e.open.Load(); n != 0 {
		t.Errorf("%d isolates are open after Close", n)
	}
}

const second = time.Second
