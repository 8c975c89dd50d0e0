package link

import (
	"errors"
	"fmt"
	goruntime "runtime"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// maxDepth bounds how deep calls may nest in each other through the host: each
// takes a stack of the guest's and some of the goroutine's.
const maxDepth = 1000

// Func is a function of an instance. There is one Func for each, by whatever way
// it was reached.
type Func struct {
	owner  *Instance
	index  uint32 // in the owner's rewritten module
	number uint32
	typ    FuncType
	name   string // by which the owner exports it; empty: it does not
	ref    uint64 // its reference, once known
	slot   any

	// spare is wazero's side of the function, with a stack of its own, while no
	// call is using it.
	spare api.Function
}

// Number is the function's index in the module that its author wrote.
func (f *Func) Number() uint32 { return f.number }

// Type is the function's type.
func (f *Func) Type() FuncType { return f.typ }

// Slot is the embedder's, to note something about the function.
func (f *Func) Slot() *any { return &f.slot }

// Call calls the function. stack holds the arguments and takes the results, so
// that it must have room for whichever are more. The error is a *Trap,
// ErrInterrupted, ErrStack, or what a Host has returned on the way.
func (f *Func) Call(stack []uint64) error {
	fn := f.spare
	f.spare = nil
	if fn == nil {
		var err error
		if fn, err = f.callable(); err != nil {
			return err
		}
	}
	s := f.owner.store
	caller := s.running
	s.running = f.owner.cluster
	err := s.enter(fn, stack)
	s.running = caller
	if err != nil {
		return err // after which the guest's stack may be large, so it goes
	}
	f.spare = fn
	goruntime.KeepAlive(f) // and with it all that its code refers to
	return nil
}

// callable makes wazero's side of the function.
func (f *Func) callable() (api.Function, error) {
	if f.name != "" {
		return f.owner.module.ExportedFunction(f.name), nil
	}
	// wazero hands out functions by name or from a table.
	s := f.owner.store
	if s.scratch == nil {
		t, err := s.NewTable(instrument.FuncRef, Limits{Min: 1, Max: 1, HasMax: true})
		if err != nil {
			return nil, err
		}
		s.scratch = t
	}
	s.scratch.Set(0, f.ref)
	defer s.scratch.Set(0, 0)
	return table.LookupFunction(s.scratch.owner.module, 0, 0, apiTypes(f.typ.Params), apiTypes(f.typ.Results)), nil
}

// enter calls into the guest.
func (s *Store) enter(fn api.Function, stack []uint64) error {
	if s.stopped.Load() {
		return ErrInterrupted
	}
	if s.depth >= maxDepth {
		return ErrStack
	}
	s.depth++
	err := fn.CallWithStack(s.ctx, stack)
	s.depth--
	if err != nil {
		return s.failure(err)
	}
	return nil
}

// function returns the function of an index, and what its author calls it.
func (i *Instance) function(index uint32) *Func {
	if f, ok := i.funcs[index]; ok {
		return f
	}
	f := &Func{owner: i, index: index, number: i.facts.authors(index), typ: i.facts.types[index], name: i.facts.names[index]}
	i.funcs[index] = f
	return f
}

// ErrStack reports that calls nest too deep.
var ErrStack = errors.New("link: call stack exhausted")

// Trap is a failure of the guest's code, in V8's words.
type Trap struct{ Reason string }

// Error tells the reason.
func (t *Trap) Error() string { return "link: " + t.Reason }

// traps words wazero's traps as V8 does. wazero makes no difference between a
// quotient that does not fit and a float that does not, nor between an entry of a
// table that is null and one that is not there; the words are those of the more usual.
var traps = map[string]string{
	"unreachable":                   "unreachable",
	"out of bounds memory access":   "memory access out of bounds",
	"integer divide by zero":        "divide by zero",
	"integer overflow":              "float unrepresentable in integer range",
	"invalid conversion to integer": "float unrepresentable in integer range",
	"invalid table access":          "null function or function signature mismatch",
	"indirect call type mismatch":   "null function or function signature mismatch",
}

const stackOverflow = "stack overflow"

// failure says why a call has failed.
func (s *Store) failure(err error) error {
	var host *thrown
	if errors.As(err, &host) {
		return host.err
	}
	if s.stopped.Load() {
		return ErrInterrupted
	}
	inner := err
	for next := errors.Unwrap(inner); next != nil; next = errors.Unwrap(inner) {
		inner = next
	}
	text := inner.Error() // wazero's errors are of an internal type
	if text == stackOverflow {
		return ErrStack
	}
	if reason, ok := traps[text]; ok {
		return &Trap{Reason: reason}
	}
	return fmt.Errorf("link: the engine failed: %w", inner)
}
