package wasifs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// tmp makes the environment's scratch a wasifs.Scratch.
type tmp struct{ *scratch.Tmp }

func (t tmp) Open(name string, flag int, perm fs.FileMode) (wasifs.ScratchFile, error) {
	return t.Tmp.Open(name, flag, perm)
}

func code() fs.FS {
	return fstest.MapFS{"data.txt": {Data: []byte("of the code"), Mode: 0o644}, "lib/a": {Data: []byte("a"), Mode: 0o644}}
}

// counting counts how often each file is opened and closed, and hides all that
// an open file can do but to be read.
type counting struct {
	fs.FS
	opened, closed atomic.Int32
}

func (c *counting) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	c.opened.Add(1)
	return &counted{f, c}, nil
}

type counted struct {
	fs.File
	c *counting
}

func (f *counted) Close() error {
	f.c.closed.Add(1)
	return f.File.Close()
}

func TestFileOfTheCodeIsOpenedOnceForAll(t *testing.T) {
	t.Parallel()
	c := &counting{FS: code()}
	tree := wasifs.NewTree(map[string]fs.FS{wasifs.CodeDir: struct{ fs.FS }{c}})
	statted := c.opened.Load()
	var wg sync.WaitGroup
	hold := make(chan struct{})
	var held sync.WaitGroup
	for range 50 {
		held.Add(1)
		wg.Go(func() {
			f := wasifs.New(tree, nil)
			file, errno := f.Open("/var/task/data.txt", wasifs.Read)
			held.Done()
			if errno != 0 {
				t.Errorf("open: %d", errno)
				return
			}
			<-hold
			b := make([]byte, 4)
			if n, errno := file.ReadAt(b, 3); string(b[:n]) != "the " || errno != 0 {
				t.Errorf("read %q, %d", b[:n], errno)
			}
			file.Close()
			file.Close()
		})
	}
	held.Wait()
	// Each guest's fs.Stat opens the file too, and closes it at once.
	if open := c.opened.Load() - statted - c.closed.Load(); open != 1 {
		t.Errorf("the file is open %d times", open)
	}
	close(hold)
	wg.Wait()
	if opened, closed := c.opened.Load(), c.closed.Load(); opened != closed {
		t.Errorf("%d opened, %d closed", opened, closed)
	}
}

type failing struct{ fs.FS }

func (f failing) Open(name string) (fs.File, error) {
	if name == "bad" {
		return nil, &fs.PathError{Op: "open", Path: "/home/host/secret", Err: syscall.EACCES}
	}
	return f.FS.Open(name)
}

func TestErrorsOfTheHostBecomeNumbers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want wasifs.Errno
	}{
		{"none", nil, 0},
		{"number of the host", &fs.PathError{Err: syscall.ENOSPC}, wasifs.ENOSPC},
		{"number of the host that WASI has not", syscall.EXFULL, wasifs.EIO},
		{"number of WASI", fmt.Errorf("write: %w", wasifs.EPIPE), wasifs.EPIPE},
		{"missing file", fs.ErrNotExist, wasifs.ENOENT},
		{"file that is closed", fs.ErrClosed, wasifs.EBADF},
		{"file that is there", fs.ErrExist, wasifs.EEXIST},
		{"permission", fs.ErrPermission, wasifs.EACCES},
		{"anything else", errors.New("disk of the host on fire"), wasifs.EIO},
	}
	for _, tc := range tests {
		if got := wasifs.ErrnoOf(tc.err); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	f := wasifs.New(wasifs.NewTree(map[string]fs.FS{wasifs.CodeDir: failing{fstest.MapFS{}}}), nil)
	if _, errno := f.Stat("/var/task/bad", true); errno != wasifs.EACCES {
		t.Errorf("stat = %d, want %d", errno, wasifs.EACCES)
	}
}

func TestWithoutTmpNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	f := wasifs.New(wasifs.NewTree(map[string]fs.FS{wasifs.CodeDir: code()}), nil)
	if _, errno := f.Open("/tmp/x", wasifs.Write|wasifs.Create); errno == 0 {
		t.Error("a file was made")
	}
	if errno := f.Mkdir("/tmp"); errno == 0 {
		t.Error("a folder was made")
	}
}

func TestLinksThatGrowArePutAnEndTo(t *testing.T) {
	t.Parallel()
	s := scratch.New(1 << 20)
	f := wasifs.New(wasifs.NewTree(nil), tmp{s})
	for p, target := range map[string]string{
		"/tmp/grow": "grow/grow/grow", "/tmp/long": strings.Repeat("x/", 2000), "/tmp/up": "../../../..", "/tmp/root": "/",
	} {
		if errno := f.Symlink(target, p); errno != 0 {
			t.Fatalf("link %s: %d", p, errno)
		}
	}
	for p, want := range map[string]wasifs.Errno{
		"/tmp/grow": wasifs.ELOOP, "/tmp/long": wasifs.ENAMETOOLONG, "/tmp/root/tmp/root/tmp/none": wasifs.ENOENT, "/tmp/up": 0, "/tmp/root": 0,
	} {
		if _, errno := f.Stat(p, true); errno != want && (want != wasifs.ELOOP || errno != wasifs.ENAMETOOLONG) {
			t.Errorf("stat %s = %d, want %d", p, errno, want)
		}
	}
}

// FuzzPaths opens, makes and links at paths of every kind. Whatever a guest does,
// what it reads is of its own tree, and nothing panics.
func FuzzPaths(f *testing.F) {
	for _, p := range []string{"data.txt", "../../etc/passwd", "tmp/a", "tmp/a/../../x", "a//b/./c/", "\x00", "var/task/lib/a"} {
		f.Add("/", p, "tmp/l")
		f.Add("/tmp", p, "/var/task")
	}
	f.Fuzz(func(t *testing.T, dir, name, target string) {
		s := scratch.New(1 << 16)
		defer s.Close()
		host := fstest.MapFS{"data.txt": {Data: []byte("inside")}, "lib/a": {Data: []byte("inside")}}
		tree := wasifs.New(wasifs.NewTree(map[string]fs.FS{wasifs.CodeDir: host, "/opt": host}), tmp{s})
		p, _, errno := wasifs.Clean(dir, name)
		if errno != 0 {
			return
		}
		if !strings.HasPrefix(p, "/") || path.Clean(p) != p {
			t.Fatalf("Clean(%q, %q) = %q", dir, name, p)
		}
		_ = tree.Symlink(target, "/tmp/l")
		_ = tree.Symlink(target, p)
		_ = tree.Mkdir(p)
		for _, at := range []string{p, "/tmp/l"} {
			_, _ = tree.Stat(at, false)
			_, _ = tree.ReadDir(at)
			_, _ = tree.Readlink(at)
			for _, flag := range []wasifs.Flag{wasifs.Read, wasifs.Read | wasifs.Follow, wasifs.Write | wasifs.Create | wasifs.Follow} {
				file, errno := tree.Open(at, flag)
				if errno != 0 {
					continue
				}
				if st, errno := file.Stat(); errno != 0 || st.IsDir() != file.IsDir() {
					t.Fatalf("%s: %+v, %d", at, st, errno)
				}
				_, _ = file.WriteAt([]byte("inside"), 0)
				b := make([]byte, 6)
				if n, errno := file.ReadAt(b, 0); errno == 0 && !bytes.HasPrefix([]byte("inside"), b[:n]) {
					t.Fatalf("%s holds %q", at, b[:n])
				}
				file.Close()
			}
			_ = tree.Rename(at, "/tmp/moved")
			_ = tree.Remove(at, false)
			_ = tree.Remove(at, true)
		}
	})
}
