package hosttest

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// outcome is what a case answered, in Node or here.
type outcome struct {
	Value  any   `json:"value,omitempty"`
	Throws []any `json:"throws,omitempty"`
}

// Golden runs the cases of a file ("testdata/inspect.cases"), each on a host of
// its own, and compares the answers with those that Node gave to the same
// cases, which record.js wrote into the file next to it ("inspect.golden").
func Golden(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile(strings.TrimSuffix(file, ".cases") + ".golden")
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]outcome{}
	if err := json.Unmarshal(recorded, &golden); err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split("\n"+string(text), "\n### ")[1:]
	if len(blocks) != len(golden) {
		t.Errorf("%s has %d cases, the golden file %d: record it again", file, len(blocks), len(golden))
	}
	for _, block := range blocks {
		name, body, _ := strings.Cut(block, "\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, ok := golden[strings.TrimSpace(name)]
			if !ok {
				t.Fatal("not recorded")
			}
			got := New(t).outcome(t, body)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %s\nwant %s", show(got), show(want))
			}
		})
	}
}

// outcome runs the body of a case.
func (h *Host) outcome(t *testing.T, body string) outcome {
	t.Helper()
	text := h.Eval(t, `try {
const v = await (async () => {`+body+`
})();
return { value: v ?? null };
} catch (e) {
return { throws: [e?.name, e?.code, e?.message].map((v) => v ?? null) };
}`)
	var got outcome
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return got
}

// show returns an outcome as text: strings as they are, the rest as JSON.
func show(o outcome) string {
	if s, ok := o.Value.(string); ok {
		return s
	}
	text, _ := json.Marshal(o)
	return string(text)
}
