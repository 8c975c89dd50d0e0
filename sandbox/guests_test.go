package sandbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// wasmRuntime is the runtime identifier of WebAssembly functions.
const wasmRuntime = "provided.al2023"

func newRuntime(t testing.TB, cfg runtime.Config) *runtime.Runtime {
	t.Helper()
	rt, err := runtime.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	return rt
}

// module reads a module of testdata.
func module(t testing.TB, name string) []byte {
	t.Helper()
	wasm, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// packed is a package of one module, bootstrap.wasm, and a file to read.
func packed(wasm []byte) runtime.Code {
	return runtime.Files(map[string]string{"bootstrap.wasm": string(wasm), "data.txt": "of the code"})
}

// deploy deploys a module with a handler that it finds by itself.
func deploy(t testing.TB, rt *runtime.Runtime, name string, wasm []byte, timeout time.Duration) {
	t.Helper()
	if err := rt.Deploy(t.Context(), runtime.Function{Name: name, Runtime: wasmRuntime, Code: packed(wasm), Timeout: timeout}); err != nil {
		t.Fatal(err)
	}
}

// built builds modules once each, in a folder that lives as long as the tests.
var built = struct {
	sync.Mutex
	dir     string
	modules map[string]func() ([]byte, error)
}{modules: map[string]func() ([]byte, error){}}

func TestMain(m *testing.M) {
	status := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(status)
}

// build runs a compiler, whose arguments hold OUT where the module goes, in a
// folder. It skips the test if the compiler, or what it needs, is not there.
func build(t testing.TB, dir string, env []string, command ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not installed", command[0])
	}
	built.Lock()
	if built.dir == "" {
		var err error
		if built.dir, err = os.MkdirTemp("", "lambent-guests-"); err != nil {
			t.Fatal(err)
		}
	}
	key := dir + " " + strings.Join(command, " ")
	out := filepath.Join(built.dir, strconv.Itoa(len(built.modules))+".wasm")
	if built.modules[key] == nil {
		built.modules[key] = sync.OnceValues(func() ([]byte, error) {
			args := make([]string, len(command))
			for i, a := range command {
				args[i] = strings.ReplaceAll(a, "OUT", out)
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
			if text, err := cmd.CombinedOutput(); err != nil {
				return text, err
			}
			return os.ReadFile(out)
		})
	}
	made := built.modules[key]
	built.Unlock()
	wasm, err := made()
	switch {
	case err != nil && command[0] == "go":
		t.Fatalf("go build: %v\n%s", err, wasm)
	case err != nil:
		t.Skipf("%s cannot build for WebAssembly here: %v\n%.500s", command[0], err, wasm)
	}
	return wasm
}

// goReactor is the guest in Go; its compiler is always there.
func goReactor(t testing.TB) []byte {
	t.Helper()
	return build(t, "testdata/go/reactor", []string{"GOOS=wasip1", "GOARCH=wasm"},
		"go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", "OUT", ".")
}
