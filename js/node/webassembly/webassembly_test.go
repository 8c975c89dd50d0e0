package webassembly_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

// TestWithoutAnEngine has what needs none. Everything else is tested with the
// engine, in package runtime (jswasm_test.go).
func TestWithoutAnEngine(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"bytes are looked at first", `return WebAssembly.validate(new Uint8Array([1, 2, 3]))`, `false`},
		{"a module cannot be compiled", `try { new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) } catch (e) { return e + '' }`,
			`"RuntimeError: WebAssembly is not available here"`},
		{"nor later", `return WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).catch((e) => e.message)`,
			`"WebAssembly is not available here"`},
		{"nor is there a memory", `try { new WebAssembly.Memory({ initial: 1 }) } catch (e) { return e instanceof WebAssembly.RuntimeError }`, `true`},
		{"descriptors are checked", `try { new WebAssembly.Memory({ initial: -1 }) } catch (e) { return e.message }`,
			`"WebAssembly.Memory(): Property 'initial' must be non-negative"`},
		{"errors can be made", `return [new WebAssembly.CompileError('x') instanceof Error, WebAssembly.LinkError('y') + '']`, `[true,"LinkError: y"]`},
		{"it is loaded once", `return WebAssembly === globalThis.WebAssembly`, `true`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := hosttest.New(t).Eval(t, tc.body); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
