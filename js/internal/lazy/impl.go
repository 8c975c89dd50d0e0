package lazy

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// objectImpl has the methods of goja's own unexported interface of that name,
// with the same names and, to the calling convention, the same parameters. An
// interface's method table is sorted by method name, so a method has the same
// slot in both tables, and a value of this type can stand in goja.Object.self:
// goja then calls methods of ours, and we those of goja's objects. layout.go
// checks all of this before anything relies on it.
//
// unsafe.Pointer stands for the pointers to goja's unexported types, which are
// only passed on.
type objectImpl interface {
	sortLen() int
	sortGet(int) goja.Value
	swap(int, int)
	className() string
	typeOf() goja.String
	getStr(p unistring.String, receiver goja.Value) goja.Value
	getIdx(p valueInt, receiver goja.Value) goja.Value
	getSym(p *goja.Symbol, receiver goja.Value) goja.Value
	getOwnPropStr(unistring.String) goja.Value
	getOwnPropIdx(valueInt) goja.Value
	getOwnPropSym(*goja.Symbol) goja.Value
	setOwnStr(p unistring.String, v goja.Value, throw bool) bool
	setOwnIdx(p valueInt, v goja.Value, throw bool) bool
	setOwnSym(p *goja.Symbol, v goja.Value, throw bool) bool
	setForeignStr(p unistring.String, v, receiver goja.Value, throw bool) (res, handled bool)
	setForeignIdx(p valueInt, v, receiver goja.Value, throw bool) (res, handled bool)
	setForeignSym(p *goja.Symbol, v, receiver goja.Value, throw bool) (res, handled bool)
	hasPropertyStr(unistring.String) bool
	hasPropertyIdx(idx valueInt) bool
	hasPropertySym(s *goja.Symbol) bool
	hasOwnPropertyStr(unistring.String) bool
	hasOwnPropertyIdx(valueInt) bool
	hasOwnPropertySym(s *goja.Symbol) bool
	defineOwnPropertyStr(name unistring.String, desc goja.PropertyDescriptor, throw bool) bool
	defineOwnPropertyIdx(name valueInt, desc goja.PropertyDescriptor, throw bool) bool
	defineOwnPropertySym(name *goja.Symbol, desc goja.PropertyDescriptor, throw bool) bool
	deleteStr(name unistring.String, throw bool) bool
	deleteIdx(idx valueInt, throw bool) bool
	deleteSym(s *goja.Symbol, throw bool) bool
	assertCallable() (call func(goja.FunctionCall) goja.Value, ok bool)
	vmCall(vm unsafe.Pointer, n int)
	assertConstructor() func(args []goja.Value, newTarget *goja.Object) *goja.Object
	proto() *goja.Object
	setProto(proto *goja.Object, throw bool) bool
	hasInstance(v goja.Value) bool
	isExtensible() bool
	preventExtensions(throw bool) bool
	export(ctx unsafe.Pointer) any
	exportType() reflect.Type
	exportToMap(m reflect.Value, typ reflect.Type, ctx unsafe.Pointer) error
	exportToArrayOrSlice(s reflect.Value, typ reflect.Type, ctx unsafe.Pointer) error
	equal(objectImpl) bool
	iterateStringKeys() iterNext
	iterateSymbols() iterNext
	iterateKeys() iterNext
	stringKeys(all bool, accum []goja.Value) []goja.Value
	symbols(all bool, accum []goja.Value) []goja.Value
	keys(all bool, accum []goja.Value) []goja.Value
	_putProp(name unistring.String, value goja.Value, writable, enumerable, configurable bool) goja.Value
	_putSym(s *goja.Symbol, prop goja.Value)
	getPrivateEnv(typ unsafe.Pointer, create bool) unsafe.Pointer
}

