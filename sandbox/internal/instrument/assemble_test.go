package instrument

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mnemonics are the instructions that tests are written in.
var mnemonics = map[string]opcode{
	"unreachable": 0x00, "nop": 0x01, "block": 0x02, "loop": 0x03, "if": 0x04, "else": 0x05, "end": 0x0b,
	"br": 0x0c, "br_if": 0x0d, "br_table": 0x0e, "return": 0x0f, "call": 0x10, "call_indirect": 0x11,
	"return_call": 0x12, "return_call_indirect": 0x13, "drop": 0x1a, "select": 0x1b, "select_type": 0x1c,
	"local.get": 0x20, "local.set": 0x21, "local.tee": 0x22, "global.get": 0x23, "global.set": 0x24,
	"table.get": 0x25, "table.set": 0x26,
	"i32.load": 0x28, "i32.load8_u": 0x2d, "i32.store": 0x36, "i64.store": 0x37, "i32.store8": 0x3a,
	"memory.size": 0x3f, "memory.grow": 0x40,
	"i32.const": 0x41, "i64.const": 0x42, "f32.const": 0x43, "f64.const": 0x44,
	"i32.eqz": 0x45, "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_s": 0x48, "i32.lt_u": 0x49, "i32.gt_u": 0x4b,
	"i32.clz": 0x67, "i32.popcnt": 0x69, "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c, "i32.div_u": 0x6e,
	"i32.and": 0x71, "i32.or": 0x72, "i32.xor": 0x73, "i32.shl": 0x74, "i32.rotl": 0x77, "i64.add": 0x7c, "f64.add": 0xa0,
	"i32.wrap_i64": 0xa7, "i64.extend_i32_u": 0xad, "i32.extend8_s": 0xc0,
	"ref.null": 0xd0, "ref.is_null": 0xd1, "ref.func": 0xd2,
	"i32.trunc_sat_f64_s": 0xfc02, "memory.init": 0xfc08, "data.drop": 0xfc09, "memory.copy": 0xfc0a, "memory.fill": 0xfc0b,
	"table.init": 0xfc0c, "elem.drop": 0xfc0d, "table.copy": 0xfc0e, "table.grow": 0xfc0f, "table.size": 0xfc10, "table.fill": 0xfc11,
	"v128.load": 0xfd00, "v128.const": 0xfd0c, "i8x16.shuffle": 0xfd0d, "i8x16.splat": 0xfd0f, "i8x16.extract_lane_u": 0xfd16,
	"v128.load8_lane": 0xfd54, "i16x8.add": 0xfd8e, "f64x2.convert_low_i32x4_u": 0xfdff,
}

var typeBytes = map[string]int64{
	"void": -64, "i32": -1, "i64": -2, "f32": -3, "f64": -4, "v128": -5, "funcref": -16, "externref": -17,
}

// assemble turns instructions, divided by semicolons or lines, into code: a name
// and its operands, which are numbers or types.
func assemble(text string) []byte {
	var w writer
	for line := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ';' || c == '\n' }) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		op, ok := mnemonics[words[0]]
		if !ok {
			panic(fmt.Sprintf("assemble: unknown instruction %q", words[0]))
		}
		in := instr{op: op, shape: op.shape()}
		var operands []int64
		for _, word := range words[1:] {
			n, ok := typeBytes[word]
			if !ok {
				var err error
				if n, err = strconv.ParseInt(word, 0, 64); err != nil {
					panic(err)
				}
			}
			operands = append(operands, n)
		}
		in.assign(operands)
		w.instr(&in)
	}
	return w.buf
}

func (in *instr) assign(operands []int64) {
	at := func(i int) uint32 {
		if i < len(operands) {
			return uint32(operands[i])
		}
		return 0
	}
	in.a, in.b, in.lane = at(0), at(1), byte(at(2))
	switch in.shape {
	case lane:
		in.lane = byte(in.a)
	case blockType, constI32, constI64:
		in.value = operands[0]
	case selectTypes, refType:
		in.a = uint32(operands[0] & 0x7f)
	case labelTable:
		for _, l := range operands {
			in.labels = append(in.labels, uint32(l))
		}
	case four:
		var w writer
		bits := math.Float32bits(float32(operands[0]))
		w.byte(byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
		in.raw = w.buf
	case eight:
		bits := math.Float64bits(float64(operands[0]))
		in.raw = make([]byte, 8)
		for i := range in.raw {
			in.raw[i] = byte(bits >> (8 * i))
		}
	case sixteen:
		in.raw = make([]byte, 16)
		for i := range in.raw {
			in.raw[i] = byte(int(operands[0]) + i)
		}
	}
}

// function is a function of a module under test.
type function struct {
	params, results, locals []ValType
	code                    string // without its end
	export                  string
}

// build encodes a module with functions. Whatever else it has is in m.
func build(m module, functions ...function) []byte {
	var bodies [][]byte
	for _, f := range functions {
		m.types = append(m.types, FuncType{f.params, f.results})
		m.funcs = append(m.funcs, uint32(len(m.types)-1))
		if f.export != "" {
			m.exports = append(m.exports, Export{Name: f.export, Index: uint32(len(m.funcs) - 1)})
		}
		var w writer
		w.u32(uint32(len(f.locals)))
		for _, t := range f.locals {
			w.byte(1, byte(t))
		}
		bodies = append(bodies, append(w.buf, assemble(f.code+"; end")...))
	}
	if m.start == 0 {
		m.start = -1
	}
	m.present = [len(m.present)]bool{
		secType: len(m.types) > 0, secImport: len(m.imports) > 0, secFunction: len(bodies) > 0, secTable: len(m.tables) > m.importedTables,
		secMemory: m.memory != nil && !m.memory.Imported, secGlobal: len(m.globals) > m.importedGlobals, secExport: len(m.exports) > 0,
		secStart: m.start > 0, secElement: len(m.elems) > 0, secDataCount: len(m.data) > 0, secCode: len(bodies) > 0, secData: len(m.data) > 0,
	}
	m.dataCount = len(m.data)
	return m.encode(bodies)
}

// started is a module whose function 0 is the import env.started, of type () -> ().
func started() module {
	return module{
		types:         []FuncType{{}},
		imports:       []Import{{Module: "env", Name: "started"}},
		funcs:         []uint32{0},
		importedFuncs: 1,
	}
}
