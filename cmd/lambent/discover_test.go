package main

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder makes files, named by their paths, in a new folder.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		name, text, _ := strings.Cut(f, "|")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files []string
		args  []string // relative to the folder; NAME=PATH keeps its name
		want  string   // name:path:handler, sorted by name
	}{
		{name: "a file is called after itself", files: []string{"hello.mjs"}, args: []string{"hello.mjs"}, want: "hello:hello.mjs:"},
		{name: "an index file is called after its folder", files: []string{"fn/index.ts"}, args: []string{"fn/index.ts"}, want: "fn:fn/:index.handler"},
		{name: "a folder with an index is one function", files: []string{"fn/index.js", "fn/other.js"}, args: []string{"fn"}, want: "fn:fn/:index.handler"},
		{name: "a package says which file is its main", files: []string{`fn/package.json|{"main":"./src/app.js"}`, "fn/src/app.js"}, args: []string{"fn"}, want: "fn:fn/:src/app.handler"},
		{name: "a main may leave its extension out", files: []string{`fn/package.json|{"main":"app"}`, "fn/app.mjs"}, args: []string{"fn"}, want: "fn:fn/:app.handler"},
		{name: "a package whose main is not there is a folder of functions", files: []string{`fns/package.json|{"main":"index.js"}`, "fns/a.js"}, args: []string{"fns"}, want: "a:fns/a.js:"},
		{name: "a main outside of the package does not count", files: []string{`fns/package.json|{"main":"../x.js"}`, "x.js", "fns/a.js"}, args: []string{"fns"}, want: "a:fns/a.js:"},
		{name: "a broken package.json does not count", files: []string{`fns/package.json|{`, "fns/a.js"}, args: []string{"fns"}, want: "a:fns/a.js:"},
		{
			name:  "a folder of functions",
			files: []string{"b/index.mjs", "a.js", `c/package.json|{"main":"m.js"}`, "c/m.js", "lib/x.js", "node_modules/p/index.js", ".git/index.js", "README.md", "a.test.js", "types.d.ts", "jest.config.js", "event.json"},
			args:  []string{"."},
			want:  "a:a.js: b:b/:index.handler c:c/:m.handler",
		},
		{name: "a file with a dot in its name is passed over in a folder", files: []string{"a.js", "b.c.js"}, args: []string{"."}, want: "a:a.js:"},
		{name: "a module is called after itself", files: []string{"hello.wasm"}, args: []string{"hello.wasm"}, want: "hello:hello.wasm:hello.handle"},
		{name: "a bootstrap module is called after its folder", files: []string{"fn/bootstrap.wasm"}, args: []string{"fn/bootstrap.wasm"}, want: "fn:fn/:bootstrap.handle"},
		{name: "a folder with a bootstrap module is one function", files: []string{"fn/bootstrap.wasm", "fn/other.wasm"}, args: []string{"fn"}, want: "fn:fn/:bootstrap.handle"},
		{name: "scripts come before a bootstrap module", files: []string{"fn/bootstrap.wasm", "fn/index.js"}, args: []string{"fn"}, want: "fn:fn/:index.handler"},
		{name: "modules and scripts stand side by side", files: []string{"a.js", "b.wasm", "c/bootstrap.wasm", "d/index.js"}, args: []string{"."}, want: "a:a.js: b:b.wasm:b.handle c:c/:bootstrap.handle d:d/:index.handler"},
		{name: "a module beside a script of its name is the script's", files: []string{"a.js", "a.wasm"}, args: []string{"."}, want: "a:a.js:"},
		{name: "another name can be given", files: []string{"hello.js"}, args: []string{"hi=hello.js", "hello.js"}, want: "hello:hello.js: hi:hello.js:"},
		{name: "an equals sign may be part of a path", files: []string{"x=y/index.js"}, args: []string{"ok=x=y"}, want: "ok:x=y/:index.handler"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, tc.files...)
			got, _, err := discover(below(dir, tc.args))
			if err != nil {
				t.Fatal(err)
			}
			var parts []string
			for _, s := range got {
				rel, _ := filepath.Rel(dir, s.path)
				if rel = filepath.ToSlash(rel); s.dir {
					rel += "/"
				}
				parts = append(parts, s.name+":"+rel+":"+s.handler)
			}
			if all := strings.Join(parts, " "); all != tc.want {
				t.Errorf("got %s\nwant %s", all, tc.want)
			}
		})
	}
}

