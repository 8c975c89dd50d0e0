package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// directory is a Directory in memory. Its versions are JavaScript.
type directory struct {
	mu       sync.Mutex // guards the fields below
	deployed map[function.ID]*function.Deployment
	opened   int
	err      error
}

// source is code whose handler answers with the version's revision and what it
// was called as.
type source string

func (s source) Open(context.Context) (fs.FS, [32]byte, error) {
	text := fmt.Sprintf(`exports.handler = async (e, c) => [%q, c.functionVersion, c.invokedFunctionArn, process.env.AWS_REGION].join(" ")`, string(s))
	return fstest.MapFS{"index.js": {Data: []byte(text)}}, [32]byte{}, nil
}

func (d *directory) Function(_ context.Context, id function.ID) (*function.Deployment, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.deployed[id]
	return found, ok, d.err
}

func (d *directory) Version(_ context.Context, id function.ID, version, revision string) (*function.Version, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.deployed[id]
	if !ok || found.Versions[version] != revision {
		return nil, false, nil
	}
	d.opened++
	return &function.Version{Runtime: "nodejs20.x", Timeout: 3 * time.Second, Code: source(revision)}, true, nil
}

func (d *directory) set(id function.ID, dep *function.Deployment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if dep == nil {
		delete(d.deployed, id)
		return
	}
	d.deployed[id] = dep
}

var home = function.ID{Region: "us-east-1", Name: "f"}

// known returns a runtime with a directory that knows the deployment of "f".
func known(t *testing.T, dep *function.Deployment) (*runtime.Runtime, *directory) {
	t.Helper()
	dir := &directory{deployed: map[function.ID]*function.Deployment{home: dep}}
	rt, err := runtime.New(runtime.Config{Directory: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	return rt, dir
}

func call(t *testing.T, rt *runtime.Runtime, inv runtime.Invocation) string {
	t.Helper()
	res, err := rt.Do(t.Context(), inv)
	if err != nil {
		t.Fatalf("%s:%s: %v", inv.Function, inv.Qualifier, err)
	}
	return string(res.Payload)
}

func TestQualifiersMeanVersions(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, &function.Deployment{
		Versions: map[string]string{"$LATEST": "c", "1": "a", "2": "b"},
		Aliases:  map[string]function.Alias{"live": {Version: "1"}, "next": {Version: "2", Other: "1", Weight: 0}, "moved": {Version: "2", Other: "1", Weight: 1}},
	})
	const arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
	for qualifier, want := range map[string]string{
		"":        `"c $LATEST ` + arn + ` us-east-1"`,
		"$LATEST": `"c $LATEST ` + arn + `:$LATEST us-east-1"`,
		"1":       `"a 1 ` + arn + `:1 us-east-1"`,
		"2":       `"b 2 ` + arn + `:2 us-east-1"`,
		"live":    `"a 1 ` + arn + `:live us-east-1"`,
		"next":    `"b 2 ` + arn + `:next us-east-1"`,
		"moved":   `"a 1 ` + arn + `:moved us-east-1"`,
	} {
		if got := call(t, rt, runtime.Invocation{Function: "f", Qualifier: qualifier}); got != want {
			t.Errorf("%q: %s, want %s", qualifier, got, want)
		}
	}
	for _, qualifier := range []string{"3", "dead"} {
		_, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Qualifier: qualifier})
		var missing *runtime.NotFoundError
		if !errors.As(err, &missing) || missing.Resource != arn+":"+qualifier {
			t.Errorf("%q: %v, want it not found", qualifier, err)
		}
	}
	if dir.opened != 3 {
		t.Errorf("%d versions were opened, want 3, each once", dir.opened)
	}
}

func TestWeightsShareTheInvocations(t *testing.T) {
	t.Parallel()
	rt, _ := known(t, &function.Deployment{
		Versions: map[string]string{"$LATEST": "a", "1": "a", "2": "b"},
		Aliases:  map[string]function.Alias{"live": {Version: "1", Other: "2", Weight: 0.25}},
	})
	const n = 2000
	count := map[string]int{}
	for range n {
		version, err := rt.Route(home, "live")
		if err != nil {
			t.Fatal(err)
		}
		count[version]++
	}
	// 25 % of 2000 is 500; 7 standard deviations are 136.
	if got := count["2"]; got < 364 || got > 636 || count["1"]+got != n {
		t.Errorf("%v, want about a quarter of version 2", count)
	}
}

