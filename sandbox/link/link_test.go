package link

import (
	"context"
	"errors"
	"os"
	"testing"
)

// engine is shared by the tests, as by the isolates of a process.
var engine = func() *Engine {
	e, err := NewEngine()
	if err != nil {
		panic(err)
	}
	return e
}()

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	code, err := os.ReadFile("testdata/" + name + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func newStore(t testing.TB) *Store {
	s := engine.NewStore(64 << 20)
	t.Cleanup(s.Close)
	return s
}

func compileModule(t testing.TB, s *Store, code []byte) *Module {
	t.Helper()
	m, err := s.Compile(code)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// instance is an Instance whose exports are found by name.
type instance struct {
	*Instance
	m *Module
}

func instantiate(t testing.TB, s *Store, name string, imports ...any) instance {
	t.Helper()
	m := compileModule(t, s, fixture(t, name))
	i, err := s.Instantiate(m, imports)
	if err != nil {
		t.Fatal(err)
	}
	return instance{i, m}
}

func (i instance) export(name string) any {
	for n, x := range i.m.Exports() {
		if x.Name == name {
			return i.Exports()[n]
		}
	}
	panic("no export " + name)
}

func (i instance) call(t testing.TB, name string, args ...uint64) uint64 {
	t.Helper()
	stack := append(args, 0)
	if err := i.export(name).(*Func).Call(stack); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return stack[0]
}

func increment(stack []uint64) error { stack[0]++; return nil }

func TestFunctionsCallBothWays(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	i := instantiate(t, s, "small", Host(increment))
	if got := i.call(t, "run", 41); got != 42 {
		t.Errorf("run(41) = %d, want 42", got)
	}
	failure := errors.New("no")
	j := instantiate(t, s, "small", Host(func([]uint64) error { return failure }))
	if err := j.export("run").(*Func).Call([]uint64{1}); !errors.Is(err, failure) {
		t.Errorf("the host's error arrives as %v", err)
	}
	if got := i.call(t, "run", 1); got != 2 {
		t.Errorf("run(1) = %d after another instance's host has failed", got)
	}
	// The exported function of one instance is the import of another.
	k := instantiate(t, s, "small", i.export("run"))
	if got := k.call(t, "run", 1); got != 2 {
		t.Errorf("run(1) = %d through two instances, want 2", got)
	}
}

func TestCallsNestThroughTheHostUpToALimit(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var run *Func
	depth := 0
	i := instantiate(t, s, "small", Host(func(stack []uint64) error {
		depth++
		return run.Call(stack)
	}))
	run = i.export("run").(*Func)
	if err := run.Call([]uint64{1}); !errors.Is(err, ErrStack) {
		t.Errorf("endless recursion through the host is %v, want %v", err, ErrStack)
	}
	if depth != maxDepth || s.depth != 0 {
		t.Errorf("%d calls nested and %d still count, want %d and 0", depth, s.depth, maxDepth)
	}
}

func TestTrapsAreWordedAsV8WordsThem(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	i := instantiate(t, s, "api", Host(increment), uint64(7))
	tests := []struct {
		name, export string
		args         []uint64
		want         string
	}{
		{name: "unreachable code", export: "unr", want: "unreachable"},
		{name: "division by zero", export: "div", args: []uint64{1, 0}, want: "divide by zero"},
		{name: "an address beyond the memory", export: "oob", args: []uint64{70000}, want: "memory access out of bounds"},
		{name: "not a number to an integer", export: "trunc", args: []uint64{0x7ff8000000000000}, want: "float unrepresentable in integer range"},
		{name: "a call of null", export: "ind", args: []uint64{3}, want: "null function or function signature mismatch"},
		{name: "a call of the wrong type", export: "ind", args: []uint64{1}, want: "null function or function signature mismatch"},
	}
	for _, tc := range tests {
		err := i.export(tc.export).(*Func).Call(append(tc.args, 0, 0))
		var trap *Trap
		if !errors.As(err, &trap) || trap.Reason != tc.want {
			t.Errorf("%s is %v, want a trap: %s", tc.name, err, tc.want)
		}
	}
	if err := i.export("rec").(*Func).Call(make([]uint64, 1)); !errors.Is(err, ErrStack) {
		t.Errorf("endless recursion is %v, want %v", err, ErrStack)
	}
	if got := i.call(t, "add", 1, 2); got != 3 {
		t.Errorf("add(1, 2) = %d after traps", got)
	}
}

func TestReferencesAreTheFunctionsThatTheyReferTo(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	shared, err := s.NewTable(FuncRef, Limits{Min: 4})
	if err != nil {
		t.Fatal(err)
	}
	i := instantiate(t, s, "refs", Host(increment), shared)
	other := instantiate(t, s, "small", Host(increment))
	own := i.export("own").(*Table)
	at := func(table *Table, n uint32) *Func {
		t.Helper()
		ref, ok := table.Get(n)
		if !ok {
			t.Fatalf("no entry %d", n)
		}
		f, err := s.FuncOf(ref)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	double := i.export("double").(*Func)
	if got := at(own, 2); got != double {
		t.Errorf("entry 2 is function %d, want the one exported as double", got.Number())
	}
	if at(own, 3) != nil {
		t.Error("an entry that is null is a function")
	}
	inner := at(own, 0)
	stack := []uint64{1}
	if err := inner.Call(stack); err != nil || stack[0] != 101 {
		t.Errorf("a function that is in the table only answers %d, %v", stack[0], err)
	}
	host := at(own, 1)
	stack[0] = 1
	if err := host.Call(stack); err != nil || stack[0] != 2 || host.Number() != 0 {
		t.Errorf("function %d, the host's, answers %d, %v", host.Number(), stack[0], err)
	}
	i.call(t, "share", 0, 0)
	i.call(t, "share", 1, 1)
	if at(shared, 0) != inner || at(shared, 1) != host {
		t.Error("a function in two tables is two functions")
	}
	run := other.export("run").(*Func)
	ref, err := s.Ref(run, shared)
	if err != nil || !shared.Set(2, ref) {
		t.Fatal(err)
	}
	if at(shared, 2) != run {
		t.Error("an entry that was set is another function")
	}
	if got := i.call(t, "callShared", 2, 5); got != 6 {
		t.Errorf("the guest calls another instance's function and has %d, want 6", got)
	}
	if f, err := s.FuncOf(i.call(t, "same", ref)); err != nil || f != run {
		t.Errorf("a reference comes back as %v, %v", f, err)
	}
	if f, err := s.FuncOf(i.export("first").(*Global).Get()); err != nil || f != double {
		t.Errorf("a global refers to %v, %v", f, err)
	}
	third := instantiate(t, s, "small", inner) // which has no name to be imported by
	if got := third.call(t, "run", 1); got != 101 {
		t.Errorf("run(1) = %d, want 101", got)
	}
}

func TestInterruptEndsWhateverRuns(t *testing.T) {
	t.Parallel()
	for _, export := range []string{"spin", "spinAndCall"} {
		t.Run(export, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			began := make(chan struct{}, 1)
			i := instantiate(t, s, "loop", Host(func([]uint64) error {
				select {
				case began <- struct{}{}:
				default:
				}
				return nil
			}))
			if export == "spin" {
				began <- struct{}{}
			}
			go func() {
				<-began
				s.Interrupt()
			}()
			for range 2 { // the second call comes too late
				if err := i.export(export).(*Func).Call(nil); !errors.Is(err, ErrInterrupted) {
					t.Errorf("%v, want %v", err, ErrInterrupted)
				}
			}
			if _, err := s.Compile(fixture(t, "small")); !errors.Is(err, ErrInterrupted) {
				t.Errorf("Compile is %v, want %v", err, ErrInterrupted)
			}
		})
	}
	t.Run("a start function", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		m := compileModule(t, s, fixture(t, "start"))
		_, err := s.Instantiate(m, []any{Host(func(stack []uint64) error {
			go s.Interrupt()
			stack[0] = 1
			return nil
		})})
		if !errors.Is(err, ErrInterrupted) {
			t.Errorf("%v, want %v", err, ErrInterrupted)
		}
	})
}

func TestStartFunctionsRunAfterSegments(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	calls := 0
	i := instantiate(t, s, "start", Host(func(stack []uint64) error {
		calls++
		stack[0] = 0
		return nil
	}))
	if got := string(i.export("memory").(*Memory).Bytes()[8:13]); calls != 1 || got != "ready" {
		t.Errorf("started %d times, the memory has %q", calls, got)
	}
}

func TestGlobalsHaveTheValuesThatTheyAreGiven(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	g, err := s.NewGlobal(GlobalType{Type: I64, Mutable: true}, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	if g.Get() != 1<<40 {
		t.Errorf("the value is %d", g.Get())
	}
	fixed, err := s.NewGlobal(GlobalType{Type: I32}, 9)
	if err != nil {
		t.Fatal(err)
	}
	g.Set(5)
	fixed.Set(10)
	if g.Get() != 5 || fixed.Get() != 9 {
		t.Errorf("the values are %d and %d, want 5 and 9", g.Get(), fixed.Get())
	}
}

func TestModulesAreCompiledOnce(t *testing.T) {
	t.Parallel()
	e, err := NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	defer e.runtime.Close(context.Background())
	code := fixture(t, "small")
	found := make(chan *compiled)
	for range 8 {
		go func() {
			m, err := e.NewStore(1 << 20).Compile(code)
			if err != nil {
				t.Error(err)
				m = &Module{}
			}
			found <- m.c
		}()
	}
	first := <-found
	for range 7 {
		if c := <-found; c != first {
			t.Error("a module was compiled twice")
		}
	}
}

func TestModulesThatAreNotValidAreRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	code := fixture(t, "api")
	for n := 0; n < len(code); n += 7 {
		var refused *CompileError
		if _, err := s.Compile(code[:n]); n != len(header) && !errors.As(err, &refused) {
			t.Fatalf("the first %d bytes of a module are %v", n, err)
		}
	}
}
