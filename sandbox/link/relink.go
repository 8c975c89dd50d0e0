package link

import (
	"strconv"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// importFrom is the module name that all imports get. What they had before is
// in Module.Imports.
const importFrom = "lambent"

// relinked is a rewritten module whose imports are numbered, and what linking
// needs to know of its functions.
type relinked struct {
	code  []byte
	types []FuncType // of all functions, imports first, hidden ones last
	// imported is how many functions are imported.
	imported uint32
}

// relink names the imports of a module by their numbers, except that which
// instrument has added. Immutable globals that hold references are imported as mutable
// ones, since that is the only way to give them a value at run time (see linker.global).
func relink(code []byte) (*relinked, error) {
	if len(code) < len(header) {
		return nil, errShort
	}
	m := &relinked{}
	var sections []FuncType
	out := wire{b: append(make([]byte, 0, len(code)+64), header...)}
	r := unwire{b: code[len(header):]}
	for len(r.b) > 0 && !r.bad {
		before := r.b
		id := r.byte()
		body := unwire{b: r.take(r.u32())}
		switch id {
		case sectionType:
			for n := body.u32(); n > 0 && !body.bad; n-- {
				body.byte()
				sections = append(sections, FuncType{Params: body.types(), Results: body.types()})
			}
		case sectionImport:
			out.section(id, m.numberImports(&body, sections))
		case sectionFunction:
			for n := body.u32(); n > 0 && !body.bad; n-- {
				m.addFunc(&body, sections)
			}
		}
		r.bad = r.bad || body.bad
		if id != sectionImport {
			out.byte(before[:len(before)-len(r.b)]...)
		}
	}
	if r.bad {
		return nil, errShort
	}
	m.code = out.b
	return m, nil
}

// addFunc reads the index of a function's type.
func (m *relinked) addFunc(r *unwire, types []FuncType) (index uint32) {
	index = r.u32()
	if uint64(index) >= uint64(len(types)) {
		r.bad = true
		return 0
	}
	m.types = append(m.types, types[index])
	return index
}

func (m *relinked) numberImports(r *unwire, types []FuncType) *vector {
	out := &vector{}
	for n, number := int(r.u32()), 0; number < n && !r.bad; number++ {
		module, name := r.name(), r.name()
		if module != instrument.CheckModule { // which comes last
			module, name = importFrom, strconv.Itoa(number)
		}
		w := out.add()
		w.name(module)
		w.name(name)
		kind := Kind(r.byte())
		w.byte(byte(kind))
		switch kind {
		case KindFunc:
			w.u32(m.addFunc(r, types))
			m.imported++
		case KindTable:
			w.byte(r.byte())
			w.limits(r.limits())
		case KindMemory:
			w.limits(r.limits())
		case KindGlobal:
			t := GlobalType{Type: ValType(r.byte()), Mutable: r.byte() == 1}
			t.Mutable = t.Mutable || isRef(t.Type)
			w.globalType(t)
		default:
			r.bad = true
		}
	}
	return out
}
