package webassembly

import (
	"math"
	"math/big"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

const incompatible = "type incompatibility when transforming from/to JS"

// toWasm is ToWebAssemblyValue: the bits of a value as the engine passes them.
// holder is what will hold it if it is a function (module.WasmStore.Ref). It
// throws what the conversion throws.
func (w *world) toWasm(v goja.Value, t module.WasmType, holder any) uint64 {
	switch t {
	case module.WasmI32:
		return uint64(uint32(toInt32(w.number(v))))
	case module.WasmF32:
		return uint64(math.Float32bits(float32(w.number(v))))
	case module.WasmF64:
		return math.Float64bits(w.number(v))
	case module.WasmI64:
		return w.bigint(v)
	case module.WasmExternRef:
		return w.externs.ref(w, v)
	case module.WasmFuncRef:
		if bits, ok := w.funcRef(v, holder); ok {
			return bits
		}
	}
	w.throw("TypeError", incompatible)
	return 0
}

// toJS is ToJSValue.
func (w *world) toJS(bits uint64, t module.WasmType) goja.Value {
	switch t {
	case module.WasmI32:
		return w.vm.ToValue(int32(bits))
	case module.WasmI64:
		return w.vm.ToValue(big.NewInt(int64(bits)))
	case module.WasmF32:
		return w.vm.ToValue(float64(math.Float32frombits(uint32(bits))))
	case module.WasmF64:
		return w.vm.ToValue(math.Float64frombits(bits))
	case module.WasmExternRef:
		return w.externs.value(bits)
	case module.WasmFuncRef:
		f, err := w.store.FuncOf(bits)
		if err != nil {
			return w.fail(err, "")
		}
		if f == nil {
			return goja.Null()
		}
		return w.function(f)
	}
	w.throw("TypeError", incompatible)
	return nil
}

// number is ToNumber.
func (w *world) number(v goja.Value) float64 {
	if goja.IsNumber(v) {
		return v.ToFloat()
	}
	switch x := v.(type) {
	case *goja.Symbol:
		w.throw("TypeError", "Cannot convert a Symbol value to a number")
	case *goja.Object:
		v = x.ToNumber() // which calls valueOf and the like
	}
	if goja.IsBigInt(v) {
		w.throw("TypeError", "Cannot convert a BigInt value to a number")
	}
	return v.ToFloat()
}

// toInt32 is ToInt32 of a number.
func toInt32(f float64) int32 {
	if i := int64(f); float64(i) == f {
		return int32(i)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return int32(int64(math.Mod(math.Trunc(f), 1<<32)))
}

// bigint is ToBigInt64, as bits.
func (w *world) bigint(v goja.Value) uint64 {
	if goja.IsNumber(v) {
		w.throw("TypeError", "Cannot convert %s to a BigInt", v)
	}
	if !goja.IsBigInt(v) {
		v = w.asIntN(goja.FunctionCall{This: goja.Undefined(), Arguments: []goja.Value{w.vm.ToValue(64), v}})
	}
	x, ok := v.Export().(*big.Int)
	switch {
	case !ok:
		w.throw("TypeError", incompatible)
	case x.IsInt64():
		return uint64(x.Int64())
	case x.IsUint64():
		return x.Uint64()
	}
	low := new(big.Int).And(x, new(big.Int).SetUint64(math.MaxUint64))
	return low.Uint64()
}

// externs are the values that externrefs refer to. A reference is an index
// beyond null, which is 0.
type externs struct {
	values []goja.Value
	// objects has the references of values that have an identity.
	objects map[any]uint64
	free    []uint64
	// sweepAt is how many values there may be before those that nobody refers to
	// any more are looked for.
	sweepAt int
}

// leastExterns is how many values need no looking after, mostExterns how many
// there can be.
const (
	leastExterns = 1 << 10
	mostExterns  = 1 << 22
)

// ref returns a reference to a value.
func (e *externs) ref(w *world, v goja.Value) uint64 {
	if goja.IsNull(v) {
		return 0
	}
	var identity any
	switch x := v.(type) {
	case *goja.Object:
		identity = x
	case *goja.Symbol:
		identity = x
	}
	if identity != nil {
		if ref, ok := e.objects[identity]; ok {
			return ref
		}
	}
	var ref uint64
	switch n := len(e.free); {
	case n > 0:
		ref, e.free = e.free[n-1], e.free[:n-1]
		e.values[ref-1] = v
	case len(e.values) >= mostExterns:
		w.throw("RangeError", "WebAssembly holds too many values")
	default:
		e.values = append(e.values, v)
		ref = uint64(len(e.values))
	}
	if identity != nil {
		if e.objects == nil {
			e.objects = map[any]uint64{}
		}
		e.objects[identity] = ref
	}
	return ref
}

func (e *externs) value(ref uint64) goja.Value {
	if ref == 0 || ref > uint64(len(e.values)) {
		return goja.Null()
	}
	return e.values[ref-1]
}

// sweep lets go of values that no instance holds a reference to. It is called
// when nothing runs.
func (e *externs) sweep(store module.WasmStore) {
	if len(e.values)-len(e.free) < max(e.sweepAt, leastExterns) {
		return
	}
	held := make([]bool, len(e.values))
	store.ExternRefs(func(ref uint64) {
		if ref <= uint64(len(held)) {
			held[ref-1] = true
		}
	})
	e.free = e.free[:0]
	for i, keep := range held {
		if !keep {
			e.values[i] = nil
			e.free = append(e.free, uint64(i+1))
		}
	}
	for identity, ref := range e.objects {
		if !held[ref-1] {
			delete(e.objects, identity)
		}
	}
	e.sweepAt = 2 * (len(e.values) - len(e.free))
}
