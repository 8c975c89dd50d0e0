package js_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lambent-run/lambent/js"
)

// hang are handlers that never answer by themselves.
var hang = []struct{ name, source string }{
	{"a busy loop", `exports.handler = async () => { while (true) {} }`},
	{"a busy loop in a promise job", `exports.handler = () => new Promise(() => Promise.resolve().then(() => { for (;;) {} }))`},
	{"promise jobs that queue promise jobs", `exports.handler = async () => { const again = () => Promise.resolve().then(again); again(); await new Promise(() => {}) }`},
	{"ticks that queue ticks", `exports.handler = () => { const again = () => process.nextTick(again); again() }`},
	{"an endless interval", `exports.handler = () => { setInterval(() => {}, 1) }`},
	{"immediates without end", `exports.handler = () => { const again = () => setImmediate(again); again() }`},
	{"a promise that a far timer settles", `exports.handler = () => new Promise((r) => setTimeout(r, 3600000))`},
	{"a catch that swallows everything", `exports.handler = async () => { for (;;) { try { for (;;) {} } catch {} finally { continue } } }`},
	{"a sort whose comparator never returns", `exports.handler = async () => [3, 2, 1].sort(() => { for (;;) {} })`},
	{"a getter without end in the answer", `exports.handler = async () => ({ get x() { for (;;) {} } })`},
	{"a toJSON without end", `exports.handler = async () => ({ toJSON() { for (;;) {} } })`},
	{"a proxy whose traps never return", `exports.handler = async () => new Proxy({}, { ownKeys() { for (;;) {} } })`},
	{"a regular expression without back references", `exports.handler = async () => { for (;;) /^(a+)+b$/.test('a'.repeat(1000)) }`},
	{"a replace callback without end", `exports.handler = async () => 'x'.replace(/x/, () => { for (;;) {} })`},
	{"generators", `exports.handler = async () => { function* g() { for (;;) yield 1 } for (const x of g()); }`},
	{"recursion through a native function", `exports.handler = async () => { for (;;) [1].map(() => [1].map(() => 0)) }`},
	{"an exit handler without end", `process.on('exit', () => { for (;;) {} }); exports.handler = async () => { process.exit(1) }`},
	{"an array-like as long as they get", `exports.handler = async () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)`},
}

// What Interrupt cannot end is a single native operation of the engine, such as
// a match of a regular expression with back references. The runtime abandons an
// isolate that is stuck in one, and has the test for it.
func TestInterruptEndsWhateverRuns(t *testing.T) {
	t.Parallel()
	for _, tc := range hang {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			iso := newIsolate(t, tc.source)
			ended := make(chan error, 1)
			go func() {
				_, err := iso.Invoke(call(`{}`))
				ended <- err
			}()
			// Let it run into its trap; the outcome does not hang on how far it gets.
			time.Sleep(50 * time.Millisecond)
			iso.Interrupt()
			select {
			case err := <-ended:
				if !errors.Is(err, js.ErrInterrupted) {
					t.Errorf("Invoke = %v, want ErrInterrupted", err)
				}
				if iso.Usable() {
					t.Error("the isolate says that it is usable")
				}
			case <-time.After(10 * time.Second):
				t.Error("still running 10 s after Interrupt")
			}
		})
	}
}
