package loader

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dop251/goja"
)

// TestHostile loads what a guest might deploy to break its host. Each case must
// end with an ordinary answer or exception.
func TestHostile(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)
	chain := map[string]string{"index.js": "exports.handler = () => { try { require('./m0') } catch (e) { return e.name } }"}
	for i := range 1200 {
		chain[fmt.Sprintf("m%d.js", i)] = fmt.Sprintf("require('./m%d')", i+1)
	}
	modules := map[string]string{"index.mjs": "export const handler = () => import('./m0.mjs').catch((e) => e.name)"}
	for i := range 1200 {
		modules[fmt.Sprintf("m%d.mjs", i)] = fmt.Sprintf("import './m%d.mjs'", i+1)
	}
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a package.json that is deep", map[string]string{"package.json": `{"exports":` + strings.Repeat(`{"a":`, 12_000) + "1" + strings.Repeat("}", 12_001), "index.js": "exports.handler = () => 1"}, "1"},
		{"an exports map that is deep", map[string]string{"index.js": "exports.handler = () => { try { return require('a') } catch (e) { return e.code } }", "node_modules/a/package.json": `{"exports":` + strings.Repeat(`{"node":`, 5_000) + `"./x.js"` + strings.Repeat("}", 5_001), "node_modules/a/x.js": "module.exports = 'found'"}, `"found"`},
		{"JSON that is deep", map[string]string{"index.js": "exports.handler = () => { try { require('./x.json'); return 'ok' } catch (e) { return e.name } }", "x.json": deep}, `"ok"`},
		{"modules that require each other without end", map[string]string{"index.js": "exports.handler = () => { try { return require('./a') } catch (e) { return e.name } }", "a.js": "delete require.cache[__filename]; module.exports = require('./a')"}, `"RangeError"`},
		{"a long chain of requires", chain, `"RangeError"`},
		{"a long chain of imports", modules, `"RangeError"`},
		{"a main that names its own folder", map[string]string{"index.js": "exports.handler = () => { try { return require('a') } catch (e) { return e.code } }", "node_modules/a/package.json": `{"main":"."}`}, `"MODULE_NOT_FOUND"`},
		{"a main outside of the tree", map[string]string{"index.js": "exports.handler = () => { try { return require('a') } catch (e) { return e.code } }", "node_modules/a/package.json": `{"main":"../../../../../../etc/passwd"}`}, `"MODULE_NOT_FOUND"`},
		{"names that climb out of the tree", map[string]string{"index.js": "exports.handler = () => ['../../etc/passwd', '/etc/passwd', '/var/task/../../etc/passwd', '/proc/self/environ', './\\u0000', './/../../../etc/hosts', '%2e%2e/x'].map((n) => { try { return require(n) } catch (e) { return e.code } })"}, `["MODULE_NOT_FOUND","MODULE_NOT_FOUND","MODULE_NOT_FOUND","MODULE_NOT_FOUND","MODULE_NOT_FOUND","MODULE_NOT_FOUND","MODULE_NOT_FOUND"]`},
		{"import of host files", map[string]string{"index.mjs": "export const handler = async () => { const out = []; for (const n of ['file:///etc/passwd', '/etc/passwd', 'file://host/x', 'data:text/javascript,1']) out.push(await import(n).catch((e) => e.code)); return out }"}, `["ERR_MODULE_NOT_FOUND","ERR_MODULE_NOT_FOUND","ERR_INVALID_FILE_URL_PATH","ERR_UNSUPPORTED_ESM_URL_SCHEME"]`},
		{"a source map in evaluated text opens no file", map[string]string{"index.js": "exports.handler = () => eval('1+1\\n//# sourceMappingURL=/etc/passwd') + new Function('return 1\\n//# sourceMappingURL=file:///etc/passwd')()"}, `3`},
		{"a source map in a file opens no file", map[string]string{"index.js": "exports.handler = () => 1\n//# sourceMappingURL=/etc/passwd"}, `1`},
		{"parentheses that are deep", map[string]string{"index.js": "exports.handler = () => " + strings.Repeat("(", 3000) + "1" + strings.Repeat(")", 3000)}, `1`},
		{"a chain of operators that is long", map[string]string{"index.js": "exports.handler = () => 1" + strings.Repeat("+1", 3000)}, `3001`},
		{"built-ins that the guest has replaced", map[string]string{"index.js": "Error = TypeError = Symbol = Object = undefined; exports.handler = () => { try { require('gone') } catch (e) { return e.code } }"}, `"MODULE_NOT_FOUND"`},
		{"errors with hostile members", map[string]string{"index.js": "exports.handler = () => { const e = new TypeError('Cannot x'); Object.defineProperty(e, 'name', {get() { throw 1 }}); try { throw e } catch (c) { return c.message } }"}, `"Cannot x"`},
		{"a thrown proxy", map[string]string{"index.js": "exports.handler = () => { try { throw new Proxy({}, {get() { throw 1 }, getPrototypeOf() { throw 2 }}) } catch (c) { return 'caught' } }"}, `"caught"`},
		{"a Module without a file", map[string]string{"index.js": "const M = require('module'); exports.handler = () => { try { new M('x').require('./gone') } catch (e) { return e.code } }"}, `"MODULE_NOT_FOUND"`},
		{"endless recursion through everything", map[string]string{"index.js": `
			const depth = (f) => { try { f(); return 'none' } catch (e) { return e instanceof RangeError && e.message } };
			const a = () => b(), b = () => [1].map(() => a());
			class K { constructor() { this.make() } make() { return new K() } }
			exports.handler = () => [depth(a), depth(() => new K())];`}, `["Maximum call stack size exceeded","Maximum call stack size exceeded"]`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := outcome(t, tc.files, "index.handler"); canonical(t, got) != canonical(t, tc.want) {
				t.Errorf("got %.300s, want %s", got, tc.want)
			}
		})
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	const n = 400_000
	tests := []struct {
		name, src string
		want      bool
	}{
		{"ordinary code", `if (a) { b(c ? d : e) } else if (f) g = (h) => [...h, -1]; else throw new E("x")`, false},
		{"a long list", strings.Repeat("-1,", n), false},
		{"a long sum", "1" + strings.Repeat(" + 1", n), false},
		{"many statements", strings.Repeat("a = b ? c : d; if (x) { y = 1 }\n", 20_000), false},
		{"many functions with conditions", strings.Repeat("function f() { if (a) { b } else { c } }\n", n/10), false},
		{"parentheses", strings.Repeat("(", n), true},
		{"brackets that are closed", strings.Repeat("[", n) + strings.Repeat("]", n), true},
		{"functions", strings.Repeat("()=>{", n), true},
		{"negations", strings.Repeat("!", n) + "1", true},
		{"signs", strings.Repeat("- ", n) + "1", true},
		{"words", strings.Repeat("typeof ", n) + "1", true},
		{"arrows", strings.Repeat("a=>", n) + "1", true},
		{"assignments", strings.Repeat("a=", n) + "1", true},
		{"conditions", strings.Repeat("a?b:", n) + "1", true},
		{"powers", strings.Repeat("a**", n) + "1", true},
		{"loops", strings.Repeat("for(;;)", n), true},
		{"else", strings.Repeat("if(1){}else ", n), true},
		{"labels", strings.Repeat("a:", n), true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tooDeep(tc.src); got != tc.want {
				t.Errorf("tooDeep = %v, want %v", got, tc.want)
			}
		})
	}
}

