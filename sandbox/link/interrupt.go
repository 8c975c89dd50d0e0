package link

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero/api"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// ErrInterrupted reports that Store.Interrupt ended a call.
var ErrInterrupted = errors.New("link: interrupted")

// storeContext is the context of all calls into a store's instances. It tells
// host functions, which all stores share, whose call it is.
type storeContext struct {
	context.Context
	store *Store
}

type storeKey struct{}

// Value returns the store for storeKey.
func (c *storeContext) Value(key any) any {
	if _, ok := key.(storeKey); ok {
		return c.store
	}
	return nil
}

// storeOf returns the store of a call.
func storeOf(ctx context.Context) *Store {
	s, _ := ctx.Value(storeKey{}).(*Store)
	return s
}

// Interrupt ends what runs in the store, and everything that is begun after it,
// with ErrInterrupted. It may be called from any goroutine, and does not block.
func (s *Store) Interrupt() {
	s.once.Do(func() {
		s.stopped.Store(true)
		close(s.stop)
	})
}

// importCheck makes the host module that guests call every now and then, and
// that stops those that are to stop.
func (e *Engine) importCheck() error {
	check := func(ctx context.Context, _ []uint64) {
		if storeOf(ctx).stopped.Load() {
			panic(&thrown{ErrInterrupted})
		}
	}
	b := e.runtime.NewHostModuleBuilder(instrument.CheckModule)
	b.NewFunctionBuilder().WithGoFunction(api.GoFunc(check), nil, nil).Export(instrument.CheckName)
	_, err := b.Instantiate(context.Background())
	return err
}
