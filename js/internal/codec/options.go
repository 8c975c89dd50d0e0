package codec

import (
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

var (
	typeBigInt = reflect.TypeFor[*big.Int]()
	typeBool   = reflect.TypeFor[bool]()
	typeProxy  = reflect.TypeFor[goja.Proxy]()
)

// maxGap is the longest indent of a level.
const maxGap = 10

// options are the second and third arguments of JSON.stringify.
type options struct {
	replacer func(goja.FunctionCall) goja.Value
	list     []goja.Value // names to write, if not nil
	gap      string       // indent of a level, UTF-8
	level    int
}

// newOptions reads the arguments. It returns nil if they ask for nothing.
func (e *encoder) newOptions(replacer, space goja.Value) *options {
	var opt options
	if o, ok := replacer.(*goja.Object); ok {
		if f := lazy.CallableOf(o); f != nil {
			opt.replacer = f
		} else if e.isArray(o) {
			opt.list = e.nameList(o)
		}
	}
	opt.gap = gapOf(e.c.vm, space)
	if opt.replacer == nil && opt.list == nil && opt.gap == "" {
		return nil
	}
	return &opt
}

// nameList returns the strings and numbers of an array, each once, as strings.
func (e *encoder) nameList(o *goja.Object) []goja.Value {
	list := []goja.Value{}
	seen := map[unistring.String]bool{}
	for i := range toLength(o.Get("length")) {
		e.tick()
		v := o.Get(strconv.FormatInt(i, 10))
		switch x := v.(type) {
		case nil, *goja.Symbol:
			continue
		case goja.String:
		case *goja.Object:
			if class := x.ClassName(); class != "String" && class != "Number" {
				continue
			}
		default:
			if !isNumber(v) {
				continue
			}
		}
		text := toString(e.c.vm, v)
		if name := keyText(text); !seen[name] {
			seen[name] = true
			list = append(list, text)
		}
	}
	return list
}

// toString is the standard's ToString. (goja's may return a number.)
func toString(vm *goja.Runtime, v goja.Value) goja.String {
	if _, ok := v.(*goja.Symbol); ok {
		panic(vm.NewTypeError("Cannot convert a Symbol value to a string"))
	}
	if s, ok := v.ToString().(goja.String); ok {
		return s
	}
	return vm.ToValue(v.String()).(goja.String)
}

// keyText returns a string as a key that tells lone surrogates apart.
func keyText(s goja.String) unistring.String {
	if text := s.String(); len(text) == s.Length() {
		return unistring.String(text)
	}
	return unistring.FromUtf16(append([]uint16{unistring.BOM}, unitsOf(s)...))
}

func isNumber(v goja.Value) bool {
	t := v.ExportType() // nil for null and undefined
	return t != nil && (t.Kind() == reflect.Int64 || t.Kind() == reflect.Float64)
}

// gapOf returns the indent that JSON.stringify's third argument asks for.
func gapOf(vm *goja.Runtime, space goja.Value) string {
	if o, ok := space.(*goja.Object); ok {
		switch o.ClassName() {
		case "Number":
			space = o.ToNumber()
		case "String":
			space = toString(vm, o)
		}
	}
	switch s := space.(type) {
	case nil, *goja.Object, *goja.Symbol:
		return ""
	case goja.String:
		u := unitsOf(s.Substring(0, min(maxGap, s.Length())).(goja.String))
		return string(appendUnits(nil, u))
	}
	if !isNumber(space) {
		return ""
	}
	return strings.Repeat(" ", int(max(0, min(space.ToInteger(), maxGap))))
}
