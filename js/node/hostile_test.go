package node_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/js/node"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

// mine are the modules whose behaviour under attack is tested here.
var mine = []string{
	"assert", "async_hooks", "console", "diagnostics_channel", "events", "path", "path/win32", "perf_hooks", "process",
	"punycode", "querystring", "readline", "stream", "stream/promises", "stream/web", "string_decoder", "timers",
	"timers/promises", "tty", "url", "util", "util/types",
}

// calls invokes every function of a module with odd arguments. What throws may
// throw; what panics in Go or hangs fails the test.
const calls = `
const odd = [undefined, null, NaN, -1, 2 ** 53, 'x', '', Symbol('s'), 1n, {}, [], () => {}, Object.create(null), new Proxy({}, {}),
  new Proxy(function () {}, { get() { throw new Error('trap') }, apply() { throw 1 } }), Object.freeze([1]), { get length() { throw 1 }, toString: 5 },
  new Map([[{}, 1]]), new Uint8Array(3), Promise.resolve(1), /x/g, new Date(NaN), { then: 5 }, { [Symbol.iterator]: 5 }, { __proto__: null, length: -1 }];
const names = Object.getOwnPropertyNames(mod).filter((n) => !/^(exit|abort|reallyExit|kill|setInterval)$/.test(n));
for (const n of names) {
  let f;
  try { f = mod[n] } catch { continue }
  if (typeof f !== 'function') continue;
  for (let i = 0; i < odd.length; i++) {
    const args = [odd[i], odd[(i * 7 + 3) % odd.length], odd[(i * 5 + 1) % odd.length]];
    for (const call of [() => f(...args), () => new f(...args), () => f.call(odd[(i + 2) % odd.length], ...args)]) {
      try { const r = call(); if (r && typeof r.then === 'function') r.then(() => {}, () => {}) } catch {}
    }
  }
}`

func TestOddArgumentsDoNoHarm(t *testing.T) {
	t.Parallel()
	for _, name := range mine {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t)
			stop := time.AfterFunc(20*time.Second, func() { h.VM().Interrupt("too long") })
			defer stop.Stop()
			_, err := h.Run("const mod = require('" + name + "');" + calls)
			if err != nil && strings.Contains(err.Error(), "too long") {
				t.Error(err)
			}
		})
	}
}

func TestTamperedBuiltinsDoNoHarm(t *testing.T) {
	t.Parallel()
	attacks := []struct{ name, src string }{
		{"no constructors", `for (const n of ['Map', 'Set', 'Promise', 'Symbol', 'Error', 'TypeError', 'RangeError', 'Uint8Array', 'ArrayBuffer', 'WeakMap', 'Date', 'RegExp', 'Reflect', 'JSON']) globalThis[n] = undefined`},
		{"throwing constructors", `for (const n of ['Map', 'Set', 'Error', 'TypeError', 'Symbol', 'Uint8Array']) globalThis[n] = function () { throw 1 }`},
		{"odd prototypes", `for (const C of [Array, Function, Object, Map, Set, Error, String]) for (const k of Object.getOwnPropertyNames(C.prototype)) { if (k !== 'constructor') try { C.prototype[k] = 5 } catch {} }`},
		{"odd statics", `for (const k of Object.getOwnPropertyNames(Object)) try { Object[k] = () => ({ get() { throw 1 }, value: 5 }) } catch {}`},
		{"throwing getters", `for (const k of ['name', 'message', 'stack', 'code', 'constructor', 'length', 'toString', 'then']) Object.defineProperty(Object.prototype, k, { get() { throw 1 }, set() {}, configurable: true })`},
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range mine {
				h := hosttest.New(t)
				_, _ = h.Run(a.src + "; const mod = require('" + name + "'); try { console.log(mod, new Map([[1, 2]]), {}, [1], () => {}) } catch {}; try { mod.inspect(mod) } catch {}; try { process.emitWarning('x') } catch {}")
			}
		})
	}
}

func TestEndlessInspectionIsBounded(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src string }{
		{"a deep chain", `let o = {}; for (let i = 0; i < 100000; i++) o = { o }; console.log(require('util').inspect(o, { depth: Infinity }).length > 0)`},
		{"a graph that doubles at each level", `let a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; console.log(require('util').inspect(a, { depth: Infinity }).length > 0)`},
		{"a sparse array", `const a = []; a[4e9] = 1; console.log(a)`},
		{"a class that inspects itself anew", `class C { [Symbol.for('nodejs.util.inspect.custom')]() { return new C() } }; try { console.log(new C()) } catch {}`},
		{"a deep prototype chain", `let p = {}; for (let i = 0; i < 50000; i++) p = Object.create(p); console.log(p)`},
		{"deep proxies", `let p = {}; for (let i = 0; i < 5000; i++) p = new Proxy(p, {}); console.log(p)`},
		{"a long template", `try { require('util').format('%s'.repeat(1e5), 'x'.repeat(1e6), ...Array(1e5).fill('y'.repeat(1e4))) } catch (e) { console.log(e.message) }`},
		{"deep equality", `let a = {}, b = {}; for (let i = 0; i < 100000; i++) { a = { a }; b = { a: b } } try { require('assert').deepStrictEqual(a, b) } catch {}`},
		{"causes within causes", `let e = new Error('x'); for (let i = 0; i < 10000; i++) e = new Error('y', { cause: e }); console.log(e)`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t)
			stop := time.AfterFunc(60*time.Second, func() { h.VM().Interrupt("too long") })
			defer stop.Stop()
			if _, err := h.Run(tc.src); err != nil && strings.Contains(err.Error(), "too long") {
				t.Error(err)
			}
		})
	}
}

func TestEveryModuleLoads(t *testing.T) {
	t.Parallel()
	for _, name := range node.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t)
			if _, err := h.Run("require('" + name + "')"); err != nil {
				t.Error(err)
			}
		})
	}
}
