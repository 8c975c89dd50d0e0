package registry

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

const (
	account = "123456789012"
	role    = "arn:aws:iam::123456789012:role/r"
)

// fn is the function that tests of one function use.
var fn = function.ID{Region: "us-east-1", Name: "f"}

// arnOf is the ARN of fn, or of its qualifier.
func arnOf(qualifier string) string {
	return function.ARN{Region: fn.Region, Account: account, Name: fn.Name, Qualifier: qualifier}.String()
}

// zipOf is an archive of one file, index.js.
func zipOf(text string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create("index.js")
	if err == nil {
		_, err = f.Write([]byte(text))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}

func ptr[T any](v T) *T { return &v }

// input is what it takes to create a function.
func input(code string) CreateInput {
	return CreateInput{
		SettingsChange: function.SettingsChange{Role: ptr(role), Runtime: ptr("nodejs22.x"), Handler: ptr("index.handler")},
		Code:           CodeInput{ZipFile: zipOf(code)},
	}
}

// newRegistry returns a registry in memory, and the store below it.
func newRegistry(t *testing.T, cfg Config) *Registry {
	t.Helper()
	if cfg.KV == nil {
		s := memory.New()
		cfg.KV, cfg.Blobs = s.KV(), s.Blob()
	}
	cfg.Account = account
	r, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// withFunction returns a registry with fn in it.
func withFunction(t *testing.T, cfg Config) *Registry {
	t.Helper()
	r := newRegistry(t, cfg)
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	return r
}

// must returns a function that passes a result on unless there is an error.
func must(t *testing.T) func(function.Configuration, error) function.Configuration {
	t.Helper()
	return func(c function.Configuration, err error) function.Configuration {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// wantError fails unless err is an Error of that kind with that message.
func wantError(t *testing.T, err error, kind Kind, message string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind || e.Message != message {
		t.Errorf("error is %v, want kind %d: %s", err, kind, message)
	}
}

// fakeRunner is a runtime that takes over what it is told, and finds code
// unusable that is "broken".
type fakeRunner struct {
	dir function.Directory

	mu        sync.Mutex
	seen      map[function.ID]*function.Deployment
	refreshes int
}

func (f *fakeRunner) Refresh(ctx context.Context, id function.ID) error {
	d, ok, err := f.dir.Function(ctx, id)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen == nil {
		f.seen = map[function.ID]*function.Deployment{}
	}
	f.refreshes++
	if delete(f.seen, id); ok {
		f.seen[id] = d
	}
	return nil
}

func (f *fakeRunner) Check(ctx context.Context, v *function.Version) error {
	text, err := read(ctx, v)
	if err == nil && text == "broken" {
		return errors.New("the code is broken")
	}
	return err
}

// deployment is what the runner knows of a function; nil: nothing.
func (f *fakeRunner) deployment(id function.ID) *function.Deployment {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[id]
}

// attach gives the registry a runner.
func attach(t *testing.T, r *Registry) *fakeRunner {
	t.Helper()
	f := &fakeRunner{dir: r}
	if err := r.Attach(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f
}

// read returns the text of a version's code.
func read(ctx context.Context, v *function.Version) (string, error) {
	files, _, err := v.Code.Open(ctx)
	if err != nil {
		return "", err
	}
	f, err := files.Open("index.js")
	if err != nil {
		return "", err
	}
	defer f.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(f)
	return text.String(), err
}

// serves returns the code that runs as a version now.
func serves(t *testing.T, r *Registry, version string) string {
	t.Helper()
	d, ok, err := r.Function(t.Context(), fn)
	if err != nil || !ok {
		t.Fatalf("Function = %v, %v", ok, err)
	}
	v, ok, err := r.Version(t.Context(), fn, version, d.Versions[version])
	if err != nil || !ok {
		t.Fatalf("Version = %v, %v", ok, err)
	}
	text, err := read(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// blobs counts the contents that the registry's store holds.
func blobs(t *testing.T, r *Registry) int {
	t.Helper()
	n := 0
	for _, err := range r.cfg.Blobs.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// publishNew publishes a version of fn with new code.
func publishNew(t *testing.T, r *Registry, code string) string {
	t.Helper()
	in := UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf(code)}, Publish: true}
	return must(t)(r.UpdateFunctionCode(t.Context(), fn, in)).Version
}

func named(i int) function.ID {
	return function.ID{Region: "us-east-1", Name: fmt.Sprintf("f%04d", i)}
}
