package codec

import (
	"sync"
)

// node is one container (object or array) of a text. The nodes of a text
// stand in the order in which their brackets open, so that a container's
// descendants directly follow it.
type node struct {
	start, end uint32 // text[start:end] is the container with its brackets
	next       uint32 // the first node that is not its descendant
	size       uint32 // number of members or elements
	hash       uint32 // of an object's keys, in order; cheap, not unique
	flags      nodeFlags
}

type nodeFlags uint32

const (
	// isArray tells arrays from objects.
	isArray nodeFlags = 1 << iota
	// canonical: the text is as JSON.stringify would write it.
	canonical
	// regular: the keys are such that a lazy.Record can have them.
	regular
)

// Limits of what is told about keys. Beyond them an object counts as irregular.
const (
	maxKeys   = 64  // of an object
	maxKeyLen = 128 // bytes of a key
)

// span is a part of the text.
type span struct{ start, end uint32 }

// none is the node of what is in no container.
const none = ^uint32(0)

// frame is the innermost open container.
type frame struct {
	node, parent uint32
	keys         uint32 // where its keys begin in scanner.keys
	size         uint32
	hash         uint32
	flags        nodeFlags
	seen         uint64 // a set of small hashes of its keys
}

// scanner checks a text against the grammar of JSON and notes where its
// containers are. It does not recurse: depth costs memory only, and little.
type scanner struct {
	text string
	keep bool
	// escapes is set when an escape sequence is read.
	escapes bool
	// nodes has, if keep is set, the containers so far. Those that are open
	// hold their frames meanwhile: end is the parent, next the first key.
	nodes []node
	// kinds has, if keep is not set, a byte for each open container but the
	// innermost.
	kinds []byte
	keys  []span // of the open objects, innermost last
	depth int
	seen  [seenDepth]uint64 // of the outermost open containers
}

// seenDepth is to what depth the set of a container's keys is remembered while
// another is open within it. Further down, all keys are compared.
const seenDepth = 64

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// maxPooled is up to how many containers, levels or keys a scanner's memory is
// kept for the next text.
const maxPooled = 16 << 10

// scan checks text, and returns its containers if keep is set.
func scan(text string, keep bool) ([]node, *syntaxError) {
	s := scanners.Get().(*scanner)
	s.text, s.keep, s.depth = text, keep, 0
	s.nodes, s.kinds, s.keys = s.nodes[:0], s.kinds[:0], s.keys[:0]
	err := s.run()
	s.text = ""
	var nodes []node
	if len(s.nodes) > 0 {
		nodes = append(make([]node, 0, len(s.nodes)), s.nodes...)
	}
	if cap(s.nodes) <= maxPooled && cap(s.kinds) <= maxPooled && cap(s.keys) <= maxPooled {
		scanners.Put(s)
	}
	return nodes, err
}

// run is the grammar. Each turn of the loop reads one value, or opens a
// container, and then closes all containers that end there.
func (s *scanner) run() *syntaxError {
	text := s.text
	cur := frame{node: none, parent: none}
	i := 0
	for {
		// A value must begin here.
		if i = s.space(i, &cur.flags); i == len(text) {
			return failEnd(i)
		}
		var err *syntaxError
		switch ch := text[i]; ch {
		case '"':
			i, err = s.str(i, &cur.flags)
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			i, err = s.number(i, &cur.flags)
		case 't':
			i, err = s.word(i, "true")
		case 'f':
			i, err = s.word(i, "false")
		case 'n':
			i, err = s.word(i, "null")
		case '{':
			s.open(&cur, i, regular)
			i = s.space(i+1, &cur.flags)
			if i < len(text) && text[i] == '}' {
				i++
				s.close(&cur, i)
				break
			}
			if i, err = s.key(i, &cur, failFirstKey); err != nil {
				return err
			}
			continue
		case '[':
			s.open(&cur, i, isArray)
			i = s.space(i+1, &cur.flags)
			if i < len(text) && text[i] == ']' {
				i++
				s.close(&cur, i)
				break
			}
			continue
		default:
			return failToken(i)
		}
		if err != nil {
			return err
		}
		// A value ends here.
		for {
			i = s.space(i, &cur.flags)
			if s.depth == 0 {
				if i < len(text) {
					return failAfter(i)
				}
				return nil
			}
			cur.size++
			if cur.flags&isArray != 0 {
				if i < len(text) && text[i] == ',' {
					i++
					break
				}
				if i == len(text) || text[i] != ']' {
					return failArray(i)
				}
			} else {
				if i < len(text) && text[i] == ',' {
					i = s.space(i+1, &cur.flags)
					if i, err = s.key(i, &cur, failNextKey); err != nil {
						return err
					}
					break
				}
				if i == len(text) || text[i] != '}' {
					return failObject(i)
				}
			}
			i++
			s.close(&cur, i)
		}
	}
}

// open begins a container at i.
func (s *scanner) open(cur *frame, i int, flags nodeFlags) {
	outer := cur.node
	if !s.keep {
		s.kinds = append(s.kinds, byte(cur.flags))
	} else {
		if outer != none {
			n := &s.nodes[outer]
			n.end, n.next, n.size, n.hash, n.flags = cur.parent, cur.keys, cur.size, cur.hash, cur.flags
		}
		if s.depth < seenDepth {
			s.seen[s.depth] = cur.seen
		}
	}
	s.depth++
	*cur = frame{parent: outer, keys: uint32(len(s.keys)), flags: flags | canonical}
	if s.keep {
		cur.node = uint32(len(s.nodes))
		s.nodes = append(s.nodes, node{start: uint32(i)})
	}
}

