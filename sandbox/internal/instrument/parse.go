package instrument

import (
	"bytes"
	"encoding/binary"
)

// What a module may have at most, as browsers agreed among themselves (the
// JavaScript API, "Implementation-defined limits").
const (
	maxTypes     = 1_000_000
	maxFuncs     = 1_000_000
	maxImports   = 100_000
	maxExports   = 100_000
	maxGlobals   = 1_000_000
	maxTables    = 100_000
	maxSegments  = 100_000
	maxElements  = 10_000_000
	maxParams    = 1_000
	maxResults   = 1_000
	maxLocals    = 50_000
	maxCodeBytes = 7_654_321
	maxLabels    = 65_520
	maxPages     = 65_536
)

// Sections of the binary format.
const (
	secCustom    = 0
	secType      = 1
	secImport    = 2
	secFunction  = 3
	secTable     = 4
	secMemory    = 5
	secGlobal    = 6
	secExport    = 7
	secStart     = 8
	secElement   = 9
	secCode      = 10
	secData      = 11
	secDataCount = 12
)

// sectionOrder is the order in which sections stand.
var sectionOrder = []byte{
	secType, secImport, secFunction, secTable, secMemory, secGlobal, secExport, secStart,
	secElement, secDataCount, secCode, secData,
}

var (
	magic     = []byte("\x00asm")
	version   = []byte{1, 0, 0, 0}
	component = []byte{0x0d, 0, 1, 0}
)

// module is a module taken apart. The lists of functions, tables and globals
// begin with those that are imported.
type module struct {
	present [secDataCount + 1]bool // the sections that the module has

	types     []FuncType
	imports   []Import
	funcs     []uint32 // types
	tables    []table
	memory    *Memory
	globals   []global
	exports   []Export
	start     int // -1: none
	elems     []elemSegment
	dataCount int // what the section says; -1: there is none
	codes     []code
	data      []dataSegment
	customs   []customSection

	importedFuncs, importedTables, importedGlobals int
}

type table struct {
	elem   ValType
	limits Limits
}

type global struct {
	GlobalType
	init []byte // a constant expression with its end; nil: imported
}

// elemSegment is an element segment. Its entries are kept as they stand.
type elemSegment struct {
	flags  uint32 // 1: not active; 2: with a table, or declarative; 4: with expressions
	table  uint32
	offset []byte // of active segments
	kind   byte   // a reference type with flag 4, otherwise 0; absent with flags 0 and 4
	funcs  []uint32
	exprs  [][]byte
}

func (s *elemSegment) active() bool { return s.flags&1 == 0 }

type code struct {
	pos, end int // of the locals and instructions in the module
}

type dataSegment struct {
	flags  uint32 // 0: active; 1: passive; 2: active, with the index of the memory
	offset []byte
	bytes  []byte
}

// customSection is a custom section; it stands behind the section after.
type customSection struct {
	Custom
	after byte
}

// parse takes a module apart.
func parse(wasm []byte) (*module, error) {
	r := &reader{data: wasm, end: len(wasm), function: -1}
	switch {
	case !bytes.HasPrefix(wasm, magic):
		r.failAt(0, "not a WebAssembly module")
	case len(wasm) >= 8 && bytes.Equal(wasm[4:8], component):
		r.failAt(4, "a WebAssembly component, where only core modules are supported")
	case len(wasm) >= 8 && !bytes.Equal(wasm[4:8], version):
		r.failAt(4, "WebAssembly version %d, where only 1 is supported", binary.LittleEndian.Uint32(wasm[4:]))
	default:
		r.take(8)
	}
	m := &module{start: -1, dataCount: -1}
	next := 0 // in sectionOrder
	for r.err == nil && r.left() > 0 {
		m.section(r, &next)
	}
	if r.err == nil {
		m.checkCounts(r)
	}
	if r.err != nil {
		return nil, r.err
	}
	return m, nil
}

// section reads one section. Each but custom sections comes once, in order.
func (m *module) section(r *reader, next *int) {
	start := r.pos
	id := r.byte()
	size := r.u32()
	if r.err != nil {
		return
	}
	if int64(size) > int64(r.left()) {
		r.failAt(start, "section %d is longer than the module", id)
		return
	}
	s := &reader{data: r.data, pos: r.pos, end: r.pos + int(size), function: -1}
	if id == secCustom {
		m.custom(s, *next)
	} else {
		at := bytes.IndexByte(sectionOrder, id)
		if at < 0 {
			r.failAt(start, "unknown section %d", id)
			return
		}
		if at < *next {
			r.failAt(start, "section %d is out of order", id)
			return
		}
		*next = at + 1
		m.present[id] = true
		m.content(s, id)
	}
	if s.err == nil && s.left() > 0 {
		s.fail("section %d has %d bytes too many", id, s.left())
	}
	r.err = s.err
	r.pos += int(size)
}

func (m *module) custom(r *reader, next int) {
	c := customSection{}
	if next > 0 {
		c.after = sectionOrder[next-1]
	}
	c.Name = r.name()
	c.Data = r.take(r.left())
	if r.err == nil {
		m.customs = append(m.customs, c)
	}
}

func (m *module) content(r *reader, id byte) {
	switch id {
	case secType:
		m.readTypes(r)
	case secImport:
		m.readImports(r)
	case secFunction:
		m.readFuncs(r)
	case secTable:
		m.readTables(r)
	case secMemory:
		m.readMemories(r)
	case secGlobal:
		m.readGlobals(r)
	case secExport:
		m.readExports(r)
	case secStart:
		m.start = int(m.readIndex(r, "function", len(m.funcs)))
	case secElement:
		m.readElems(r)
	case secDataCount:
		m.dataCount = r.number("data segments", maxSegments)
	case secCode:
		m.readCodes(r)
	case secData:
		m.readData(r)
	}
}

// checkCounts compares numbers that two sections state.
func (m *module) checkCounts(r *reader) {
	if defined := len(m.funcs) - m.importedFuncs; defined != len(m.codes) {
		r.fail("%d functions but code of %d", defined, len(m.codes))
	}
	if m.dataCount >= 0 && m.dataCount != len(m.data) {
		r.fail("%d data segments, where the module says that there are %d", len(m.data), m.dataCount)
	}
}
