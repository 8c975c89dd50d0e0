package diskcache

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const key = "0123abcd"

// fill writes an entry with one file.
func fill(t *testing.T, c *Cache, key, text string) {
	t.Helper()
	d, err := c.Draft(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "code"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) *Cache {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "cache"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEntryIsFoundByTheNextProcess(t *testing.T) {
	t.Parallel()
	c := open(t)
	if _, ok := c.Lookup(key); ok {
		t.Fatal("an empty cache has an entry")
	}
	fill(t, c, key, "machine code")
	again, err := Open(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	dir, ok := again.Lookup(key)
	if !ok {
		t.Fatal("the entry is not found")
	}
	if got, err := os.ReadFile(filepath.Join(dir, "code")); err != nil || string(got) != "machine code" {
		t.Errorf("the entry holds %q, %v", got, err)
	}
}

func TestUnsoundEntryIsThrownAway(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(entry string) error
	}{
		{"a bit of the code changed", func(e string) error {
			return os.WriteFile(filepath.Join(e, dataDir, "code"), []byte("machine c0de"), 0o600)
		}},
		{"the code is cut short", func(e string) error { return os.Truncate(filepath.Join(e, dataDir, "code"), 5) }},
		{"the code is missing", func(e string) error { return os.Remove(filepath.Join(e, dataDir, "code")) }},
		{"the code has another name", func(e string) error {
			return os.Rename(filepath.Join(e, dataDir, "code"), filepath.Join(e, dataDir, "kode"))
		}},
		{"a file was added", func(e string) error { return os.WriteFile(filepath.Join(e, dataDir, "more"), nil, 0o600) }},
		{"a link was added", func(e string) error { return os.Symlink("/etc/passwd", filepath.Join(e, dataDir, "more")) }},
		{"the sum is missing", func(e string) error { return os.Remove(filepath.Join(e, sumFile)) }},
		{"the sum is empty", func(e string) error { return os.Truncate(filepath.Join(e, sumFile), 0) }},
		{"the data are missing", func(e string) error { return os.RemoveAll(filepath.Join(e, dataDir)) }},
		{"it is the entry of another key", func(e string) error {
			other := filepath.Join(filepath.Dir(e), "other")
			if err := os.RemoveAll(e); err != nil {
				return err
			}
			return os.Rename(other, e)
		}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			fill(t, c, key, "machine code")
			fill(t, c, "other", "machine code")
			entry := filepath.Join(c.dir, key)
			if err := tc.spoil(entry); err != nil {
				t.Fatal(err)
			}
			if _, ok := c.Lookup(key); ok {
				t.Fatal("it is trusted")
			}
			if _, err := os.Lstat(entry); err == nil {
				t.Error("it is still there")
			}
			fill(t, c, key, "machine code")
			if _, ok := c.Lookup(key); !ok {
				t.Error("its successor is not found")
			}
		})
	}
}

func TestFolderIsTheUsersAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, c, key, "machine code")
	for _, path := range []string{dir, filepath.Join(dir, key), filepath.Join(dir, key, dataDir)} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, got)
		}
	}
}

func TestManyWritersOfOneEntryLeaveOne(t *testing.T) {
	t.Parallel()
	c := open(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			fill(t, c, key, "machine code")
			if _, ok := c.Lookup(key); !ok {
				t.Error("the entry is not found")
			}
		})
	}
	all.Wait()
	files, err := os.ReadDir(c.dir)
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v; want one entry", files, err)
	}
}

func TestDiscardedDraftLeavesNothing(t *testing.T) {
	t.Parallel()
	c := open(t)
	d, err := c.Draft(key)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(filepath.Base(d.top), draftTag) {
		t.Errorf("a draft is called %s", d.top)
	}
	d.Discard()
	if files, err := os.ReadDir(c.dir); err != nil || len(files) != 0 {
		t.Errorf("the folder holds %v, %v; want nothing", files, err)
	}
}

func TestEntriesUsedLongestAgoGo(t *testing.T) {
	t.Parallel()
	c := open(t)
	for i := range maxEntries + 3 {
		dir := filepath.Join(c.dir, "old"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26)))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, c, key, "machine code")
	if _, ok := c.Lookup(key); !ok {
		t.Error("the newest entry went")
	}
	if files, err := os.ReadDir(c.dir); err != nil || len(files) > maxEntries {
		t.Errorf("%d entries are left, %v; want %d at most", len(files), err, maxEntries)
	}
}
