// Package cmd_test holds the tree to its layout: which package may import which,
// which dependency has which door, and how long a file may get.
package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "github.com/lambent-run/lambent/"

// layers are the packages at the top, in the order in which imports may run:
// each may import those after it and nothing before it.
var layers = []string{"cmd", "invoker", "runtime", "js", "sandbox"}

// neverMeet lists pairs of trees of which neither may import the other.
var neverMeet = [][2]string{{"js", "sandbox"}}

// doors says which tree alone may import a dependency.
var doors = map[string][]string{
	"github.com/valyala/fasthttp":        {"invoker/internal/server", "bench"},
	"github.com/dop251/goja":             {"js", "bench"},
	"github.com/evanw/esbuild":           {"js"},
	"github.com/tetratelabs/wazero":      {"sandbox", "bench"},
	"github.com/hashicorp/golang-lru/v2": {"runtime", "js/internal/loader", "sandbox"},
	"github.com/spf13/cobra":             {"cmd"},
	"github.com/fsnotify/fsnotify":       {"cmd"},
	"go.etcd.io/bbolt":                   {"runtime/store/local"},
	"github.com/aws/aws-sdk-go-v2":       {"invoker/internal/cloud", "cmd"},
}

type listed struct {
	ImportPath           string
	Imports              []string
	TestImports          []string
	XTestImports         []string
	Dir                  string
	GoFiles, TestGoFiles []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json", "./...")
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsRunDownOnly(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, root)
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, root)
			if !ours {
				continue
			}
			if strings.HasPrefix(to, "bench") && !strings.HasPrefix(from, "bench") {
				t.Errorf("%s imports %s: nothing imports bench", from, to)
			}
			if up(from, to) {
				t.Errorf("%s imports %s: imports run down only, %s", from, to, strings.Join(layers, " -> "))
			}
			if facade, _, sub := strings.Cut(from, "/"); sub && to == facade && facade != "bench" && facade != "cmd" {
				if !ownTool(from) {
					t.Errorf("%s imports its own facade %s", from, to)
				}
			}
			for _, pair := range neverMeet {
				if in(from, pair[0]) && in(to, pair[1]) || in(from, pair[1]) && in(to, pair[0]) {
					t.Errorf("%s imports %s: %s and %s never meet", from, to, pair[0], pair[1])
				}
			}
		}
	}
}

func up(from, to string) bool {
	i, j := slices.Index(layers, top(from)), slices.Index(layers, top(to))
	return i >= 0 && j >= 0 && j < i
}

func top(path string) string {
	name, _, _ := strings.Cut(path, "/")
	return name
}

func in(path, tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") }

// ownTool says that a package is a suite that runs against its facade from
// outside.
func ownTool(path string) bool { return path == "invoker/conform" }

func TestEachDependencyHasItsDoor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, root)
		for _, imported := range p.Imports {
			for dependency, trees := range doors {
				if !in(imported, dependency) {
					continue
				}
				if !slices.ContainsFunc(trees, func(tree string) bool { return in(from, tree) }) {
					t.Errorf("%s imports %s, whose door is %v", from, imported, trees)
				}
			}
		}
	}
}

// topLevel is what may stand at the top of the tree.
var topLevel = []string{
	".ci", ".git", ".gitignore", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "RATIONALE.md",
	"bench", "cmd", "examples", "go.mod", "go.sum", "invoker", "js", "runtime", "sandbox",
	".cache", "lambent", // made by make, ignored by git
}

func TestTopLevelStaysAsItIs(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s stands at the top level", e.Name())
		}
	}
}

// maxLines is where a source file is about more than one thing.
const maxLines = 450

// unwanted are texts that no file of the project may hold: host names of package
// registries and paths of a machine that built it.
var unwanted = regexp.MustCompile(`proxy\.golang` + `\.org|registry\.npmjs` + `\.org|/root/` + `go/|/work/` + `(main|shared)`)

func TestFilesStaySmallAndSpeakOfTheProjectAlone(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if name == ".git" || name == ".cache" || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".js", ".mjs", ".ts", ".md", ".json", ".sh", ""}, filepath.Ext(name)) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if found := unwanted.Find(text); found != nil {
			t.Errorf("%s holds %q", path, found)
		}
		code := filepath.Ext(name) == ".go" || filepath.Ext(name) == ".js"
		if lines := bytes.Count(text, []byte("\n")); code && lines > maxLines && !strings.Contains(path, "testdata") && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s has %d lines, want %d or fewer", path, lines, maxLines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
