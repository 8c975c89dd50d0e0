package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/bench/peers/internal/install"
)

//go:embed adapters
var adapters embed.FS

// AWS's emulator as a Go command.
const (
	emulatorPackage = "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie"
	emulatorVersion = "0f5fce3275ada05b2e0cc2c097c6240b0442a3d6"
)

// ids are the rivals in the order of the table.
var ids = []string{"fasthttp", "lambent", "goja", "node", "bun", "deno", "workerd", "aws"}

// setup finds, builds and installs rivals.
type setup struct {
	// root is the module's folder, cache where things are put.
	root, cache string
	// only are the ids to set up.
	only []string
	// quick forbids what takes minutes.
	quick bool
	// note tells the user what is skipped and why.
	note func(format string, args ...any)
}

func (s setup) bin() string { return filepath.Join(s.cache, "bin") }

func (s setup) wants(id string) bool { return slices.Contains(s.only, id) }

// generator is the built load generator.
func (s setup) generator() string { return filepath.Join(s.bin(), "bench-load-cmd") }

// rivals returns those that could be set up. What is missing is noted; that
// our own commands do not build is an error.
func (s setup) rivals(ctx context.Context) ([]rival, error) {
	builds := []string{"./bench/load/cmd"}
	for id, pkg := range map[string]string{
		"fasthttp": "./bench/peers/servers/fasthttp", "goja": "./bench/peers/servers/goja",
		"aws": "./bench/peers/servers/runtimeapi", "lambent": "./cmd/lambent",
	} {
		if s.wants(id) {
			builds = append(builds, pkg)
		}
	}
	if err := install.GoBuild(ctx, s.root, s.bin(), builds...); err != nil {
		return nil, err
	}
	steps := map[string]func(context.Context) (rival, error){
		"fasthttp": s.built(fasthttpEcho, "bench-peers-servers-fasthttp"),
		"goja":     s.built(plainGoja, "bench-peers-servers-goja"),
		"lambent":  s.built(lambent, "cmd-lambent"),
		"node":     s.node,
		"bun": s.npmBinary("@oven/bun-*/bin/bun", func(bin string) rival {
			return rival{name: "bun", id: "bun", command: adapted(bin, "bun.js")}
		}),
		"deno": s.npmBinary("@deno/*/deno", func(bin string) rival {
			return rival{name: "deno", id: "deno", command: adapted(bin, "run", "--no-remote", "--allow-net", "--allow-read", "deno.mjs")}
		}),
		"workerd": s.npmBinary("@cloudflare/workerd-*/bin/workerd", workerd),
		"aws":     s.aws,
	}
	var found []rival
	for _, id := range ids {
		if !s.wants(id) {
			continue
		}
		r, err := steps[id](ctx)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			s.note("skipped %s: %v", id, err)
			continue
		}
		found = append(found, r)
	}
	return found, nil
}

func (s setup) built(make func(bin string) rival, name string) func(context.Context) (rival, error) {
	return func(context.Context) (rival, error) { return make(filepath.Join(s.bin(), name)), nil }
}

func (s setup) node(context.Context) (rival, error) {
	path, err := exec.LookPath("node")
	return rival{name: nodeHTTP, id: "node", command: adapted(path, "node.js")}, err
}

// npmBinary finds a program that an npm package ships, by a pattern below
// node_modules: which of a package's platforms is there depends on the machine.
func (s setup) npmBinary(pattern string, make func(bin string) rival) func(context.Context) (rival, error) {
	return func(ctx context.Context) (rival, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, 3*time.Minute, errors.New("npm took more than 3 minutes"))
		defer cancel()
		npm := install.NPM{Source: filepath.Join(s.root, "bench", "peers"), Cache: s.cache, Flags: []string{"--ignore-scripts"}}
		dir, err := npm.Install(ctx)
		if err != nil {
			return rival{}, err
		}
		paths, err := filepath.Glob(filepath.Join(dir, "node_modules", pattern))
		if err != nil || len(paths) == 0 {
			return rival{}, fmt.Errorf("npm has no program for this machine (%s)", pattern)
		}
		var failed error
		for _, path := range paths { // a package may come in several builds, of which not all run here
			if failed = exec.CommandContext(ctx, path, "--version").Run(); failed == nil {
				return make(path), nil
			}
		}
		return rival{}, failed
	}
}

// aws sets up AWS's runtime client and what drives it.
func (s setup) aws(ctx context.Context) (rival, error) {
	npm := install.NPM{Source: filepath.Join(s.root, "bench", "peers", "aws"), Cache: s.cache, Flags: []string{"--foreground-scripts"}}
	if !npm.Installed() {
		if s.quick {
			return rival{}, errors.New("AWS's runtime client takes minutes to compile; run once without -quick")
		}
		if missing := install.Missing("g++", "make", "cmake", "autoconf", "automake", "libtoolize"); len(missing) > 0 {
			return rival{}, fmt.Errorf("AWS's runtime client compiles native code, which needs %s", strings.Join(missing, ", "))
		}
		s.note("AWS's runtime client compiles native code once; this takes a minute or two")
	}
	installing, cancel := context.WithTimeoutCause(ctx, 4*time.Minute, errors.New("the native code took more than 4 minutes"))
	defer cancel()
	dir, err := npm.Install(installing)
	if err != nil {
		return rival{}, err
	}
	client := filepath.Join(dir, "node_modules", "aws-lambda-ric", "bin", "index.mjs")
	emulator, err := s.emulator(ctx)
	if err != nil {
		s.note("AWS's emulator is missing, so a bare Runtime API that costs less stands in for it: %v", err)
		bare := filepath.Join(s.bin(), "bench-peers-servers-runtimeapi")
		return awsClient("AWS client, bare API", bare, client, "/", func(listen, api string) []string {
			return []string{"-listen", listen, "-api", api}
		}), nil
	}
	return awsClient("AWS emulator", emulator, client, "/2015-03-31/functions/function/invocations", func(listen, api string) []string {
		return []string{"--log-level", "error", "--runtime-interface-emulator-address", listen, "--runtime-api-address", api}
	}), nil
}

// emulator finds AWS's emulator in PATH or installs it.
func (s setup) emulator(ctx context.Context) (string, error) {
	if path, err := exec.LookPath("aws-lambda-rie"); err == nil {
		return path, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Minute, errors.New("go install took more than 2 minutes"))
	defer cancel()
	if err := install.GoInstall(ctx, s.bin(), emulatorPackage, emulatorVersion); err != nil {
		return "", err
	}
	return filepath.Join(s.bin(), "aws-lambda-rie"), nil
}

// stage writes the handlers and the adapters into dir.
func stage(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, h := range handlers.All() {
		if err := os.WriteFile(filepath.Join(dir, h.File), []byte(h.Source), 0o644); err != nil {
			return err
		}
	}
	return fs.WalkDir(adapters, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := adapters.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, entry.Name()), text, 0o644)
	})
}
