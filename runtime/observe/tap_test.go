package observe

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// kept is a Tap that keeps events as "group stream: text".
type kept struct{ events []string }

func (k *kept) Log(source *Source, _ time.Time, text []byte) {
	k.events = append(k.events, source.Group+" "+source.Stream+": "+string(text))
}

func TestTapGetsSingleEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		write func(*Sink)
		want  []string
	}{
		{"what is logged at once is one event, however many lines it has",
			func(s *Sink) { print(s, "a\nb\n", "c\n") }, []string{"a\nb\n", "c\n"}},
		{"a line that is written in parts is one event",
			func(s *Sink) { print(s, "a", "", "b", "c\n", "d\n") }, []string{"abc\n", "d\n"}},
		{"the beginning of the next line waits",
			func(s *Sink) { print(s, "a", "b\nc", "d\n") }, []string{"ab\n", "cd\n"}},
		{"lines of the platform are an event each",
			func(s *Sink) { s.Platform([]byte("END\nREPORT\t\n")) }, []string{"END\n", "REPORT\t\n"}},
		{"an empty line belongs to the one before it",
			func(s *Sink) { s.Platform([]byte("Task timed out\n\nEND\n")) }, []string{"Task timed out\n\n", "END\n"}},
		{"the platform ends a line that is open",
			func(s *Sink) { print(s, "a"); s.Platform([]byte("END\n")); print(s, "b\n") }, []string{"a", "END\n", "b\n"}},
		{"a line without an end is cut",
			func(s *Sink) { print(s, strings.Repeat("x", MaxEvent-1), "y", "z\n") }, []string{strings.Repeat("x", MaxEvent-1) + "y", "z\n"}},
		{"another sink of the same environment has the same source",
			func(s *Sink) { print(s, "a"); print(s.Again(), "b\n") }, []string{"b\n"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			for _, w := range []*bytes.Buffer{nil, &out} {
				tap := new(kept)
				log := NewLog(nil, tap)
				if w != nil {
					log = NewLog(w, Taps{tap})
				}
				s := NewSink(log.Stream("f"), Source{Group: "group", Stream: "stream"})
				if !s.Enabled() {
					t.Error("a tapped sink is not enabled")
				}
				tc.write(s)
				log.Close(time.Minute)
				var want []string
				for _, text := range tc.want {
					want = append(want, "group stream: "+text)
				}
				if !slices.Equal(tap.events, want) {
					t.Errorf("got %.200q, want %.200q", tap.events, want)
				}
			}
			if out.Len() == 0 {
				t.Error("the writer got nothing beside the tap")
			}
		})
	}
}

func print(s *Sink, texts ...string) {
	for _, text := range texts {
		_, _ = s.Write([]byte(text))
	}
}
