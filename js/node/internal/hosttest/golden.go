package hosttest

import (
	"encoding/json"
	"fmt"
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
				for _, d := range differences("", got.either(), want.either(), nil) {
					t.Error(d)
				}
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

func (o outcome) either() any {
	if o.Throws != nil {
		return map[string]any{"throws": o.Throws}
	}
	return o.Value
}

// differences lists the innermost parts in which two answers differ.
func differences(path string, got, want any, found []string) []string {
	if reflect.DeepEqual(got, want) {
		return found
	}
	g, ok1 := got.([]any)
	w, ok2 := want.([]any)
	if ok1 && ok2 && len(g) == len(w) {
		for i := range g {
			found = differences(fmt.Sprintf("%s[%d]", path, i), g[i], w[i], found)
		}
		return found
	}
	gm, ok1 := got.(map[string]any)
	wm, ok2 := want.(map[string]any)
	if ok1 && ok2 && len(gm) == len(wm) {
		for k := range wm {
			found = differences(path+"."+k, gm[k], wm[k], found)
		}
		return found
	}
	return append(found, fmt.Sprintf("%s: got  %s\n%s: want %s", path, show(got), path, show(want)))
}

// show returns a value as text: strings as they are, the rest as JSON.
func show(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, _ := json.Marshal(v)
	return string(text)
}
