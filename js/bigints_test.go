package js_test

import "testing"

// TestBigIntsCannotExhaustTheProcess asks for BigInts that no machine has room
// for, in all the ways that code can.
func TestBigIntsCannotExhaustTheProcess(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, code, want string }{
		{"a shift", `1n << b`, "RangeError"},
		{"a shift the other way", `1n >> -b`, "RangeError"},
		{"a power", `2n ** b`, "RangeError"},
		{"operands that become BigInts", `({ valueOf: () => 2n }) << ({ valueOf: () => b })`, "RangeError"},
		{"assignment to a variable", `{ let x = 3n; x **= b; }`, "RangeError"},
		{"assignment to a member", `o.x **= 16000000n`, "RangeError"},
		{"assignment to a computed member", `o[String('x')] **= 16000000n`, "RangeError"},
		{"assignment to a private member", `new (class { #p = 3n; go() { this.#p **= b; } })().go()`, "RangeError"},
		{"text evaluated", `eval('1n << b')`, "EvalError"},
		{"a function made of text", `new Function('return 2n ** b')()`, "EvalError"},
		{"text that hides in a comment", `Function('a/*', '*/){ return 1n << a }')(b)`, "EvalError"},
		{"the constructor of async functions", `(async () => {}).constructor('return 1n << b')()`, "EvalError"},
		{"the constructor of a core module's functions", `require('timers/promises').setTimeout.constructor('return 1n << b')()`, "EvalError"},
		{"what is small enough", `if ((2n ** 10n << 2n) !== 4096n || o.y ** o.y !== 27 || (o.y **= 2) !== 9 || eval('1 << 4') !== 16) throw new Error('wrong')`, "ok"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			iso := newIsolate(t, `globalThis.b = 1n << 40n;
				exports.handler = async () => {
					const o = { x: 1n << 16000000n, y: 3 };
					try { `+tc.code+`; return 'ok'; } catch (e) { return e.name; }
				}`)
			reply, err := iso.Invoke(call(`{}`))
			if want := `"` + tc.want + `"`; err != nil || string(reply.Payload) != want {
				t.Errorf("got %s, %v; want %s", reply.Payload, err, want)
			}
		})
	}
}