// close ends the innermost container at end. What holds it is canonical only
// if it is.
func (s *scanner) close(cur *frame, end int) {
	s.depth--
	if !s.keep {
		last := len(s.kinds) - 1
		cur.flags = nodeFlags(s.kinds[last])
		s.kinds = s.kinds[:last]
		return
	}
	n := &s.nodes[cur.node]
	n.end, n.next = uint32(end), uint32(len(s.nodes))
	n.size, n.hash, n.flags = cur.size, cur.hash, cur.flags
	s.keys = s.keys[:cur.keys]
	if cur.parent == none {
		*cur = frame{node: none, parent: none}
		return
	}
	exact := cur.flags | ^canonical
	outer := cur.parent
	o := &s.nodes[outer]
	*cur = frame{
		node: outer, parent: o.end, keys: o.next,
		size: o.size, hash: o.hash, flags: o.flags & exact, seen: ^uint64(0),
	}
	if s.depth < seenDepth {
		cur.seen = s.seen[s.depth]
	}
}

// space skips white space from i.
func (s *scanner) space(i int, flags *nodeFlags) int {
	if i == len(s.text) || s.text[i] > ' ' {
		return i
	}
	for i < len(s.text) && isSpace(s.text[i]) {
		i++
		*flags &^= canonical
	}
	return i
}

func isSpace(ch byte) bool { return ch == ' ' || ch == '\n' || ch == '\r' || ch == '\t' }

// key reads a property name at i with the colon behind it.
func (s *scanner) key(i int, cur *frame, fail func(int) *syntaxError) (int, *syntaxError) {
	if i == len(s.text) || s.text[i] != '"' {
		return i, fail(i)
	}
	start := i + 1
	s.escapes = false
	end, err := s.str(i, &cur.flags)
	if err != nil {
		return i, err
	}
	if s.keep && cur.flags&regular != 0 {
		s.note(cur, start, end-1)
	} else {
		cur.flags &^= canonical
	}
	i = s.space(end, &cur.flags)
	if i == len(s.text) || s.text[i] != ':' {
		return i, failColon(i)
	}
	return i + 1, nil
}

// note keeps account of the keys of an object, to tell whether they are
// distinct and plain. Irregular objects are never canonical: their order may
// not be that of the text.
func (s *scanner) note(cur *frame, start, end int) {
	key := s.text[start:end]
	if len(key) > maxKeyLen || len(s.keys)-int(cur.keys) >= maxKeys || s.escapes || !plainKey(key) {
		cur.flags &^= regular | canonical
		return
	}
	h := uint32(len(key))
	if len(key) > 0 {
		h += uint32(key[0])*31 + uint32(key[len(key)-1])*131 + uint32(key[len(key)/2])*521
	}
	cur.hash = cur.hash*16777619 + h
	bit := uint64(1) << ((h * 2654435761) >> 26)
	if cur.seen&bit != 0 {
		for _, k := range s.keys[cur.keys:] {
			if s.text[k.start:k.end] == key {
				cur.flags &^= regular | canonical
				return
			}
		}
	}
	cur.seen |= bit
	s.keys = append(s.keys, span{uint32(start), uint32(end)})
}

// plainKey reports whether a key without escapes is ASCII and no array index.
func plainKey(key string) bool {
	if len(key) == 0 {
		return true
	}
	if key[0]-'0' > 9 {
		return isASCII(key)
	}
	for i := 1; i < len(key); i++ {
		if key[i]-'0' > 9 {
			return isASCII(key)
		}
	}
	return false
}

// word reads a literal at i.
func (s *scanner) word(i int, word string) (int, *syntaxError) {
	for j := 1; j < len(word); j++ {
		if i+j == len(s.text) {
			return i, failEnd(i + j)
		}
		if s.text[i+j] != word[j] {
			return i, failToken(i + j)
		}
	}
	return i + len(word), nil
}

// number reads a number at i.
func (s *scanner) number(i int, flags *nodeFlags) (int, *syntaxError) {
	text, start := s.text, i
	if text[i] == '-' {
		i++
		if i == len(text) || text[i]-'0' > 9 {
			return i, failNumber(i)
		}
	}
	first := i
	i++
	if text[first] == '0' {
		if i < len(text) && text[i]-'0' < 10 {
			return i, failDigit(i)
		}
	} else {
		for i < len(text) && text[i]-'0' < 10 {
			i++
		}
	}
	whole, exact := i, true
	if i < len(text) && text[i] == '.' {
		i++
		digits := i
		for i < len(text) && text[i]-'0' < 10 {
			i++
		}
		if i == digits {
			return i, failFraction(i)
		}
		// Printed back as it stands: no zero at the end, and not so small
		// that an exponent is used.
		exact = text[i-1] != '0' && (text[first] != '0' || leadingZeros(text[digits:i]) < 6)
	} else if text[first] == '0' && first > start {
		exact = false // -0 is printed as 0
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		exact = false
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		digits := i
		for i < len(text) && text[i]-'0' < 10 {
			i++
		}
		if i == digits {
			return i, failExponent(i)
		}
	}
	// Fifteen digits survive the way through a float64 and back.
	if !exact || whole-first+max(0, i-whole-1) > 15 {
		*flags &^= canonical
	}
	return i, nil
}

func leadingZeros(digits string) int {
	n := 0
	for n < len(digits) && digits[n] == '0' {
		n++
	}
	return n
}
