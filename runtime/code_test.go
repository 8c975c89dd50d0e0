package runtime_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime"
)

// run deploys code on the JavaScript engine and returns what it answers.
func run(t *testing.T, rt *runtime.Runtime, fn runtime.Function) (string, error) {
	t.Helper()
	fn.Name = "f"
	if err := rt.Deploy(t.Context(), fn); err != nil {
		return "", err
	}
	res, err := rt.Invoke(t.Context(), "f", nil)
	return string(res.Payload), err
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestKindsOfCode(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"index.js":     `exports.handler = async () => require("./lib/a").name`,
		"lib/a.js":     `exports.name = "a"`,
		"hello.js":     `exports.handler = async () => "hello"`,
		"package.json": `{}`,
	}
	dir := write(t, files)
	lone := write(t, map[string]string{"hello.js": `exports.handler = async () => { try { require("./secret.json") } catch (e) { return e.code } }`, "secret.json": "1"})
	module := write(t, map[string]string{"hello.mjs": `export const handler = async () => "module"`})
	tests := []struct {
		name string
		fn   runtime.Function
		want string
	}{
		{"text", runtime.Function{Code: runtime.Source(`exports.handler = async () => 1`)}, `1`},
		{"files", runtime.Function{Code: runtime.Files(files)}, `"a"`},
		{"folder", runtime.Function{Code: runtime.Dir(dir)}, `"a"`},
		{"folder, another handler", runtime.Function{Code: runtime.Dir(dir), Handler: "hello.handler"}, `"hello"`},
		{"file system", runtime.Function{Code: runtime.FS(os.DirFS(dir))}, `"a"`},
		{"zip archive", runtime.Function{Code: runtime.Zip(zipped(t, files))}, `"a"`},
		{"file of a package sees the package", runtime.Function{Code: runtime.File(filepath.Join(dir, "index.js"))}, `"a"`},
		{"file names its handler", runtime.Function{Code: runtime.File(filepath.Join(dir, "hello.js"))}, `"hello"`},
		{"lone file sees nothing else of its folder", runtime.Function{Code: runtime.File(filepath.Join(lone, "hello.js"))}, `"MODULE_NOT_FOUND"`},
		{"lone file keeps its extension", runtime.Function{Code: runtime.File(filepath.Join(module, "hello.mjs"))}, `"module"`},
		{"layers are merged at /opt", runtime.Function{
			Code: runtime.Source(`exports.handler = async () => [require("one"), require("two")]`),
			Layers: []runtime.Code{
				runtime.Files(map[string]string{"nodejs/node_modules/one/index.js": `module.exports = 1`, "nodejs/node_modules/two/index.js": `module.exports = 1`}),
				runtime.Files(map[string]string{"nodejs/node_modules/two/index.js": `module.exports = 2`}),
			},
		}, `[1,2]`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rt, err := runtime.New(runtime.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer rt.Close()
			if got, err := run(t, rt, tc.fn); got != tc.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, tc.want)
			}
		})
	}
}

func TestLinksDoNotLeadOutOfAFolder(t *testing.T) {
	t.Parallel()
	secret := write(t, map[string]string{"secret.js": `module.exports = "secret"`})
	dir := write(t, map[string]string{"index.js": `exports.handler = async () => { try { return require("./link") } catch (e) { return "refused" } }`})
	if err := os.Symlink(filepath.Join(secret, "secret.js"), filepath.Join(dir, "link.js")); err != nil {
		t.Fatal(err)
	}
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	if got, err := run(t, rt, runtime.Function{Code: runtime.Dir(dir)}); got != `"refused"` || err != nil {
		t.Errorf("got %s, %v; want the link refused", got, err)
	}
}

func TestCodeThatCannotBeDeployed(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"index.js": ""})
	tests := []struct {
		name string
		code runtime.Code
		want string
	}{
		{"missing folder", runtime.Dir(filepath.Join(dir, "no")), "no such file"},
		{"folder that is a file", runtime.Dir(filepath.Join(dir, "index.js")), "use File"},
		{"missing file", runtime.File(filepath.Join(dir, "no.js")), "no such file"},
		{"file that is a folder", runtime.File(dir), "use Dir"},
		{"archive that is none", runtime.Zip([]byte("x")), "Could not unzip uploaded file."},
		{"path out of the package", runtime.Files(map[string]string{"../x": ""}), "does not fit"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rt, err := runtime.New(runtime.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer rt.Close()
			if _, err := run(t, rt, runtime.Function{Code: tc.code}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Deploy() = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestHashIsOfTheContents(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	hash := func(code runtime.Code) [32]byte {
		t.Helper()
		if err := rt.Deploy(t.Context(), runtime.Function{Name: "f", Code: code}); err != nil {
			t.Fatal(err)
		}
		info, err := rt.Function("f", "")
		if err != nil {
			t.Fatal(err)
		}
		return info.CodeSHA256
	}
	files := map[string]string{"a.js": "1", "b/c.js": "2"}
	dir := write(t, files)
	if hash(runtime.Files(files)) != hash(runtime.Dir(dir)) {
		t.Error("the same files hash differently in memory and in a folder")
	}
	if hash(runtime.Files(files)) == hash(runtime.Files(map[string]string{"a.js": "1", "b/c.js": "3"})) ||
		hash(runtime.Files(files)) == hash(runtime.Files(map[string]string{"a.js": "1", "b/d.js": "2"})) {
		t.Error("other files hash the same")
	}
	archive := zipped(t, files)
	if hash(runtime.Zip(archive)) != sha256.Sum256(archive) {
		t.Error("an archive's hash is not that of its bytes")
	}
}
