package instrument

import (
	"slices"
	"strings"
)

// misleading are the beginnings of names of custom sections that speak of
// positions in the code or of a linker's work to come. After rewriting they
// would be wrong.
var misleading = []string{".debug_", "reloc.", "linking", "metadata.code.", "sourceMappingURL", "external_debug_info"}

// finish settles the custom sections: those that would mislead go, and function
// names are written anew, so that nobody has to trust their numbers.
func (e *editor) finish() {
	m := e.m
	names, at := nameSection{}, -1
	kept := make([]customSection, 0, len(m.customs))
	for _, c := range m.customs {
		if c.Name == "name" {
			if at < 0 && names.read(c.Data, len(m.funcs)) {
				at = len(kept)
				kept = append(kept, c)
			}
			continue
		}
		if !slices.ContainsFunc(misleading, func(p string) bool { return strings.HasPrefix(c.Name, p) }) {
			kept = append(kept, c)
		}
	}
	if at >= 0 {
		for i := range names.funcs {
			names.funcs[i].index = e.shifted(names.funcs[i].index)
		}
		for _, n := range e.names {
			names.funcs = append(names.funcs, n)
		}
		kept[at].Data = names.write()
	}
	m.customs = kept
}

// nameSection is what is kept of the custom section "name": the names of the
// module and its functions, which appear in traces.
type nameSection struct {
	module    string
	hasModule bool
	funcs     []named
}

const (
	namesModule = 0
	namesFuncs  = 1
)

// read takes the section apart and reports whether it is well formed, as far as
// it matters.
func (s *nameSection) read(data []byte, funcs int) bool {
	r := &reader{data: data, end: len(data), function: -1}
	for r.err == nil && r.left() > 0 {
		id := r.byte()
		size := int(r.u32())
		sub := &reader{data: data, pos: r.pos, end: min(r.pos+size, r.end), function: -1}
		r.take(size)
		switch id {
		case namesModule:
			s.module, s.hasModule = sub.name(), true
		case namesFuncs:
			for n := sub.count("names", maxFuncs); n > 0 && sub.err == nil; n-- {
				s.funcs = append(s.funcs, named{sub.u32(), sub.name()})
			}
		}
		if sub.err != nil {
			return false
		}
	}
	for i, n := range s.funcs {
		if int64(n.index) >= int64(funcs) || i > 0 && n.index <= s.funcs[i-1].index {
			return false
		}
	}
	return r.err == nil
}

func (s *nameSection) write() []byte {
	var w, sub writer
	if s.hasModule {
		sub.name(s.module)
		w.byte(namesModule)
		w.bytes(sub.buf)
		sub.buf = sub.buf[:0]
	}
	sub.u32(uint32(len(s.funcs)))
	for _, n := range s.funcs {
		sub.u32(n.index)
		sub.name(n.name)
	}
	w.byte(namesFuncs)
	w.bytes(sub.buf)
	return w.buf
}
