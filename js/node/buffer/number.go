package buffer

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// width is one of the fixed-size integers that a Buffer reads and writes.
type width struct {
	name  string // as in readUInt16LE, without the byte order
	alias string // the newer spelling, readUint16LE
	bytes int
	sign  bool
}

var widths = []width{
	{"UInt8", "Uint8", 1, false}, {"UInt16", "Uint16", 2, false}, {"UInt32", "Uint32", 4, false},
	{"Int8", "", 1, true}, {"Int16", "", 2, true}, {"Int32", "", 4, true},
	{"BigUInt64", "BigUint64", 8, false}, {"BigInt64", "", 8, true},
}

// integerMethods makes the table of readUInt8 ... writeBigInt64BE, and of those
// whose size is an argument, readUIntLE ... writeIntBE.
func integerMethods() map[string]method {
	table := map[string]method{}
	for _, w := range widths {
		orders := map[string]bool{"LE": false, "BE": true}
		if w.bytes == 1 {
			orders = map[string]bool{"": false}
		}
		for suffix, bigEndian := range orders {
			read, write := w.read(bigEndian), w.write(bigEndian)
			for _, name := range []string{w.name, w.alias} {
				if name != "" {
					table["read"+name+suffix] = method{0, read}
					table["write"+name+suffix] = method{1, write}
				}
			}
		}
	}
	for suffix, bigEndian := range map[string]bool{"LE": false, "BE": true} {
		for _, name := range []string{"UInt", "Uint"} {
			table["read"+name+suffix] = method{2, readSized(false, bigEndian)}
			table["write"+name+suffix] = method{3, writeSized(false, bigEndian)}
		}
		table["readInt"+suffix] = method{2, readSized(true, bigEndian)}
		table["writeInt"+suffix] = method{3, writeSized(true, bigEndian)}
	}
	return table
}

type methodFunc = func(a *API, self []byte, c goja.FunctionCall) goja.Value

func (w width) read(bigEndian bool) methodFunc {
	return func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		at := a.offset(self, c.Argument(0), w.bytes, true)
		u := load(self[at:at+w.bytes], bigEndian)
		if w.bytes == 8 {
			if w.sign {
				return a.vm.ToValue(big.NewInt(int64(u)))
			}
			return a.vm.ToValue(new(big.Int).SetUint64(u))
		}
		return a.vm.ToValue(extend(u, w.bytes, w.sign))
	}
}

func (w width) write(bigEndian bool) methodFunc {
	return func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		var u uint64
		if w.bytes == 8 {
			u = a.bigValue(c.Argument(0), w.sign)
		} else {
			u = a.intValue(c.Argument(0), w.bytes, w.sign)
		}
		at := a.offset(self, c.Argument(1), w.bytes, true)
		store(self[at:at+w.bytes], u, bigEndian)
		return a.vm.ToValue(at + w.bytes)
	}
}

func readSized(sign, bigEndian bool) methodFunc {
	return func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		if goja.IsUndefined(c.Argument(0)) {
			nodeerr.ArgType(a.host, "offset", "of type number", c.Argument(0))
		}
		n := a.size(c.Argument(1))
		at := a.offset(self, c.Argument(0), n, false)
		return a.vm.ToValue(extend(load(self[at:at+n], bigEndian), n, sign))
	}
}

func writeSized(sign, bigEndian bool) methodFunc {
	return func(a *API, self []byte, c goja.FunctionCall) goja.Value {
		n := a.size(c.Argument(2))
		u := a.intValue(c.Argument(0), n, sign)
		at := a.offset(self, c.Argument(1), n, false)
		store(self[at:at+n], u, bigEndian)
		return a.vm.ToValue(at + n)
	}
}

// size checks the argument byteLength of the sized methods.
func (a *API) size(v goja.Value) int {
	n := a.number("byteLength", v)
	if n != math.Trunc(n) {
		nodeerr.Range(a.host, "byteLength", "an integer", v)
	}
	if !(n >= 1 && n <= 6) {
		nodeerr.Range(a.host, "byteLength", ">= 1 and <= 6", v)
	}
	return int(n)
}

// number checks that an argument is a JavaScript number.
func (a *API) number(name string, v goja.Value) float64 {
	if !goja.IsNumber(v) || goja.IsBigInt(v) {
		nodeerr.ArgType(a.host, name, "of type number", v)
	}
	return v.ToFloat()
}

