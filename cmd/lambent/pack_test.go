package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unpacked lists an archive's files: their paths, modes and texts.
func unpacked(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(content); err != nil {
			t.Fatal(err)
		}
		files[f.Name] = f.Mode().String() + " " + text.String()
	}
	return files
}

func TestPackFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t,
		"index.js|1", "lib/a.js|2", "node_modules/p/index.js|3", ".git/config|no", "lib/.DS_Store|no",
		"test/a.test.js|no", "lib/b.test.js|no", "docs/x.md|no", "other/docs/x.md|4", "tmp/big|no",
		".lambentignore|# comment\n\n*.test.js\n/docs\ntmp/\n",
	)
	if err := os.Chmod(filepath.Join(dir, "lib", "a.js"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("lib/a.js", filepath.Join(dir, "main.js")); err != nil {
		t.Fatal(err)
	}
	archive, err := packFolder(dir, []string{"test"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"index.js": "-rw-r--r-- 1", "lib/a.js": "-rwxr-xr-x 2", "node_modules/p/index.js": "-rw-r--r-- 3",
		"other/docs/x.md": "-rw-r--r-- 4", "main.js": "Lrwxrwxrwx lib/a.js",
	}
	got := unpacked(t, archive)
	for name, is := range got {
		if want[name] != is {
			t.Errorf("%s is %q, want %q", name, is, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("the package lacks %v", want)
	}
	again, err := packFolder(dir, []string{"test"})
	if err != nil || !bytes.Equal(archive, again) {
		t.Errorf("the same files make another package, %v", err)
	}
}

func TestFilesThatCannotBePacked(t *testing.T) {
	t.Parallel()
	outside := folder(t, "secret|x")
	tests := []struct{ name, target, want string }{
		{"a link that leads out", filepath.Join(outside, "secret"), "which is not in the folder"},
		{"a link that climbs out", "../../../../../../etc/hosts", "which is not in the folder"},
		{"a link to nothing", "nowhere", "which does not exist"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, "index.js|1")
			if err := os.Symlink(tc.target, filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
			if _, err := packFolder(dir, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is %v, want %q", err, tc.want)
			}
			if _, err := packFolder(dir, []string{"link"}); err != nil {
				t.Errorf("what is left out does not matter: %v", err)
			}
		})
	}
	var usage usageError
	if _, err := packFolder(folder(t, "index.js|1"), []string{"[a"}); !errors.As(err, &usage) {
		t.Errorf("a broken pattern: %v, want a usage error", err)
	}
	if _, err := packFile(filepath.Join(outside, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is missing: %v", err)
	}
}

func TestPackFile(t *testing.T) {
	t.Parallel()
	dir := folder(t, "hello.js|1", "other.js|2")
	archive, err := packFile(filepath.Join(dir, "hello.js"))
	if err != nil {
		t.Fatal(err)
	}
	if got := unpacked(t, archive); len(got) != 1 || got["hello.js"] != "-rw-r--r-- 1" {
		t.Errorf("the package holds %v", got)
	}
}
