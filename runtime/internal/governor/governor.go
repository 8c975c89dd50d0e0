// Package governor says whether an invocation may start.
//
// Every function has a Gate. Reserve takes a slot there or says which limit
// refuses it; the Slot gives it back. A function with reserved concurrency has
// a counter of its own, whose limit is guarantee and cap at once, because the
// shared counter's limit is what all reservations leave over. Provisioned
// concurrency of other functions is a counter of their own too, from which they
// spill over into the shared one. So each reservation is one compare-and-swap
// on one counter, and no lock.
package governor

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Reasons for a refusal, in Lambda's words.
const (
	ReasonConcurrency         = "ConcurrentInvocationLimitExceeded"
	ReasonReservedConcurrency = "ReservedFunctionConcurrentInvocationLimitExceeded"
	ReasonRate                = "FunctionInvocationRateLimitExceeded"
	ReasonReservedRate        = "ReservedFunctionInvocationRateLimitExceeded"
)

// Errors of settings that the account cannot afford, in Lambda's words.
var (
	ErrNegative = errors.New("concurrency must not be negative")
	// ErrAboveReserved is provisioned concurrency above the reserved one.
	ErrAboveReserved = errors.New("Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function")
)

// Config are the limits of an account.
type Config struct {
	// Concurrency caps slots, Unreserved is how many of them must stay free of
	// reservations.
	Concurrency, Unreserved int
	// Rate caps invocations per second per unit of concurrency; 0: no limit.
	Rate int
	// Burst is how many environments a function may add in BurstSeconds, 0 or
	// less: no limit.
	Burst, BurstSeconds int
}

// Governor holds the limits of an account. It is safe for concurrent use.
type Governor struct {
	cfg    Config
	shared counter // what no function has reserved
	rate   bucket  // of the functions without reserved concurrency

	mu      sync.Mutex // guards taken and the settings of gates
	taken   int        // reserved, and provisioned of functions without reservation
	refused [4]atomic.Int64
}

// New returns a Governor.
func New(cfg Config) *Governor {
	g := &Governor{cfg: cfg}
	g.shared.limit.Store(int64(cfg.Concurrency))
	g.rate.set(cfg.Rate*cfg.Concurrency, 1)
	return g
}

// counter counts slots in use up to a limit.
type counter struct{ used, limit atomic.Int64 }

// take adds one, or returns false. It is exact: it never counts above the
// limit for a moment, which would refuse somebody else without need.
func (c *counter) take() bool {
	for {
		n := c.used.Load()
		if n >= c.limit.Load() {
			return false
		}
		if c.used.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Gate is one function's door.
type Gate struct {
	gov         *Governor
	reserved    atomic.Bool
	own         counter // limit: the reserved concurrency, or the provisioned
	inFlight    atomic.Int64
	rate, burst bucket

	claim int // what the function takes out of the account; guarded by Governor.mu
}

// NewGate returns the gate of a function without reservations.
func (g *Governor) NewGate() *Gate {
	gate := &Gate{gov: g}
	gate.burst.set(max(0, g.cfg.Burst), g.cfg.BurstSeconds)
	return gate
}

// Set changes the function's reserved (nil: none) and provisioned concurrency.
// Slots that are in use stay so: they go back where they were taken.
func (gate *Gate) Set(reserved *int, provisioned int) error {
	g := gate.gov
	g.mu.Lock()
	defer g.mu.Unlock()
	claim := provisioned
	if reserved != nil {
		claim = *reserved
		if provisioned > claim && claim >= 0 {
			return ErrAboveReserved
		}
	}
	if claim < 0 || provisioned < 0 {
		return ErrNegative
	}
	taken := g.taken - gate.claim + claim
	if left := g.cfg.Concurrency - taken; claim > gate.claim && left < g.cfg.Unreserved {
		field := "ReservedConcurrentExecutions"
		if reserved == nil {
			field = "ConcurrentExecutions"
		}
		return fmt.Errorf("Specified %s for function decreases account's UnreservedConcurrentExecution below its minimum value of [%d].",
			field, g.cfg.Unreserved)
	}
	g.taken, gate.claim = taken, claim
	g.shared.limit.Store(int64(g.cfg.Concurrency - taken))
	gate.own.limit.Store(int64(claim))
	gate.rate.set(g.cfg.Rate*claim, 1)
	gate.reserved.Store(reserved != nil)
	return nil
}

// Slot is a unit of concurrency that was taken. The zero Slot holds none.
type Slot struct {
	_    noCopy
	gate *Gate
	from *counter
}

// noCopy makes vet complain about copies, which could be released twice.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Release gives the slot back. Twice is a panic.
func (s *Slot) Release() {
	if s.from == nil {
		panic("governor: slot released twice")
	}
	s.from.used.Add(-1)
	s.gate.inFlight.Add(-1)
	s.from, s.gate = nil, nil
}

// Reserve takes a slot into s, or returns the reason why not. now is the time
// in nanoseconds of any clock that does not go back.
func (gate *Gate) Reserve(s *Slot, now int64) (reason string) {
	g := gate.gov
	if gate.reserved.Load() {
		if !gate.own.take() {
			return g.refuse(1)
		}
		if !gate.rate.take(now) {
			gate.own.used.Add(-1)
			return g.refuse(3)
		}
		gate.inFlight.Add(1)
		s.gate, s.from = gate, &gate.own
		return ""
	}
	from := &gate.own
	if from.limit.Load() == 0 || !from.take() {
		if from = &g.shared; !from.take() {
			return g.refuse(0)
		}
	}
	if !g.rate.take(now) {
		from.used.Add(-1)
		return g.refuse(2)
	}
	gate.inFlight.Add(1)
	s.gate, s.from = gate, from
	return ""
}

// reasons are in the order of Governor.refused.
var reasons = [4]string{ReasonConcurrency, ReasonReservedConcurrency, ReasonRate, ReasonReservedRate}

// refuse counts a refusal.
func (g *Governor) refuse(i int) string {
	g.refused[i].Add(1)
	return reasons[i]
}

// Grow asks for one more environment of the function, and returns the reason if
// it has had too many of late.
func (gate *Gate) Grow(now int64) (reason string) {
	if gate.burst.take(now) {
		return ""
	}
	if gate.reserved.Load() {
		return gate.gov.refuse(1)
	}
	return gate.gov.refuse(0)
}

// InFlight counts the function's slots in use.
func (gate *Gate) InFlight() int { return int(gate.inFlight.Load()) }

// Refused counts refusals by reason.
func (g *Governor) Refused() map[string]int64 {
	m := make(map[string]int64, len(reasons))
	for i, reason := range reasons {
		if n := g.refused[i].Load(); n > 0 {
			m[reason] = n
		}
	}
	return m
}
