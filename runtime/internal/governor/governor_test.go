package governor

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// slots takes n slots at gate, or fails.
func slots(t *testing.T, gate *Gate, n int) []*Slot {
	t.Helper()
	taken := make([]*Slot, n)
	for i := range taken {
		taken[i] = new(Slot)
		if reason := gate.Reserve(taken[i], 0); reason != "" {
			t.Fatalf("slot %d of %d refused: %s", i+1, n, reason)
		}
	}
	return taken
}

func refused(t *testing.T, gate *Gate, want string) {
	t.Helper()
	if reason := gate.Reserve(new(Slot), 0); reason != want {
		t.Errorf("Reserve() = %q, want %q", reason, want)
	}
}

func TestReservedConcurrencyIsBothGuaranteeAndCap(t *testing.T) {
	t.Parallel()
	g := New(Config{Concurrency: 10, Unreserved: 2})
	a, b := g.NewGate(), g.NewGate()
	three := 3
	if err := a.Set(&three, 0); err != nil {
		t.Fatal(err)
	}
	shared := slots(t, b, 7)
	refused(t, b, ReasonConcurrency)
	own := slots(t, a, 3) // although b has taken all it could
	refused(t, a, ReasonReservedConcurrency)
	own[0].Release()
	slots(t, a, 1)
	refused(t, b, ReasonConcurrency)
	shared[0].Release()
	slots(t, b, 1)
	if a.InFlight() != 3 || b.InFlight() != 7 {
		t.Errorf("in flight %d and %d, want 3 and 7", a.InFlight(), b.InFlight())
	}
	if got := g.Refused(); got[ReasonConcurrency] != 2 || got[ReasonReservedConcurrency] != 1 {
		t.Errorf("Refused() = %v", got)
	}
}

func TestReservedZeroSwitchesTheFunctionOff(t *testing.T) {
	t.Parallel()
	gate, zero := New(Config{Concurrency: 10}).NewGate(), 0
	if err := gate.Set(&zero, 0); err != nil {
		t.Fatal(err)
	}
	refused(t, gate, ReasonReservedConcurrency)
	if err := gate.Set(nil, 0); err != nil {
		t.Fatal(err)
	}
	slots(t, gate, 10)
}

func TestProvisionedConcurrencySpillsOver(t *testing.T) {
	t.Parallel()
	g := New(Config{Concurrency: 10})
	a, b := g.NewGate(), g.NewGate()
	if err := a.Set(nil, 4); err != nil {
		t.Fatal(err)
	}
	slots(t, b, 5) // of the 6 that are left
	slots(t, a, 5) // 4 of its own and 1 spilt
	refused(t, a, ReasonConcurrency)
	refused(t, b, ReasonConcurrency)
}

func TestSettingsChangeWhileSlotsAreInUse(t *testing.T) {
	t.Parallel()
	g := New(Config{Concurrency: 4})
	gate, two := g.NewGate(), 2
	before := slots(t, gate, 3)
	if err := gate.Set(&two, 0); err != nil {
		t.Fatal(err)
	}
	after := slots(t, gate, 2)
	for _, s := range append(before, after...) {
		s.Release()
	}
	if gate.InFlight() != 0 || g.shared.used.Load() != 0 || gate.own.used.Load() != 0 {
		t.Errorf("in flight %d, shared %d, own %d after everything was released",
			gate.InFlight(), g.shared.used.Load(), gate.own.used.Load())
	}
}

