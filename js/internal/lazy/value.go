package lazy

import (
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// Kind is what a value is to JSON.
type Kind uint8

// Kinds of values. Strings are told apart by how goja keeps them: ASCII text,
// UTF-16, or UTF-8 it has not looked at.
const (
	KindOther Kind = iota
	KindUndefined
	KindNull
	KindBool
	KindInt
	KindFloat
	KindBigInt
	KindASCII
	KindUnicode
	KindImported
	KindSymbol
	KindObject
	// KindProperty is a property with attributes or accessors of its own. It
	// stands only in the tables of objects, never in a variable.
	KindProperty
)

// KindOf returns what v is. It needs Supported.
func KindOf(v goja.Value) Kind {
	switch valueTab(v) {
	case tabs.object:
		return KindObject
	case tabs.ascii:
		return KindASCII
	case tabs.integer:
		return KindInt
	case tabs.float:
		return KindFloat
	case tabs.boolean:
		return KindBool
	case tabs.null:
		return KindNull
	case tabs.undefined:
		return KindUndefined
	case tabs.unicode:
		return KindUnicode
	case tabs.imported:
		return KindImported
	case tabs.property:
		return KindProperty
	case tabs.bigInt:
		return KindBigInt
	case tabs.symbol:
		return KindSymbol
	}
	return KindOther
}

// The following take the Go value out of a value whose Kind is known.

// IntOf returns the number of a KindInt.
func IntOf(v goja.Value) int64 { return *(*int64)(valueData(v)) }

// FloatOf returns the number of a KindFloat.
func FloatOf(v goja.Value) float64 { return *(*float64)(valueData(v)) }

// BoolOf returns the truth of a KindBool.
func BoolOf(v goja.Value) bool { return *(*bool)(valueData(v)) }

// ASCIIOf returns the text of a KindASCII.
func ASCIIOf(v goja.Value) string { return *(*string)(valueData(v)) }

// UnitsOf returns the UTF-16 code units of a KindUnicode, to be read only.
func UnitsOf(v goja.Value) []uint16 { return (*(*[]uint16)(valueData(v)))[1:] }

// ImportedOf returns the text of a KindImported, which may not be valid UTF-8.
func ImportedOf(v goja.Value) string { return (*importedString)(valueData(v)).s }

// ASCII returns the string value *s, which must be ASCII and never change.
func ASCII(s *string) goja.Value {
	if !supported {
		return asciiSlow(*s)
	}
	return makeValue(tabs.ascii, unsafe.Pointer(s))
}

func asciiSlow(s string) goja.Value {
	var b goja.StringBuilder
	b.WriteString(goja.StringFromUTF16(widen(s)))
	return b.String()
}

func widen(s string) []uint16 {
	u := make([]uint16, len(s))
	for i := range u {
		u[i] = uint16(s[i])
	}
	return u
}

// Int returns the number value *n, which must be a safe integer and never
// change. It needs Supported.
func Int(n *int64) goja.Value { return makeValue(tabs.integer, unsafe.Pointer(n)) }

// Form is how goja keeps an object.
type Form uint8

// Forms of objects.
const (
	Exotic    Form = iota // anything else; only the public API will do
	Plain                 // an ordinary object, see PlainOf
	Array                 // a dense array, see ArrayOf
	IsRecord              // see RecordOf
	IsList                // an untouched list, see ListOf
	Untouched             // made by Object and not looked at yet
)

func formOfTab(tab unsafe.Pointer) Form {
	switch tab {
	case tabs.plain:
		return Plain
	case tabs.array:
		return Array
	case tabs.record:
		return IsRecord
	case tabs.list:
		return IsList
	case tabs.thunk:
		return Untouched
	}
	return Exotic
}

// ObjectOf returns the object of a KindObject.
func ObjectOf(v goja.Value) *goja.Object { return (*goja.Object)(valueData(v)) }

// FormOf returns how o is kept. It needs Supported. The answer holds until
// guest code runs.
func FormOf(o *goja.Object) Form { return formOfTab(tabOf(mirrorOf(o).self)) }

// PlainOf returns the insides of a Plain or an Array.
func PlainOf(o *goja.Object) *PlainObject { return (*PlainObject)(dataOf(mirrorOf(o).self)) }

// ArrayOf returns the insides of an Array.
func ArrayOf(o *goja.Object) *ArrayObject { return (*ArrayObject)(dataOf(mirrorOf(o).self)) }

// RecordOf returns the insides of an IsRecord.
func RecordOf(o *goja.Object) *Record { return (*Record)(dataOf(mirrorOf(o).self)) }

// ListOf returns the insides of an IsList.
func ListOf(o *goja.Object) *List { return (*List)(dataOf(mirrorOf(o).self)) }

// Touch makes an Untouched or an IsList what it is to be.
func Touch(o *goja.Object) {
	switch self := mirrorOf(o).self; formOfTab(tabOf(self)) {
	case Untouched:
		(*deferred)(dataOf(self)).real()
	case IsList:
		(*List)(dataOf(self)).real()
	}
}

// Proto returns the prototype.
func (p *PlainObject) Proto() *goja.Object { return p.prototype }

// IsOrdinary reports whether it is an object of no special class.
func (p *PlainObject) IsOrdinary() bool { return p.class == "Object" }

// Names returns the keys in the order of enumeration. They may change when
// guest code runs or a property is defined.
func (p *PlainObject) Names() []unistring.String {
	for i := p.lastSortedPropLen; i < len(p.propNames); i++ {
		if k := p.propNames[i]; len(k) > 0 && k[0]-'0' < 10 { // maybe an index
			mirrorOf(p.val).self.stringKeys(true, nil) // sorts
			return p.propNames
		}
	}
	p.lastSortedPropLen = len(p.propNames)
	return p.propNames
}

// Value returns an own property's value, a KindProperty or nil.
func (p *PlainObject) Value(key unistring.String) goja.Value { return p.values[key] }

// Put defines an own property where there was none. It needs the caller to
// know that the key is not an index, or to use it on a new object only.
func (p *PlainObject) Put(key unistring.String, v goja.Value) {
	if _, ok := p.values[key]; !ok {
		p.propNames = append(p.propNames, key)
	}
	p.values[key] = v
}

// Len returns an array's length.
func (a *ArrayObject) Len() int { return int(a.length) }

// Proto returns the prototype.
func (a *ArrayObject) Proto() *goja.Object { return a.baseObject.prototype }

// OwnKeys returns how many own keys an array has besides its elements.
func (a *ArrayObject) OwnKeys() int { return len(a.baseObject.propNames) }

// At returns an element as it stands in the table: a KindProperty or nil (a
// hole) is for the public API to find out about.
func (a *ArrayObject) At(i int) goja.Value {
	if i < len(a.values) {
		return a.values[i]
	}
	return nil
}

// EnumerableKeys returns the own enumerable string keys of any object, in order.
func EnumerableKeys(vm *goja.Runtime, o *goja.Object) []goja.Value {
	if supported {
		return mirrorOf(o).self.stringKeys(false, nil)
	}
	keys := o.Keys()
	out := make([]goja.Value, len(keys))
	for i, k := range keys {
		out[i] = vm.ToValue(k)
	}
	return out
}

// Get returns a property of any object, looked up on its prototypes too, or
// nil. Accessors run.
func Get(o *goja.Object, key goja.Value) goja.Value {
	if supported {
		return mirrorOf(o).self.getStr(KeyOf(key), nil)
	}
	return o.Get(key.String())
}

// GetKey is Get for a key in the form that tables have.
func GetKey(o *goja.Object, key unistring.String) goja.Value {
	return mirrorOf(o).self.getStr(key, nil)
}

// Define makes a property of o that is ordinary data (CreateDataProperty), and
// reports whether o allowed it.
func Define(o *goja.Object, key, v goja.Value) bool {
	if supported {
		return mirrorOf(o).self.defineOwnPropertyStr(KeyOf(key), goja.PropertyDescriptor{
			Value: v, Writable: goja.FLAG_TRUE, Enumerable: goja.FLAG_TRUE, Configurable: goja.FLAG_TRUE,
		}, false)
	}
	return o.DefineDataProperty(key.String(), v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE) == nil
}

// Delete removes an own property, and reports whether it is gone.
func Delete(o *goja.Object, key goja.Value) bool {
	if supported {
		return mirrorOf(o).self.deleteStr(KeyOf(key), false)
	}
	return o.Delete(key.String()) == nil
}

// KeyOf returns a string value as a property key. It needs Supported.
func KeyOf(v goja.Value) unistring.String {
	switch KindOf(v) {
	case KindASCII:
		return unistring.String(ASCIIOf(v))
	case KindUnicode:
		return unistring.FromUtf16(*(*[]uint16)(valueData(v)))
	}
	return unistring.NewFromString(v.String())
}

// CallableOf returns the function that o is, or nil. Exceptions are thrown by
// panic, so it may be called only where goja catches them.
func CallableOf(o *goja.Object) func(goja.FunctionCall) goja.Value {
	if supported {
		f, _ := mirrorOf(o).self.assertCallable()
		return f
	}
	f, ok := goja.AssertFunction(o)
	if !ok {
		return nil
	}
	return func(call goja.FunctionCall) goja.Value {
		v, err := f(call.This, call.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}
}

// Has reports whether o or one of its prototypes has a property. It runs no
// guest code unless one of them is a Proxy.
func Has(o *goja.Object, key unistring.String) bool { return mirrorOf(o).self.hasPropertyStr(key) }

// Own returns an own property as Value does, of any object. It runs no guest
// code unless o is a Proxy.
func Own(o *goja.Object, key unistring.String) goja.Value {
	return mirrorOf(o).self.getOwnPropStr(key)
}

// PropertyOf returns what a KindProperty is. accessor is whether only Get can
// tell the value.
func PropertyOf(v goja.Value) (value goja.Value, enumerable, accessor bool) {
	p := (*propertyMirror)(valueData(v))
	return p.value, p.enumerable, p.accessor
}
