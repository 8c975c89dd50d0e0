package buffer

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

var (
	bytesType       = reflect.TypeOf([]byte(nil))
	arrayBufferType = reflect.TypeOf(goja.ArrayBuffer{})
)

// rawBytes returns the memory of a typed array or an ArrayBuffer. Plain objects
// are told apart by type alone, since exporting them would run guest code.
func rawBytes(o *goja.Object) ([]byte, bool) {
	switch kind := o.ExportType(); kind {
	case bytesType:
		b, ok := o.Export().([]byte)
		return b, ok
	case arrayBufferType:
		ab, ok := o.Export().(goja.ArrayBuffer)
		return ab.Bytes(), ok
	default:
		if kind == nil || kind.Kind() != reflect.Slice || kind.Elem().Kind() == reflect.Interface {
			return nil, false
		}
	}
	switch s := o.Export().(type) {
	case []int8:
		return raw(s, 1), true
	case []uint16:
		return raw(s, 2), true
	case []int16:
		return raw(s, 2), true
	case []uint32:
		return raw(s, 4), true
	case []int32:
		return raw(s, 4), true
	case []float32:
		return raw(s, 4), true
	case []float64:
		return raw(s, 8), true
	case []int64:
		return raw(s, 8), true
	case []uint64:
		return raw(s, 8), true
	}
	return nil, false
}

// raw is the memory of a slice of numbers, size bytes each.
func raw[T any](s []T, size int) []byte {
	if len(s) == 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*size)
}
