//go:build !linux

package snapshot

import (
	"errors"
	"os"
)

// Where there are no memory files, memories are slices.

func memoryFile([]byte) (*os.File, error) { return nil, errors.ErrUnsupported }

type room struct{}

func reserve(uint64) (room, error)   { return room{}, errors.ErrUnsupported }
func (r *room) reserved() bool       { return false }
func (r *room) bytes(uint64) []byte  { return nil }
func (r *room) load(*Image) error    { return errors.ErrUnsupported }
func (r *room) open(uint64) error    { return errors.ErrUnsupported }
func (r *room) discard(uint64) error { return errors.ErrUnsupported }
func (r *room) free() error          { return nil }
