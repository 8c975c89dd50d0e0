package handlers

import (
	"encoding/json"
	"os/exec"
	"testing"
)

func TestEventsHaveTheirSizes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		event, want [2]int // at least, at most
	}{
		{"hello", [2]int{10, 100}, [2]int{10, 100}},
		{"transform", [2]int{9_000, 14_000}, [2]int{9_000, 14_000}},
		{"async10ms", [2]int{10, 100}, [2]int{10, 100}},
		{"echo100KB", [2]int{95_000, 105_000}, [2]int{95_000, 105_000}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, err := Named(tc.name)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(h.Event); n < tc.event[0] || n > tc.event[1] || !json.Valid(h.Event) {
				t.Errorf("event has %d bytes, want JSON of %d to %d", n, tc.event[0], tc.event[1])
			}
			if n := len(h.Want); n < tc.want[0] || n > tc.want[1] || !json.Valid(h.Want) {
				t.Errorf("answer has %d bytes, want JSON of %d to %d", n, tc.want[0], tc.want[1])
			}
		})
	}
	if len(tests) != len(All()) {
		t.Errorf("there are %d handlers, want %d", len(All()), len(tests))
	}
}

func TestAnswersAreNodes(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	const script = `
		const { handler } = require(process.argv[1]);
		Promise.resolve(handler(JSON.parse(process.argv[2]), {})).then((v) => process.stdout.write(JSON.stringify(v)));`
	for _, h := range All() {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			got, err := exec.CommandContext(t.Context(), node, "-e", script, "./"+h.File, string(h.Event)).Output()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(h.Want) {
				at := 0
				for at < min(len(got), len(h.Want)) && got[at] == h.Want[at] {
					at++
				}
				t.Errorf("node answers %d bytes, want %d; they differ at %d: %.60q and %.60q", len(got), len(h.Want), at, got[at:], h.Want[at:])
			}
		})
	}
}

func TestNamedRefusesUnknownNames(t *testing.T) {
	t.Parallel()
	if _, err := Named("nothing"); err == nil {
		t.Error("Named(\"nothing\"): no error, want one")
	}
}
