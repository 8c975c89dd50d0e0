package codefs

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// entry is a file of a test's archive.
type entry struct {
	name, content string
	mode          fs.FileMode
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: time.Unix(1e9, 0)}
		h.SetMode(e.mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestZipIsAFileSystem(t *testing.T) {
	t.Parallel()
	tree, err := Zip(archive(t,
		entry{"index.js", "1", 0o644},
		entry{"lib/", "", fs.ModeDir | 0o755},
		entry{"lib/a.js", "22", 0o600},
		entry{"./lib/deep/b.js", "333", 0o755},
		entry{"node_modules/.bin/x", "../../lib/a.js", fs.ModeSymlink | 0o777},
		entry{"current", "lib", fs.ModeSymlink | 0o777},
	))
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(tree, "index.js", "lib/a.js", "lib/deep/b.js"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{
		"lib/a.js": "22", "node_modules/.bin/x": "22", "current/deep/b.js": "333",
	} {
		if got, err := fs.ReadFile(tree, name); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	if got, err := tree.ReadLink("node_modules/.bin/x"); got != "../../lib/a.js" || err != nil {
		t.Errorf("ReadLink() = %q, %v", got, err)
	}
	if info, err := tree.Lstat("current"); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("Lstat() = %v, %v; want a link", info, err)
	}
}

func TestHostileArchivesAreRefused(t *testing.T) {
	t.Parallel()
	many := func(n int) (all []entry) {
		for range n {
			all = append(all, entry{"f", "", 0o644})
		}
		return all
	}
	tests := []struct {
		name string
		zip  []byte
		want error
	}{
		{"text", []byte("exports.handler = 1"), ErrNotZip},
		{"nothing", nil, ErrNotZip},
		{"path that climbs out", archive(t, entry{"../evil", "", 0o644}), ErrPath},
		{"path that climbs out in the middle", archive(t, entry{"a/../../evil", "", 0o644}), ErrPath},
		{"absolute path", archive(t, entry{"/etc/passwd", "", 0o644}), ErrPath},
		{"path of Windows", archive(t, entry{`..\evil`, "", 0o644}), ErrPath},
		{"NUL in a path", archive(t, entry{"a\x00b", "", 0o644}), ErrPath},
		{"link out", archive(t, entry{"a/l", "../../etc", fs.ModeSymlink | 0o777}), ErrPath},
		{"absolute link", archive(t, entry{"l", "/etc/passwd", fs.ModeSymlink | 0o777}), ErrPath},
		{"file below a file", archive(t, entry{"a", "", 0o644}, entry{"a/b", "", 0o644}), ErrPath},
		{"file in place of a folder", archive(t, entry{"a/b", "", 0o644}, entry{"a", "", 0o644}), ErrPath},
		{"bomb", claim(archive(t, entry{"f", "x", 0o644}), MaxUnpacked+1), ErrUnpacked},
		{"one name twice", archive(t, many(3)...), nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Zip(tc.zip); !errors.Is(err, tc.want) {
				t.Errorf("Zip() = %v, want %v", err, tc.want)
			}
		})
	}
}

// claim changes the size that an archive of one entry says it has, in its
// central directory.
func claim(archive []byte, size uint32) []byte {
	at := bytes.LastIndex(archive, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(archive[at+24:], size)
	return archive
}

func TestFileLongerThanItClaimsCannotBeRead(t *testing.T) {
	t.Parallel()
	tree, err := Zip(claim(archive(t, entry{"f", strings.Repeat("x", 1<<20), 0o644}), 10))
	if err != nil {
		t.Fatal(err)
	}
	if data, err := tree.ReadFile("f"); err == nil {
		t.Errorf("%d bytes were read of a file of 10", len(data))
	}
}

func TestLinkLoopIsAnError(t *testing.T) {
	t.Parallel()
	tree, err := Zip(archive(t, entry{"a", "b", fs.ModeSymlink}, entry{"b", "a", fs.ModeSymlink}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Open("a/x"); err == nil || !strings.Contains(err.Error(), "symbolic links") {
		t.Errorf("Open() = %v", err)
	}
}

func TestLaterLayersHideEarlierOnes(t *testing.T) {
	t.Parallel()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s), Mode: 0o644} }
	m := Merge(
		fstest.MapFS{"nodejs/a": file("1"), "nodejs/b": file("1"), "x/y": file("1")},
		fstest.MapFS{"nodejs/b": file("2"), "nodejs/c": file("2"), "x": file("2")},
	)
	if err := fstest.TestFS(m, "nodejs/a", "nodejs/b", "nodejs/c", "x"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"nodejs/a": "1", "nodejs/b": "2", "nodejs/c": "2", "x": "2"} {
		if got, err := fs.ReadFile(m, name); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}

func FuzzZip(f *testing.F) {
	f.Add(archive(f, entry{"index.js", "1", 0o644}, entry{"l", "index.js", fs.ModeSymlink}))
	f.Add(archive(f, entry{"a/../b", "1", 0o644}))
	f.Add(twoOfOne(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		size, checked := CheckZip(bytes.NewReader(data), int64(len(data)))
		tree, err := Zip(data)
		if err != nil {
			if checked == nil {
				t.Fatalf("the check found nothing wrong: %v", err)
			}
			return
		}
		if checked == nil && size > MaxUnpacked {
			t.Fatalf("%d bytes unpacked", size)
		}
		_ = fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if !fs.ValidPath(path) {
				t.Fatalf("invalid path %q", path)
			}
			if d.Type().IsRegular() {
				content, err := tree.ReadFile(path)
				if err == nil && int64(len(content)) != must(d.Info()).Size() {
					t.Fatalf("%s: %d bytes, want %d", path, len(content), must(d.Info()).Size())
				}
				if err != nil && checked == nil {
					t.Fatalf("the check found nothing wrong with %s: %v", path, err)
				}
			}
			return nil
		})
	})
}

func must(info fs.FileInfo, err error) fs.FileInfo {
	if err != nil {
		panic(err)
	}
	return info
}
