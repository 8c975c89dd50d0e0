package loader

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// knownMessages are the situations of testdata/messages.js in which the wording
// is not V8's, and why.
var knownMessages = map[string]string{
	"set computed":     "the key's value is not known any more",
	"in num":           "the key's value is not known any more",
	"destr nested":     "goja tells the outer pattern only",
	"destr default":    "goja tells no defaults",
	"destr param null": "undefined and null look alike",
	"arr call":         "the value is not known any more",
	"arr member":       "the value is not known any more",
	"arr assign":       "the value is not known any more",
	"spread num":       "goja notes no place for literals",
	"spread call 5":    "goja notes no place for literals",
	"yield*":           "goja notes the place of the call around it",
	"map5":             "the value is not known any more",
	"set5":             "the value is not known any more",
	"fromEntries5":     "the value is not known any more",
	"typed":            "a rare one",
	"bigint neg exp":   "V8's own text is a mistake",
	"frozen arr set":   "goja tells nothing",
	"getter only":      "goja does not tell a getter from a constant",
	"str len":          "goja does not tell a string from an object",
	"extends":          "the value is not known any more",
	"extends u":        "the value is not known any more",
	"private meth":     "goja does not tell methods from fields",
	"regex":            "the pattern is not known any more",
	"eval tok":         "goja does not tell the name",
	"call on u":        "the method is not known any more",
	"arr on u":         "the method is not known any more",
	"bind":             "a rare one",
	"map recv":         "a rare one",
	"date recv":        "a rare one",
	"reflect":          "a rare one",
	"iter result":      "goja notes no place for iteration",
	"iter noobj":       "goja notes no place for iteration",
}

func TestMessages(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("testdata/messages.js")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want [][3]string
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	answer := outcome(t, map[string]string{"index.js": string(script)}, "index.handler")
	if err := json.Unmarshal([]byte(answer), &got); err != nil || len(got) != len(want) {
		t.Fatalf("%v: %s", err, answer)
	}
	for i, w := range want {
		_, known := knownMessages[w[0]]
		if same := got[i] == w; same == known {
			t.Errorf("%s: got %q, want %q (known to differ: %v)", w[0], got[i][1:], w[1:], known)
		}
	}
}

// knownSyntax are the texts of testdata/syntax.json whose message is not V8's,
// or that are accepted or refused where V8 does the other.
var knownSyntax = map[string]string{
	"`abc":                                 "V8's text depends on what follows",
	"`${a`":                                "V8's text depends on what follows",
	"/[/":                                  "found when the expression is evaluated",
	"/(/":                                  "found when the expression is evaluated",
	"f() = 1":                              "an early error here, a late one in V8",
	"@dec class A {}":                      "decorators are an extension",
	"var a = @":                            "esbuild tells the token after it",
	"var a = #":                            "esbuild tells the token after it",
	`'\x1'`:                                "worded by esbuild",
	"({a:1} = b)":                          "worded by esbuild",
	"yield 1; function* g() { yield = 1 }": "worded by esbuild",
	"a?.`x`":                               "worded by esbuild",
	"new a?.b()":                           "accepted by goja",
	"1__0":                                 "worded by esbuild",
	"1_":                                   "worded by esbuild",
	"function f() { 'use strict'; arguments = 1 }": "worded by goja",
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/syntax.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][2]string
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		src, want := row[0], row[1]
		got := ""
		if _, err := compile("/var/task/x.cjs", src, commonJS); err != nil {
			var re *resolveError
			if !errors.As(err, &re) || re.class != "SyntaxError" {
				t.Errorf("%q: %v is no SyntaxError", src, err)
			}
			got = strings.TrimPrefix(err.Error(), "loader: ")
		}
		_, known := knownSyntax[src]
		if same := got == want; same == known {
			t.Errorf("%q: got %q, want %q (known to differ: %v)", src, got, want, known)
		}
	}
}
