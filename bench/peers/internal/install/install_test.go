package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// fakeNPM puts a shell script named npm first in PATH.
func fakeNPM(t *testing.T, script string) {
	t.Helper()
	bin := t.TempDir()
	write(t, filepath.Join(bin, "npm"), "#!/bin/sh\n"+script+"\n", 0o755)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func project(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "package.json"), `{"version":"`+version+`"}`, 0o644)
	write(t, filepath.Join(dir, "package-lock.json"), `{}`, 0o644)
	return dir
}

func TestNPMInstallsOncePerContent(t *testing.T) {
	fakeNPM(t, `echo "$@" $(cat package.json) >>calls`)
	cache := t.TempDir()
	one := NPM{Source: project(t, "1"), Cache: cache, Flags: []string{"--ignore-scripts"}}
	two := NPM{Source: project(t, "2"), Cache: cache, Flags: []string{"--ignore-scripts"}}
	if one.Installed() {
		t.Error("Installed before Install")
	}
	dir, err := one.Install(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !one.Installed() || two.Installed() {
		t.Errorf("Installed says %v of what is installed and %v of another version", one.Installed(), two.Installed())
	}
	again, err := one.Install(t.Context())
	if again != dir || err != nil {
		t.Errorf("second Install = %s, %v; want %s", again, err, dir)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if want := "ci --no-audit --no-fund --ignore-scripts {\"version\":\"1\"}\n"; string(calls) != want || err != nil {
		t.Errorf("npm was called with %q, %v; want %q once", calls, err, want)
	}
	if other, err := two.Install(t.Context()); other == dir || err != nil {
		t.Errorf("Install of another version = %s, %v; want another folder", other, err)
	}
}

func TestNPMReportsItsFailureAndTriesAgain(t *testing.T) {
	fakeNPM(t, `[ -e second ] && exit 0; touch second
echo "npm error code 1" >&2
echo "npm error cmake is not installed" >&2
echo "npm error A complete log of this run can be found in: x.log" >&2
exit 7`)
	npm := NPM{Source: project(t, "1"), Cache: t.TempDir()}
	_, err := npm.Install(t.Context())
	if err == nil || !strings.Contains(err.Error(), "exit status 7: cmake is not installed") {
		t.Errorf("Install: %v; want the exit status and the line that tells why", err)
	}
	if _, err := npm.Install(t.Context()); err != nil {
		t.Errorf("second Install: %v", err)
	}
}

func TestNPMEndsWithItsContext(t *testing.T) {
	fakeNPM(t, "exec sleep 600")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 1, errors.New("took too long"))
	defer cancel()
	npm := NPM{Source: project(t, "1"), Cache: t.TempDir()}
	if _, err := npm.Install(ctx); err == nil || !strings.Contains(err.Error(), "took too long") {
		t.Errorf("Install: %v; want the context's cause", err)
	}
}

func TestNPMNeedsItsFiles(t *testing.T) {
	t.Parallel()
	npm := NPM{Source: t.TempDir(), Cache: t.TempDir()}
	if _, err := npm.Install(t.Context()); !errors.Is(err, os.ErrNotExist) || npm.Installed() {
		t.Errorf("Install: %v, want %v", err, os.ErrNotExist)
	}
}

func TestGoBuildNamesCommandsAfterTheirFolders(t *testing.T) {
	t.Parallel()
	root, bin := t.TempDir(), t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "module example.com/m\n\ngo 1.24\n", 0o644)
	write(t, filepath.Join(root, "cmd", "tool", "main.go"), "package main\n\nfunc main() {}\n", 0o644)
	if err := GoBuild(t.Context(), root, bin, "./cmd/tool"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(bin, "cmd-tool")); err != nil {
		t.Error(err)
	}
	if err := GoBuild(t.Context(), root, bin, "./cmd/none"); err == nil {
		t.Error("GoBuild of a missing package: no error, want one")
	}
}

func TestMissingNamesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	got := Missing("sh", "no-such-command-anywhere")
	if want := []string{"no-such-command-anywhere"}; !slices.Equal(got, want) {
		t.Errorf("Missing = %q, want %q", got, want)
	}
}
