package wasi

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

var gostd = flag.String("gostd", "", "comma-separated packages of Go's standard library whose tests to run as guests")

// knownFailures are tests of the standard library that fail, with the reasons.
var knownFailures = map[string]string{
	"TestHardLink":            "there are no hard links",
	"TestRootLinkFrom":        "there are no hard links",
	"TestLongPath":            "there are no hard links",
	"TestRootRenameAfterOpen": "an open folder does not follow its name",
	"TestOpenFileDevNull":     "there are no devices",
	"TestDevNullFile":         "there are no devices",
}

// TestGoStandardLibrary runs the tests of packages of Go's standard library as
// guests, for instance with -gostd os,io/fs,path/filepath,time. It takes long.
func TestGoStandardLibrary(t *testing.T) {
	if *gostd == "" {
		t.Skip("no packages given with -gostd")
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	goroot := strings.TrimSpace(string(out))
	for pkg := range strings.SplitSeq(*gostd, ",") {
		t.Run(pkg, func(t *testing.T) {
			module := filepath.Join(t.TempDir(), "test.wasm")
			build := exec.Command("go", "test", "-c", "-o", module, pkg)
			build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			wasm, err := os.ReadFile(module)
			if err != nil {
				t.Fatal(err)
			}
			out, status := runProgram(t, wasm, goroot, path.Join(goroot, "src", pkg), "test", "-test.v", "-test.short")
			passed, failed := 0, 0
			for line := range strings.Lines(string(out)) {
				verdict, name, ok := strings.Cut(strings.TrimSpace(line), ": ")
				name, _, _ = strings.Cut(name, " ")
				switch {
				case !ok:
				case verdict == "--- PASS" && knownFailures[name] != "":
					t.Errorf("%s passes, and is known to fail because %s", name, knownFailures[name])
				case verdict == "--- PASS":
					passed++
				case verdict == "--- FAIL":
					failed++
					if test, _, _ := strings.Cut(name, "/"); knownFailures[test] == "" {
						t.Errorf("%s fails", name)
					}
				}
			}
			if status != 0 && failed == 0 || t.Failed() {
				t.Errorf("exit status %d\n%s", status, out)
			}
			t.Logf("%d tests passed, %d are known to fail", passed, failed)
		})
	}
}

// runProgram runs a command that sees goroot and works in dir.
func runProgram(t *testing.T, wasm []byte, goroot, dir string, args ...string) (out []byte, status uint32) {
	t.Helper()
	s := scratch.New(1 << 28)
	t.Cleanup(func() { _ = s.Close() })
	var buf bytes.Buffer
	p := &Process{
		Args: args, Env: []string{"PWD=" + dir, "TMPDIR=/tmp", "GOROOT=" + goroot}, Stdout: &buf, Stderr: &buf, Sleep: time.Sleep,
		FS: wasifs.New(wasifs.NewTree(map[string]fs.FS{goroot: os.DirFS(goroot)}), tmp{s}),
	}
	ctx := t.Context()
	rt := wazero.NewRuntime(ctx)
	t.Cleanup(func() { _ = rt.Close(context.Background()) })
	b := rt.NewHostModuleBuilder(ModuleName)
	Export(b, func(context.Context, api.Module) *Process { return p })
	if _, err := b.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := rt.Instantiate(ctx, wasm)
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		return buf.Bytes(), exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes(), 0
}
