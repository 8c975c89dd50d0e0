package registry_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

// answering is the code of a function that answers with a text and one of its
// variables.
func answering(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create("index.js")
	if err == nil {
		_, err = io.WriteString(f, "exports.handler = async (e, c) => `"+text+" ${process.env.WHO} ${c.functionVersion}`")
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestARuntimeRunsWhatTheRegistryHolds follows a function through its changes
// with the runtime that a server has.
func TestARuntimeRunsWhatTheRegistryHolds(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r, err := registry.Open(t.Context(), registry.Config{KV: s.KV(), Blobs: s.Blob()})
	if err != nil {
		t.Fatal(err)
	}
	rt, err := runtime.New(runtime.Config{Directory: r})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(rt.Close(), r.Close()) })
	if err := r.Attach(t.Context(), rt); err != nil {
		t.Fatal(err)
	}
	id := function.ID{Region: "us-east-1", Name: "f"}
	steps := []struct {
		name string
		do   func() error
		want map[string]string // by qualifier; empty: not found
	}{
		{"created", func() error {
			node, handler := "nodejs22.x", "index.handler"
			_, err := r.CreateFunction(t.Context(), id, registry.CreateInput{
				SettingsChange: function.SettingsChange{
					Runtime: &node, Handler: &handler, Environment: &function.Environment{Variables: map[string]string{"WHO": "ada"}},
				},
				Code: registry.CodeInput{ZipFile: answering(t, "one")},
			})
			return err
		}, map[string]string{"": `"one ada $LATEST"`, "1": "", "live": ""}},
		{"published", func() error {
			_, err := r.PublishVersion(t.Context(), id, registry.PublishInput{})
			return err
		}, map[string]string{"$LATEST": `"one ada $LATEST"`, "1": `"one ada 1"`, "live": ""}},
		{"given an alias", func() error {
			_, err := r.CreateAlias(t.Context(), id, registry.AliasInput{Name: "live", FunctionVersion: "1"})
			return err
		}, map[string]string{"live": `"one ada 1"`}},
		{"given new code", func() error {
			_, err := r.UpdateFunctionCode(t.Context(), id, registry.UpdateCodeInput{CodeInput: registry.CodeInput{ZipFile: answering(t, "two")}})
			return err
		}, map[string]string{"": `"two ada $LATEST"`, "live": `"one ada 1"`}},
		{"given new variables", func() error {
			_, err := r.UpdateFunctionConfiguration(t.Context(), id, registry.UpdateConfigurationInput{SettingsChange: function.SettingsChange{
				Environment: &function.Environment{Variables: map[string]string{"WHO": "bob"}},
			}})
			return err
		}, map[string]string{"": `"two bob $LATEST"`, "1": `"one ada 1"`}},
		{"moved to a new version", func() error {
			_, err := r.PublishVersion(t.Context(), id, registry.PublishInput{})
			if err == nil {
				_, err = r.UpdateAlias(t.Context(), id, "live", registry.AliasInput{FunctionVersion: "2"})
			}
			return err
		}, map[string]string{"live": `"two bob 2"`, "1": `"one ada 1"`}},
		{"rid of its first version", func() error { return r.DeleteFunction(t.Context(), id, "1") },
			map[string]string{"1": "", "2": `"two bob 2"`}},
		{"deleted", func() error { return r.DeleteFunction(t.Context(), id, "") },
			map[string]string{"": "", "2": "", "live": ""}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for qualifier, want := range step.want {
			res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Qualifier: qualifier})
			var missing *runtime.NotFoundError
			if want == "" && !errors.As(err, &missing) {
				t.Errorf("%s, f:%s answers %s, %v; want it not found", step.name, qualifier, res.Payload, err)
			}
			if want != "" && (err != nil || string(res.Payload) != want) {
				t.Errorf("%s, f:%s answers %s, %v; want %s", step.name, qualifier, res.Payload, err, want)
			}
		}
	}
}
