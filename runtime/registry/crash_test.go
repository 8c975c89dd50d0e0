package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/local"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

var errDied = errors.New("the process has ended")

// fuse lets so many writes happen and then none.
type fuse struct{ left atomic.Int64 }

func (f *fuse) burn() error {
	if f.left.Add(-1) < 0 {
		return errDied
	}
	return nil
}

// dyingKV and dyingBlob stand for a process that ends at one of its writes.
type dyingKV struct {
	store.KV
	fuse *fuse
}

func (s dyingKV) Put(ctx context.Context, key string, value []byte, was uint64) (uint64, error) {
	if err := s.fuse.burn(); err != nil {
		return 0, err
	}
	return s.KV.Put(ctx, key, value, was)
}

func (s dyingKV) Delete(ctx context.Context, key string, was uint64) error {
	if err := s.fuse.burn(); err != nil {
		return err
	}
	return s.KV.Delete(ctx, key, was)
}

type dyingBlob struct {
	store.Blob
	fuse *fuse
}

func (s dyingBlob) Put(ctx context.Context, content io.Reader) (store.Sum, int64, error) {
	if err := s.fuse.burn(); err != nil {
		return store.Sum{}, 0, err
	}
	return s.Blob.Put(ctx, content)
}

func (s dyingBlob) Delete(ctx context.Context, sum store.Sum) error {
	if err := s.fuse.burn(); err != nil {
		return err
	}
	return s.Blob.Delete(ctx, sum)
}

// life is what happens to a function, step by step.
var life = []func(ctx context.Context, r *Registry) error{
	func(ctx context.Context, r *Registry) error {
		in := input("1")
		in.Publish = true
		_, err := r.CreateFunction(ctx, fn, in)
		return err
	},
	func(ctx context.Context, r *Registry) error {
		_, err := r.UpdateFunctionCode(ctx, fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("2")}})
		return err
	},
	func(ctx context.Context, r *Registry) error {
		_, err := r.PublishVersion(ctx, fn, PublishInput{})
		return err
	},
	func(ctx context.Context, r *Registry) error {
		_, err := r.CreateAlias(ctx, fn, AliasInput{Name: "live", FunctionVersion: "1"})
		return err
	},
	func(ctx context.Context, r *Registry) error {
		_, err := r.UpdateFunctionCode(ctx, fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("3")}, Publish: true})
		return err
	},
	func(ctx context.Context, r *Registry) error { return r.DeleteFunction(ctx, fn, "2") },
	func(ctx context.Context, r *Registry) error { return r.PutConcurrency(ctx, fn, 5) },
	func(ctx context.Context, r *Registry) error { return r.DeleteFunction(ctx, fn, "") },
	func(ctx context.Context, r *Registry) error {
		_, err := r.CreateFunction(ctx, fn, input("4"))
		return err
	},
}

// picture is what a caller can see of fn, but for dates and ids.
func picture(t *testing.T, r *Registry) string {
	t.Helper()
	versions, _, err := r.ListVersions(t.Context(), fn, Page{})
	if IsKind(err, NotFound) {
		return "nothing"
	}
	aliases, _, errAliases := r.ListAliases(t.Context(), fn, "", Page{})
	reserved, errReserved := r.GetConcurrency(t.Context(), fn)
	if err := errors.Join(err, errAliases, errReserved); err != nil {
		t.Fatal(err)
	}
	for i := range versions {
		versions[i].RevisionID, versions[i].LastModified = "", ""
	}
	for i := range aliases {
		aliases[i].RevisionID = ""
	}
	text, err := json.Marshal([]any{versions, aliases, reserved})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhateverWriteAProcessEndsAt cuts the life of a function off at each of its
// writes: what was acknowledged is there after a restart, what was not is there
// whole or not at all, and nothing else is left.
func TestWhateverWriteAProcessEndsAt(t *testing.T) {
	t.Parallel()
	pictures := []string{"nothing"}
	clean := newRegistry(t, Config{})
	for i, step := range life {
		if err := step(t.Context(), clean); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		pictures = append(pictures, picture(t, clean))
	}
	for writes := int64(0); ; writes++ {
		s := memory.New()
		f := new(fuse)
		f.left.Store(writes)
		r := newRegistry(t, Config{KV: dyingKV{s.KV(), f}, Blobs: dyingBlob{s.Blob(), f}})
		done := 0
		for done < len(life) && life[done](t.Context(), r) == nil {
			done++
		}
		r = newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
		got := picture(t, r)
		if got != pictures[done] && (done == len(life) || got != pictures[done+1]) {
			t.Errorf("after %d writes and %d steps:\n%s", writes, done, got)
		}
		wantTidy(t, r)
		if f.left.Load() >= 0 {
			if done < len(life) {
				t.Errorf("%d of %d steps were done", done, len(life))
			}
			return
		}
	}
}

// TestAllIsThereAfterARestart uses the store that a server uses.
func TestAllIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() (*Registry, func()) {
		s, err := local.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Open(t.Context(), Config{KV: s.KV(), Blobs: s.Blob(), Account: account, KeyFile: dir + "/key"})
		if err != nil {
			t.Fatal(err)
		}
		return r, func() {
			if err := errors.Join(r.Close(), s.Close()); err != nil {
				t.Error(err)
			}
		}
	}
	r, end := open()
	in := input("1")
	in.Environment = &function.Environment{Variables: map[string]string{"SECRET": "s3cret"}}
	must(t)(r.CreateFunction(t.Context(), fn, in))
	publishNew(t, r, "2")
	for i := range 20 {
		must(t)(r.CreateFunction(t.Context(), named(i), input(fmt.Sprint(i%3))))
	}
	before := picture(t, r)
	revision := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "1")).RevisionID
	end()
	r, end = open()
	defer end()
	if got := picture(t, r); got != before {
		t.Errorf("after a restart\n%s, before it\n%s", got, before)
	}
	c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "1"))
	if c.RevisionID != revision || c.Environment.Variables["SECRET"] != "s3cret" {
		t.Errorf("version 1 is %+v", c)
	}
	if got := serves(t, r, "1"); got != "2" {
		t.Errorf("version 1 serves %q", got)
	}
	wantTidy(t, r)
}
