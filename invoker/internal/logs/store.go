// Package logs keeps what functions log in memory and lets clients read it
// through the operations of CloudWatch Logs, so that 'aws logs tail' and the
// SDKs find a function's log where they look for it.
//
// A Store is an observe.Tap: the runtime hands it event by event. It is bounded,
// per log group and in all, and forgets the oldest first. An API answers
// requests from a Store; it reads only.
package logs

import (
	"cmp"
	"container/list"
	"errors"
	"sync"
	"time"

	"github.com/lambent-run/lambent/runtime/observe"
)

// Config bounds a Store. The zero value works.
type Config struct {
	// MaxGroupBytes bounds the memory of one log group, which may have 100 KB
	// whatever this says. Default 4 MB.
	MaxGroupBytes int
	// MaxBytes bounds that of all together. Default 64 MB.
	MaxBytes int
}

func (c Config) withDefaults() (Config, error) {
	if c.MaxGroupBytes < 0 || c.MaxBytes < 0 {
		return c, errors.New("logs: MaxGroupBytes and MaxBytes cannot be negative")
	}
	c.MaxGroupBytes = cmp.Or(c.MaxGroupBytes, 4<<20)
	c.MaxBytes = cmp.Or(c.MaxBytes, 64<<20)
	return c, nil
}

// Store keeps log events. It is safe for concurrent use.
type Store struct {
	cfg Config

	index  sync.RWMutex // guards groups; before a group's mu, after mu
	groups map[groupID]*group

	mu     sync.Mutex // guards what follows; before index and a group's mu
	chunks list.List  // of *chunk, the oldest first
	bytes  int        // of all chunks
}

// groupID names a log group.
type groupID struct{ region, name string }

// NewStore returns an empty Store.
func NewStore(cfg Config) (*Store, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Store{cfg: cfg, groups: map[groupID]*group{}}, nil
}

// Log implements observe.Tap.
func (s *Store) Log(source *observe.Source, at time.Time, text []byte) {
	id := groupID{source.Region, source.Group}
	for {
		fresh, kept := s.group(id).add(source.Stream, at.UnixMilli(), text)
		if fresh != nil {
			s.admit(fresh)
		}
		if kept {
			return
		}
	}
}

// group returns a log group, which it makes if need be.
func (s *Store) group(id groupID) *group {
	s.index.RLock()
	g := s.groups[id]
	s.index.RUnlock()
	if g != nil {
		return g
	}
	s.index.Lock()
	defer s.index.Unlock()
	if g = s.groups[id]; g == nil {
		g = &group{id: id, created: time.Now().UnixMilli()}
		s.groups[id] = g
	}
	return g
}

// find returns a log group, or nil if there is none.
func (s *Store) find(id groupID) *group {
	s.index.RLock()
	defer s.index.RUnlock()
	return s.groups[id]
}

// list returns the log groups of a region, in no order.
func (s *Store) list(region string) []*group {
	s.index.RLock()
	defer s.index.RUnlock()
	var all []*group
	for id, g := range s.groups {
		if id.region == region {
			all = append(all, g)
		}
	}
	return all
}

// admit counts a chunk that a group has begun, and drops old ones until the
// bounds are kept.
func (s *Store) admit(fresh *chunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := fresh.group
	fresh.place = s.chunks.PushBack(fresh)
	s.bytes += fresh.size
	g.admitted += fresh.size
	for g.admitted > s.cfg.MaxGroupBytes {
		if !s.drop(g.oldest()) {
			break
		}
	}
	for s.bytes > s.cfg.MaxBytes {
		if !s.drop(s.chunks.Front().Value.(*chunk)) {
			break
		}
	}
}

// drop forgets a chunk, and with its last one the group. It reports false for a
// chunk that another goroutine has begun and not admitted yet. The caller holds
// mu.
func (s *Store) drop(c *chunk) bool {
	if c == nil || c.place == nil {
		return false
	}
	s.chunks.Remove(c.place)
	s.bytes -= c.size
	c.group.admitted -= c.size
	s.index.Lock()
	defer s.index.Unlock()
	if c.group.forget(c) {
		delete(s.groups, c.group.id)
	}
	return true
}
