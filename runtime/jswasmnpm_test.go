package runtime_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

// TestPackagesThatCarryWebAssemblyWorkAsInNode runs packages from npm: two of
// hashes, two of compression, and SQLite. It needs npm and a registry that
// answers, and is skipped without.
func TestPackagesThatCarryWebAssemblyWorkAsInNode(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("packages are installed by the long tests only")
	}
	dir := t.TempDir()
	for _, name := range []string{"index.js", "package.json"} {
		text, err := os.ReadFile("testdata/jswasmnpm/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--fetch-retries=0")
	install.Dir, install.WaitDelay = dir, time.Second
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install the packages: %v\n%s", err, out)
	}

	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	f := runtime.Function{Name: "f", Code: runtime.Dir(dir), MemorySize: 512, Timeout: 5 * time.Minute}
	if err := rt.Deploy(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	names := []string{"hash-wasm", "xxhash-wasm", "@bokuweb/zstd-wasm"}
	if !raceDetector { // with which it takes long to compile the large ones
		names = append(names, "brotli-wasm", "sql.js")
	}
	event, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	res, err := rt.Invoke(t.Context(), "f", event)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile("testdata/jswasmnpm/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(recorded, &want); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s: got %v, want %v", name, got[name], want[name])
		}
	}
}