// anchors names every method, so that the linker keeps them all: it knows of
// no call to most, since it is goja that makes them.
var anchors = [...]any{
	objectImpl.sortLen,
	objectImpl.sortGet,
	objectImpl.swap,
	objectImpl.className,
	objectImpl.typeOf,
	objectImpl.getStr,
	objectImpl.getIdx,
	objectImpl.getSym,
	objectImpl.getOwnPropStr,
	objectImpl.getOwnPropIdx,
	objectImpl.getOwnPropSym,
	objectImpl.setOwnStr,
	objectImpl.setOwnIdx,
	objectImpl.setOwnSym,
	objectImpl.setForeignStr,
	objectImpl.setForeignIdx,
	objectImpl.setForeignSym,
	objectImpl.hasPropertyStr,
	objectImpl.hasPropertyIdx,
	objectImpl.hasPropertySym,
	objectImpl.hasOwnPropertyStr,
	objectImpl.hasOwnPropertyIdx,
	objectImpl.hasOwnPropertySym,
	objectImpl.defineOwnPropertyStr,
	objectImpl.defineOwnPropertyIdx,
	objectImpl.defineOwnPropertySym,
	objectImpl.deleteStr,
	objectImpl.deleteIdx,
	objectImpl.deleteSym,
	objectImpl.assertCallable,
	objectImpl.vmCall,
	objectImpl.assertConstructor,
	objectImpl.proto,
	objectImpl.setProto,
	objectImpl.hasInstance,
	objectImpl.isExtensible,
	objectImpl.preventExtensions,
	objectImpl.export,
	objectImpl.exportType,
	objectImpl.exportToMap,
	objectImpl.exportToArrayOrSlice,
	objectImpl.equal,
	objectImpl.iterateStringKeys,
	objectImpl.iterateSymbols,
	objectImpl.iterateKeys,
	objectImpl.stringKeys,
	objectImpl.symbols,
	objectImpl.keys,
	objectImpl._putProp,
	objectImpl._putSym,
	objectImpl.getPrivateEnv,
}

// valueInt is goja's integer value, as it is passed to methods.
type valueInt int64

// iterNext is one step of goja's iteration over property keys: it returns the
// next item and the step after it, or a nil step at the end.
type iterNext func() (iterItem, iterNext)

// iterItem is an item of an iteration.
type iterItem struct {
	name       goja.Value
	value      goja.Value
	enumerable int // 0: look it up, 1: no, 2: yes
}

// builder makes the object that a deferred one becomes.
type builder interface {
	// build returns a plain object or an array that is nobody else's.
	build() *goja.Object
}

// deferred is an objectImpl that becomes another at the first call of any of
// its methods. It goes on to forward calls afterwards, for goja code that held
// it across the change.
type deferred struct {
	val  *goja.Object // the object whose implementation this is
	from builder      // nil once val has become real
}

var _ objectImpl = (*deferred)(nil)

// real turns the object into its real self if it has not, and returns that.
func (d *deferred) real() objectImpl {
	if d.from != nil {
		obj := d.from.build()
		if d.from != nil {
			d.from = nil
			adopt(d.val, obj)
		}
	}
	return mirrorOf(d.val).self
}

// adopt makes val the object that obj is. obj must not be used afterwards.
func adopt(val, obj *goja.Object) {
	m := mirrorOf(obj)
	// All three begin with the layout of PlainObject.
	if tab := tabOf(m.self); tab != tabs.plain && tab != tabs.array && tab != tabs.global {
		panic("lazy: build returned neither a plain object nor an array")
	}
	(*PlainObject)(dataOf(m.self)).val = val
	mirrorOf(val).self = m.self
}

func (d *deferred) sortLen() int                    { return d.real().sortLen() }
func (d *deferred) sortGet(i int) goja.Value        { return d.real().sortGet(i) }
func (d *deferred) swap(i, j int)                   { d.real().swap(i, j) }
func (d *deferred) className() string               { return d.real().className() }
func (d *deferred) proto() *goja.Object             { return d.real().proto() }
func (d *deferred) isExtensible() bool              { return d.real().isExtensible() }
func (d *deferred) exportType() reflect.Type        { return d.real().exportType() }
func (d *deferred) export(c unsafe.Pointer) any     { return d.real().export(c) }
func (d *deferred) iterateStringKeys() iterNext     { return d.real().iterateStringKeys() }
func (d *deferred) iterateSymbols() iterNext        { return d.real().iterateSymbols() }
func (d *deferred) iterateKeys() iterNext           { return d.real().iterateKeys() }
func (d *deferred) vmCall(vm unsafe.Pointer, n int) { d.real().vmCall(vm, n) }

func (d *deferred) getStr(p unistring.String, receiver goja.Value) goja.Value {
	return d.real().getStr(p, receiver)
}

func (d *deferred) getIdx(p valueInt, receiver goja.Value) goja.Value {
	return d.real().getIdx(p, receiver)
}

func (d *deferred) getSym(p *goja.Symbol, receiver goja.Value) goja.Value {
	return d.real().getSym(p, receiver)
}

func (d *deferred) getOwnPropStr(p unistring.String) goja.Value { return d.real().getOwnPropStr(p) }
func (d *deferred) getOwnPropIdx(p valueInt) goja.Value         { return d.real().getOwnPropIdx(p) }
func (d *deferred) getOwnPropSym(p *goja.Symbol) goja.Value     { return d.real().getOwnPropSym(p) }

func (d *deferred) setOwnStr(p unistring.String, v goja.Value, throw bool) bool {
	return d.real().setOwnStr(p, v, throw)
}

func (d *deferred) setOwnIdx(p valueInt, v goja.Value, throw bool) bool {
	return d.real().setOwnIdx(p, v, throw)
}

