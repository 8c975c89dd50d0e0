// Package install puts the rivals into a cache folder: npm packages with pinned
// versions, and Go commands. What is there already is not fetched again.
package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// done marks a finished installation, so that a broken one is made again.
const done = ".installed"

// NPM is an npm project with pinned versions.
type NPM struct {
	// Source holds package.json and package-lock.json.
	Source string
	// Cache is where the folder of the installation is made. Its name depends on
	// the contents of the two files.
	Cache string
	// Flags are further arguments of "npm ci".
	Flags []string
}

var projectFiles = []string{"package.json", "package-lock.json"}

// dir is where the project is installed.
func (n NPM) dir() (string, error) {
	hash := sha256.New()
	for _, name := range projectFiles {
		text, err := os.ReadFile(filepath.Join(n.Source, name))
		if err != nil {
			return "", fmt.Errorf("install: %w", err)
		}
		hash.Write(text)
	}
	hash.Write([]byte(strings.Join(n.Flags, " ")))
	return filepath.Join(n.Cache, "npm-"+hex.EncodeToString(hash.Sum(nil)[:6])), nil
}

// Installed reports whether Install has nothing to do.
func (n NPM) Installed() bool {
	dir, err := n.dir()
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, done))
	}
	return err == nil
}

// Install runs "npm ci" if it has not been run yet and returns the folder that
// holds node_modules.
func (n NPM) Install(ctx context.Context) (string, error) {
	dir, err := n.dir()
	if err != nil || n.Installed() {
		return dir, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	for _, name := range projectFiles {
		if err := copyFile(filepath.Join(dir, name), filepath.Join(n.Source, name)); err != nil {
			return "", err
		}
	}
	args := append([]string{"ci", "--no-audit", "--no-fund"}, n.Flags...)
	if err := run(ctx, dir, nil, "npm", args...); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, done), nil, 0o644); err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	return dir, nil
}

// GoBuild builds the packages of the module in root into the folder bin.
func GoBuild(ctx context.Context, root, bin string, packages ...string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	for _, pkg := range packages {
		name := strings.TrimPrefix(strings.ReplaceAll(pkg, "/", "-"), ".-")
		if err := run(ctx, root, nil, "go", "build", "-o", filepath.Join(bin, name), pkg); err != nil {
			return err
		}
	}
	return nil
}

// GoInstall installs PACKAGE@VERSION into the folder bin, which holds the
// command under the package's last element.
func GoInstall(ctx context.Context, bin, pkg, version string) error {
	if _, err := os.Stat(filepath.Join(bin, filepath.Base(pkg))); err == nil {
		return nil
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	return run(ctx, bin, []string{"GOBIN=" + bin}, "go", "install", pkg+"@"+version)
}

// Missing returns those of the commands that the system does not have.
func Missing(commands ...string) []string {
	var missing []string
	for _, name := range commands {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// run runs a command to its end. The error tells its reason.
func run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("install: %s %s: %w: %s", name, args[0], err, reason(string(out)))
}

// reason picks from a failed command's output what tells why: npm's own error
// lines without the code and the advice, of anything else the last line.
func reason(out string) string {
	var errs []string
	last := "no output"
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if line != "" {
			last = line
		}
		text, isError := strings.CutPrefix(line, "npm error ")
		if isError && len(errs) < 4 && !advice.MatchString(text) {
			errs = append(errs, text)
		}
	}
	if len(errs) > 0 {
		return strings.Join(errs, "; ")
	}
	return last
}

var advice = regexp.MustCompile(`^(code|path|command) |complete log of this run`)

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	return nil
}
