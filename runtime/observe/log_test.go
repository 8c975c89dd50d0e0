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
		log := NewLog(&out, nil)
		s := NewSink(log.Stream("f"), Source{})
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
	s := NewSink((*Log)(nil).Stream("f"), Source{})
	if s.Enabled() {
		t.Error("enabled without a log and a tail")
	}
	s.SetTail(new(Tail))
	if !s.Enabled() {
		t.Error("not enabled with a tail")
	}
}

func TestLinesOfFunctionsNeverInterleave(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLog(&out, nil)
	var wg sync.WaitGroup
	for f := range 8 {
		s := log.Stream(fmt.Sprint(f))
		for range 2 {
			wg.Go(func() {
				for range 500 {
					s.write([]byte(strings.Repeat(fmt.Sprint(f), 50)+"\n"), false)
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

func TestFloodIsSlowedDownToThePaceOfTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := NewLog(&out, nil)
		flood := log.Stream("flood")
		line := append(bytes.Repeat([]byte("x"), 1023), '\n')
		for range 10_000 {
			flood.write(line, false)
			flood.mu.Lock()
			if flood.buf != nil && len(*flood.buf) > streamBytes {
				t.Fatalf("%d bytes wait, want at most %d", len(*flood.buf), streamBytes)
			}
			flood.mu.Unlock()
		}
		log.Close(time.Second)
		if n := bytes.Count(out.Bytes(), []byte("\n")); n != 10_000 {
			t.Errorf("%d lines, want all 10000", n)
		}
	})
}

func TestBlockedLogCostsLinesAndNotTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := blocked{open: make(chan struct{})}
		log := NewLog(&out, nil)
		flood, quiet := log.Stream("flood"), log.Stream("quiet")
		line := append(bytes.Repeat([]byte("x"), 1023), '\n')
		quiet.write([]byte("quiet\n"), false)
		began := time.Now()
		for range 4000 {
			flood.write(line, false)
		}
		quiet.write([]byte("quiet again\n"), false)
		flood.write([]byte("END\n"), true)
		if took := time.Since(began); took > 2*patience {
			t.Errorf("the functions lost %v to a blocked log, want %v once", took, patience)
		}
		log.Close(time.Second) // gives up
		close(out.open)
		synctest.Wait()
		time.Sleep(time.Second)
		got := out.out.String()
		if !strings.Contains(got, "quiet\n") || !strings.Contains(got, "quiet again\n") {
			t.Error("a line of the quiet function is lost")
		}
		if !strings.Contains(got, "END\n") {
			t.Error("the platform's line of the flooding function is lost")
		}
		kept, dropped := strings.Count(got, "xxx\n"), 0
		at := strings.Index(got, "LOGS\tName: flood\tState: Dropped\tRecords: ")
		if at < 0 {
			t.Fatal("the log does not say that lines were dropped")
		}
		if _, err := fmt.Sscanf(got[at:], "LOGS\tName: flood\tState: Dropped\tRecords: %d", &dropped); err != nil || kept+dropped != 4000 {
			t.Errorf("%d lines kept and %d dropped of 4000, %v", kept, dropped, err)
		}
		flood.write([]byte("last\n"), false)
		log.Close(time.Second)
		if !strings.HasSuffix(out.out.String(), "last\n") || log.impatient() {
			t.Error("the log has not recovered")
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
