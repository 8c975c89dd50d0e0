package guard

import (
	"errors"
	"testing"
	"time"

	"github.com/dop251/goja"
)

func realmFor(t testing.TB) *goja.Runtime {
	t.Helper()
	vm := goja.New()
	vm.SetMaxCallStackSize(10000)
	Install(vm, 128<<20)
	return vm
}

func TestGojaIsLaidOutAsTheGuardKnowsIt(t *testing.T) {
	t.Parallel()
	if !shared {
		t.Fatal("the templates could not be changed; realms are guarded one by one and only in part")
	}
}

// Each of these would end the process or run for minutes.
func TestGiantOperationsThrowAsInV8(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{"repeat", `'x'.repeat(2**40)`, "RangeError: Invalid string length"},
		{"repeat of a converted count", `'xx'.repeat({valueOf() { return 2**29 }})`, "RangeError: Invalid string length"},
		{"padStart", `'x'.padStart(2**40)`, "RangeError: Invalid string length"},
		{"padEnd", `'x'.padEnd(2**40, 'ab')`, "RangeError: Invalid string length"},
		{"concat of strings", `const s = 'x'.repeat(1e8); s.concat(s, s)`, "RangeError: Invalid string length"},
		{"replaceAll", `'x'.repeat(1e6).replaceAll('x', 'y'.repeat(1e6))`, "RangeError: Invalid string length"},
		{"replaceAll of nothing", `'x'.repeat(1e6).replaceAll('', 'y'.repeat(1e6))`, "RangeError: Invalid string length"},
		{"replace with a pattern", `'x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e6))`, "RangeError: Invalid string length"},
		{"replace with the whole string", `'x'.repeat(1e5).replace(/x/g, '$&$` + "`" + `$\'')`, "RangeError: Invalid string length"},
		{"replace with a function", `const y = 'y'.repeat(1e6); 'x'.repeat(1e6).replace(/x/g, () => y)`, "RangeError: Invalid string length"},
		{"join", `Array(2**31).join('x')`, "RangeError: Invalid string length"},
		{"join of long texts", `Array(1e5).fill('x'.repeat(1e6)).join('')`, "RangeError: Invalid string length"},
		{"array to text", `String(new Array(2**32-1))`, "RangeError: Invalid string length"},
		{"ArrayBuffer", `new ArrayBuffer(2**40)`, "RangeError: Array buffer allocation failed"},
		{"Uint8Array", `new Uint8Array(2**40)`, "RangeError: Invalid typed array length: 1099511627776"},
		{"Float64Array", `new Float64Array(2**31)`, "RangeError: Array buffer allocation failed"},
		{"a subclass", `class B extends Uint8Array {}; new B(2**31)`, "RangeError: Array buffer allocation failed"},
		{"typed array of an array-like", `new Uint8Array({length: 2**40})`, "RangeError: Invalid typed array length: 1099511627776"},
		{"typed array of a getter", `new Uint8Array({get length() { return 2**40 }})`, "RangeError: Invalid typed array length: 1099511627776"},
		{"typed array from", `Uint8Array.from({length: 2**40})`, "RangeError: Invalid typed array length: 1099511627776"},
		{"the constructor behind a buffer", `new (new Uint8Array(1).buffer.constructor)(2**40)`, "RangeError: Array buffer allocation failed"},
		{"fill", `new Array(2**32-1).fill(0)`, "RangeError: Invalid array length"},
		{"Array.from", `Array.from({length: 2**32-1})`, "RangeError: Invalid array length"},
		{"Array.from through a prototype", `[].constructor.from({length: 2**32-1})`, "RangeError: Invalid array length"},
		{"spread of holes", `[...new Array(2**32-1)]`, "RangeError: Invalid array length"},
		{"a Set of holes", `new Set(new Array(2**32-1))`, "RangeError: Invalid array length"},
		{"apply", `Math.max.apply(null, {length: 2**40})`, "RangeError: Maximum call stack size exceeded"},
		{"apply to a getter", `Math.max.apply(null, {get length() { return 2**40 }})`, "RangeError: Maximum call stack size exceeded"},
		{"Reflect.apply", `Reflect.apply(Math.max, null, {length: 2**40})`, "RangeError: Maximum call stack size exceeded"},
		{"Reflect.construct", `Reflect.construct(Array, {length: 2**40})`, "RangeError: Maximum call stack size exceeded"},
		{"asUintN", `BigInt.asUintN(2**40, -1n)`, "RangeError: Maximum BigInt size exceeded"},
		{"asIntN keeps what fits", `String(BigInt.asIntN(2**40, -5n))`, "-5"},
		{"asUintN keeps what fits", `String(BigInt.asUintN(2**40, 5n))`, "5"},
		{"BigInt of a long text", `BigInt('9'.repeat(1e7))`, "RangeError: Maximum BigInt size exceeded"},
		{"deep nesting to text", `let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)`, "RangeError: Maximum call stack size exceeded"},
		{"deep nesting, flat", `let a = [7]; for (let i = 0; i < 3e5; i++) a = [a]; a.flat(Infinity)[0]`, "7"},
		{"deep source", `eval('('.repeat(1e6))`, "RangeError: Maximum call stack size exceeded"},
		{"deep function", `new Function('('.repeat(1e6))`, "RangeError: Maximum call stack size exceeded"},
		{"deep function through a prototype", `(() => 1).constructor('('.repeat(1e6))`, "RangeError: Maximum call stack size exceeded"},
		{"deep pattern", `new RegExp('(?=a)' + '('.repeat(1e5) + ')'.repeat(1e5))`, "SyntaxError: Invalid regular expression: Regular expression too large"},
		{"split into characters", `'x'.repeat(1e8).split('')`, "RangeError: Invalid array length"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			vm := realmFor(t)
			v, err := vm.RunString(`(() => { try { return String(eval(` + quote(tc.src) + `)) } catch (e) { return String(e) } })()`)
			if err != nil {
				t.Fatal(err)
			}
			if got := v.String(); got != tc.want {
				t.Errorf("got %.200q, want %q", got, tc.want)
			}
		})
	}
}

