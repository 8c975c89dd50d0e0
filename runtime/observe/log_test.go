package observe

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTailKeepsTheLastBytes(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	var tail Tail
	for i := range 3000 {
		line := fmt.Sprintf("line %d %s\n", i, strings.Repeat("x", i%97))
		if i == 1500 {
			line = strings.Repeat("y", 3*TailBytes) + "\n"
		}
		all.WriteString(line)
		tail.add([]byte(line))
		text := all.String()
		if want := text[max(0, len(text)-TailBytes):]; string(tail.Bytes()) != want {
			t.Fatalf("after line %d the tail is not the last %d bytes", i, TailBytes)
		}
	}
	if n := cap(tail.buf); n > 4*TailBytes {
		t.Errorf("the tail holds %d bytes of memory", n)
	}
}

func TestPrependPutsTheInitPhaseFirst(t *testing.T) {
	t.Parallel()
	var early, tail Tail
	early.add([]byte("early\n"))
	tail.add([]byte("late\n"))
	tail.Prepend(&early)
	tail.Prepend(nil)
	if got := string(tail.Bytes()); got != "early\nlate\n" {
		t.Errorf("got %q", got)
	}
	(*Tail)(nil).Prepend(&early)
}

func TestPlatformLinesBeginOnANewLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := NewLog(&out)
		s := NewSink(log.Stream("f"))
		var tail Tail
		s.SetTail(&tail)
		_, _ = s.Write([]byte("a"))
		_, _ = s.Write([]byte("b"))
		s.Platform([]byte("END\n"))
		log.Close(time.Second)
		if got := string(tail.Bytes()); got != "ab\nEND\n" || out.String() != got {
			t.Errorf("tail %q, log %q", got, out.String())
		}
	})
}

func TestSinkWithoutReadersIsNotEnabled(t *testing.T) {
	t.Parallel()
	s := NewSink((*Log)(nil).Stream("f"))
	if s.Enabled() {
		t.Error("enabled without a log and a tail")
	}
	s.SetTail(new(Tail))
	if !s.Enabled() {
		t.Error("not enabled with a tail")
	}
}

// gate is a writer that can be held up.
type gate struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out.Write(p)
}

func TestLinesOfFunctionsNeverInterleave(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLog(&out)
	var wg sync.WaitGroup
	for f := range 8 {
		s := log.Stream(fmt.Sprint(f))
		for range 2 {
			wg.Go(func() {
				for range 500 {
					s.write([]byte(strings.Repeat(fmt.Sprint(f), 50)+"\n"), false)
					s.Sync()
				}
			})
		}
	}
	wg.Wait()
	log.Close(time.Minute)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 8000 {
		t.Errorf("%d lines, want 8000", len(lines))
	}
	for _, line := range lines {
		if strings.Trim(line, line[:1]) != "" || len(line) != 50 {
			t.Fatalf("mixed line %q", line)
		}
	}
}

func TestFloodHurtsItsOwnFunctionOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out blocked
		out.open = make(chan struct{})
		log := NewLog(&out)
		flood, quiet := log.Stream("flood"), log.Stream("quiet")
		line := bytes.Repeat([]byte("x"), 1023)
		line = append(line, '\n')
		for range 1000 {
			flood.write(line, false)
		}
		quiet.write([]byte("quiet\n"), false)
		flood.mu.Lock()
		if n := len(flood.buf); n > streamBytes {
			t.Errorf("%d bytes wait, want at most %d", n, streamBytes)
		}
		flood.mu.Unlock()
		close(out.open)
		log.Close(time.Second)
		got := out.out.String()
		if !strings.Contains(got, "quiet\n") {
			t.Error("the quiet function's line is lost")
		}
		kept, dropped := strings.Count(got, "xxx\n"), 0
		at := strings.Index(got, "LOGS\tName: flood\tState: Dropped\tRecords: ")
		if at < 0 {
			t.Fatal("the log does not say that lines were dropped")
		}
		if _, err := fmt.Sscanf(got[at:], "LOGS\tName: flood\tState: Dropped\tRecords: %d", &dropped); err != nil || kept+dropped != 1000 {
			t.Errorf("%d lines kept and %d dropped of 1000, %v", kept, dropped, err)
		}
	})
}

// blocked is a writer that writes nothing before open is closed.
type blocked struct {
	open chan struct{}
	out  bytes.Buffer
}

func (b *blocked) Write(p []byte) (int, error) {
	<-b.open
	return b.out.Write(p)
}

func TestSlowLogHoldsUpNobodyForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := blocked{open: make(chan struct{})}
		log := NewLog(&out)
		a, b := log.Stream("a"), log.Stream("b")
		began := time.Now()
		for range 100 {
			a.write([]byte("a\n"), false)
			a.Sync()
			b.write([]byte("b\n"), false)
			b.Sync()
		}
		if took := time.Since(began); took != patience {
			t.Errorf("200 invocations lost %v to a blocked log, want %v once", took, patience)
		}
		log.Close(time.Second) // gives up
		close(out.open)
		synctest.Wait()
		if n := strings.Count(out.out.String(), "\n"); n != 200 {
			t.Errorf("%d lines written in the end, want 200", n)
		}
		a.write([]byte("last\n"), false)
		a.Sync()
		if !strings.HasSuffix(out.out.String(), "last\n") {
			t.Error("Sync no longer waits although the log has caught up")
		}
	})
}

func TestSyncMeansWritten(t *testing.T) {
	t.Parallel()
	var out gate
	s := NewLog(&out).Stream("f")
	for i := range 200 {
		want := fmt.Sprintf("%d\n", i)
		s.write([]byte(want), false)
		s.Sync()
		out.mu.Lock()
		if got := out.out.String(); !strings.HasSuffix(got, want) && !s.log.impatient() {
			t.Errorf("after Sync line %d is not written", i)
		}
		out.mu.Unlock()
	}
}
