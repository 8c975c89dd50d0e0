package lazy

import (
	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// Source is where the members of records and lists come from when they are
// first asked for. node is what NewRecord and NewList were given.
type Source interface {
	// Members returns a record's keys and, in the same order, its values. A
	// nil shape means that the object is none that a record can be; whole is
	// then the ordinary object to become.
	Members(node uint32) (shape *Shape, slots []goja.Value, whole *goja.Object)
	// Elements returns a list's elements, which are then the list's own.
	Elements(node uint32) []goja.Value
}

// Home is what the records of one goja.Runtime have in common.
type Home struct {
	vm    *goja.Runtime
	proto *goja.Object // Object.prototype: a guest cannot exchange it
	array *goja.Object // Array.prototype, likewise
}

// ObjectPrototype returns vm's Object.prototype.
func (h *Home) ObjectPrototype() *goja.Object { return h.proto }

// ArrayPrototype returns vm's Array.prototype.
func (h *Home) ArrayPrototype() *goja.Object {
	if h.array == nil {
		h.array = h.vm.NewArray().Prototype()
	}
	return h.array
}

// NewHome returns the home of vm's records.
func NewHome(vm *goja.Runtime) *Home {
	return &Home{vm: vm, proto: vm.NewObject().Prototype()}
}

// Record is an object with ordinary data properties and the prototype
// Object.prototype, whose keys it shares with others of its kind and whose
// values lie side by side. It reads its members at the first look, and becomes
// an ordinary goja object when a guest does more than read members or assign
// to those that are there.
type Record struct {
	deferred
	obj   goja.Object
	home  *Home
	src   Source // nil once the members are read
	node  uint32
	shape *Shape
	slots []goja.Value
}

var _ objectImpl = (*Record)(nil)

// NewRecord makes r, which must be zero, an object whose members src has.
func (h *Home) NewRecord(r *Record, src Source, node uint32) *goja.Object {
	r.val, r.from, r.home, r.src, r.node = &r.obj, r, h, src, node
	m := mirrorOf(&r.obj)
	m.self, m.runtime = r, h.vm
	return &r.obj
}

// open reads the members, and reports whether r is still a record.
func (r *Record) open() bool {
	if r.src != nil {
		r.load()
	}
	return r.from != nil
}

func (r *Record) load() {
	shape, slots, whole := r.src.Members(r.node)
	r.src = nil
	if shape == nil {
		r.from = nil
		adopt(r.val, whole)
		return
	}
	r.shape, r.slots = shape, slots
}

// build is called by deferred.real.
func (r *Record) build() *goja.Object {
	if !r.open() {
		return nil // load has made the object real
	}
	obj := r.home.vm.NewObject()
	p := (*PlainObject)(dataOf(mirrorOf(obj).self))
	p.values = make(map[unistring.String]goja.Value, len(r.slots))
	for i, k := range r.shape.keys {
		p.values[k] = r.slots[i]
	}
	p.propNames = append(make([]unistring.String, 0, len(r.slots)+1), r.shape.keys...)
	p.lastSortedPropLen = len(r.slots)
	r.slots = nil
	return obj
}

// Source returns where an untouched record's members are, or nil.
func (r *Record) Source() (Source, uint32) { return r.src, r.node }

// Slots returns the keys of a record and their values, which only the record
// may change. It returns nil if the object has become an ordinary one.
func (r *Record) Slots() (*Shape, []goja.Value) {
	if !r.open() {
		return nil, nil
	}
	return r.shape, r.slots
}

// self returns the implementation that r's object has now.
func (r *Record) self() objectImpl { return mirrorOf(r.val).self }

func (r *Record) className() string {
	if r.from != nil {
		return "Object"
	}
	return r.self().className()
}

func (r *Record) proto() *goja.Object {
	if r.from != nil {
		return r.home.proto
	}
	return r.self().proto()
}

func (r *Record) isExtensible() bool { return r.from != nil || r.self().isExtensible() }

func (r *Record) getOwnPropStr(p unistring.String) goja.Value {
	if !r.open() {
		return r.self().getOwnPropStr(p)
	}
	if i := r.shape.Find(p); i >= 0 {
		return r.slots[i]
	}
	return nil
}

func (r *Record) getStr(p unistring.String, receiver goja.Value) goja.Value {
	if !r.open() {
		return r.self().getStr(p, receiver)
	}
	if i := r.shape.Find(p); i >= 0 {
		return r.slots[i]
	}
	if receiver == nil {
		receiver = r.val
	}
	return mirrorOf(r.home.proto).self.getStr(p, receiver)
}

// No key of a record is an index: see Shape.

func (r *Record) getOwnPropIdx(p valueInt) goja.Value {
	if !r.open() {
		return r.self().getOwnPropIdx(p)
	}
	if p < 0 {
		return r.deferred.getOwnPropIdx(p)
	}
	return nil
}

func (r *Record) getSym(s *goja.Symbol, receiver goja.Value) goja.Value {
	if r.from == nil {
		return r.self().getSym(s, receiver)
	}
	if receiver == nil {
		receiver = r.val
	}
	return mirrorOf(r.home.proto).self.getSym(s, receiver)
}

func (r *Record) getOwnPropSym(s *goja.Symbol) goja.Value {
	if r.from == nil {
		return r.self().getOwnPropSym(s)
	}
	return nil
}

func (r *Record) hasOwnPropertySym(s *goja.Symbol) bool {
	return r.from == nil && r.self().hasOwnPropertySym(s)
}

func (r *Record) hasOwnPropertyStr(p unistring.String) bool {
	if !r.open() {
		return r.self().hasOwnPropertyStr(p)
	}
	return r.shape.Find(p) >= 0
}

func (r *Record) hasPropertyStr(p unistring.String) bool {
	if !r.open() {
		return r.self().hasPropertyStr(p)
	}
	return r.shape.Find(p) >= 0 || mirrorOf(r.home.proto).self.hasPropertyStr(p)
}

func (r *Record) setOwnStr(p unistring.String, v goja.Value, throw bool) bool {
	if r.open() {
		if i := r.shape.Find(p); i >= 0 {
			r.slots[i] = v
			return true
		}
	}
	return r.real().setOwnStr(p, v, throw)
}

func (r *Record) stringKeys(all bool, accum []goja.Value) []goja.Value {
	if !r.open() {
		return r.self().stringKeys(all, accum)
	}
	return append(accum, r.shape.names...)
}

func (r *Record) symbols(all bool, accum []goja.Value) []goja.Value {
	if r.from == nil {
		return r.self().symbols(all, accum)
	}
	return accum
}

func (r *Record) keys(all bool, accum []goja.Value) []goja.Value {
	if !r.open() {
		return r.self().keys(all, accum)
	}
	return append(accum, r.shape.names...)
}

func (r *Record) iterateStringKeys() iterNext {
	if !r.open() {
		return r.self().iterateStringKeys()
	}
	return (&recordIter{r: r, shape: r.shape}).next
}

func (r *Record) iterateKeys() iterNext {
	if !r.open() {
		return r.self().iterateKeys()
	}
	// Symbols that the loop's body adds are not due: they come at the end.
	return (&recordIter{r: r, shape: r.shape, symbols: true}).next
}

func (r *Record) iterateSymbols() iterNext {
	if r.from == nil {
		return r.self().iterateSymbols()
	}
	return func() (iterItem, iterNext) { return iterItem{}, nil }
}

// recordIter goes over the keys that a record had when it began, leaving out
// those that are gone when their turn comes.
type recordIter struct {
	r       *Record
	shape   *Shape
	i       int
	symbols bool
}

func (it *recordIter) next() (iterItem, iterNext) {
	self := it.r.self()
	for it.i < len(it.shape.keys) {
		i := it.i
		it.i++
		if v := self.getOwnPropStr(it.shape.keys[i]); v != nil {
			return iterItem{name: it.shape.names[i], value: v}, it.next
		}
	}
	if it.symbols {
		return self.iterateSymbols()()
	}
	return iterItem{}, nil
}

// List is an array that reads its elements at the first look, and becomes an
// ordinary goja array when a guest does more than read elements by index and
// the length.
type List struct {
	deferred
	obj      goja.Object
	home     *Home
	src      Source // nil once the elements are read
	node     uint32
	elements []goja.Value
}

var _ objectImpl = (*List)(nil)

// NewList makes l, which must be zero, an array whose elements src has.
func (h *Home) NewList(l *List, src Source, node uint32) *goja.Object {
	l.val, l.from, l.home, l.src, l.node = &l.obj, l, h, src, node
	m := mirrorOf(&l.obj)
	m.self, m.runtime = l, h.vm
	return &l.obj
}

// open reads the elements, and reports whether l is still a list.
func (l *List) open() bool {
	if l.src != nil {
		l.elements = l.src.Elements(l.node)
		l.src = nil
	}
	return l.from != nil
}

// build is called by deferred.real.
func (l *List) build() *goja.Object {
	l.open()
	obj := l.home.NewArray(l.elements)
	l.elements = nil
	return obj
}

// Source returns where an untouched list's elements are, or nil.
func (l *List) Source() (Source, uint32) { return l.src, l.node }

func (l *List) className() string {
	if l.from != nil {
		return "Array"
	}
	return mirrorOf(l.val).self.className()
}

func (l *List) proto() *goja.Object {
	if l.from != nil {
		return l.home.ArrayPrototype()
	}
	return mirrorOf(l.val).self.proto()
}

func (l *List) getIdx(p valueInt, receiver goja.Value) goja.Value {
	if l.open() && uint64(p) < uint64(len(l.elements)) {
		return l.elements[p]
	}
	return l.real().getIdx(p, receiver)
}

func (l *List) getOwnPropIdx(p valueInt) goja.Value {
	if l.open() && uint64(p) < uint64(len(l.elements)) {
		return l.elements[p]
	}
	return l.real().getOwnPropIdx(p)
}

func (l *List) getStr(p unistring.String, receiver goja.Value) goja.Value {
	if p == "length" && l.open() {
		n := new(int64)
		*n = int64(len(l.elements))
		return Int(n)
	}
	return l.real().getStr(p, receiver)
}

// NewArray returns an array of elements, which become its own.
func (h *Home) NewArray(elements []goja.Value) *goja.Object {
	obj := h.vm.NewArray()
	a := (*ArrayObject)(dataOf(mirrorOf(obj).self))
	a.values, a.length, a.objCount = elements, uint32(len(elements)), len(elements)
	return obj
}
