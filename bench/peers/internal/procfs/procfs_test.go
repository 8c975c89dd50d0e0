package procfs

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// file makes one of /proc's.
func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func stat(head, times string) *fstest.MapFile {
	return file(head + " 1 1 0 -1 4194304 100 0 0 0 " + times + " 20 0 1 0 12345 1000 10\n")
}

func tree() fstest.MapFS {
	return fstest.MapFS{
		"uptime":     file("1 2\n"),
		"1/stat":     stat("1 (init) S 0", "900 900 900 900"),
		"1/status":   file("VmHWM:\t 9999 kB\nVmRSS:\t 9999 kB\n"),
		"10/stat":    stat("10 (a server) S 1", "100 20 3 4"),
		"10/status":  file("Name:\ta server\nVmPeak:\t 77 kB\nVmHWM:\t    30 kB\nVmRSS:\t    20 kB\n"),
		"11/stat":    stat("11 (odd ) name (x) S 1) R 10", "7 8 0 0"),
		"11/status":  file("VmHWM:\t 3 kB\nVmRSS:\t 2 kB\n"),
		"12/stat":    stat("12 (grandchild) S 11", "1 0 0 0"),
		"12/status":  file("State:\tZ (zombie)\n"),
		"100/stat":   stat("100 (other) S 1", "5000 5000 0 0"),
		"100/status": file("VmHWM:\t 5 kB\nVmRSS:\t 5 kB\n"),
	}
}

func TestTreeAddsUpAProcessAndItsDescendants(t *testing.T) {
	t.Parallel()
	got, err := Tree(tree(), 10)
	want := Usage{CPU: (127 + 15 + 1) * 10 * time.Millisecond, RSS: 22 << 10, Peak: 33 << 10, Processes: 3}
	if got != want || err != nil {
		t.Errorf("Tree = %+v, %v; want %+v", got, err, want)
	}
}

func TestTreeReportsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		file    string
		text    string
		wantErr string
	}{
		{"a stat that is too short", "12/stat", "12 (x) S 11 1", "fields after the name"},
		{"a parent that is no number", "12/stat", "12 (x) S y" + strings.Repeat(" 1", 30), "parent"},
		{"a time that is no number", "12/stat", "12 (x) S 11 1 1 0 -1 4194304 100 0 0 0 1 z 0 0 20", "times"},
		{"memory in another unit", "12/status", "VmRSS: 12 MB\n", "VmRSS"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			proc := tree()
			proc[tc.file] = file(tc.text)
			if _, err := Tree(proc, 10); err == nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("Tree: %v; want an error with %q", err, tc.wantErr)
			}
		})
	}
	if _, err := Tree(tree(), 4711); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Tree of no process: %v, want %v", err, fs.ErrNotExist)
	}
}

func TestTreeOfThisProcess(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	before, err := Tree(os.DirFS("/proc"), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if before.RSS < 1<<20 || before.Peak < before.RSS || before.Processes < 1 {
		t.Errorf("Tree = %+v, want more than 1 MiB and a peak that is no less", before)
	}
	// Work until the clock of this process has moved by two ticks.
	for after := before; after.CPU < before.CPU+2*tick; {
		for range 1_000_000 {
			_ = time.Now()
		}
		if after, err = Tree(os.DirFS("/proc"), os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
}
