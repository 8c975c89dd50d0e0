package lazy

import (
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// MaxShape is the largest number of keys that a Shape may have.
const MaxShape = 64

// fewKeys is up to how many keys a search from the first is faster than a map.
const fewKeys = 8

// Shape is the keys of records of one kind, in order. It never changes, and
// may be shared by all runtimes.
type Shape struct {
	keys   []unistring.String
	names  []goja.Value // keys, as values
	quoted []string     // keys, as JSON writes them, with the colon
	index  map[unistring.String]int
}

// NewShape returns the shape of records with these keys: distinct, ASCII, no
// array indices, without characters that JSON escapes. It copies the keys.
func NewShape(keys []string) *Shape {
	n := 0
	for _, k := range keys {
		n += len(k) + len(`"":`)
	}
	var all strings.Builder
	all.Grow(n)
	for _, k := range keys {
		all.WriteByte('"')
		all.WriteString(k)
		all.WriteString(`":`)
	}
	text := all.String()
	s := &Shape{
		keys:   make([]unistring.String, len(keys)),
		names:  make([]goja.Value, len(keys)),
		quoted: make([]string, len(keys)),
	}
	raw := make([]string, len(keys))
	at := 0
	for i, k := range keys {
		end := at + len(k) + len(`"":`)
		s.quoted[i] = text[at:end]
		raw[i] = text[at+1 : end-2]
		s.keys[i] = unistring.String(raw[i])
		s.names[i] = ASCII(&raw[i])
		at = end
	}
	if len(keys) > fewKeys {
		s.index = make(map[unistring.String]int, len(keys))
		for i, k := range s.keys {
			s.index[k] = i
		}
	}
	return s
}

// Len returns the number of keys.
func (s *Shape) Len() int { return len(s.keys) }

// Key returns the i-th key.
func (s *Shape) Key(i int) unistring.String { return s.keys[i] }

// Name returns the i-th key as a value.
func (s *Shape) Name(i int) goja.Value { return s.names[i] }

// Quoted returns the i-th key as JSON writes it, with the colon.
func (s *Shape) Quoted(i int) string { return s.quoted[i] }

// Find returns the place of a key, or -1.
func (s *Shape) Find(key unistring.String) int {
	if s.index != nil {
		if i, ok := s.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range s.keys {
		if len(k) == len(key) && k == key {
			return i
		}
	}
	return -1
}
