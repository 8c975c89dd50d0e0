package sandbox

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/lambent-run/lambent/sandbox/internal/host"
	"github.com/lambent-run/lambent/sandbox/internal/snapshot"
)

// instance is a wazero instance of a Program's module. It is where a guest runs,
// not where it lives: before a call an isolate's memory is put below it and the
// isolate's globals are set, afterwards they are taken away again. So there are
// as many instances as guests run at a time, and an isolate that waits for work
// costs its pages and no more. This is right because modules of which memory and
// globals are not all the state are not shared (Module.NoSnapshot).
type instance struct {
	mod     api.Module
	slot    *slot
	globals []api.MutableGlobal
	// alloc, run and restore are the guest's functions; run is the handler or
	// the start of a command. They are looked up when they are needed.
	alloc, run, restore api.Function
	// room is where arguments and results are.
	room [2]uint64
}

// slot is what wazero takes for a linear memory: the memory of the isolate that
// has the instance now.
type slot struct {
	memory *snapshot.Memory // nil: none
	// swap says that the memory was replaced. wazero is made to look at it by
	// growing it: whatever the reason, it takes what Reallocate returns.
	swap bool
}

var _ experimental.LinearMemory = (*slot)(nil)

// Reallocate grows the memory, or hands over another one.
func (s *slot) Reallocate(size uint64) []byte {
	switch {
	case s.memory == nil:
		return []byte{}
	case s.swap || size <= s.memory.Size() || s.memory.Grow(size):
		return s.memory.Bytes()
	}
	return nil
}

// Free leaves the memory to its isolate.
func (s *slot) Free() {}

// bare is how modules are instantiated: without a name, so that there can be
// many, and without calling anything. Package host looks after the rest.
var bare = wazero.NewModuleConfig().WithName("").WithStartFunctions()

// instantiate makes an instance that has a memory. A memory that is too small is
// grown to the module's initial size, which must be possible.
func (c *code) instantiate(memory *snapshot.Memory) (*instance, error) {
	if least := uint64(c.facts.Memory.Min) * wasmPage; memory.Size() < least && !memory.Grow(least) {
		return nil, errors.New("sandbox: out of memory")
	}
	inst := &instance{slot: &slot{memory: memory}}
	ctx := experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(
		func(_, _ uint64) experimental.LinearMemory { return inst.slot }))
	mod, err := c.wazero.InstantiateModule(ctx, c.module, bare)
	if err != nil {
		return nil, err
	}
	inst.mod = mod
	for _, g := range c.facts.Globals {
		inst.globals = append(inst.globals, mod.ExportedGlobal(g.Export).(api.MutableGlobal)) // instrument made it so
	}
	return inst, nil
}

// bind puts a memory below the instance, and reports whether that succeeded.
// Nil takes the memory away.
func (i *instance) bind(memory *snapshot.Memory) bool {
	i.slot.memory, i.slot.swap = memory, true
	_, ok := i.mod.Memory().Grow(1) // has wazero call Reallocate
	i.slot.swap = false
	return ok
}

// close frees the instance. It must not have a memory that is freed before it is
// closed.
func (i *instance) close() { _ = i.mod.Close(context.Background()) }

// setGlobals gives the globals values, and saveGlobals reads them.
func (i *instance) setGlobals(values []uint64) {
	for n, g := range i.globals {
		g.Set(values[n])
	}
}

func (i *instance) saveGlobals(values []uint64) []uint64 {
	values = values[:0]
	for _, g := range i.globals {
		values = append(values, g.Get())
	}
	return values
}

// call calls a function of the guest that has no parameters.
func (i *instance) call(g *host.Guest, name string) error {
	return g.Run(i.mod.ExportedFunction(name), i.room[:])
}

// callRestore, callAlloc and callRun call the guest's functions.
func (i *instance) callRestore(g *host.Guest) error {
	if i.restore == nil {
		i.restore = i.mod.ExportedFunction(exportRestore)
	}
	return g.Run(i.restore, i.room[:])
}

func (i *instance) callAlloc(g *host.Guest, size uint32) (uint32, error) {
	if i.alloc == nil {
		i.alloc = i.mod.ExportedFunction(exportAlloc)
	}
	i.room[0] = uint64(size)
	err := g.Run(i.alloc, i.room[:])
	return uint32(i.room[0]), err
}

// callRun calls the handler, or the start of a command, and returns the result
// of the former if it has one.
func (i *instance) callRun(g *host.Guest, e *entry, ptr, size uint32) (int32, error) {
	if i.run == nil {
		i.run = i.mod.ExportedFunction(e.export)
	}
	i.room[0], i.room[1] = uint64(ptr), uint64(size)
	if err := g.Run(i.run, i.room[:]); err != nil || !e.result {
		return 0, err
	}
	return int32(uint32(i.room[0])), nil
}
