package link

import (
	"errors"
	"runtime"
	"testing"
)

func TestMemoryIsTheSameBytesOnBothSides(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	i := instantiate(t, s, "small", Host(increment))
	m := i.export("memory").(*Memory)
	before, growths := m.Bytes(), s.Growths()
	before[12] = 77
	if got := i.call(t, "load", 12); got != 77 {
		t.Errorf("the guest reads %d, want 77", got)
	}
	i.call(t, "store", 16, 99)
	if before[16] != 99 {
		t.Errorf("the host reads %d, want 99", before[16])
	}
	if got := i.call(t, "grow", 3); got != 16 || m.Pages() != 19 || s.Growths() == growths {
		t.Errorf("grow(3) = %d, then %d pages, %d growths after %d", got, m.Pages(), s.Growths(), growths)
	}
	if m.Bytes()[16] != 99 {
		t.Error("growing has lost what was in the memory")
	}
	before[16] = 1 // harmless: it is no memory of anybody's now
	if got := i.call(t, "load", 16); got != 99 {
		t.Errorf("the guest reads %d through a slice from before", got)
	}
	if n, ok := m.Grow(1); !ok || n != 19 || i.call(t, "load", 16) != 99 {
		t.Errorf("Grow(1) = %d, %v", n, ok)
	}
}

func TestMemoriesShareTheLimitOfTheStore(t *testing.T) {
	t.Parallel()
	s := engine.NewStore(4 << 20)
	defer s.Close()
	i := instantiate(t, s, "small", Host(increment))
	if got := int32(i.call(t, "grow", 64)); got != -1 {
		t.Errorf("grow(64) = %d beyond the limit, want -1", got)
	}
	if _, err := s.NewMemory(Limits{Min: 64}); !errors.Is(err, ErrMemory) {
		t.Errorf("a memory beyond the limit is %v, want %v", err, ErrMemory)
	}
	m, err := s.NewMemory(Limits{Min: 40, Max: 48, HasMax: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, pages := range []uint32{9, 8} {
		if n, ok := m.Grow(pages); ok {
			t.Errorf("Grow(%d) = %d, where 16 and 40 pages of 64 are taken", pages, n)
		}
	}
	if n, ok := m.Grow(1); !ok || n != 40 {
		t.Errorf("Grow(1) = %d, %v", n, ok)
	}
	runtime.KeepAlive(i)
}

func TestInstancesThatNobodyCanReachGiveTheirMemoryBack(t *testing.T) {
	t.Parallel()
	s := engine.NewStore(8 << 20)
	defer s.Close()
	m := compileModule(t, s, fixture(t, "small"))
	numbers := 0
	for n := range 30 { // of 1 MB each
		var run *Func
		i, err := s.Instantiate(m, []any{Host(func(stack []uint64) error {
			stack[0] = uint64(run.Number()) // so that the host's function refers to the instance
			return nil
		})})
		if err != nil {
			t.Fatalf("instance %d: %v", n, err)
		}
		run = instance{i, m}.export("run").(*Func)
		if err := run.Call([]uint64{1}); err != nil {
			t.Fatal(err)
		}
		numbers = len(s.hosts)
	}
	if numbers > 20 {
		t.Errorf("%d numbers of host functions are taken by few that are left", numbers)
	}
}

func TestTablesKeepWhatTheyHoldAlive(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	shared, err := s.NewTable(FuncRef, Limits{Min: 4})
	if err != nil {
		t.Fatal(err)
	}
	func() {
		i := instantiate(t, s, "small", Host(increment))
		ref, err := s.Ref(i.export("run").(*Func), shared)
		if err != nil || !shared.Set(0, ref) {
			t.Fatal(err)
		}
	}()
	user := instantiate(t, s, "refs", Host(increment), shared)
	for range 3 {
		runtime.GC()
		if got := user.call(t, "callShared", 0, 8); got != 9 {
			t.Fatalf("callShared = %d, want 9", got)
		}
	}
}