func quote(s string) string {
	vm := goja.New()
	_ = vm.Set("s", s)
	v, _ := vm.RunString("JSON.stringify(s)")
	return v.String()
}

// Each of these loops for ages in V8 too; here it must be possible to stop it.
func TestEndlessLoopsCanBeInterrupted(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		`Array.prototype.indexOf.call({length: 2**53-1}, 1)`,
		`Array.prototype.includes.call({length: 2**53-1}, 1)`,
		`Array.prototype.forEach.call({length: 2**53-1}, () => 1)`,
		`Array.prototype.reverse.call({length: 2**53-1})`,
		`Array.prototype.sort.call({length: 2**53-1})`,
		`Array.prototype.lastIndexOf.call({length: 2**53-1}, 1)`,
		`Array.prototype.some.call(new Proxy({}, {get: (t, k) => k === 'length' ? 2**53-1 : 0}), x => 0)`,
		`let n = 0; Array.prototype.indexOf.call({get length() { return n++ ? 2**53-1 : 0 }}, 1); Array.prototype.indexOf.call({__proto__: {length: 2**53-1}}, 1)`,
		`new Array(2**32-1).indexOf(1)`,
		`new Array(2**32-1).forEach(() => 1)`,
		`new Set({[Symbol.iterator]: () => Array.prototype.values.call({length: 2**53-1})})`,
		`String.raw({raw: {length: 2**53-1}})`,
		`Array.from({get length() { return 2**32-1 }})`,
	} {
		t.Run(src, func(t *testing.T) {
			t.Parallel()
			vm := realmFor(t)
			timer := time.AfterFunc(50*time.Millisecond, func() { vm.Interrupt("stop") })
			defer timer.Stop()
			_, err := vm.RunString(src)
			var stopped *goja.InterruptedError
			if !errors.As(err, &stopped) {
				t.Errorf("got %v, want an interruption", err)
			}
		})
	}
}