// offset checks the offset of a value of n bytes, in Node's order of checks.
func (a *API) offset(self []byte, v goja.Value, n int, optional bool) int {
	if optional && goja.IsUndefined(v) {
		v = a.vm.ToValue(0)
	}
	f := a.number("offset", v)
	last := len(self) - n
	switch {
	case f == math.Trunc(f) && f >= 0 && f <= float64(last):
		return int(f)
	case f != math.Trunc(f) && !math.IsInf(f, 0):
		nodeerr.Range(a.host, "offset", "an integer", v)
	case last < 0:
		nodeerr.Throw(a.vm, "RangeError", "ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds")
	}
	nodeerr.Range(a.host, "offset", fmt.Sprintf(">= 0 and <= %d", last), v)
	return 0
}

// intValue converts the value of a write of n bytes and checks its range.
func (a *API) intValue(v goja.Value, n int, sign bool) uint64 {
	num := v.ToNumber()
	f := num.ToFloat()
	lo, hi := 0.0, math.Ldexp(1, 8*n)-1
	if sign {
		lo, hi = -math.Ldexp(1, 8*n-1), math.Ldexp(1, 8*n-1)-1
	}
	if f < lo || f > hi {
		nodeerr.Range(a.host, "value", intRange(n, sign, lo, hi), num)
	}
	if math.IsNaN(f) {
		return 0
	}
	return uint64(int64(f))
}

func intRange(n int, sign bool, lo, hi float64) string {
	switch {
	case n <= 4:
		return fmt.Sprintf(">= %.0f and <= %.0f", lo, hi)
	case sign:
		return fmt.Sprintf(">= -(2 ** %d) and < 2 ** %d", 8*n-1, 8*n-1)
	}
	return fmt.Sprintf(">= 0 and < 2 ** %d", 8*n)
}

// bigValue converts the value of a write of a 64-bit integer.
func (a *API) bigValue(v goja.Value, sign bool) uint64 {
	n, ok := v.Export().(*big.Int)
	if !ok || !goja.IsBigInt(v) {
		panic(nodeerr.Plain(a.vm, "TypeError", "Cannot mix BigInt and other types, use explicit conversions"))
	}
	if sign {
		if !n.IsInt64() {
			nodeerr.Range(a.host, "value", ">= -(2n ** 63n) and < 2n ** 63n", v)
		}
		return uint64(n.Int64())
	}
	if !n.IsUint64() {
		nodeerr.Range(a.host, "value", ">= 0n and < 2n ** 64n", v)
	}
	return n.Uint64()
}

func load(b []byte, bigEndian bool) (u uint64) {
	if bigEndian {
		for _, c := range b {
			u = u<<8 | uint64(c)
		}
		return u
	}
	for i := len(b) - 1; i >= 0; i-- {
		u = u<<8 | uint64(b[i])
	}
	return u
}

func store(b []byte, u uint64, bigEndian bool) {
	for i := range b {
		at := i
		if bigEndian {
			at = len(b) - 1 - i
		}
		b[at] = byte(u)
		u >>= 8
	}
}

// extend makes a signed number of the low n bytes if sign is set.
func extend(u uint64, n int, sign bool) int64 {
	if !sign {
		return int64(u)
	}
	shift := 64 - 8*n
	return int64(u<<shift) >> shift
}

// floatMethods makes the table of readFloatLE ... writeDoubleBE.
func floatMethods() map[string]method {
	table := map[string]method{}
	for suffix, order := range map[string]binary.ByteOrder{"LE": binary.LittleEndian, "BE": binary.BigEndian} {
		table["readFloat"+suffix] = method{0, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
			at := a.offset(self, c.Argument(0), 4, true)
			return a.vm.ToValue(float64(math.Float32frombits(order.Uint32(self[at:]))))
		}}
		table["readDouble"+suffix] = method{0, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
			at := a.offset(self, c.Argument(0), 8, true)
			return a.vm.ToValue(math.Float64frombits(order.Uint64(self[at:])))
		}}
		table["writeFloat"+suffix] = method{1, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
			f := c.Argument(0).ToFloat()
			at := a.offset(self, c.Argument(1), 4, true)
			order.PutUint32(self[at:], math.Float32bits(float32(f)))
			return a.vm.ToValue(at + 4)
		}}
		table["writeDouble"+suffix] = method{1, func(a *API, self []byte, c goja.FunctionCall) goja.Value {
			f := c.Argument(0).ToFloat()
			at := a.offset(self, c.Argument(1), 8, true)
			order.PutUint64(self[at:], math.Float64bits(f))
			return a.vm.ToValue(at + 8)
		}}
	}
	return table
}
