package loader

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// benchPackages are what handlers look like: CommonJS, the same as an ES module,
// and one of several files.
var benchPackages = map[string]map[string]string{
	"cjs": {"index.js": "exports.handler = async (event) => ({ ok: true, name: event.name });"},
	"esm": {"index.mjs": "export const handler = async (event) => ({ ok: true, name: event.name });"},
	"ten files": func() map[string]string {
		files := map[string]string{}
		var b strings.Builder
		for i := range 10 {
			fmt.Fprintf(&b, "require('./lib/f%d');\n", i)
			files[fmt.Sprintf("lib/f%d.js", i)] = "exports.x = () => 1;"
		}
		files["index.js"] = b.String() + "exports.handler = async () => 1;"
		return files
	}(),
}

// BenchmarkLoad measures what loading adds to the start of an isolate whose
// code is compiled already: NewRealm and Handler.
func BenchmarkLoad(b *testing.B) {
	for name, files := range benchPackages {
		b.Run(name, func(b *testing.B) {
			p := New(Config{Code: tree1(files)})
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				h := &host{vm: goja.New()}
				b.StartTimer()
				if _, err := p.NewRealm(h, h.builtin).Handler("index.handler"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompile measures the first use of a file: parsing, transformation
// and compilation.
func BenchmarkCompile(b *testing.B) {
	line := "exports.f%d = async (event) => { try { return event.items.map((x) => x * %d) } catch (err) { console.error(err.message) } };\n"
	var src strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&src, line, i, i)
	}
	for name, c := range map[string]struct {
		text   string
		format format
	}{
		"hello cjs":          {benchPackages["cjs"]["index.js"], commonJS},
		"hello esm":          {benchPackages["esm"]["index.mjs"], esModule},
		"130 KB cjs":         {src.String(), commonJS},
		"130 KB transformed": {src.String() + "async function* g() {}", commonJS},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				if _, err := compile("/var/task/index.js", c.text, c.format); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