// The versions in JavaScript must answer as the native ones do.
func TestArrayLikesAnswerAsArraysDo(t *testing.T) {
	t.Parallel()
	const setup = `
const like = (...a) => new Proxy(a, {});
const list = [3, , 'b', NaN, 3, [4, [5]]];
const like1 = () => new Proxy(list.slice(), {});
const show = (v) => JSON.stringify(v, (k, x) => x !== x ? 'NaN' : x === undefined ? 'undefined' : typeof x === 'function' ? 'f' : x);
const calls = {
 indexOf: [[3], [3, 1], [NaN], [3, -1], [9]], lastIndexOf: [[3], [3, 2], [3, -3], [9], [3, -99]], includes: [[NaN], [3, 1], [undefined], [9], [3, -1]],
 join: [[], ['-'], ['']], slice: [[], [1, 3], [-2], [4, 1]], reverse: [[]], fill: [[0], [1, 2], [1, -2, -1]], copyWithin: [[0, 3], [2, 0, 3], [-2, 0]],
 splice: [[], [1], [1, 2], [1, 0, 'x', 'y'], [1, 2, 'x'], [-1, 5, 'z']], shift: [[]], unshift: [[], [1, 2]], concat: [[], [[1], 2]],
 flat: [[], [Infinity]], toReversed: [[]], toSpliced: [[1, 2, 'x']], with: [[0, 'x'], [-1, 'y'], [99, 1]], toLocaleString: [[]],
 forEach: [[(v, i) => log.push([v, i])]], map: [[(v, i) => [v, i]]], filter: [[v => v]], some: [[v => v === 'b'], [v => 0]], every: [[v => v], [v => 1]],
 find: [[v => v === undefined], [v => v === 9]], findIndex: [[v => v === undefined], [v => v === 9]], findLast: [[v => v === 3]], findLastIndex: [[v => v === 3], [v => 0]],
 reduce: [[(a, b) => a + '|' + b], [(a, b) => a + '|' + b, 's']], reduceRight: [[(a, b) => a + '|' + b], [(a, b) => a + '|' + b, 's']], flatMap: [[v => [v, v]]],
 sort: [[], [(a, b) => String(a) < String(b) ? 1 : -1]], toSorted: [[]], values: [[]], keys: [[]], entries: [[]],
};
let log;
const run = (name, self, args) => { log = []; let r; try { r = Array.prototype[name].apply(self, args) } catch (e) { return [String(e)] } if (name === 'values' || name === 'keys' || name === 'entries') r = [...r]; return [r === self ? 'this' : r, [...self].length, self.length, 0 in self, 1 in self, self, log]; };
const bad = [];
for (const name in calls) for (const args of calls[name]) { const a = show(run(name, list.slice(), args)), b = show(run(name, like1(), args)); if (a !== b) bad.push(name + ' ' + show(args) + ': array ' + a + ', array-like ' + b); }
bad.join('\n')`
	v, err := realmFor(t).RunString(setup)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.String(); got != "" {
		t.Error(got)
	}
}

func TestOrdinaryUseStaysAsItIs(t *testing.T) {
	t.Parallel()
	const src = `JSON.stringify([
'ab'.repeat(3), 'x'.padStart(3, '-'), 'x'.padEnd(2), 'a'.concat('b', 1, null), 'aXbX'.replaceAll('X', '$&$&'), 'aXbX'.replace(/X/g, (m, i) => i), 'a,b'.split(','),
'x'.repeat(2000).replace(/x/g, '12').length, 'x'.repeat(2000).replace(/x/, '$&$&').length, [1, [2, [3]]].flat(Infinity), [1, 2].join('-'), String([1, [2, 3]]),
[3, 1, 2].sort(), Array.from({length: 3}, (_, i) => i), Array.from('abc'), Array.from(new Set([1, 2])), [...new Uint8Array([1, 2])], Math.max.apply(null, [1, 3, 2]),
(function () { return Array.prototype.slice.call(arguments, 1) })(1, 2, 3), Reflect.construct(Date, [0]).getTime(), new Uint8Array([1, 2]).length, new Float64Array(3).length,
new Uint8Array(new ArrayBuffer(8), 2, 3).length, Uint8Array.from({length: 2, 0: 7}).join(), [].concat([1], [2, [3]], 4), new Array(5).fill(0), [, 1].indexOf(undefined), 'abc'.split(''),
String.raw` + "`a${1}\\n`" + `, eval('1+1'), new Function('a', 'return a + 1')(1), [1, 2, 3].includes(2), Object.getOwnPropertyNames(String.prototype).includes('repeat'), ''.repeat.name, [].map.length])`
	guarded, err := realmFor(t).RunString(src)
	if err != nil {
		t.Fatal(err)
	}
	// A realm without limits knows what goja itself answers for these.
	want := `["ababab","--x","x ","ab1null","aXXbXX","a1b3",["a","b"],4000,2001,[1,2,3],"1-2","1,2,3",[1,2,3],[0,1,2],["a","b","c"],[1,2],[1,2],3,[2,3],0,2,3,3,"7,0",[1,2,[3],4],[0,0,0,0,0],-1,["a","b","c"],"a1\\n",2,2,true,true,"repeat",1]`
	if got := guarded.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func BenchmarkInstall(b *testing.B) {
	for _, guarded := range []bool{false, true} {
		name := map[bool]string{false: "bare", true: "guarded"}[guarded]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				vm := goja.New()
				if guarded {
					Install(vm, 128<<20)
				}
			}
		})
	}
}
