package link

import (
	"context"
	"fmt"
	"weak"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Host is a function of the embedder's. stack holds its arguments, one a slot,
// and takes its results; it is lent until the function returns. What it returns
// goes through the guest's frames, unchanged, to who called the guest.
type Host func(stack []uint64) error

// host is a Host that an instance imports.
type host struct{ call Host }

// thrown carries a Host's error through the guest's frames as a panic.
type thrown struct{ err error }

// Error makes wazero wrap it.
func (t *thrown) Error() string { return t.err.Error() }

// span is a run of numbers of host functions.
type span struct{ first, n uint32 }

// addHosts gives consecutive numbers to host functions, and returns the first.
// They last as long as the cluster.
func (s *Store) addHosts(c *cluster, hosts []*host) (first uint32) {
	n := uint32(len(hosts))
	s.mu.Lock()
	if free := s.free[n]; len(free) > 0 {
		first, s.free[n] = free[len(free)-1], free[:len(free)-1]
	} else {
		first = uint32(len(s.hosts))
		s.hosts = append(s.hosts, make([]weak.Pointer[host], n)...)
	}
	s.mu.Unlock()
	for i, h := range hosts {
		s.hosts[first+uint32(i)] = weak.Make(h)
	}
	hold := c.root().hold
	hold.hosts = append(hold.hosts, hosts...)
	r := hold.resources
	r.mu.Lock()
	r.numbers = append(r.numbers, span{first, n})
	r.mu.Unlock()
	return first
}

// dispatcher makes the host module through which a linker's functions reach the
// store that they are called for. One serves all instances of the linker.
func (e *Engine) dispatcher(ways []FuncType) (api.Module, error) {
	b := e.runtime.NewHostModuleBuilder(dispatchFrom)
	for _, t := range ways {
		last, results := len(t.Params)-1, len(t.Results)
		call := func(ctx context.Context, stack []uint64) {
			storeOf(ctx).dispatch(uint32(stack[last]), stack[:max(last, results)])
		}
		b.NewFunctionBuilder().WithGoFunction(api.GoFunc(call), apiTypes(t.Params), apiTypes(t.Results)).Export(signature(t))
	}
	code, err := b.Compile(context.Background())
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	m, err := e.runtime.InstantiateModule(context.Background(), code, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	return m, nil
}

func apiTypes(types []ValType) []api.ValueType {
	out := make([]api.ValueType, len(types))
	for i, t := range types {
		out[i] = api.ValueType(t)
	}
	return out
}

// dispatch calls a host function. Its error unwinds the guest.
func (s *Store) dispatch(number uint32, stack []uint64) {
	if s.stopped.Load() {
		panic(&thrown{ErrInterrupted})
	}
	h := s.hosts[number].Value()
	if err := h.call(stack); err != nil {
		panic(&thrown{err})
	}
}
