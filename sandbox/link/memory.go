package link

import (
	"errors"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// PageSize is the unit of a memory's size, in bytes.
const PageSize = 1 << 16

// ErrMemory reports that the store's limit of memory is reached.
var ErrMemory = errors.New("link: out of memory")

// Memory is a linear memory.
type Memory struct {
	owner  *Instance
	memory api.Memory
	limits Limits
	slot   any
}

// NewMemory makes a memory that no module has defined.
func (s *Store) NewMemory(limits Limits) (*Memory, error) {
	var w wire
	w.byte([]byte(header)...)
	var v vector
	v.add().limits(limits)
	w.section(sectionMemory, &v)
	i, err := s.make(w.b)
	if err != nil {
		return nil, err
	}
	return i.memory, nil
}

// Limits are what the memory was declared with.
func (m *Memory) Limits() Limits { return m.limits }

// Slot is the embedder's, to note something about the memory.
func (m *Memory) Slot() *any { return &m.slot }

// Bytes returns the memory itself, not a copy. It stays valid until the memory
// grows, and is a memory without use afterwards.
func (m *Memory) Bytes() []byte {
	b, _ := m.memory.Read(0, m.memory.Size())
	return b
}

// Pages is the memory's size.
func (m *Memory) Pages() uint32 { return uint32(uint64(len(m.Bytes())) / PageSize) }

// Grow grows the memory by a number of pages and returns the size it had. ok is
// false if that is more than its limits or the store's allow.
func (m *Memory) Grow(pages uint32) (before uint32, ok bool) { return m.memory.Grow(pages) }

// allocator makes the linear memories of a store.
type allocator struct{ store *Store }

// Allocate implements experimental.MemoryAllocator.
func (a allocator) Allocate(_, most uint64) experimental.LinearMemory {
	return &linear{store: a.store, most: most}
}

// linear is a linear memory in Go's heap. What it has been before it grew is
// left to the garbage collector, for somebody might still look at it.
type linear struct {
	store *Store
	most  uint64
	bytes []byte
}

// Reallocate implements experimental.LinearMemory.
func (l *linear) Reallocate(size uint64) []byte {
	if !l.store.charge(int64(size) - int64(len(l.bytes))) {
		return nil
	}
	l.store.ledger.growths.Add(1)
	if size <= uint64(cap(l.bytes)) {
		l.bytes = l.bytes[:size]
		return l.bytes
	}
	room := size
	if len(l.bytes) > 0 { // what has grown once will again
		room = min(l.most, size+size/4)
	}
	grown := make([]byte, size, max(room, 1)) // wazero wants an address even of an empty memory
	copy(grown, l.bytes)
	l.bytes = grown
	return grown
}

// Free implements experimental.LinearMemory.
func (l *linear) Free() {
	l.store.ledger.used.Add(-int64(len(l.bytes)))
	l.bytes = nil
}
