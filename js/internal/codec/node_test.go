package codec

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

//go:embed testdata/node.json
var nodeCases []byte

// nodeCase is an expression and what Node made of it: a value as text, or an
// error's name and message.
type nodeCase struct {
	Name, Code, Kind, Want string
}

const evaluate = `(function (code) {
	try {
		return ['value', String(eval(code))];
	} catch (e) {
		return ['throw', e instanceof Error ? e.name + ': ' + e.message : String(e)];
	}
})`

// newVM returns a runtime with the codec installed.
func newVM(tb testing.TB, eager bool) (*goja.Runtime, *Codec) {
	tb.Helper()
	vm := goja.New()
	vm.SetMaxCallStackSize(4096)
	c := New(vm)
	c.eager = eager || !lazy.Supported()
	c.Install()
	return vm, c
}

func TestGuestsSeeWhatNodeShows(t *testing.T) {
	t.Parallel()
	var cases []nodeCase
	if err := json.Unmarshal(nodeCases, &cases); err != nil {
		t.Fatal(err)
	}
	for _, eager := range []bool{false, true} {
		name := map[bool]string{false: "lazy", true: "eager"}[eager]
		for _, tc := range cases {
			t.Run(name+"/"+tc.Name, func(t *testing.T) {
				t.Parallel()
				kind, got := runCase(t, tc.Code, eager)
				known := knownFailures[tc.Name] ||
					(eager || !lazy.Supported()) && knownEager[tc.Name] ||
					!lazy.Supported() && knownPublic[tc.Name]
				if known {
					if kind == tc.Kind && got == tc.Want {
						t.Error("passes now: take it out of the known failures")
					}
					return
				}
				if kind != tc.Kind || got != tc.Want {
					t.Errorf("%s\n got %s %q\nwant %s %q", tc.Code, kind, got, tc.Kind, tc.Want)
				}
			})
		}
	}
}

func runCase(t *testing.T, code string, eager bool) (kind, got string) {
	t.Helper()
	vm, _ := newVM(t, eager)
	fn, err := vm.RunString(evaluate)
	if err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(fn)
	v, err := call(goja.Undefined(), vm.ToValue(code))
	if err != nil {
		return "interrupt", err.Error()
	}
	pair := v.(*goja.Object)
	return pair.Get("0").String(), pair.Get("1").String()
}

// knownFailures are cases in which goja, not the codec, says something else.
var knownFailures = map[string]bool{
	"parse is no constructor": true, // the message names another thing
	"a revoked Proxy":         true, // another message
}

// knownPublic are more of them, where all that is known of goja is its API.
var knownPublic = map[string]bool{
	"keys that need escapes": true, // lone surrogates become U+FFFD
}

// knownEager are cases beyond what goja's public API can do.
var knownEager = map[string]bool{
	"deep arrays are parsed":  true, // a RangeError
	"deep objects are parsed": true, // a RangeError
	"lone surrogates as keys": true, // they become U+FFFD
}
