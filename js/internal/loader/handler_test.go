package loader

import (
	"testing"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	ok := `exports.handler = () => __filename.replace('/var/task/', '');`
	esm := `export const handler = () => import.meta.filename.replace('/var/task/', '');`
	tests := []struct {
		name    string
		handler string
		files   map[string]string
		want    string
	}{
		{"a name without extension comes first", "index.handler", map[string]string{"index": ok, "index.js": ok}, `"index"`},
		{".js comes before .mjs and .cjs", "index.handler", map[string]string{"index.js": ok, "index.mjs": esm, "index.cjs": ok}, `"index.js"`},
		{".mjs comes before .cjs", "index.handler", map[string]string{"index.mjs": esm, "index.cjs": ok}, `"index.mjs"`},
		{"TypeScript comes after JavaScript", "index.handler", map[string]string{"index.ts": ok, "index.cjs": ok}, `"index.cjs"`},
		{"a falsy module lets the next candidate try", "index.handler", map[string]string{"index.js": "module.exports = null", "index.cjs": ok}, `"index.cjs"`},
		{"a folder of that name ends the search", "src/index.handler", map[string]string{"src/index/x": "", "src/index.mjs": esm},
			`{"threw":["Runtime.ImportModuleError","Error: Cannot find module '/var/task/src/index'\nRequire stack:\n- /var/runtime/index.mjs"]}`},
		{"a folder has a main file", "lib.handler", map[string]string{"lib/package.json": `{"main":"m.js"}`, "lib/m.js": ok}, `"lib/m.js"`},
		{"require of the folder's name prefers the file beside it", "lib.handler", map[string]string{"lib/x": "", "lib.js": ok}, `"lib.js"`},
		{"folders of the handler may have dots", "a.b/c.d/index.handler", map[string]string{"a.b/c.d/index.js": ok}, `"a.b/c.d/index.js"`},
		{"an export path walks objects", "index.a.b.c", map[string]string{"index.js": `exports.a = {b: {c: () => 'deep'}}`}, `"deep"`},
		{"an export path walks ES exports", "index.a.b", map[string]string{"index.mjs": `export const a = {b: () => 'deep'}`}, `"deep"`},
		{"an export path stops at nothing", "index.a.b.c", map[string]string{"index.js": `exports.a = 0`}, `{"threw":["Runtime.HandlerNotFound","index.a.b.c is undefined or not exported"]}`},
		{"null is not exported", "index.handler", map[string]string{"index.js": `exports.handler = null`}, `{"threw":["Runtime.HandlerNotFound","index.handler is undefined or not exported"]}`},
		{"text is not a function", "index.handler", map[string]string{"index.js": `exports.handler = 'x'`}, `{"threw":["Runtime.HandlerNotFound","index.handler is not a function"]}`},
		{"two dots are malformed", "a..b.handler", nil, `{"threw":["Runtime.MalformedHandlerName","'a..b.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names."]}`},
		{"no dot is malformed", "src/index", nil, `{"threw":["Runtime.MalformedHandlerName","Bad handler"]}`},
		{"an absolute name starts at the root", "/var/task/sub/index.handler", map[string]string{"sub/index.js": ok}, `"sub/index.js"`},
		{"a package can be the handler's module", "my-fn.handler", map[string]string{"node_modules/my-fn/index.js": `exports.handler = () => 'package'`}, `"package"`},
		{"a package.json that is broken does not make ES modules", "index.handler", map[string]string{"package.json": `{"type":"module"`, "index.js": ok}, `"index.js"`},
		{"a missing file", "app.handler", nil, `{"threw":["Runtime.ImportModuleError","Error: Cannot find module 'app'\nRequire stack:\n- /var/runtime/index.mjs"]}`},
		{"a rejected top-level await is the error itself", "index.handler", map[string]string{"index.mjs": `await Promise.reject(new RangeError('late'))`}, `{"threw":["RangeError","late"]}`},
		{"a syntax error below an ES module", "index.handler", map[string]string{"index.mjs": `import './x.mjs'; export const handler = 1`, "x.mjs": `let a = ;`}, `{"threw":["Runtime.UserCodeSyntaxError","SyntaxError: Unexpected token ';'"]}`},
		{"top-level await that settles never stays pending", "index.handler", map[string]string{"index.mjs": `await new Promise(() => {}); export const handler = () => 1`}, `pending`},
		{"an error without a prototype passes through", "index.handler", map[string]string{"index.js": `throw {code: 'MODULE_NOT_FOUND', toString() { return 'own' }}`}, `{"threw":["Runtime.ImportModuleError","own"]}`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := outcome(t, tc.files, tc.handler); canonical(t, got) != canonical(t, tc.want) {
				t.Errorf("%s: got %s, want %s", tc.handler, got, tc.want)
			}
		})
	}
}

func TestTypeScript(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a module in TypeScript, its imports without extensions", map[string]string{
			"index.mts":    "import { greet, type Name } from './lib/greet';\nimport def from './other.js';\nenum E { A = 1, B }\nexport const handler = async (): Promise<string> => greet('x' as Name) + E.B + def;",
			"lib/greet.ts": "export type Name = string;\nexport const greet = (n: Name): string => `hi ${n}`;",
			"other.ts":     "export default <T,>(x: T): T => x;",
			"package.json": `{"type":"module"}`,
		}, `"hi x2(x) => x"`},
		{"CommonJS in TypeScript", map[string]string{
			"index.ts": "import path = require('./p');\nnamespace N { export const v: number = 1 }\nclass K { constructor(private readonly a: number, public b?: string) {} get() { return this.a } }\nexport = { handler: async () => [path.x, N.v, new K(5).get()] };",
			"p.ts":     "export const x = 1 satisfies number;\n",
		}, `[1,1,5]`},
		{"an ES module in a package without a type", map[string]string{
			"index.ts": "import { x } from './p';\nexport const handler = async () => x;",
			"p.ts":     "export const x: number = 1;",
		}, `1`},
		{"lines of errors are the author's", map[string]string{
			"index.ts": "interface A {\n  x: number\n}\nexport const handler = async () => {\n  try { throw new Error('x') } catch (e) { return (e as Error).stack!.split('\\n')[1].replace(/.*index/, 'index').replace(/:\\d+\\)?$/, '') }\n};",
		}, `"index.ts:5"`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := outcome(t, tc.files, "index.handler"); canonical(t, got) != canonical(t, tc.want) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
