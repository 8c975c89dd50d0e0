package api

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeTellsWhatIsServed holds the README's table to the operations.
func TestReadmeTellsWhatIsServed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		for i, column := range []string{"served", "to come", "out of scope"} {
			for name := range strings.SplitSeq(cells[2+i], ",") {
				if name = strings.Trim(name, " `"); name != "" {
					said[name] = column
				}
			}
		}
	}
	for _, op := range operations {
		want := map[absence]string{later: "to come", outOfScope: "out of scope"}[op.why]
		if want == "" {
			want = "served"
		}
		if said[op.name] != want {
			t.Errorf("README says %q of %s, want %q", said[op.name], op.name, want)
		}
	}
}
