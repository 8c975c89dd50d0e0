package registry

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// storedFunction returns the record of a function that has a bit of everything.
func storedFunction(t testing.TB) []byte {
	t.Helper()
	d := &Document{
		Schema: schema, Generation: "g", Next: 3, Published: []Published{{Number: 1, Packages: []Package{{Size: 1}}}, {Number: 2, Packages: []Package{{Size: 2}}, SnapStart: true}},
		Aliases: map[string]*Alias{"live": {Version: "1", Weights: map[string]float64{"2": 0.5}}}, Provisioned: map[string]*Provisioned{"live": {Requested: 3}},
		Latest: Record{Configuration: function.Configuration{Settings: defaults("f")}, Revision: "r"},
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRecordsThatCannotBeReadAreErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new, want string
	}{
		{"of a later release", `"schema":1`, `"schema":2`, "which a later release wrote"},
		{"no JSON", `{`, ``, "record functions/us-east-1/f"},
		{"a setting is missing", `"LoggingConfig"`, `"Other"`, "is damaged"},
		{"a version has no code", `"Packages"`, `"Other"`, "is damaged"},
		{"a version's number is not used yet", `"Next":3`, `"Next":2`, "is damaged"},
		{"an alias is missing", `"live":{"Version"`, `"dead":null,"live":{"Version"`, "is damaged"},
		{"a policy is missing", `"Aliases":{`, `"Policies":{"$LATEST":null},"Aliases":{`, "is damaged"},
		{"an event invoke configuration is missing", `"Aliases":{`, `"EventInvoke":{"$LATEST":null},"Aliases":{`, "is damaged"},
		{"a hash is none", `AAAA`, `?`, "is no SHA-256"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(string(storedFunction(t)), tc.old, tc.new, 1)
			r := newRegistry(t, Config{})
			if _, err := r.cfg.KV.Put(t.Context(), functionKey(fn), []byte(text), 0); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), r.cfg)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Open: %v, want %q", err, tc.want)
			}
		})
	}
}

func TestAFunctionHasAsManyVersionsAsItsRecordHolds(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	_, err := r.change(t.Context(), fn, func(d *Document) error {
		d.Tags = map[string]string{"large": strings.Repeat("x", store.MaxValue)}
		return nil
	})
	wantError(t, err, InvalidParameter, "The function has too many versions, aliases and permissions. Delete some that are not used.")
	if tags := r.document(fn).Tags; tags != nil {
		t.Error("the change was made all the same")
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(storedFunction(f))
	f.Add([]byte(`{"schema":1,"Published":[{}],"Aliases":{"a":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := readDocument(store.Entry{Key: functionKey(fn), Value: text})
		if err != nil {
			return
		}
		d.Latest.settle()
		c := d.clone()
		if !sameDeployment(c.deployment(), d.deployment()) || c.codeSize() != d.codeSize() || len(c.packages()) != len(d.packages()) {
			t.Errorf("the copy is another: %+v, %+v", c, d)
		}
		for _, q := range []string{"", "$LATEST", "1", "live", "01", "-1"} {
			if d.has(q) != c.has(q) {
				t.Errorf("the copy has %q: %v", q, c.has(q))
			}
		}
	})
}
