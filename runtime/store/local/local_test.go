package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.etcd.io/bbolt"

	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return opened(t, t.TempDir()) })
}

func opened(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s *Store, key, value string, was uint64) uint64 {
	t.Helper()
	revision, err := s.KV().Put(t.Context(), key, []byte(value), was)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func TestRecordsAndContentsOutliveTheStore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "as needed")
	s := opened(t, dir)
	revision := put(t, s, "k", "v", 0)
	sum, _, err := s.Blob().Put(t.Context(), strings.NewReader("content"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	e, err := s.KV().Get(t.Context(), "k")
	if err != nil || string(e.Value) != "v" || e.Revision != revision {
		t.Errorf("got %q at %d, %v; want v at %d", e.Value, e.Revision, err, revision)
	}
	if again := put(t, s, "other", "v", 0); again <= revision {
		t.Errorf("revision %d after %d of an earlier process", again, revision)
	}
	c, err := s.Blob().Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Size() != 7 {
		t.Errorf("the content has %d bytes, want 7", c.Size())
	}
	for _, path := range []string{dir, filepath.Join(dir, blobsDir), filepath.Join(dir, recordsFile)} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v; others must not have access", path, info.Mode(), err)
		}
	}
}

func TestSecondOpenIsToldThatTheFolderIsInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir)
	_, err := Open(dir)
	if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v, want ErrInUse that names %s", err, dir)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opened(t, dir)
}

func TestSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir)
	put(t, s, "k", "v", 0)
	later := append(migrations[:len(migrations):len(migrations)],
		func(tx *bbolt.Tx) error { return tx.Bucket(recordsBucket).Put([]byte("migrated"), make([]byte, 8)) })
	failing := append(later[:len(later):len(later)],
		func(*bbolt.Tx) error { return errors.New("no") })

	if err := migrate(s.kv.db, failing); err == nil {
		t.Error("a migration that fails is no error")
	}
	if list, _ := s.KV().List(t.Context(), "", "", 0); len(list) != 1 {
		t.Errorf("%d records after a migration that failed, want the 1 from before", len(list))
	}
	if err := migrate(s.kv.db, later); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.KV().List(t.Context(), "", "", 0); len(list) != 2 || list[1].Key != "migrated" {
		t.Errorf("%v, want the record and that of the migration", list)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), dir) {
		t.Errorf("open of a later schema: %v, want ErrNewer that names %s", err, dir)
	}
}

func TestDamagedFilesAreErrors(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	sum, _, err := s.Blob().Put(t.Context(), strings.NewReader("content"))
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range []string{"cOntent", "conten", ""} {
		if err := os.WriteFile(s.blob.path(sum), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Blob().Open(t.Context(), sum); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("content %q: %v, want ErrCorrupt", damaged, err)
		}
	}
	if _, _, err := s.Blob().Put(t.Context(), strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	c, err := s.Blob().Open(t.Context(), sum)
	if err != nil {
		t.Fatalf("a second put has not mended the content: %v", err)
	}
	_ = c.Close()

	for _, records := range []string{"short", strings.Repeat("no database", 4096)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, recordsFile), []byte(records), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(dir); err == nil {
			_ = s.Close()
			t.Error("a file that is no database can be opened")
		}
	}
}

func TestWritersThatComeMeanwhileShareOneCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, t.TempDir())
		before := transaction(t, s)
		s.kv.commit.leading <- struct{}{} // somebody commits
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { put(t, s, fmt.Sprint("k", i), "v", 0) })
		}
		synctest.Wait() // they wait
		<-s.kv.commit.leading
		wg.Wait()
		if n := transaction(t, s) - before; n != 1 {
			t.Errorf("%d transactions for 20 writers, want 1", n)
		}
		if list, err := s.KV().List(t.Context(), "", "", 0); err != nil || len(list) != 20 {
			t.Errorf("%d records, %v; want 20", len(list), err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// transaction is the number of the last one.
func transaction(t *testing.T, s *Store) (id int) {
	t.Helper()
	if err := s.kv.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestDamageWithinATransactionIsAnError(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	err := s.kv.commit.do(s.kv.db, &write{apply: func(*bbolt.Bucket) error { panic("page 7: invalid type") }})
	if err == nil || !strings.Contains(err.Error(), "page 7") {
		t.Errorf("%v, want the damage", err)
	}
	put(t, s, "k", "v", 0) // the next leader leads
}

func BenchmarkPut(b *testing.B) {
	s, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	value := []byte(strings.Repeat("v", 2000))
	var writers atomic.Int64
	b.Run("alone", func(b *testing.B) {
		var revision uint64
		for b.Loop() {
			if revision, err = s.KV().Put(b.Context(), "alone", value, revision); err != nil {
				b.Fatal(err)
			}
		}
		_ = s.KV().Delete(b.Context(), "alone", revision)
	})
	b.Run("of 32", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			key, revision := fmt.Sprint(writers.Add(1)), uint64(0)
			for pb.Next() {
				next, err := s.KV().Put(b.Context(), key, value, revision)
				if err != nil {
					b.Error(err)
					return
				}
				revision = next
			}
		})
	})
}

func BenchmarkGet(b *testing.B) {
	s, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, err := s.KV().Put(b.Context(), "k", []byte(strings.Repeat("v", 2000)), 0); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.KV().Get(b.Context(), "k"); err != nil {
			b.Fatal(err)
		}
	}
}
