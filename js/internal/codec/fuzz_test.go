package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// rebuild makes ordinary copies of parsed values, reading all of them.
const rebuild = `(function rebuild(v) {
	if (Array.isArray(v)) return v.map(rebuild);
	if (v && typeof v === 'object') {
		const o = {};
		for (const [k, w] of Object.entries(v)) Object.defineProperty(o, k, { value: rebuild(w), writable: true, enumerable: true, configurable: true });
		return o;
	}
	return v;
})`

func seeds() []string {
	var cases []nodeCase
	if err := json.Unmarshal(nodeCases, &cases); err != nil {
		panic(err)
	}
	texts := []string{
		string(event(3)), `{"b":1,"10":2,"9":[{"x":1.50,"x":-0}],"__proto__":{"\u00e9":"\ud83d\ude00\n"}}`,
		" [ 1e5 , 0.10, 12345678901234567890 ,\"\\/\" ] ", `{"a":{"a":{"a":[[[]]]}}}`, `"\u0000\u001f"`, "[\"\xff\xe2\x82\"]",
	}
	for _, c := range cases {
		if rest, ok := strings.CutPrefix(c.Name, "parse "); ok {
			var text string
			if json.Unmarshal([]byte(rest), &text) == nil {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// FuzzDecode holds all ways through the codec against one another, against
// encoding/json's idea of what is valid, and against goja's own JSON.
func FuzzDecode(f *testing.F) {
	for _, text := range seeds() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Count(text, []byte("[")) > 1000 || bytes.Count(text, []byte("{")) > 1000 {
			return // encoding/json has a limit of its own
		}
		valid := json.Valid(text)
		if err := Valid(text); (err == nil) != valid {
			t.Fatalf("Valid(%q) = %v, encoding/json says %v", text, err, valid)
		}
		vm, c := newVM(t, false)
		v, err := c.Decode(text)
		if (err == nil) != valid {
			t.Fatalf("Decode(%q) = %v, encoding/json says %v", text, err, valid)
		}
		if !valid {
			return
		}
		untouched := encode(t, c, v)
		if !json.Valid([]byte(untouched)) {
			t.Fatalf("%q is written as %q", text, untouched)
		}
		again, err := c.Decode([]byte(untouched))
		if err != nil || encode(t, c, again) != untouched {
			t.Fatalf("%q is written as %q and read otherwise: %v", text, untouched, err)
		}
		if got := rewrite(t, vm, c, v, touch); got != untouched {
			t.Fatalf("%q is written as %q, and after reading as %q", text, untouched, got)
		}
		if got := rewrite(t, vm, c, v, rebuild); got != untouched {
			t.Fatalf("%q is written as %q, and a copy as %q", text, untouched, got)
		}
		if !utf8.Valid(text) || bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) {
			return // goja's own JSON loses lone surrogates
		}
		_, eager := newVM(t, true)
		if got, err := roundTrip(eager, string(text)); got != untouched || err != nil {
			t.Fatalf("%q is written as %q, eagerly as %q, %v", text, untouched, got, err)
		}
		plain := goja.New()
		_ = plain.Set("text", string(text))
		want, err := plain.RunString(`JSON.stringify(JSON.parse(text))`)
		if err != nil || want.String() != untouched {
			t.Fatalf("%q is written as %q, by goja as %q, %v", text, untouched, want, err)
		}
	})
}

func encode(t *testing.T, c *Codec, v goja.Value) string {
	t.Helper()
	out, ok, err := c.AppendEncode(nil, v)
	if !ok || err != nil {
		t.Fatalf("AppendEncode: %v, %v", ok, err)
	}
	return string(out)
}

func rewrite(t *testing.T, vm *goja.Runtime, c *Codec, v goja.Value, how string) string {
	t.Helper()
	fn, err := vm.RunString(how)
	if err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(fn)
	if v, err = call(goja.Undefined(), v); err != nil {
		t.Fatal(err)
	}
	return encode(t, c, v)
}

// operations are what a guest may do to an object or array o of an event e. q
// is another value of the event, k a key.
var operations = []string{
	`o[k]`, `o[k] = q`, `o[k] = 1`, `delete o[k]`, `k in o`, `Object.hasOwn(o, k)`, `Object.keys(o)`, `Object.values(o).length`,
	`Object.entries(o).map(([a, b]) => a + typeof b)`, `{ let s = ''; for (const x in o) s += x; s }`, `({ ...o })`, `Object.assign(o, { z: 1, [k]: 2 })`,
	`Object.freeze(o)`, `Object.seal(o)`, `Object.preventExtensions(o)`, `Object.isFrozen(o)`, `Object.isExtensible(o)`,
	`Object.defineProperty(o, k, { get: () => 'got', enumerable: true, configurable: true })`,
	`Object.defineProperty(o, k, { value: 'hidden', enumerable: false })`, `Object.defineProperty(o, k, { value: 5, writable: false })`,
	`Object.getOwnPropertyDescriptor(o, k)`, `Object.getOwnPropertyNames(o)`, `Reflect.ownKeys(o).length`, `o[Symbol.for('s')] = k`, `o[Symbol.for('s')]`,
	`Object.setPrototypeOf(o, { inherited: 1 })`, `Object.setPrototypeOf(o, null)`, `Object.setPrototypeOf(o, q)`, `o.inherited`, `o.__proto__ = { p: 1 }`,
	`Object.getPrototypeOf(o) === Object.prototype`, `Array.isArray(o)`, `String(o)`, `o + ''`, `typeof o`, `o.constructor && o.constructor.name`,
	`o.toString()`, `o.hasOwnProperty(k)`, `o.propertyIsEnumerable(k)`, `o.length`, `o.length = 1`, `o.length = 4`, `o[0]`, `o[1] = 'one'`, `o[9] = 9`, `o['0']`,
	`o[-1]`, `o[-1] = 1`, `delete o[0]`, `0 in o`, `'1' in o`, `o.push(q)`, `o.pop()`, `o.shift()`, `o.unshift(0)`, `o.splice(1, 1, 'x', 'y')`, `o.reverse()`, `o.sort()`,
	`o.map((x) => typeof x)`, `o.filter(Boolean).length`, `o.concat(q).length`, `o.slice(1).length`, `o.indexOf(q)`, `o.at(-1)`, `o.flat().length`, `[...o].length`,
	`{ const [a, ...b] = o; b.length }`, `{ const { [k]: a, ...b } = o; Object.keys(b) }`, `Array.prototype.map.call(o, (x) => typeof x).length`,
	`Array.prototype.push.call(o, 1)`, `Array.prototype.sort.call(o)`, `Array.prototype.reverse.call(o)`, `Array.from(o).length`,
	`Object.create(o)[k]`, `{ const c = Object.create(o); c[k] = 1; Object.keys(c) }`, `new Proxy(o, {})[k]`, `{ new Proxy(o, {})[k] = 3 }`,
	`Reflect.set(o, k, 1, {})`, `Reflect.set(o, k, 1)`, `Reflect.set({}, k, 1, o)`, `Reflect.get(o, k, q)`, `Reflect.deleteProperty(o, k)`, `Reflect.defineProperty(o, k, { value: 1 })`,
	`new Set([o, o]).size`, `o === q`, `o == q`, `JSON.stringify(o)`, `JSON.stringify(o, null, 1)`, `JSON.stringify(o, [k, 'a'])`, `o.toJSON = () => 'mine'`, `o.toJSON = 1`,
	`JSON.stringify({ o, q })`, `Object.fromEntries(Object.entries(o))`, `structure(o)`, `Object.groupBy ? 1 : 0`,
	`{ class A { constructor(x) { return x; } } class B extends A { #p = 1; static has(x) { return #p in x; } } new B(o); B.has(o) }`,
	`{ for (const x in o) { delete o[k]; o.late = 1; } Object.keys(o) }`, `{ for (const x of Object.keys(o)) o[x] = x; }`,
}

const tamper = `
	const structure = (v, seen = []) => {
		if (!v || typeof v !== 'object') return typeof v + String(v);
		if (seen.includes(v)) return 'again' + seen.indexOf(v);
		seen.push(v);
		const props = Reflect.ownKeys(v).map((k) => {
			const d = Object.getOwnPropertyDescriptor(v, k);
			return String(k) + (d.writable ? 'w' : '') + (d.enumerable ? 'e' : '') + (d.configurable ? 'c' : '') + (d.get ? 'get' : structure(d.value, seen));
		});
		return (Array.isArray(v) ? '[' : '{') + props + (Object.isExtensible(v) ? '' : '!') + (Array.isArray(v) ? ']' : '}');
	};
	const all = (v, list = []) => { if (v && typeof v === 'object') { list.push(v); for (const w of Object.values(v)) all(w, list); } return list; };
	const keys = ['a', 'b', 'id', 'list', '0', '1', 'length', 'x', 'toJSON', '__proto__', 'new', 'é'];
	const text = JSON.stringify;
	const run = (step, path, other, key) => {
		let o = e, q = e;
		for (const p of path) if (o && typeof o === 'object' && o[p] && typeof o[p] === 'object') o = o[p];
		for (const p of other) if (q && typeof q === 'object' && q[p] && typeof q[p] === 'object') q = q[p];
		const k = keys[key];
		try { return show(step(o, q, k)); } catch (x) { return 'throws ' + (x && x.name); }
	};
	const show = (v) => typeof v === 'object' && v ? structure(v) : typeof v + String(v);
`

// FuzzTamper lets guests do the same to a parsed event and to one that goja's
// own JSON.parse has made, and looks for any difference.
func FuzzTamper(f *testing.F) {
	for i := range len(operations) {
		f.Add(uint64(i), uint8(3))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) { compareTampering(t, seed, int(steps%12)+1) })
}

