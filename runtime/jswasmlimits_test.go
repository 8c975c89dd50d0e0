package runtime_test

import (
	"errors"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// loadWasm begins a handler with a way to load a module of the package.
const loadWasm = `
	const fs = require('fs');
	const load = (name) => new WebAssembly.Module(fs.readFileSync('/var/task/' + name + '.wasm'));
	const run = (name, imports) => new WebAssembly.Instance(load(name), imports).exports;
`

func TestWebAssemblyEndsAtTheDeadlineOfItsHandler(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a loop":                       `run('loop', { env: { call() {} } }).spin()`,
		"a loop that calls JavaScript": `run('loop', { env: { call() {} } }).spinAndCall()`,
		"a loop that is caught":        `const e = run('loop', { env: { call() {} } }); for (;;) { try { e.spin() } catch {} }`,
		"a start function":             `run('start', { env: { begin: () => 1 } })`,
		"a start function, awaited":    `await WebAssembly.instantiate(load('start'), { env: { begin: () => 1 } })`,
		"recursion without end":        `const e = run('api', { env: { f() {}, g: 1 } }); for (;;) { try { e.rec() } catch {} }`,
		"a loop of short calls":        `const { add } = run('api', { env: { f() {}, g: 1 } }); for (;;) add(1, 2)`,
		"a loop that makes instances":  `const m = load('small'); for (;;) new WebAssembly.Instance(m, { env: { f() {} } })`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt := deployWasm(t, loadWasm+`exports.handler = async (n) => { if (n === 7) return n; `+body+`; }`, runtime.Function{Timeout: 300 * time.Millisecond})
			res, err := rt.Invoke(t.Context(), "f", nil)
			var timeout *runtime.TimeoutError
			if !errors.As(err, &timeout) {
				t.Fatalf("%s, %v; want a timeout", res.Payload, err)
			}
			for rt.Stats().Abandoned > 0 {
				goruntime.Gosched() // until the isolate has come back; for ever if it does not
			}
			if res, err := rt.Invoke(t.Context(), "f", []byte("7")); err != nil || string(res.Payload) != "7" {
				t.Errorf("the next invocation: %s, %v", res.Payload, err)
			}
		})
	}
}

func TestWebAssemblyStaysWithinTheMemoryOfItsFunction(t *testing.T) {
	t.Parallel()
	rt := deployWasm(t, loadWasm+`
		const attempt = (f) => { try { return f(); } catch (e) { return e.name + ': ' + e.message; } };
		exports.handler = async () => {
			const e = run('small', { env: { f() {} } });
			return [
				attempt(() => new WebAssembly.Memory({ initial: 4096 })),
				attempt(() => e.grow(2048)),
				attempt(() => e.memory.grow(2048)),
				attempt(() => new WebAssembly.Memory({ initial: 1024 }).buffer.byteLength),
			];
		}`, runtime.Function{MemorySize: 128})
	res, err := rt.Invoke(t.Context(), "f", nil)
	want := `["RangeError: WebAssembly.Memory(): could not allocate memory",-1,` +
		`"RangeError: WebAssembly.Memory.grow(): Maximum memory size exceeded",67108864]`
	if err != nil || string(res.Payload) != want {
		t.Errorf("got %s, %v\nwant %s", res.Payload, err, want)
	}
}

// TestInstancesOfEachInvocationAreCollected makes one instance of 1 MiB and one
// memory for each of more invocations than the function has MiB.
func TestInstancesOfEachInvocationAreCollected(t *testing.T) {
	t.Parallel()
	rt := deployWasm(t, loadWasm+`
		const bytes = fs.readFileSync('/var/task/small.wasm');
		exports.handler = async (n) => {
			const imports = { env: { f: (x) => instance.exports.memory.buffer.byteLength + x } };
			const { instance } = await WebAssembly.instantiate(bytes, imports);
			return instance.exports.run(n);
		}`, runtime.Function{MemorySize: 128})
	for range 200 {
		res, err := rt.Invoke(t.Context(), "f", []byte("4"))
		if err != nil || string(res.Payload) != "1048580" {
			t.Fatalf("%s, %v; want 1048580", res.Payload, err)
		}
	}
}

func TestExitFromAnImportedFunctionEndsTheIsolate(t *testing.T) {
	t.Parallel()
	rt := deployWasm(t, loadWasm+`
		exports.handler = async () => {
			const e = run('small', { env: { f() { process.exit(3); } } });
			try { e.run(1); } catch { return 'caught'; } finally { console.log('too late'); }
			return 'went on';
		}`, runtime.Function{})
	_, err := rt.Invoke(t.Context(), "f", nil)
	var failure *runtime.FunctionError
	if !errors.As(err, &failure) || failure.Type != "Runtime.ExitError" || !strings.Contains(failure.Message, "exit status 3") {
		t.Errorf("%v, want exit status 3", err)
	}
}

// TestValuesThatWebAssemblyHoldsAreKept passes so many objects that those which
// no instance holds any more are let go many times on the way.
func TestValuesThatWebAssemblyHoldsAreKept(t *testing.T) {
	t.Parallel()
	rt := deployWasm(t, loadWasm+`
		exports.handler = async () => {
			const table = new WebAssembly.Table({ element: 'anyfunc', initial: 4 });
			const { remember, thing, things } = run('refs', { env: { host() {}, table } });
			const kept = { kept: true };
			things.set(1, kept);
			for (let i = 0; i < 20000; i++) remember({ i });
			return [thing.value, things.get(1) === kept];
		}`, runtime.Function{})
	res, err := rt.Invoke(t.Context(), "f", nil)
	if want := `[{"i":19999},true]`; err != nil || string(res.Payload) != want {
		t.Errorf("got %s, %v; want %s", res.Payload, err, want)
	}
}