// FuzzCompile looks for texts that end the process or compile to something
// that cannot be run.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"exports.handler = async () => 1", "import a, {b as c} from './x'; export default a; export * from 'y'; await c",
		"class A { #x; static { this.y = `${1}` } get [z]() {} }", "for await (const x of y) {}", "async function* g() { yield* h() }",
		"const {a: [b = 1, ...c] = []} = d", "label: for (;;) { try { break label } catch ({message}) {} finally {} }", "/\\p{Lu}/u", "#!x", "import('x')",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, src string, esm bool) {
		kind, name := commonJS, "/var/task/x.js"
		if esm {
			kind, name = esModule, "/var/task/x.mjs"
		}
		u, err := compile(name, src, kind)
		if err != nil {
			var re *resolveError
			if !errors.As(err, &re) || re.class != "SyntaxError" && re.class != "RangeError" {
				t.Fatalf("%v is no SyntaxError", err)
			}
			return
		}
		v, err := goja.New().RunProgram(u.program)
		if err != nil {
			t.Fatalf("the wrapper cannot be made: %v", err)
		}
		if _, ok := goja.AssertFunction(v); !ok {
			t.Fatalf("the wrapper is %v, want a function", v)
		}
	})
}

func TestLargeFilesAreRefused(t *testing.T) {
	t.Parallel()
	m := fstest.MapFS{"x.js": {Data: make([]byte, maxFile+1)}}
	tr := newTree(m, nil)
	if _, err := tr.read("/var/task/x.js"); !errors.Is(err, errTooLarge) {
		t.Errorf("read = %v, want errTooLarge", err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.js":           "exports.handler = () => [require('pkg'), (() => { try { return require('./loop') } catch (e) { return e.code } })(), (() => { try { return require('./out') } catch (e) { return e.code } })()]",
		"store/pkg/index.js": "module.exports = __filename",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "node_modules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"node_modules/pkg": "../store/pkg", "loop.js": "loop.js", "out.js": "../../../../../../../../etc/passwd"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	h := newHost()
	fn, err := New(Config{Code: root.FS()}).NewRealm(h, h.builtin).Handler("index.handler")
	if err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(fn)
	v, err := call(goja.Undefined())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.String(), "/var/task/store/pkg/index.js,MODULE_NOT_FOUND,MODULE_NOT_FOUND"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheHostsPathNeverShows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.js"), []byte("exports.handler = () => { try { null.x } catch (e) { return [__filename, __dirname, e.stack, require.resolve('./index')].join() } }"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := newHost()
	fn, err := New(Config{Code: os.DirFS(dir)}).NewRealm(h, h.builtin).Handler("index.handler")
	if err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(fn)
	v, err := call(goja.Undefined())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(v.String(), dir) || strings.Contains(v.String(), filepath.Base(filepath.Dir(dir))) {
		t.Errorf("the guest sees %s", v)
	}
}

func TestInterruptsPassThrough(t *testing.T) {
	t.Parallel()
	h := newHost()
	if err := h.vm.Set("stop", func() { h.vm.Interrupt("time is up") }); err != nil {
		t.Fatal(err)
	}
	for _, files := range []map[string]string{
		{"index.js": "stop(); for (;;) try { for (;;); } catch {}"},
		{"index.mjs": "stop(); for (;;);"},
		{"index.mjs": "import './a.mjs'", "a.mjs": "stop(); for (;;);"},
	} {
		h.vm.ClearInterrupt()
		_, err := New(Config{Code: tree1(files)}).NewRealm(h, h.builtin).Handler("index.handler")
		var ie *goja.InterruptedError
		if !errors.As(err, &ie) {
			t.Errorf("Handler = %v, want an InterruptedError", err)
		}
	}
}
