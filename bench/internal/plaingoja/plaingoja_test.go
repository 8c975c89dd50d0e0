package plaingoja

import (
	"strings"
	"sync"
	"testing"

	"github.com/lambent-run/lambent/bench/peers/handlers"
)

func TestPoolAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	for _, h := range handlers.All() {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			program, err := Compile(h.File, h.Source)
			if err != nil {
				t.Fatal(err)
			}
			pool := NewPool(program, 4)
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 3 {
						got, err := pool.Invoke(h.Event)
						if string(got) != string(h.Want) || err != nil {
							t.Errorf("Invoke = %.80q, %v; want %.80q", got, err, h.Want)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestInvokeReportsWhatFails(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, event, wantErr string }{
		{"syntax", "exports.handler = (", "{}", "SyntaxError"},
		{"no handler", "exports.other = 1", "{}", "no function named handler"},
		{"a throw while loading", "throw new Error('early')", "{}", "early"},
		{"an event that is no JSON", "exports.handler = (e) => e", "{", "event"},
		{"a throw", "exports.handler = () => { throw new Error('late') }", "{}", "late"},
		{"a rejection", "exports.handler = async () => { throw new Error('later') }", "{}", "rejected: Error: later"},
		{"a promise that never settles", "exports.handler = () => new Promise(() => {})", "{}", "never settles"},
		{"a throw in a timer", "exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('last') }, 1))", "{}", "last"},
		{"a timer without a callback", "exports.handler = () => setTimeout(1)", "{}", "wants a function"},
		{"an answer that is no JSON", "exports.handler = () => ({ toJSON() { throw new Error('no') } })", "{}", "answer"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			program, err := Compile("index.js", tc.source)
			if err == nil {
				_, err = NewPool(program, 1).Invoke([]byte(tc.event))
			}
			if err == nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("got error %v, want one with %q", err, tc.wantErr)
			}
		})
	}
}
