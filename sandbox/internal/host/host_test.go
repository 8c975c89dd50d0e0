package host

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// events collects log events.
type events []string

func (e *events) Write(p []byte) (int, error) {
	*e = append(*e, string(p))
	return len(p), nil
}

func TestEachLineIsAnEvent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	tests := []struct {
		name   string
		writes []string
		want   []string
	}{
		{"lines in one write", []string{"a\nb\n"}, []string{"a\n", "b\n"}},
		{"a line in pieces", []string{"a", "b", "c\nd"}, []string{"abc\n", "d\n"}},
		{"an empty line", []string{"\n\n"}, []string{"\n", "\n"}},
		{"nothing", []string{""}, nil},
		{"a line that is too long", []string{long + "y\n"}, []string{long + "\n", "y\n"}},
		{"the end of a line that is too long", []string{long[:maxLine-1] + "\n"}, []string{long[:maxLine-1] + "\n"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got events
			lines := &Lines{Log: &Log{Out: &got}}
			for _, text := range tc.writes {
				if n, err := lines.Write([]byte(text)); n != len(text) || err != nil {
					t.Errorf("Write = %d, %v; want %d", n, err, len(text))
				}
			}
			lines.Flush()
			lines.Flush() // has nothing more
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %.60q, want %.60q", got, tc.want)
			}
		})
	}
}

func TestLogHasLambdasFormats(t *testing.T) {
	t.Parallel()
	inv := &Invocation{RequestID: "id", TenantID: "blue"}
	var text events
	l := Log{Out: &text}
	l.Event(inv, levelWarn, "careful \xff")
	l.Event(nil, levelInfo, "early")
	if len(text) != 2 || !strings.HasSuffix(text[0], "Z\tid\tWARN\tcareful \uFFFD\n") || !strings.HasSuffix(text[1], "Z\tundefined\tINFO\tearly\n") {
		t.Errorf("text: %q", text)
	}
	var objects events
	l = Log{Out: &objects, JSON: true, Level: ParseLevel("WARN")}
	l.Event(inv, levelInfo, "not this")
	l.Event(inv, levelError, `say "a"`)
	l.Fail(inv, "Invoke Error", []byte(`{"errorType":"T"}`))
	if len(objects) != 2 {
		t.Fatalf("JSON: %q", objects)
	}
	for i, want := range []string{`"say \"a\""`, `{"errorType":"T"}`} {
		var got struct {
			Timestamp, Level, RequestID, TenantID string
			Message                               json.RawMessage
		}
		if err := json.Unmarshal([]byte(objects[i]), &got); err != nil || string(got.Message) != want || got.Level != "ERROR" || got.RequestID != "id" || got.TenantID != "blue" {
			t.Errorf("JSON: %s, %v; want the message %s", objects[i], err, want)
		}
	}
}

// caught returns what f panics with.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func TestInterruptWakesWhoeverSleeps(t *testing.T) {
	t.Parallel()
	stopToken() // is made outside the bubble
	synctest.Test(t, func(t *testing.T) {
		g := NewGuest()
		ended := make(chan any)
		go func() { ended <- caught(func() { g.sleep(time.Hour) }) }()
		synctest.Wait()
		if !g.Waits() {
			t.Error("a guest that sleeps does not wait")
		}
		g.Interrupt()
		g.Interrupt() // twice is once
		if v := <-ended; v != stopToken() {
			t.Errorf("the sleep ended with %v", v)
		}
		if g.Waits() || !g.Interrupted() || caught(g.Check) != stopToken() {
			t.Error("the guest goes on")
		}
	})
}

func TestResponseIsBounded(t *testing.T) {
	t.Parallel()
	var inv Invocation
	inv.answer(make([]byte, MaxResponse))
	err, ok := caught(func() { inv.answer([]byte("1")) }).(error)
	var large *TooLarge
	if !ok || !errors.As(err, &large) || !strings.Contains(err.Error(), "6291556") {
		t.Errorf("a byte more: %v", err)
	}
}

func TestStopTokenIsOneThatWazeroPassesOn(t *testing.T) {
	t.Parallel()
	if _, slow := stopToken().(error); slow && errors.Is(stopToken().(error), ErrInterrupted) {
		t.Error("there is no snapshot to panic with")
	}
}
