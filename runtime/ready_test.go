package runtime_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

func TestReadyCountsStartedEnvironments(t *testing.T) {
	t.Parallel()
	rt, _ := known(t, &function.Deployment{Versions: map[string]string{"$LATEST": "b", "1": "a"}, Provisioned: map[string]int{"1": 2}})
	for _, id := range []function.ID{home, {Name: "f"}, {Name: "none"}} {
		if n, err := rt.Ready(id, "9"); n != 0 || err != nil {
			t.Errorf("a version that is not there: %d, %v", n, err)
		}
	}
	if err := rt.Refresh(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	if !eventually(t, func() bool { n, err := rt.Ready(home, "1"); return n == 2 && err == nil }) {
		n, err := rt.Ready(home, "1")
		t.Errorf("%d environments are ready, %v; want 2", n, err)
	}
}

func TestVersionsWithSnapStartAreReadyBeforeTheyAreCalled(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, &function.Deployment{Versions: map[string]string{"$LATEST": "b", "1": "a"}, SnapStart: map[string]bool{"1": true}})
	if err := rt.Refresh(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	opened := func() bool {
		dir.mu.Lock()
		defer dir.mu.Unlock()
		return dir.opened == 1
	}
	if !eventually(t, opened) {
		t.Error("version 1 was not opened, or $LATEST was, too")
	}
}

func TestReadySaysThatNoneCanBe(t *testing.T) {
	t.Parallel()
	dir := &failing{}
	rt, err := runtime.New(runtime.Config{Directory: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	if err := rt.Refresh(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	if !eventually(t, func() bool { _, err := rt.Ready(home, "1"); return err != nil }) {
		t.Error("an init phase that fails is not reported")
	}
}

// failing is a Directory of one function whose init phase fails.
type failing struct{ directory }

func (*failing) Function(context.Context, function.ID) (*function.Deployment, bool, error) {
	return &function.Deployment{Versions: map[string]string{"$LATEST": "a", "1": "a"}, Provisioned: map[string]int{"1": 1}}, true, nil
}

func (*failing) Version(context.Context, function.ID, string, string) (*function.Version, bool, error) {
	return &function.Version{Runtime: "nodejs20.x", Timeout: time.Second, Code: files{"index.js": {Data: []byte(`throw new Error("no")`)}}}, true, nil
}

// files is code in memory.
type files fstest.MapFS

func (f files) Open(context.Context) (fs.FS, [32]byte, error) {
	return fstest.MapFS(f), [32]byte{}, nil
}

// gone is code that was replaced between finding it and opening it.
type gone struct{}

func (gone) Open(context.Context) (fs.FS, [32]byte, error) {
	return nil, [32]byte{}, errors.Join(errors.New("no such content"), function.ErrReplaced)
}

// moving is a Directory whose first version goes while it is being opened.
type moving struct {
	directory
	revision string
}

func (d *moving) Function(context.Context, function.ID) (*function.Deployment, bool, error) {
	return &function.Deployment{Versions: map[string]string{"$LATEST": d.revision}}, true, nil
}

func (d *moving) Version(_ context.Context, _ function.ID, _, revision string) (*function.Version, bool, error) {
	v := &function.Version{Runtime: "nodejs20.x", Timeout: time.Second, Code: source(revision)}
	if revision == "old" {
		v.Code, d.revision = gone{}, "new"
	}
	return v, true, nil
}

func TestCodeThatGoesWhileItIsOpenedCostsNoInvocation(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{Directory: &moving{revision: "old"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	const want = `"new $LATEST arn:aws:lambda:us-east-1:000000000000:function:f us-east-1"`
	if got := call(t, rt, runtime.Invocation{Function: "f"}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// eventually waits for what happens by itself, soon.
func eventually(t *testing.T, happened func() bool) bool {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}
