package instrument

import (
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// Features are the features of WebAssembly that this package knows: those of
// version 2.0, with tail calls and extended constant expressions. A runtime that
// runs rewritten modules enables these and no others. Not among them are
// threads, exceptions, typed function references, memory64 and several memories.
const Features = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// opcode is an instruction: the byte that begins it, or for those with a prefix
// byte, the prefix times 256 plus the number after it.
type opcode uint16

// The instructions that the rewriting has to do with.
const (
	opUnreachable        opcode = 0x00
	opBlock              opcode = 0x02
	opLoop               opcode = 0x03
	opIf                 opcode = 0x04
	opElse               opcode = 0x05
	opEnd                opcode = 0x0b
	opBr                 opcode = 0x0c
	opBrIf               opcode = 0x0d
	opBrTable            opcode = 0x0e
	opReturn             opcode = 0x0f
	opCall               opcode = 0x10
	opCallIndirect       opcode = 0x11
	opReturnCall         opcode = 0x12
	opReturnCallIndirect opcode = 0x13
	opDrop               opcode = 0x1a
	opLocalGet           opcode = 0x20
	opLocalSet           opcode = 0x21
	opLocalTee           opcode = 0x22
	opGlobalGet          opcode = 0x23
	opGlobalSet          opcode = 0x24
	opTableGet           opcode = 0x25
	opTableSet           opcode = 0x26
	opMemorySize         opcode = 0x3f
	opMemoryGrow         opcode = 0x40
	opI32Const           opcode = 0x41
	opI64Const           opcode = 0x42
	opF32Const           opcode = 0x43
	opF64Const           opcode = 0x44
	opI32Eqz             opcode = 0x45
	opI32LtS             opcode = 0x48
	opI32LtU             opcode = 0x49
	opI32GtU             opcode = 0x4b
	opI32GeS             opcode = 0x4e
	opI32ShrU            opcode = 0x76
	opI64GtU             opcode = 0x56
	opI32Add             opcode = 0x6a
	opI32Sub             opcode = 0x6b
	opI32Mul             opcode = 0x6c
	opI64Add             opcode = 0x7c
	opI64Sub             opcode = 0x7d
	opI64Mul             opcode = 0x7e
	opI64Shl             opcode = 0x86
	opI64ExtendI32U      opcode = 0xad
	opRefNull            opcode = 0xd0
	opRefFunc            opcode = 0xd2

	opMemoryInit opcode = 0xfc08
	opDataDrop   opcode = 0xfc09
	opMemoryCopy opcode = 0xfc0a
	opMemoryFill opcode = 0xfc0b
	opTableInit  opcode = 0xfc0c
	opElemDrop   opcode = 0xfc0d
	opTableCopy  opcode = 0xfc0e
	opTableGrow  opcode = 0xfc0f
	opTableSize  opcode = 0xfc10
	opTableFill  opcode = 0xfc11

	opV128Const opcode = 0xfd0c
)

// The bytes that begin instructions of more than one byte.
const (
	prefixMisc   = 0xfc
	prefixVector = 0xfd
)

// shape is what follows an instruction's opcode.
type shape byte

const (
	unknown     shape = iota
	alone             // nothing
	blockType         // the type of a block
	label             // how many blocks to leave
	labelTable        // br_table's vector of labels and the last one
	funcIndex         //
	callTable         // a type and a table
	localIndex        //
	globalIndex       //
	tableIndex        //
	twoTables         // destination and source
	elemTable         // an element segment and a table
	elemIndex         //
	dataMemory        // a data segment and the memory
	dataIndex         //
	oneMemory         // the memory
	twoMemories       // the memory, twice
	memArg            // alignment and offset
	memArgLane        // the same and a lane
	lane              //
	constI32          //
	constI64          //
	four              // the bytes of a float
	eight             // the bytes of a double
	sixteen           // the bytes of a vector
	selectTypes       // a vector of one type
	refType           //
)

// shapes says what follows each opcode of one byte.
var shapes = fill([256]shape{}, []span{
	{0x00, 0x01, alone},
	{0x02, 0x04, blockType},
	{0x05, 0x05, alone}, {0x0b, 0x0b, alone},
	{0x0c, 0x0d, label},
	{0x0e, 0x0e, labelTable},
	{0x0f, 0x0f, alone},
	{0x10, 0x10, funcIndex}, {0x11, 0x11, callTable},
	{0x12, 0x12, funcIndex}, {0x13, 0x13, callTable}, // tail calls
	{0x1a, 0x1b, alone}, {0x1c, 0x1c, selectTypes},
	{0x20, 0x22, localIndex}, {0x23, 0x24, globalIndex}, {0x25, 0x26, tableIndex},
	{0x28, 0x3e, memArg},
	{0x3f, 0x40, oneMemory},
	{0x41, 0x41, constI32}, {0x42, 0x42, constI64}, {0x43, 0x43, four}, {0x44, 0x44, eight},
	{0x45, 0xbf, alone}, // comparisons, arithmetic, conversions
	{0xc0, 0xc4, alone}, // sign extension
	{0xd0, 0xd0, refType}, {0xd1, 0xd1, alone}, {0xd2, 0xd2, funcIndex},
})

// miscShapes says what follows each number after the prefix 0xfc.
var miscShapes = fill([256]shape{}, []span{
	{0x00, 0x07, alone}, // conversions that do not trap
	{0x08, 0x08, dataMemory}, {0x09, 0x09, dataIndex}, {0x0a, 0x0a, twoMemories}, {0x0b, 0x0b, oneMemory},
	{0x0c, 0x0c, elemTable}, {0x0d, 0x0d, elemIndex}, {0x0e, 0x0e, twoTables}, {0x0f, 0x11, tableIndex},
})

// vectorShapes says what follows each number after the prefix 0xfd.
var vectorShapes = fill([256]shape{}, []span{
	{0x00, 0x0b, memArg}, {0x0c, 0x0d, sixteen}, {0x0e, 0x14, alone}, {0x15, 0x22, lane},
	{0x23, 0x53, alone}, {0x54, 0x5b, memArgLane}, {0x5c, 0x5d, memArg}, {0x5e, 0x99, alone},
	{0x9b, 0xa1, alone}, {0xa3, 0xa4, alone}, {0xa7, 0xae, alone}, {0xb1, 0xb1, alone},
	{0xb5, 0xba, alone}, {0xbc, 0xc1, alone}, {0xc3, 0xc4, alone}, {0xc7, 0xce, alone},
	{0xd1, 0xd1, alone}, {0xd5, 0xe1, alone}, {0xe3, 0xed, alone}, {0xef, 0xff, alone},
})

type span struct {
	from, to int // both included
	shape    shape
}

func fill(table [256]shape, spans []span) [256]shape {
	for _, s := range spans {
		for i := s.from; i <= s.to; i++ {
			table[i] = s.shape
		}
	}
	return table
}

func (op opcode) shape() shape {
	switch op >> 8 {
	case 0:
		return shapes[op]
	case prefixMisc:
		return miscShapes[op&0xff]
	default:
		return vectorShapes[op&0xff]
	}
}