func (d *deferred) setOwnSym(p *goja.Symbol, v goja.Value, throw bool) bool {
	return d.real().setOwnSym(p, v, throw)
}

func (d *deferred) setForeignStr(p unistring.String, v, receiver goja.Value, throw bool) (res, handled bool) {
	return d.real().setForeignStr(p, v, receiver, throw)
}

func (d *deferred) setForeignIdx(p valueInt, v, receiver goja.Value, throw bool) (res, handled bool) {
	return d.real().setForeignIdx(p, v, receiver, throw)
}

func (d *deferred) setForeignSym(p *goja.Symbol, v, receiver goja.Value, throw bool) (res, handled bool) {
	return d.real().setForeignSym(p, v, receiver, throw)
}

func (d *deferred) hasPropertyStr(p unistring.String) bool    { return d.real().hasPropertyStr(p) }
func (d *deferred) hasPropertyIdx(p valueInt) bool            { return d.real().hasPropertyIdx(p) }
func (d *deferred) hasPropertySym(p *goja.Symbol) bool        { return d.real().hasPropertySym(p) }
func (d *deferred) hasOwnPropertyStr(p unistring.String) bool { return d.real().hasOwnPropertyStr(p) }
func (d *deferred) hasOwnPropertyIdx(p valueInt) bool         { return d.real().hasOwnPropertyIdx(p) }
func (d *deferred) hasOwnPropertySym(p *goja.Symbol) bool     { return d.real().hasOwnPropertySym(p) }

func (d *deferred) defineOwnPropertyStr(p unistring.String, desc goja.PropertyDescriptor, throw bool) bool {
	return d.real().defineOwnPropertyStr(p, desc, throw)
}

func (d *deferred) defineOwnPropertyIdx(p valueInt, desc goja.PropertyDescriptor, throw bool) bool {
	return d.real().defineOwnPropertyIdx(p, desc, throw)
}

func (d *deferred) defineOwnPropertySym(p *goja.Symbol, desc goja.PropertyDescriptor, throw bool) bool {
	return d.real().defineOwnPropertySym(p, desc, throw)
}

func (d *deferred) deleteStr(p unistring.String, throw bool) bool {
	return d.real().deleteStr(p, throw)
}
func (d *deferred) deleteIdx(p valueInt, throw bool) bool     { return d.real().deleteIdx(p, throw) }
func (d *deferred) deleteSym(p *goja.Symbol, throw bool) bool { return d.real().deleteSym(p, throw) }

// What is built is never a function, so these need not build it.

func (d *deferred) typeOf() goja.String { return typeObject }

func (d *deferred) assertCallable() (call func(goja.FunctionCall) goja.Value, ok bool) {
	return nil, false
}

func (d *deferred) assertConstructor() func(args []goja.Value, newTarget *goja.Object) *goja.Object {
	return nil
}

var typeObject = goja.StringFromUTF16([]uint16{'o', 'b', 'j', 'e', 'c', 't'})

func (d *deferred) setProto(p *goja.Object, throw bool) bool { return d.real().setProto(p, throw) }
func (d *deferred) hasInstance(v goja.Value) bool            { return d.real().hasInstance(v) }
func (d *deferred) preventExtensions(throw bool) bool        { return d.real().preventExtensions(throw) }

func (d *deferred) exportToMap(m reflect.Value, typ reflect.Type, ctx unsafe.Pointer) error {
	return d.real().exportToMap(m, typ, ctx)
}

func (d *deferred) exportToArrayOrSlice(s reflect.Value, typ reflect.Type, ctx unsafe.Pointer) error {
	return d.real().exportToArrayOrSlice(s, typ, ctx)
}

// equal is false for all but proxies and Go values in goja; identity has been
// compared before.
func (d *deferred) equal(objectImpl) bool { return false }

func (d *deferred) stringKeys(all bool, accum []goja.Value) []goja.Value {
	return d.real().stringKeys(all, accum)
}

func (d *deferred) symbols(all bool, accum []goja.Value) []goja.Value {
	return d.real().symbols(all, accum)
}

func (d *deferred) keys(all bool, accum []goja.Value) []goja.Value {
	return d.real().keys(all, accum)
}

func (d *deferred) _putProp(p unistring.String, v goja.Value, writable, enumerable, configurable bool) goja.Value {
	return d.real()._putProp(p, v, writable, enumerable, configurable)
}

func (d *deferred) _putSym(s *goja.Symbol, prop goja.Value) { d.real()._putSym(s, prop) }

func (d *deferred) getPrivateEnv(typ unsafe.Pointer, create bool) unsafe.Pointer {
	return d.real().getPrivateEnv(typ, create)
}
