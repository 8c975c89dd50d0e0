package local

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime/store"
)

var kills = flag.Int("kills", 40, "how often the crash test kills its child")

// crashWriters is how many goroutines write in the child.
const crashWriters = 4

// TestMain is also the child's main.
func TestMain(m *testing.M) {
	flag.Parse()
	if dir := os.Getenv("LAMBENT_CRASH_DIR"); dir != "" {
		crashChild(dir, os.Getenv("LAMBENT_CRASH_FROM"))
	}
	os.Exit(m.Run())
}

// crashStep is one step of a writer: it puts or deletes a record, whose value
// names a content if it has one. Steps follow from their number, so that whoever
// knows how far a writer came knows what the store must hold.
type crashStep struct {
	key, value, content string
}

func stepOf(writer, n int) crashStep {
	r := rand.New(rand.NewPCG(uint64(writer), uint64(n)))
	s := crashStep{key: fmt.Sprintf("w%d/%d", writer, r.IntN(8))}
	switch kind := r.IntN(8); {
	case kind < 2: // a record that refers to a content
		s.content = fmt.Sprintf("%d %d ", writer, n) + strings.Repeat("content ", r.IntN(20_000))
		s.value = fmt.Sprintf("%d %s", n, store.Sum(sha256.Sum256([]byte(s.content))))
	case kind < 7:
		s.value = strconv.Itoa(n) + " " + strings.Repeat("v", r.IntN(3000))
	}
	return s // else a deletion
}

// crashChild does steps and writes their numbers to standard output once the
// store has acknowledged them, until it is killed.
func crashChild(dir, from string) {
	s, err := Open(dir)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("open")
	next := strings.Split(from, ",")
	var wg sync.WaitGroup
	for writer := range crashWriters {
		wg.Go(func() {
			n, _ := strconv.Atoi(next[writer])
			for ; ; n++ {
				if err := s.do(stepOf(writer, n)); err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				fmt.Println(writer, n)
			}
		})
	}
	wg.Wait()
}

func (s *Store) do(step crashStep) error {
	ctx, kv := context.Background(), s.KV()
	if step.content != "" {
		if _, _, err := s.Blob().Put(ctx, strings.NewReader(step.content)); err != nil {
			return err
		}
	}
	old, err := kv.Get(ctx, step.key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if step.value != "" {
		_, err = kv.Put(ctx, step.key, []byte(step.value), old.Revision)
	} else if err == nil {
		err = kv.Delete(ctx, step.key, old.Revision)
	} else {
		err = nil
	}
	if err != nil {
		return err
	}
	if sum, refers := contentOf(string(old.Value)); refers {
		return s.Blob().Delete(ctx, sum) // nobody else refers to it
	}
	return nil
}

// contentOf is the content that a record refers to.
func contentOf(value string) (store.Sum, bool) {
	_, text, _ := strings.Cut(value, " ")
	sum, err := store.ParseSum(text)
	return sum, err == nil
}

// crashModel is what the store must hold.
type crashModel struct {
	records map[string]string
	next    [crashWriters]int // the first step of each writer that is not in records
}

func (m *crashModel) apply(writer int) {
	step := stepOf(writer, m.next[writer])
	m.next[writer]++
	if step.value == "" {
		delete(m.records, step.key)
	} else {
		m.records[step.key] = step.value
	}
}

func TestKilledProcessLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	const series = 4
	for i := range series {
		t.Run(fmt.Sprint("series ", i), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			m := &crashModel{records: map[string]string{}}
			for round := 0; round < *kills/series && !t.Failed(); round++ {
				acknowledged := killOnce(t, dir, m)
				checkCrash(t, dir, m, acknowledged)
			}
		})
	}
}

// killOnce lets a child work for a while and returns the last step that each
// writer had acknowledged, -1 for none.
func killOnce(t *testing.T, dir string, m *crashModel) (last [crashWriters]int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "LAMBENT_CRASH_DIR="+dir,
		"LAMBENT_CRASH_FROM="+strings.Trim(strings.Join(strings.Fields(fmt.Sprint(m.next)), ","), "[]"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Kill() }
	steps := rand.IntN(100)
	if rand.IntN(5) == 0 { // at some moment of its start
		timer := time.AfterFunc(time.Duration(rand.IntN(100))*time.Millisecond, kill)
		defer timer.Stop()
	}
	for i := range last {
		last[i] = -1
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if text, failed := strings.CutPrefix(lines.Text(), "error "); failed {
			t.Errorf("child: %s", text)
		}
		var writer, n int
		if _, err := fmt.Sscan(lines.Text(), &writer, &n); err == nil {
			last[writer] = n
		}
		if steps--; steps < 0 {
			kill() // and read on: more was acknowledged meanwhile
		}
	}
	_ = cmd.Wait() // it was killed
	return last
}

// checkCrash compares a store with the model, which it brings up to date: of the
// step that was not acknowledged the store may have all or nothing.
func checkCrash(t *testing.T, dir string, m *crashModel, acknowledged [crashWriters]int) {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.KV().List(t.Context(), "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range list {
		got[e.Key] = string(e.Value)
	}
	for writer, last := range acknowledged {
		for m.next[writer] <= last {
			m.apply(writer)
		}
		if step := stepOf(writer, m.next[writer]); got[step.key] != m.records[step.key] && got[step.key] == step.value {
			m.apply(writer)
		}
	}
	for key := range got {
		if _, known := m.records[key]; !known {
			t.Errorf("%s is there, which was deleted or never put", key)
		}
	}
	for key, want := range m.records {
		if got[key] != want {
			t.Errorf("%s has %.20q, want %.20q", key, got[key], want)
		}
	}
	checkContents(t, s, m)
}

// checkContents reads the contents that records refer to, and collects the
// others, of which each kill may leave some.
func checkContents(t *testing.T, s *Store, m *crashModel) {
	t.Helper()
	referred := map[store.Sum]bool{}
	for key, value := range m.records {
		sum, refers := contentOf(value)
		if !refers {
			continue
		}
		referred[sum] = true
		c, err := s.Blob().Open(t.Context(), sum)
		if err != nil {
			t.Errorf("%s refers to a content that is lost: %v", key, err)
			continue
		}
		if _, err := io.Copy(io.Discard, io.NewSectionReader(c, 0, c.Size())); err != nil {
			t.Error(err)
		}
		_ = c.Close()
	}
	orphans := 0
	for sum, err := range s.Blob().All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !referred[sum] {
			orphans++
			if err := s.Blob().Delete(t.Context(), sum); err != nil {
				t.Error(err)
			}
		}
	}
	if orphans > 2*crashWriters {
		t.Errorf("%d contents without a record after one kill, want at most 2 a writer", orphans)
	}
	files, err := os.ReadDir(s.blob.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(referred) {
		t.Errorf("%d files for %d contents in %s", len(files), len(referred), filepath.Base(s.blob.dir))
	}
}
