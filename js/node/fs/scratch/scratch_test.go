package scratch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/lambent-run/lambent/js/node/fs/scratch"
)

func write(t *testing.T, tmp *scratch.Tmp, name, text string) {
	t.Helper()
	f, err := tmp.Open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, tmp *scratch.Tmp, name string) string {
	t.Helper()
	f, err := tmp.Open(name, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, info.Size())
	if n, err := f.ReadAt(b, 0); n != len(b) || err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("ReadAt = %d, %v; want %d bytes", n, err, len(b))
	}
	return string(b)
}

func TestErrorsAreThoseOfPOSIX(t *testing.T) {
	t.Parallel()
	tmp := scratch.New(1 << 20)
	defer tmp.Close()
	write(t, tmp, "file", "x")
	for _, err := range []error{tmp.Mkdir("dir", 0o777), tmp.Mkdir("dir/sub", 0o777), tmp.Symlink("loop", "loop"), tmp.Symlink("/etc/passwd", "out")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func(name string, flag int) error {
		f, err := tmp.Open(name, flag, 0o666)
		if err == nil {
			f.Close()
		}
		return err
	}
	tests := []struct {
		name string
		err  error
		want syscall.Errno
	}{
		{"a missing file", open("nope", os.O_RDONLY), syscall.ENOENT},
		{"a missing folder", open("nope/x", os.O_WRONLY|os.O_CREATE), syscall.ENOENT},
		{"a file as a folder", open("file/x", os.O_RDONLY), syscall.ENOTDIR},
		{"writing to a folder", open("dir", os.O_WRONLY), syscall.EISDIR},
		{"creating what exists", open("file", os.O_WRONLY|os.O_CREATE|os.O_EXCL), syscall.EEXIST},
		{"a link to itself", open("loop", os.O_RDONLY), syscall.ELOOP},
		{"a link out of the tree", open("out", os.O_RDONLY), syscall.ENOENT},
		{"a path above the root is the root", open("../../etc/passwd", os.O_RDONLY), syscall.ENOENT},
		{"a name that is too long", open(strings.Repeat("x", 256), os.O_WRONLY|os.O_CREATE), syscall.ENAMETOOLONG},
		{"a path that is too long", open(strings.Repeat("x/", 3000), os.O_RDONLY), syscall.ENAMETOOLONG},
		{"making a folder twice", tmp.Mkdir("dir", 0o777), syscall.EEXIST},
		{"removing a full folder", tmp.Remove("dir"), syscall.ENOTEMPTY},
		{"removing the root", tmp.Remove("."), syscall.EBUSY},
		{"moving a folder into itself", tmp.Rename("dir", "dir/sub/dir"), syscall.EINVAL},
		{"moving a file over a folder", tmp.Rename("file", "dir"), syscall.EISDIR},
		{"moving a folder over a file", tmp.Rename("dir", "file"), syscall.ENOTDIR},
	}
	for _, tc := range tests {
		var pe *fs.PathError
		if !errors.Is(tc.err, tc.want) || !errors.As(tc.err, &pe) {
			t.Errorf("%s: %v; want a PathError of %v", tc.name, tc.err, tc.want)
		}
	}
}

func TestLinksAreFollowedInsideTheTree(t *testing.T) {
	t.Parallel()
	tmp := scratch.New(1 << 20)
	defer tmp.Close()
	if err := tmp.Mkdir("dir", 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, tmp, "dir/file", "text")
	for link, target := range map[string]string{"rel": "dir/file", "abs": "/tmp/dir/file", "folder": "dir", "up": "dir/../dir/./file", "dir/back": "../rel"} {
		if err := tmp.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"rel", "abs", "folder/file", "up", "dir/back", "folder/back"} {
		if got := read(t, tmp, name); got != "text" {
			t.Errorf("%s has %q, want %q", name, got, "text")
		}
	}
	if target, err := tmp.Readlink("rel"); target != "dir/file" || err != nil {
		t.Errorf("Readlink = %q, %v", target, err)
	}
}

func TestQuotaHoldsAndIsGivenBack(t *testing.T) {
	t.Parallel()
	const limit = 2 << 20
	tmp := scratch.New(limit)
	defer tmp.Close()
	f, err := tmp.Open("big", os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	chunk := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	var at int64
	for err == nil {
		_, err = f.WriteAt(chunk, at)
		at += int64(len(chunk))
	}
	if !errors.Is(err, syscall.ENOSPC) || at < limit/2 {
		t.Fatalf("after %d bytes: %v, want ENOSPC near %d", at, err, limit)
	}
	got := make([]byte, len(chunk))
	if _, err := f.ReadAt(got, 16*int64(len(chunk))); err != nil || !bytes.Equal(got, chunk) {
		t.Errorf("a large file does not read back: %v", err)
	}
	if _, err := f.WriteAt([]byte("x"), 1<<60); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a file with a hole: %v, want ENOSPC", err)
	}
	if err := tmp.Remove("big"); err != nil {
		t.Fatal(err)
	}
	if tmp.Used() < limit/2 {
		t.Errorf("an open file that was removed takes %d bytes of quota, want its size", tmp.Used())
	}
	f.Close()
	if tmp.Used() != 0 {
		t.Errorf("an empty tree takes %d bytes of quota", tmp.Used())
	}
}

func TestTheNumberOfFilesIsBounded(t *testing.T) {
	t.Parallel()
	tmp := scratch.New(1 << 40)
	defer tmp.Close()
	var err error
	n := 0
	for ; err == nil && n < 100_000; n++ {
		err = tmp.Mkdir(fmt.Sprint(n), 0o777)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("after %d folders: %v, want ENOSPC", n, err)
	}
}

func TestCloseRemovesTheHostFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	tmp := scratch.New(1 << 30)
	write(t, tmp, "small", "x")
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("a small file made %v on the host", entries)
	}
	write(t, tmp, "../../large", strings.Repeat("x", 1<<20))
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("a large file made %v on the host, want one folder", entries)
	}
	if got := read(t, tmp, "large"); len(got) != 1<<20 {
		t.Errorf("read %d bytes back", len(got))
	}
	if err := tmp.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("Close left %v", entries)
	}
	if _, err := tmp.Open("new", os.O_WRONLY|os.O_CREATE, 0o666); err == nil {
		t.Error("a closed tree still makes files")
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	tmp := scratch.New(8 << 20)
	defer tmp.Close()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				name := fmt.Sprintf("f%d", (g+i)%5)
				if f, err := tmp.Open(name, os.O_RDWR|os.O_CREATE, 0o666); err == nil {
					_, _ = f.WriteAt(make([]byte, 1000*i), 0)
					_, _ = f.ReadAt(make([]byte, 100), 0)
					_ = f.Truncate(int64(i))
					f.Close()
				}
				_, _ = tmp.ReadDir(".")
				_ = tmp.Rename(name, "g"+name)
				_ = tmp.Remove("g" + name)
			}
		})
	}
	wg.Wait()
	for _, e := range must(tmp.ReadDir(".")) {
		_ = tmp.Remove(e.Name())
	}
	if tmp.Used() != 0 {
		t.Errorf("an empty tree takes %d bytes of quota", tmp.Used())
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
