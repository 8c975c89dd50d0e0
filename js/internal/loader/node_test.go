package loader

import (
	"encoding/json"
	"os"
	"testing"
	"testing/fstest"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/codec"
	"github.com/lambent-run/lambent/js/internal/lang"
	"github.com/lambent-run/lambent/js/module"
)

// host is just enough of an isolate for the loader: a VM, its codec, and two
// core modules.
type host struct {
	module.Host
	vm    *goja.Runtime
	codec *codec.Codec
	core  map[string]*goja.Object
}

func newHost() *host {
	vm := goja.New()
	vm.SetMaxCallStackSize(10_000)
	h := &host{vm: vm, codec: codec.New(vm), core: map[string]*goja.Object{}}
	h.codec.Install()
	return h
}

func (h *host) VM() *goja.Runtime           { return h.vm }
func (h *host) JSON() module.Codec          { return h.codec }
func (h *host) Require(string) *goja.Object { panic("not used") }

func (h *host) builtin(name string) (*goja.Object, bool) {
	if o := h.core[name]; o != nil {
		return o, true
	}
	src := map[string]string{
		"fs":   `({readFileSync() {}})`,
		"path": `({join() {}, sep: '/'})`,
	}[name]
	if src == "" {
		return nil, false
	}
	lang.InstallSymbols(h.vm)
	v, err := h.vm.RunString(src)
	if err != nil {
		panic(err)
	}
	h.core[name] = v.(*goja.Object)
	return h.core[name], true
}

// tree makes a deployment package of texts by path.
func tree1(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return m
}

// outcome loads a handler, calls it without arguments and returns the JSON of
// its result, or of {"threw": [name, message]}.
func outcome(t *testing.T, files map[string]string, handler string) string {
	t.Helper()
	h := newHost()
	lang.InstallSymbols(h.vm)
	if _, err := h.vm.RunString(`URL = class { constructor(a, b) { this.href = b.replace(/[^/]*$/, '') + a.replace('./', '') } }`); err != nil {
		t.Fatal(err)
	}
	r := New(Config{Code: tree1(files)}).NewRealm(h, h.builtin)
	fn, err := r.Handler(handler)
	if err != nil {
		ex, ok := err.(*goja.Exception)
		if !ok {
			t.Fatal(err)
		}
		return threw(h.vm, r.Normalize(ex.Value()))
	}
	_ = h.vm.Set("loaded", fn)
	_ = h.vm.Set("threw", func(call goja.FunctionCall) goja.Value {
		return h.vm.ToValue(threw(h.vm, r.Normalize(call.Argument(0))))
	})
	_, err = h.vm.RunString(`var answer;
		Promise.resolve(loaded).then((fn) => fn()).then((v) => { answer = JSON.stringify(v === undefined ? null : v) }, (e) => { answer = threw(e) })`)
	if err != nil {
		t.Fatal(err)
	}
	v := h.vm.Get("answer")
	if goja.IsUndefined(v) {
		return "pending"
	}
	return v.String()
}

func threw(vm *goja.Runtime, v goja.Value) string {
	if o, ok := v.(*goja.Object); ok {
		b, _ := json.Marshal(map[string]any{"threw": []any{export(o.Get("name")), export(o.Get("message"))}})
		return string(b)
	}
	return `{"threw":[` + v.String() + `]}`
}

func export(v goja.Value) any {
	if v == nil {
		return nil
	}
	return v.Export()
}

// TestNode20 compares with what Node 20 answered to the same files, lying in
// the same place. testdata/README.md says how it was recorded.
func TestNode20(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/node20.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name  string            `json:"name"`
		Files map[string]string `json:"files"`
		Want  json.RawMessage   `json:"want"`
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, tc := range cases {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			got := outcome(t, tc.Files, "index.handler")
			if canonical(t, got) != canonical(t, string(tc.Want)) {
				t.Errorf("got  %s\nwant %s", canonical(t, got), canonical(t, string(tc.Want)))
			}
		})
	}
}

// canonical makes JSON texts comparable.
func canonical(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
