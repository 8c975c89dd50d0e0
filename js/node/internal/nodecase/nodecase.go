// Package nodecase runs snippets of JavaScript whose results were recorded with
// Node itself. A file of cases is a list of snippets, each the body of an async
// function with a name that is a sentence; record.mjs, run with Node, adds what
// each of them returns or throws. Run then checks that the core modules of this
// tree say the same.
package nodecase

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

// Case is one snippet.
type Case struct {
	// Name says what the snippet shows.
	Name string `json:"name"`
	// Code is the body of an async function. A list is joined by line feeds.
	Code Lines `json:"code"`
	// Want is the result as JSON, or {"throws": [name, code, message]}.
	Want json.RawMessage `json:"want"`
}

// Lines is text that may be written as a list of lines.
type Lines string

// UnmarshalJSON implements json.Unmarshaler.
func (l *Lines) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = Lines(one)
		return nil
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	for _, line := range list {
		*l += Lines(line + "\n")
	}
	return nil
}

// prelude gives snippets the helper attempt(f): what f returns, or the name,
// code and message of what it throws.
const prelude = `const attempt = (f) => { try { return f(); } catch (e) { return [e.name, e.code, e.message]; } };
`

// Run checks every case of a file, each in a host of its own.
func Run(t *testing.T, file string, options ...func(*module.System)) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []Case
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, tc := range cases {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			if tc.Want == nil {
				t.Fatal("not recorded: run node record.mjs on this file")
			}
			got := hosttest.New(t, options...).Eval(t, prelude+
				"try { return await (async () => {"+string(tc.Code)+"\n})() ?? null; } catch (e) {"+
				" return { throws: [String(e?.name), e?.code ?? null, String(e?.message ?? e)] }; }")
			if !equal([]byte(got), tc.Want) {
				t.Errorf("got  %s\nwant %s\ncode %s", got, tc.Want, tc.Code)
			}
		})
	}
}

func equal(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}
