package lazy

import (
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

func TestThisGojaIsSupported(t *testing.T) {
	t.Parallel()
	if wanted && !Supported() {
		t.Fatal("goja is not laid out as this package knows it")
	}
}

func TestADifferentLayoutIsNoticed(t *testing.T) {
	t.Parallel()
	type moved struct {
		runtime *goja.Runtime
		self    objectImpl
	}
	type shorter struct{ self objectImpl }
	object := reflect.TypeFor[goja.Object]()
	if !sameFields(object, reflect.TypeFor[objectMirror](), true) {
		t.Error("goja.Object is not recognised")
	}
	if sameFields(object, reflect.TypeFor[moved](), true) {
		t.Error("fields in another order are not noticed")
	}
	if sameFields(object, reflect.TypeFor[shorter](), true) {
		t.Error("a missing field is not noticed")
	}
	impl := object.Field(0).Type
	if !sameMethods(impl, reflect.TypeFor[objectImpl]()) {
		t.Error("goja's interface is not recognised")
	}
	if sameMethods(impl, reflect.TypeFor[interface {
		objectImpl
		zzz()
	}]()) {
		t.Error("another method is not noticed")
	}
	for name, other := range map[string]any{
		"another result":    func(*goja.Symbol) goja.Value { return nil },
		"another parameter": func(string) bool { return false },
		"fewer parameters":  func() bool { return false },
	} {
		if sameType(reflect.TypeFor[func(*goja.Symbol) bool](), reflect.TypeOf(other), 0) {
			t.Errorf("%s is not noticed", name)
		}
	}
}

// TestObjectsAreBuiltAtTheFirstTouch does to a lazy object, before anything
// else, all that a guest can do to an object.
func TestObjectsAreBuiltAtTheFirstTouch(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`o.a`, `o.b = 2`, `delete o.a`, `'a' in o`, `Object.keys(o)`, `Object.freeze(o)`, `Object.isFrozen(o)`, `({ ...o })`,
		`o[Symbol.iterator] = 1`, `o[Symbol.iterator]`, `Object.setPrototypeOf(o, null)`, `Object.getPrototypeOf(o)`, `o.__proto__ = {}`,
		`Object.defineProperty(o, 'a', { get() { return 5; } })`, `for (const k in o);`, `JSON.stringify(o)`, `String(o)`, `o + 1`, `o[0]`, `o[0] = 1`,
		`Object.create(o).a`, `new Proxy(o, {}).a = 3`, `Reflect.set(o, 'a', 1, {})`, `Reflect.ownKeys(o)`, `Array.isArray(o)`, `o instanceof Object`,
		`({}) instanceof o`, `o()`, `new o()`, `o.constructor`, `Object.getOwnPropertySymbols(o)`, `const { a, ...rest } = o; rest`, `[].concat(o)`,
		`class A { constructor(x) { return x; } } class B extends A { #p = 1; } new B(o)`, `Object.preventExtensions(o)`, `Object.entries(o)`,
		`with (o) { a }`, `Math.max(o)`, `\u0060\u0024{o}\u0060`, `structured(o)`, `Object.assign({}, o)`, `Array.prototype.push.call(o, 1)`,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			results := [2]string{}
			for i, lazily := range []bool{false, true} {
				vm := goja.New()
				builds := 0
				build := func() *goja.Object {
					builds++
					obj := vm.NewObject()
					_ = obj.Set("a", 1)
					return obj
				}
				if lazily {
					_ = vm.Set("o", Object(vm, build))
				} else {
					_ = vm.Set("o", build())
				}
				v, err := vm.RunString(`let r; try { r = String(eval(` + "`" + strings.ReplaceAll(code, "`", "\\`") + "`" + `)); } catch (e) { r = e.name; } r + JSON.stringify(o) + Object.keys(o)`)
				if err != nil {
					t.Fatal(err)
				}
				if results[i] = v.String(); builds != 1 {
					t.Errorf("built %d times", builds)
				}
			}
			if results[0] != results[1] {
				t.Errorf("lazily %s, at once %s", results[1], results[0])
			}
		})
	}
}

