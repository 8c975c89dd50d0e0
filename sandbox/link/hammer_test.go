package link

import (
	"flag"
	"runtime"
	"testing"
	"time"
)

var hammer = flag.Duration("hammer", 0, "how long to hammer (0: a few rounds)")

// TestManyStoresAtOnce has isolates on several goroutines make instances, link
// them to each other and forget them, while garbage is collected and some are
// interrupted.
func TestManyStoresAtOnce(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(*hammer)
	done := make(chan struct{})
	const goroutines = 8
	for g := range goroutines {
		go func() {
			defer func() { done <- struct{}{} }()
			for round := 0; round < 4 || time.Now().Before(end); round++ {
				hammerStore(t, g+round)
			}
		}()
	}
	for range goroutines {
		<-done
	}
}

func hammerStore(t *testing.T, seed int) {
	s := engine.NewStore(32 << 20)
	defer s.Close()
	shared, err := s.NewTable(FuncRef, Limits{Min: 4})
	if err != nil {
		t.Error(err)
		return
	}
	user := instantiate(t, s, "refs", Host(increment), shared)
	for n := range 20 {
		i := instantiate(t, s, "small", Host(increment))
		if n%2 == 0 {
			i = instantiate(t, s, "small", i.export("run"))
		}
		ref, err := s.Ref(i.export("run").(*Func), shared)
		if err != nil || !shared.Set(uint32(n%4), ref) {
			t.Errorf("set: %v", err)
			return
		}
		if (n+seed)%7 == 0 {
			runtime.GC()
		}
		for at := range min(uint32(n+1), 4) {
			if got := user.call(t, "callShared", uint64(at), uint64(n)); got != uint64(n+1) {
				t.Errorf("round %d: entry %d answers %d, want %d", n, at, got, n+1)
			}
		}
	}
	if seed%3 == 0 {
		go s.Interrupt()
	}
}
