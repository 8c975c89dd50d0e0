package host

import (
	"context"
	"errors"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// A host function ends its guest by a panic. wazero recovers it and walks the
// guest's stack to tell where it was, which takes a tenth of a second if that is
// a recursion a million calls deep. One kind of value it passes on as it is: a
// snapshot of another call (experimental.Snapshot), of which nobody asks where
// the guest was. So that is what Check panics with, and Run recovers.

// stopToken returns the value to panic with. It is made once, by a module that
// takes a snapshot of itself.
var stopToken = sync.OnceValue(func() any {
	token, err := takeSnapshot()
	if err != nil {
		return ErrInterrupted // slower in deep recursions, no more
	}
	return token
})

// snapshotter is a module that imports the function f of the module t, of type
// () -> (), and exports one that calls it, run.
var snapshotter = []byte("\x00asm\x01\x00\x00\x00" +
	"\x01\x04\x01\x60\x00\x00" + // type 0
	"\x02\x07\x01\x01t\x01f\x00\x00" + // import
	"\x03\x02\x01\x00" + // a function of type 0
	"\x07\x07\x01\x03run\x00\x01" + // export
	"\x0a\x06\x01\x04\x00\x10\x00\x0b") // call 0

func takeSnapshot() (token experimental.Snapshot, err error) {
	ctx := experimental.WithSnapshotter(context.Background())
	rt := wazero.NewRuntime(ctx)
	defer rt.Close(ctx)
	take := api.GoFunc(func(ctx context.Context, _ []uint64) { token = experimental.GetSnapshotter(ctx).Snapshot() })
	if _, err = rt.NewHostModuleBuilder("t").NewFunctionBuilder().WithGoFunction(take, nil, nil).Export("f").Instantiate(ctx); err != nil {
		return nil, err
	}
	mod, err := rt.Instantiate(ctx, snapshotter)
	if err != nil {
		return nil, err
	}
	if _, err = mod.ExportedFunction("run").Call(ctx); err == nil && token == nil {
		err = errors.New("host: no snapshot")
	}
	return token, err
}

// Run calls a function of the guest. It returns ErrInterrupted if Interrupt
// ended it, and the instance is of no use then; other errors are wazero's.
func (g *Guest) Run(f api.Function, stack []uint64) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if v != stopToken() {
				panic(v)
			}
			err = ErrInterrupted
		}
	}()
	return f.CallWithStack(g, stack)
}