func TestObjectsThatNobodyTouchesAreNotBuilt(t *testing.T) {
	t.Parallel()
	if !Supported() {
		t.Skip("everything is built at once")
	}
	vm := goja.New()
	o := Object(vm, func() *goja.Object {
		t.Error("built")
		return vm.NewObject()
	})
	_ = vm.Set("o", o)
	if _, err := vm.RunString(`const list = [o]; (function (x) { return x === o && list[0] === x && typeof list; })(o)`); err != nil {
		t.Fatal(err)
	}
}

func TestABuilderThatThrowsMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	if !Supported() {
		t.Skip("everything is built at once")
	}
	vm := goja.New()
	first := true
	_ = vm.Set("o", Object(vm, func() *goja.Object {
		if first {
			first = false
			panic(vm.NewTypeError("not yet"))
		}
		obj := vm.NewObject()
		_ = obj.Set("a", "built")
		return obj
	}))
	v, err := vm.RunString(`let r; try { o.a } catch (e) { r = e.message } r + ', ' + o.a`)
	if err != nil || v.String() != "not yet, built" {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestLazyArraysAreArrays(t *testing.T) {
	t.Parallel()
	vm := goja.New()
	_ = vm.Set("a", Object(vm, func() *goja.Object { return vm.NewArray(3, 1, 2) }))
	v, err := vm.RunString(`[Array.isArray(a), a.length, a.sort().join('-'), a.concat([4]).length, [...a].length].join()`)
	if err != nil || v.String() != "true,3,1-2-3,4,3" {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestExportIsThatOfTheBuiltObject(t *testing.T) {
	t.Parallel()
	vm := goja.New()
	o := Object(vm, func() *goja.Object {
		obj := vm.NewObject()
		_ = obj.Set("a", 1)
		return obj
	})
	m, ok := o.Export().(map[string]any)
	if !ok || m["a"] != int64(1) {
		t.Errorf("got %v", m)
	}
}

func TestLazyObjectsHoldWhatTheyNeed(t *testing.T) {
	t.Parallel()
	vm := goja.New()
	list := vm.NewArray()
	for i := range 1000 {
		_ = list.Set(strconv.Itoa(i), Object(vm, func() *goja.Object {
			obj := vm.NewObject()
			_ = obj.Set("i", i)
			return obj
		}))
		if i%250 == 0 {
			runtime.GC()
		}
	}
	_ = vm.Set("list", list)
	_ = vm.Set("gc", func() { runtime.GC() })
	v, err := vm.RunString(`let n = 0; list.forEach((o, i) => { if (i % 250 === 0) gc(); o.more = { i }; }); gc(); list.forEach((o) => { n += o.i + o.more.i; }); n`)
	if err != nil || v.ToInteger() != 999000 {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestReplacedGlobalsLookLikeBuiltIns(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, code, want string }{
		{"patched when it is used", `Math.answer`, "42"},
		{"the rest is there", `Math.max(1, 2)`, "2"},
		{"its attributes", `const d = Object.getOwnPropertyDescriptor(globalThis, 'Math'); [d.writable, d.enumerable, d.configurable, d.value === Math].join()`, "true,false,true,true"},
		{"a guest may replace it", `const old = Math; Math = 5; [Math, old.answer].join()`, "5,42"},
		{"a guest may delete it", `const old = Math; delete globalThis.Math; [typeof Math, old.answer, 'Math' in globalThis].join()`, "undefined,42,false"},
		{"it is not enumerable", `Object.keys(globalThis).includes('Math')`, "false"},
		{"it is among the names", `Object.getOwnPropertyNames(globalThis).filter((k) => k === 'Math').length`, "1"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			vm := goja.New()
			ReplaceGlobal(vm, "Math", func(o *goja.Object) { _ = o.Set("answer", 42) })
			v, err := vm.RunString(tc.code)
			if err != nil || v.String() != tc.want {
				t.Errorf("got %v, %v; want %s", v, err, tc.want)
			}
		})
	}
}

func BenchmarkObject(b *testing.B) {
	vm := goja.New()
	build := func() *goja.Object { return vm.NewObject() }
	b.Run("lazy", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Object(vm, build)
		}
	})
	b.Run("at-once", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			build()
		}
	})
}