func TestSetRefusesWhatTheAccountCannotAfford(t *testing.T) {
	t.Parallel()
	const below = "decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
	n := func(i int) *int { return &i }
	tests := []struct {
		name        string
		reserved    *int
		provisioned int
		want        string
	}{
		{"all but the unreserved minimum can be reserved", n(900), 0, ""},
		{"the unreserved minimum cannot be reserved", n(901), 0, "Specified ReservedConcurrentExecutions for function " + below},
		{"the unreserved minimum cannot be provisioned", nil, 901, "Specified ConcurrentExecutions for function " + below},
		{"provisioned fits into reserved", n(5), 5, ""},
		{"provisioned above reserved is refused", n(5), 6, ErrAboveReserved.Error()},
		{"negative is refused", n(-1), 0, ErrNegative.Error()},
		{"negative provisioned is refused", n(1), -1, ErrNegative.Error()},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			gate := New(Config{Concurrency: 1000, Unreserved: 100}).NewGate()
			err := gate.Set(tc.reserved, tc.provisioned)
			if got := errText(err); got != tc.want {
				t.Errorf("Set() = %q, want %q", got, tc.want)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRaisingGivesBackTheOwnReservationFirst(t *testing.T) {
	t.Parallel()
	gate := New(Config{Concurrency: 1000, Unreserved: 100}).NewGate()
	for _, n := range []int{800, 900, 10, 900} {
		if err := gate.Set(&n, 0); err != nil {
			t.Errorf("Set(%d) = %v", n, err)
		}
	}
	tooMuch := 901
	if err := gate.Set(&tooMuch, 0); err == nil || errors.Is(err, ErrNegative) || !strings.Contains(err.Error(), "[100]") {
		t.Errorf("Set(901) = %v, want the unreserved minimum's text", err)
	}
	if got := gate.own.limit.Load(); got != 900 {
		t.Errorf("a refused Set changed the limit to %d", got)
	}
}

func TestRateIsTenTimesConcurrencyPerSecond(t *testing.T) {
	t.Parallel()
	g := New(Config{Concurrency: 5, Rate: 10})
	gate := g.NewGate()
	run := func(now int64) string {
		var s Slot
		reason := gate.Reserve(&s, now)
		if reason == "" {
			s.Release()
		}
		return reason
	}
	for i := range 50 {
		if reason := run(0); reason != "" {
			t.Fatalf("request %d refused: %s", i, reason)
		}
	}
	if reason := run(0); reason != ReasonRate {
		t.Errorf("request 51 in the same instant: %q, want %q", reason, ReasonRate)
	}
	if reason := run(20e6); reason != "" {
		t.Errorf("a fiftieth of a second later: %q, want no refusal", reason)
	}
	if reason := run(20e6); reason != ReasonRate {
		t.Errorf("and another: %q, want %q", reason, ReasonRate)
	}
	two := 2
	if err := gate.Set(&two, 0); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if reason := run(1e9); reason != "" {
			t.Fatalf("reserved 2, refused within 20 requests: %s", reason)
		}
	}
	if reason := run(1e9); reason != ReasonReservedRate {
		t.Errorf("request 21: %q, want %q", reason, ReasonReservedRate)
	}
	if g.shared.used.Load() != 0 || gate.own.used.Load() != 0 {
		t.Error("a rate refusal kept its slot")
	}
}

func TestBurstRefillsContinuouslyAndDoesNotAccumulate(t *testing.T) {
	t.Parallel()
	gate := New(Config{Concurrency: 5000, Burst: 1000, BurstSeconds: 10}).NewGate()
	grow := func(now int64) (n int) {
		for gate.Grow(now) == "" {
			n++
		}
		return n
	}
	for _, tc := range []struct {
		at   int64
		want int
	}{{0, 1000}, {1e9, 100}, {1e9 + 10e6, 1}, {60e9, 1000}} {
		if got := grow(tc.at); got != tc.want {
			t.Errorf("at %v ns: %d new environments, want %d", tc.at, got, tc.want)
		}
	}
}

func TestReleasingTwicePanics(t *testing.T) {
	t.Parallel()
	s := slots(t, New(Config{Concurrency: 1}).NewGate(), 1)[0]
	s.Release()
	defer func() {
		if recover() == nil {
			t.Error("the second Release did not panic")
		}
	}()
	s.Release()
}

// TestHammer looks for lost and doubled slots: at no moment may more be held
// than the limits allow, and in the end none may be missing.
func TestHammer(t *testing.T) {
	t.Parallel()
	g := New(Config{Concurrency: 6})
	two, three := 2, 3
	kinds := []*Gate{g.NewGate(), g.NewGate(), g.NewGate()}
	if err := errors.Join(kinds[0].Set(&two, 0), kinds[1].Set(nil, 1)); err != nil {
		t.Fatal(err)
	}
	var held, reserved atomic.Int64
	var wg sync.WaitGroup
	for i := range 12 {
		gate := kinds[i%len(kinds)]
		wg.Go(func() {
			for range 20_000 {
				var s Slot
				if gate.Reserve(&s, 0) != "" {
					continue
				}
				if n := held.Add(1); n > 6 {
					t.Errorf("%d slots held of 6", n)
				}
				if gate == kinds[0] {
					if n := reserved.Add(1); n > 2 {
						t.Errorf("%d slots held of 2 reserved", n)
					}
					reserved.Add(-1)
				}
				held.Add(-1)
				s.Release()
			}
		})
	}
	wg.Wait()
	if g.shared.used.Load() != 0 {
		t.Errorf("%d shared slots lost", g.shared.used.Load())
	}
	for i, gate := range kinds {
		if gate.own.used.Load() != 0 || gate.InFlight() != 0 {
			t.Errorf("gate %d: %d slots lost, %d in flight", i, gate.own.used.Load(), gate.InFlight())
		}
	}
	if err := kinds[0].Set(&three, 0); err != nil {
		t.Fatal(err)
	}
	slots(t, kinds[0], 3)
}

func BenchmarkReserve(b *testing.B) {
	gate := New(Config{Concurrency: 1000, Rate: 10_000_000}).NewGate()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var s Slot
		for pb.Next() {
			if gate.Reserve(&s, 0) == "" {
				s.Release()
			}
		}
	})
}