// below puts the paths of arguments below dir.
func below(dir string, args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if name, path, ok := strings.Cut(arg, "="); ok {
			out[i] = name + "=" + filepath.Join(dir, path)
			continue
		}
		out[i] = filepath.Join(dir, arg)
	}
	return out
}

func TestDiscoverSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files []string
		args  []string
		want  string
	}{
		{name: "nothing there", args: []string{"nope.js"}, want: "there is no file or folder"},
		{name: "no functions in a folder", files: []string{"README.md"}, args: []string{"."}, want: "holds no functions: want files such as hello.js"},
		{name: "not a script", files: []string{"fn.py"}, args: []string{"fn.py"}, want: "a handler file ends in .js, .mjs"},
		{name: "an archive that is none", files: []string{"fn.zip|PK"}, args: []string{"fn.zip"}, want: "it is not a zip archive"},
		{name: "a dot in the name", files: []string{"a.b.js"}, args: []string{"a.b.js"}, want: "no dot but that of its extension"},
		{name: "two of one name", files: []string{"a.js", "a.mjs"}, args: []string{"."}, want: "two functions are called a:"},
		{name: "the same twice", files: []string{"a.js"}, args: []string{"a.js", "a.js"}, want: "is given twice"},
		{name: "a name that is none", files: []string{"a b.js"}, args: []string{"a b.js"}, want: `cannot be called "a b"`},
		{name: "one name for several", files: []string{"a.js", "b.js"}, args: []string{"x=."}, want: "names 2 functions"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, tc.files...)
			_, _, err := discover(below(dir, tc.args))
			var usage usageError
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error = %v, want a usage error with %q", err, tc.want)
			}
		})
	}
}

// zipOf makes an archive of files, named and given as folder has them.
func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var archive strings.Builder
	w := zip.NewWriter(&archive)
	for _, file := range files {
		name, text, _ := strings.Cut(file, "|")
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.String()
}

func TestArchivesSayWhatTheyHold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		files   []string
		want    string // handler and runtime
		wantWhy string
	}{
		{"a bootstrap module", []string{"bootstrap.wasm", "other.wasm", "lib/index.js"}, "bootstrap.handle provided.al2023", ""},
		{"the only module", []string{"app.wasm", "data/x.wasm"}, "app.handle provided.al2023", ""},
		{"an index file", []string{"index.mjs", "sql.wasm"}, "index.handler ", ""},
		{"scripts of other names", []string{"app.js"}, " ", ""},
		{"several modules", []string{"a.wasm", "b.wasm"}, " ", "it holds several modules and no bootstrap.wasm: a.wasm, b.wasm"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			src, why := zipSource(filepath.Join(folder(t, "fn.zip|"+zipOf(t, tc.files...)), "fn.zip"))
			if got := src.handler + " " + src.runtime; got != tc.want || why != tc.wantWhy || src.name != "fn" || !src.zip {
				t.Errorf("got %+v, %q; want %q, %q", src, why, tc.want, tc.wantWhy)
			}
		})
	}
}

func TestAChangeTouchesTheFunctionsThatSeeTheFile(t *testing.T) {
	t.Parallel()
	alone := folder(t, "a.js", "b.js", "fn/index.js")
	pkg := folder(t, "package.json|{}", "a.js", "lib/x.js")
	tests := []struct {
		name string
		src  source
		path string
		want bool
	}{
		{"a file's own", source{path: filepath.Join(alone, "a.js")}, filepath.Join(alone, "a.js"), true},
		{"its neighbour", source{path: filepath.Join(alone, "a.js")}, filepath.Join(alone, "b.js"), false},
		{"a neighbour in a package", source{path: filepath.Join(pkg, "a.js")}, filepath.Join(pkg, "lib", "x.js"), true},
		{"a file in a function's folder", source{path: filepath.Join(alone, "fn"), dir: true}, filepath.Join(alone, "fn", "deep", "x.js"), true},
		{"a folder whose name begins alike", source{path: filepath.Join(alone, "fn"), dir: true}, filepath.Join(alone, "fn2", "x.js"), false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.src.touchedBy([]string{tc.path}); got != tc.want {
				t.Errorf("%s touched by %s: %v, want %v", tc.src.path, tc.path, got, tc.want)
			}
		})
	}
}