func TestRefreshSwitchesAtOnceAndKeepsWhatIsTheSame(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, &function.Deployment{Versions: map[string]string{"$LATEST": "a", "1": "a"}})
	call(t, rt, runtime.Invocation{Function: "f"})
	call(t, rt, runtime.Invocation{Function: "f", Qualifier: "1"})
	dir.set(home, &function.Deployment{Versions: map[string]string{"$LATEST": "b", "1": "a"}})
	if err := rt.Refresh(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	if got := call(t, rt, runtime.Invocation{Function: "f"}); got[:3] != `"b ` {
		t.Errorf("after Refresh the old code answers: %s", got)
	}
	res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Qualifier: "1"})
	if err != nil || res.ColdStart {
		t.Errorf("version 1 started again (%v), though it is the same", err)
	}
	dir.set(home, nil)
	if err := rt.Refresh(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	var missing *runtime.NotFoundError
	if _, err := rt.Invoke(t.Context(), "f", nil); !errors.As(err, &missing) {
		t.Errorf("a deleted function answers %v", err)
	}
	if n := rt.Stats().Isolates; n != 0 {
		t.Errorf("%d isolates are left of a deleted function", n)
	}
}

func TestRegionsAreSeparate(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, &function.Deployment{Versions: map[string]string{"$LATEST": "here"}})
	dir.set(function.ID{Region: "eu-west-1", Name: "f"}, &function.Deployment{Versions: map[string]string{"$LATEST": "there"}})
	for region, want := range map[string]string{
		"":          `"here $LATEST arn:aws:lambda:us-east-1:000000000000:function:f us-east-1"`,
		"us-east-1": `"here $LATEST arn:aws:lambda:us-east-1:000000000000:function:f us-east-1"`,
		"eu-west-1": `"there $LATEST arn:aws:lambda:eu-west-1:000000000000:function:f eu-west-1"`,
	} {
		if got := call(t, rt, runtime.Invocation{Function: "f", Region: region}); got != want {
			t.Errorf("%q: %s, want %s", region, got, want)
		}
	}
	var missing *runtime.NotFoundError
	_, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Region: "eu-west-2"})
	if !errors.As(err, &missing) || missing.Resource != "arn:aws:lambda:eu-west-2:000000000000:function:f:$LATEST" {
		t.Errorf("a third region: %v, want it not found", err)
	}
}

func TestProvisionedVersionsAreWarmBeforeTheyAreCalled(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, nil)
	dir.set(home, &function.Deployment{Versions: map[string]string{"$LATEST": "a", "1": "a"}, Provisioned: map[string]int{"1": 2}})
	if err := rt.Refresh(t.Context(), home); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); rt.Stats().Idle < 2; {
		if time.Now().After(deadline) {
			t.Fatalf("no isolates of a provisioned version: %+v", rt.Stats())
		}
		time.Sleep(time.Millisecond)
	}
	res, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Qualifier: "1"})
	if err != nil || res.InitDuration < 0 || res.ExecutedVersion != "1" {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestDirectoryErrorsAreNotMistakenForMissingFunctions(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, nil)
	dir.err = errors.New("the disk is on fire")
	if _, err := rt.Invoke(t.Context(), "f", nil); !errors.Is(err, dir.err) {
		t.Errorf("%v, want the directory's error", err)
	}
}

func TestRuntimeWithoutEngineIsSaidWhenInvoked(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{Directory: python{}})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	var missing *runtime.RuntimeError
	if _, err := rt.Invoke(t.Context(), "f", nil); !errors.As(err, &missing) || missing.Runtime != "python3.12" {
		t.Errorf("%v, want a RuntimeError", err)
	}
	if err := rt.Check(t.Context(), &function.Version{Runtime: "python3.12", Code: source("")}); err != nil {
		t.Errorf("Check: %v, want nil", err)
	}
}

// python is a Directory of a function that nothing here can run.
type python struct{}

func (python) Function(context.Context, function.ID) (*function.Deployment, bool, error) {
	return &function.Deployment{Versions: map[string]string{"$LATEST": "x"}}, true, nil
}

func (python) Version(context.Context, function.ID, string, string) (*function.Version, bool, error) {
	return &function.Version{Runtime: "python3.12", Code: source("")}, true, nil
}

// TestChangesUnderLoadLoseNothing changes a function all the time while it is
// called: each answer is of a version that was current during the call.
func TestChangesUnderLoadLoseNothing(t *testing.T) {
	t.Parallel()
	rt, dir := known(t, &function.Deployment{Versions: map[string]string{"$LATEST": "0"}, Aliases: map[string]function.Alias{"live": {Version: "$LATEST"}}})
	stop := make(chan struct{})
	var callers sync.WaitGroup
	defer callers.Wait()
	defer close(stop)
	for range 4 {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := rt.Do(t.Context(), runtime.Invocation{Function: "f", Qualifier: "live"}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	base := *dir.deployed[home]
	for i := range 200 {
		next := base
		next.Versions = maps.Clone(base.Versions)
		next.Versions["$LATEST"] = fmt.Sprint(i + 1)
		dir.set(home, &next)
		if err := rt.Refresh(t.Context(), home); err != nil {
			t.Error(err)
		}
		if got := call(t, rt, runtime.Invocation{Function: "f"}); got[:len(fmt.Sprint(i+1))+2] != `"`+fmt.Sprint(i+1)+" " {
			t.Errorf("after change %d: %s", i+1, got)
		}
	}
}
