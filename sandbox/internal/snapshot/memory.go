package snapshot

import (
	"fmt"
	"slices"
)

// Memory is a linear memory. It belongs to one goroutine at a time. Close it:
// no finalizer does.
type Memory struct {
	// bytes is what the guest sees now. Its capacity means nothing.
	bytes []byte
	// limit is the largest size in bytes.
	limit uint64
	// image is what Reset restores; nil: an empty memory of no size.
	image *Image
	// room is the address space reserved for bytes; none: bytes are on the heap.
	room room
}

// New makes a memory without content that can grow up to limit bytes. Its size
// is 0.
func New(limit uint64) (*Memory, error) { return newMemory(nil, limit, true) }

// New makes a memory that starts as the image and can grow up to limit bytes.
// The image must outlive it.
func (im *Image) New(limit uint64) (*Memory, error) { return newMemory(im, limit, true) }

// newMemory makes a memory. If mapped is false it is on the heap, as it is
// where nothing can be mapped.
func newMemory(im *Image, limit uint64, mapped bool) (*Memory, error) {
	size := im.Size()
	if size > limit {
		return nil, fmt.Errorf("snapshot: memory starts with %d bytes, but may have %d", size, limit)
	}
	m := &Memory{limit: limit, image: im}
	if mapped && limit > 0 && (im == nil || size == 0 || im.file != nil) {
		if r, err := reserve(limit); err == nil {
			if err := r.load(im); err == nil {
				m.room, m.bytes = r, r.bytes(size)
				return m, nil
			}
			_ = r.free() // the heap will do
		}
	}
	if im != nil {
		text, err := im.content()
		if err != nil {
			return nil, err
		}
		m.bytes = text
	}
	return m, nil
}

// Bytes is the memory's content. It is valid until the next call of a method.
func (m *Memory) Bytes() []byte { return m.bytes }

// Size is the memory's size in bytes.
func (m *Memory) Size() uint64 { return uint64(len(m.bytes)) }

// Grow makes the memory size bytes large, with zeros where there was nothing. It
// reports whether that is within the limit and the machine's means; if not, the
// memory stays as it is.
func (m *Memory) Grow(size uint64) bool {
	have := m.Size()
	switch {
	case size > m.limit || size < have:
		return false
	case size == have:
	case m.room.reserved():
		if m.room.open(size) != nil {
			return false
		}
		m.bytes = m.room.bytes(size)
	default:
		m.bytes = slices.Grow(m.bytes, int(size-have))[:size]
		clear(m.bytes[have:])
	}
	return true
}

// Reset makes the memory what it was when it was made. After an error only
// Close may be called.
func (m *Memory) Reset() error {
	size := m.image.Size()
	if m.room.reserved() {
		if err := m.room.discard(m.Size()); err != nil {
			return fmt.Errorf("snapshot: reset: %w", err)
		}
		m.bytes = m.room.bytes(size)
		return nil
	}
	if size == 0 {
		m.bytes = nil
		return nil
	}
	text, err := m.image.content()
	if err != nil {
		return err
	}
	m.bytes = text
	return nil
}

// Close frees the memory. Nothing may use its bytes any more.
func (m *Memory) Close() error {
	m.bytes, m.image = nil, nil
	return m.room.free()
}
