package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func shell(script string, dir string) Command {
	return Command{Path: "/bin/sh", Args: []string{"-c", script}, Dir: dir, Env: os.Environ()}
}

// exists is a probe that waits for a file.
func exists(path string) func(context.Context) error {
	return func(context.Context) error {
		_, err := os.Stat(path)
		return err
	}
}

func TestStopEndsTheWholeTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The child ignores SIGTERM and so does its own child.
	p, err := Start(shell("trap '' TERM; (sleep 600 & echo $! >pid; mv pid ready; wait); sleep 600", dir))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ready := filepath.Join(dir, "ready")
	if err := p.Ready(ctx, exists(ready)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(ready)
	if err != nil {
		t.Fatal(err)
	}
	grandchild, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.Stop(time.Millisecond); err != nil {
			t.Errorf("Stop: %v", err)
		}
	}
	if err := syscall.Kill(p.ID(), 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the child is still there: %v", err)
	}
	// init may take a moment to collect the grandchild; until then it is a
	// zombie, which has no command line.
	if line, err := os.ReadFile("/proc/" + strconv.Itoa(grandchild) + "/cmdline"); err == nil && len(line) > 0 {
		t.Errorf("the grandchild is still there: %q", line)
	}
}

func TestReadyExplainsAChildThatEnds(t *testing.T) {
	t.Parallel()
	p, err := Start(shell("echo 'port in use' >&2; exit 3", t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	err = p.Ready(t.Context(), func(context.Context) error { return errors.New("no") })
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "port in use") {
		t.Errorf("Ready: %v; want the exit status and the output", err)
	}
	if err := p.Stop(time.Second); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func TestReadyGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	p, err := Start(shell("sleep 600", t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = p.Ready(ctx, func(context.Context) error {
		cancel()
		return errors.New("still starting")
	})
	if err == nil || !strings.Contains(err.Error(), "still starting") {
		t.Errorf("Ready: %v; want the probe's error", err)
	}
	if err := p.Stop(time.Second); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func TestStartReportsAMissingProgram(t *testing.T) {
	t.Parallel()
	if _, err := Start(Command{Path: filepath.Join(t.TempDir(), "missing")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Start: %v, want %v", err, os.ErrNotExist)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	var out tail
	for _, text := range []string{"start", strings.Repeat("x", 3*tailSize), "end"} {
		if n, err := out.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("Write = %d, %v; want %d", n, err, len(text))
		}
	}
	if got := out.text(); len(got) != tailSize || !strings.HasSuffix(got, "xend") {
		t.Errorf("tail has %d bytes and ends with %q, want %d and xend", len(got), got[len(got)-4:], tailSize)
	}
}