func TestTamperingFindsNoDifference(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		compareTampering(t, seed, 6)
	}
}

const tampered = `{"id":7,"a":{"b":"c","k":null,"x":{"a":[1,2,{"x":1}]}},"list":[1,"two",{"x":1,"a":{}},[3,[4]]],"b":true,"é":{"0":"zero","length":1},"x":[]}`

func compareTampering(t *testing.T, seed uint64, steps int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	paths := []string{`[]`, `['a']`, `['a','x']`, `['a','x','a']`, `['a','x','a',2]`, `['list']`, `['list',2]`, `['list',3]`, `['list',2,'a']`, `['é']`, `['x']`}
	var code strings.Builder
	code.WriteString(tamper + "const log = [];\n")
	code.WriteString("const step = (f, ...a) => log.push(run(f, ...a));\n")
	for range steps {
		op := operations[rnd.IntN(len(operations))]
		body := "return " + op
		if strings.HasPrefix(op, "{") {
			body = `return eval(` + fmt.Sprintf("%q", op) + `)`
		}
		fmt.Fprintf(&code, "step((o, q, k) => { %s }, %s, %s, %d);\n", body, paths[rnd.IntN(len(paths))], paths[rnd.IntN(len(paths))], rnd.IntN(12))
	}
	code.WriteString("log.push(structure(e)); try { log.push(text(e)); } catch (x) { log.push(x.name); } log.join('\\n')")

	ours, c := newVM(t, false)
	v, err := c.Decode([]byte(tampered))
	if err != nil {
		t.Fatal(err)
	}
	_ = ours.Set("e", v)
	got, err := ours.RunString(code.String())
	theirs := goja.New()
	theirs.SetMaxCallStackSize(4096)
	_ = theirs.Set("source", tampered)
	want, err2 := theirs.RunString("const e = JSON.parse(source);" + code.String())
	if err != nil || err2 != nil {
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%s\nours: %v\ngoja: %v", code.String(), err, err2)
		}
		return
	}
	if got.String() != want.String() {
		t.Fatalf("seed %d\n%s\n got %s\nwant %s", seed, code.String()[strings.Index(code.String(), "const log"):], got, want)
	}
}
