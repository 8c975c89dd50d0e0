package codefs

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stored is an archive of files that are not compressed.
func stored(t testing.TB, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "content of "+name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// record returns the central record of an archive's n-th file.
func record(archive []byte, n int) []byte {
	at := 0
	for range n + 1 {
		at += bytes.Index(archive[at:], []byte("PK\x01\x02")) + 4
	}
	return archive[at-4:]
}

// twoOfOne is an archive of two files that share their bytes.
func twoOfOne(t testing.TB) []byte {
	t.Helper()
	out := archive(t, entry{"a", strings.Repeat("x", 1000), 0o644}, entry{"b", strings.Repeat("x", 1000), 0o644})
	copy(record(out, 1)[42:46], record(out, 0)[42:46]) // where its header is
	return out
}

// changed is an archive of one file, with a part of it changed.
func changed(t testing.TB, change func(archive []byte)) []byte {
	t.Helper()
	out := stored(t, "index.js")
	change(out)
	return out
}

func TestCheckZip(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		zip      []byte
		unpacked int64
		want     error
	}{
		{"files and folders", archive(t, entry{"a/", "", fs.ModeDir | 0o755}, entry{"a/b", "123", 0o644}, entry{"c", "45", 0o755}), 5, nil},
		{"no files", archive(t), 0, nil},
		{"files that are not compressed", stored(t, "a", "b"), 24, nil},
		{"something before the archive", append([]byte("#!/bin/sh\nexit\n"), stored(t, "a")...), 12, nil},
		{"something after the archive", append(stored(t, "a"), "and more"...), 12, nil},
		{"files that share their bytes", twoOfOne(t), 0, ErrNotZip},
		{"an encrypted file", changed(t, func(b []byte) { record(b, 0)[8] |= 1 }), 0, nil},
		{"an unknown method", changed(t, func(b []byte) { record(b, 0)[10] = 99 }), 0, ErrNotZip},
		{"a wrong sum", changed(t, func(b []byte) { record(b, 0)[16] ^= 1 }), 0, ErrNotZip},
		{"a file that is longer than it says", changed(t, func(b []byte) { record(b, 0)[24]-- }), 0, ErrNotZip},
		{"a file that is shorter than it says", changed(t, func(b []byte) { record(b, 0)[24]++ }), 0, ErrNotZip},
		{"data that end behind the archive", changed(t, func(b []byte) { binary.LittleEndian.PutUint32(record(b, 0)[20:], 1<<30) }), 0, ErrNotZip},
		{"a file that is not where it should be", changed(t, func(b []byte) { binary.LittleEndian.PutUint32(record(b, 0)[42:], 1<<20) }), 0, ErrNotZip},
		{"a changed content", changed(t, func(b []byte) { b[bytes.Index(b, []byte("content"))] = 'C' }), 0, ErrNotZip},
		{"a directory that is cut off", stored(t, "index.js")[:60], 0, ErrNotZip},
		{"a path that climbs out", archive(t, entry{"../evil", "", 0o644}), 0, ErrPath},
		{"a path that is too long", archive(t, entry{strings.Repeat("a", maxName+1), "", 0o644}), 0, ErrPath},
		{"a link to itself", archive(t, entry{"l", "l", fs.ModeSymlink | 0o777}), 1, nil},
		{"a device", archive(t, entry{"d", "", fs.ModeDevice | 0o644}), 0, nil},
	}
	refused := []string{"an encrypted file", "a device"}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			unpacked, err := CheckZip(bytes.NewReader(tc.zip), int64(len(tc.zip)))
			if slices.Contains(refused, tc.name) {
				if err == nil {
					t.Error("it was taken")
				}
				return
			}
			if unpacked != tc.unpacked || !errors.Is(err, tc.want) {
				t.Errorf("CheckZip = %d, %v; want %d, %v", unpacked, err, tc.unpacked, tc.want)
			}
		})
	}
}

func TestArchivesWithoutEndAreRefused(t *testing.T) {
	t.Parallel()
	deep := func(n, depth int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("%d/%sf", i, strings.Repeat("d/", depth)))
		}
		return names
	}
	tests := []struct {
		name string
		zip  []byte
		ok   bool
	}{
		{"more files than the first format can count", stored(t, deep(66_000, 0)...), true},
		{"more folders than fit in memory", stored(t, deep(maxFiles/2000+1, 2000)...), false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := CheckZip(bytes.NewReader(tc.zip), int64(len(tc.zip))); (err == nil) != tc.ok {
				t.Errorf("CheckZip: %v", err)
			}
		})
	}
}

func TestNamesAndPermissionsAreThoseOfTheArchive(t *testing.T) {
	t.Parallel()
	tree, err := Zip(archive(t,
		entry{"Index.js", "upper", 0o644}, entry{"index.js", "lower", 0o644}, entry{"twice", "first", 0o644}, entry{"twice", "last", 0o644},
		entry{"bootstrap", "", 0o755}, entry{"hidden", "seen", 0o000},
	))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Index.js": "upper", "index.js": "lower", "twice": "last", "hidden": "seen"} {
		if got, err := tree.ReadFile(name); string(got) != want || err != nil {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]fs.FileMode{"bootstrap": 0o755, "hidden": 0o444, "index.js": 0o644} {
		if got := must(tree.Stat(name)).Mode(); got != want {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}
}

func TestLocalCode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	alone := write("alone/a.js", "1")
	write("alone/b.js", "2")
	packaged := write("package/a.js", "1")
	write("package/package.json", "{}")
	zipped := write("code.ZIP", string(archive(t, entry{"z.js", "", 0o644})))
	broken := write("broken.zip", "no")
	tests := []struct {
		name, path string
		want       []string // files; nil: an error
	}{
		{"a folder", filepath.Dir(alone), []string{"a.js", "b.js"}},
		{"a file on its own", alone, []string{"a.js"}},
		{"a file of a package", packaged, []string{"a.js", "package.json"}},
		{"an archive", zipped, []string{"z.js"}},
		{"a broken archive", broken, nil},
		{"nothing", filepath.Join(dir, "none"), nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			files, sum, err := Local(tc.path)
			if tc.want == nil {
				if err == nil {
					t.Error("it was opened")
				}
				return
			}
			if err != nil || sum == [32]byte{} {
				t.Fatalf("sum %x, %v", sum, err)
			}
			got, err := fs.Glob(files, "*")
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("files are %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}
