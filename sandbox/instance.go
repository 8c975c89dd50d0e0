package sandbox

import (
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/lambent-run/lambent/sandbox/internal/snapshot"
)

// instance is a wazero instance. It serves the isolate whose memory lies below
// it and whose globals it has: bind changes both.
type instance struct {
	module                        api.Module
	memory                        api.Memory // nil: none
	slot                          *slot
	globals                       []api.MutableGlobal
	alloc, handle, restore, start api.Function
	initialise, reactorInit       api.Function
	bound                         *Isolate
}

// slot is the place of an instance's linear memory.
type slot struct {
	holds *snapshot.Memory
	// next is what the slot is to hold when wazero asks for more memory the next
	// time: that is how another memory gets below an instance.
	next *snapshot.Memory
}

var _ experimental.LinearMemory = (*slot)(nil)

// Reallocate implements experimental.LinearMemory.
func (s *slot) Reallocate(size uint64) []byte {
	if s.next != nil {
		s.holds, s.next = s.next, nil
		return s.holds.Bytes()
	}
	if size > s.holds.Size() && !s.holds.Grow(size) {
		return nil
	}
	return s.holds.Bytes()
}

// Free implements experimental.LinearMemory. The memory is the isolate's.
func (s *slot) Free() {}

// instantiate makes an instance on the memory of an isolate. None of the guest's
// code runs.
func (p *Program) instantiate(i *Isolate) (*instance, error) {
	in := &instance{slot: &slot{holds: i.memory}, bound: i}
	ctx := experimental.WithMemoryAllocator(i.guest, experimental.MemoryAllocatorFunc(
		func(uint64, uint64) experimental.LinearMemory { return in.slot },
	))
	module, err := p.code.runtime.InstantiateModule(ctx, p.code.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("sandbox: instantiate: %w", err)
	}
	in.module, in.memory = module, module.Memory()
	for _, g := range p.code.module.Globals {
		global, ok := module.ExportedGlobal(g.Export).(api.MutableGlobal)
		if !ok {
			return nil, fmt.Errorf("sandbox: the global %q cannot be set", g.Export)
		}
		in.globals = append(in.globals, global)
	}
	find := func(name string, there bool) api.Function {
		if !there || name == "" {
			return nil
		}
		return module.ExportedFunction(name)
	}
	e := &p.entry
	in.handle, in.start = find(e.export, !e.command), find(e.export, e.command)
	in.alloc, in.restore = find(exportAlloc, !e.command), find(exportRestore, e.restore)
	in.reactorInit = find(exportInitialize, e.initialize)
	in.initialise = find(p.code.module.Init, true)
	return in, nil
}

// bind puts an isolate's memory and globals in place. It returns false if that
// is not possible any more, because the instance's memory is as large as it can
// get.
func (in *instance) bind(i *Isolate) bool {
	if in.bound == i {
		return true
	}
	in.slot.next = i.memory
	if _, ok := in.memory.Grow(1); !ok || in.slot.next != nil {
		in.slot.next = nil
		return false
	}
	in.bound = i
	in.load(i.globals)
	return true
}

// load sets the globals.
func (in *instance) load(values []uint64) {
	for n, value := range values {
		in.globals[n].Set(value)
	}
}

// save appends the globals to values.
func (in *instance) save(values []uint64) []uint64 {
	for _, g := range in.globals {
		values = append(values, g.Get())
	}
	return values
}

// close frees the instance, but not the memory below it.
func (in *instance) close() { _ = in.module.Close(in.bound.guest) }
