package registry

import (
	"errors"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

func TestReservedConcurrency(t *testing.T) {
	t.Parallel()
	r := withVersions(t, 1, Config{})
	must(t)(r.CreateFunction(t.Context(), named(1), input("1")))
	abroad := function.ID{Region: "eu-west-1", Name: "f"}
	must(t)(r.CreateFunction(t.Context(), abroad, input("1")))
	put := func(id function.ID, n int) error { return r.PutConcurrency(t.Context(), id, n) }
	const below = "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
	for _, err := range []error{put(fn, 0), put(fn, 900), put(fn, 400), put(named(1), 500), put(fn, 300), put(abroad, 900)} {
		if err != nil {
			t.Error(err)
		}
	}
	wantError(t, put(fn, 401), InvalidParameter, below)
	if n, err := r.GetConcurrency(t.Context(), fn); err != nil || *n != 300 {
		t.Errorf("reserved %v, %v; want 300", n, err)
	}
	if got := r.UnreservedConcurrency("us-east-1"); got != 200 {
		t.Errorf("%d unreserved, want 200", got)
	}
	if _, err := r.PutProvisioned(t.Context(), fn, "1", 2); err != nil {
		t.Fatal(err)
	}
	wantError(t, put(fn, 1), InvalidParameter, " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].")
	if err := r.DeleteConcurrency(t.Context(), fn); err != nil {
		t.Error(err)
	}
	if n, err := r.GetConcurrency(t.Context(), fn); n != nil || err != nil {
		t.Errorf("reserved %v, %v; want none", n, err)
	}
	if got := r.UnreservedConcurrency("us-east-1"); got != 498 {
		t.Errorf("%d unreserved, want 498: 500 are reserved, 2 provisioned", got)
	}
	const missing = "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f0002:$LATEST"
	wantError(t, put(named(2), 1), NotFound, missing)
	_, err := r.GetConcurrency(t.Context(), named(2))
	wantError(t, err, NotFound, missing)
	wantError(t, r.DeleteConcurrency(t.Context(), named(2)), NotFound, missing)
}

func TestProvisionedConcurrencyRefuses(t *testing.T) {
	t.Parallel()
	const (
		unpublished = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
		neither     = "The function resource provided must be an alias or a published version."
	)
	put := func(qualifier string, n int) func(t *testing.T, r *Registry) error {
		return func(t *testing.T, r *Registry) error {
			_, err := r.PutProvisioned(t.Context(), fn, qualifier, n)
			return err
		}
	}
	get := func(qualifier string) func(t *testing.T, r *Registry) error {
		return func(t *testing.T, r *Registry) error {
			_, err := r.GetProvisioned(t.Context(), fn, qualifier)
			return err
		}
	}
	move := func(alias, version string) func(t *testing.T, r *Registry) error {
		return func(t *testing.T, r *Registry) error {
			_, err := r.UpdateAlias(t.Context(), fn, alias, AliasInput{FunctionVersion: version})
			return err
		}
	}
	remove := func(qualifier string) func(t *testing.T, r *Registry) error {
		return func(t *testing.T, r *Registry) error { return r.DeleteProvisioned(t.Context(), fn, qualifier) }
	}
	reserve := func(t *testing.T, r *Registry) error { return r.PutConcurrency(t.Context(), fn, 5) }
	type step = func(t *testing.T, r *Registry) error
	tests := []struct {
		name    string
		before  []step
		step    step
		kind    Kind
		message string
	}{
		{"putting on $LATEST", nil, put("$LATEST", 1), InvalidParameter, unpublished},
		{"getting of $LATEST", nil, get("$LATEST"), InvalidParameter, neither},
		{"deleting of $LATEST", nil, remove("$LATEST"), InvalidParameter, neither},
		{"an alias of $LATEST", nil, put("head", 1), InvalidParameter, unpublished},
		{"a version that is not there", nil, put("9", 1), NotFound, "Function not found: " + arnOf("9")},
		{"an alias that is not there", nil, put("none", 1), NotFound, "Cannot find alias arn: " + arnOf("none")},
		{"none", nil, get("1"), ProvisionedNotFound, "No Provisioned Concurrency Config found for this function"},
		{"an alias of a version that has one", []step{put("1", 1)}, put("live", 1), Conflict, "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"},
		{"a second alias of a version", []step{put("live", 1)}, put("again", 1), Conflict, "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"},
		{"a version whose alias has one", []step{put("live", 1)}, put("1", 1), Conflict, "Version is pointed by a Provisioned Concurrency alias"},
		{"more than is reserved", []step{reserve, put("1", 3)}, put("2", 3), InvalidParameter, "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"},
		{"more than the account has", nil, put("1", 1001), InvalidParameter, "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000]."},
		{"too little left for others", nil, put("1", 901), InvalidParameter, "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."},
		{"moving it to a version that has one", []step{put("live", 1), put("2", 1)}, move("live", "2"), Conflict, "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"},
		{"moving it to $LATEST", []step{put("live", 1)}, move("live", "$LATEST"), InvalidParameter, unpublished},
		{"an alias that was deleted", []step{put("live", 1), func(t *testing.T, r *Registry) error { return r.DeleteAlias(t.Context(), fn, "live") }}, get("live"), NotFound, "Cannot find alias arn: " + arnOf("live")},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := withVersions(t, 2, Config{})
			for name, version := range map[string]string{"live": "1", "again": "1", "head": "$LATEST"} {
				if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: name, FunctionVersion: version}); err != nil {
					t.Fatal(err)
				}
			}
			for _, before := range tc.before {
				if err := before(t, r); err != nil {
					t.Fatal(err)
				}
			}
			wantError(t, tc.step(t, r), tc.kind, tc.message)
		})
	}
}

func TestProvisionedConcurrencyMovesWithItsAlias(t *testing.T) {
	t.Parallel()
	r := withVersions(t, 2, Config{})
	runner := attach(t, r)
	if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	s, err := r.PutProvisioned(t.Context(), fn, "live", 3)
	if err != nil || s.Status != "IN_PROGRESS" || s.Requested != 3 || s.Available != 0 || s.Allocated != 0 || time.Since(s.LastModified) > time.Hour {
		t.Errorf("PutProvisioned = %+v, %v", s, err)
	}
	if got := runner.deployment(fn).Provisioned; len(got) != 1 || got["1"] != 3 {
		t.Errorf("the runtime provides %v", got)
	}
	if _, err := r.UpdateAlias(t.Context(), fn, "live", AliasInput{FunctionVersion: "2"}); err != nil {
		t.Fatal(err)
	}
	if got := runner.deployment(fn).Provisioned; len(got) != 1 || got["2"] != 3 {
		t.Errorf("the runtime provides %v", got)
	}
	if _, err := r.PutProvisioned(t.Context(), fn, "1", 1); err != nil {
		t.Fatal(err)
	}
	list, next, err := r.ListProvisioned(t.Context(), fn, Page{})
	if err != nil || next != "" || len(list) != 2 || list[0].Qualifier != "1" || list[1].Qualifier != "live" || list[1].Status != "READY" || list[1].Available != 3 {
		t.Errorf("ListProvisioned = %+v, %q, %v", list, next, err)
	}
	for range 2 {
		if err := r.DeleteProvisioned(t.Context(), fn, "live"); err != nil {
			t.Error(err)
		}
	}
	if err := r.DeleteFunction(t.Context(), fn, "1"); err != nil {
		t.Fatal(err)
	}
	if got := runner.deployment(fn).Provisioned; len(got) != 0 {
		t.Errorf("the runtime provides %v", got)
	}
}

// warmer is a Runner that says how far it is.
type warmer struct {
	*fakeRunner
	ready int
	err   error
}

func (w *warmer) Ready(function.ID, string) (int, error) { return w.ready, w.err }

func TestProvisionedConcurrencyIsReadyWhenItsEnvironmentsAre(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		ready     int
		err       error
		status    string
		reason    string
		available int
	}{
		{"some", 1, nil, "IN_PROGRESS", "", 1},
		{"all", 3, nil, "READY", "", 3},
		{"more", 5, nil, "READY", "", 3},
		{"none can be", 0, errors.New("no"), "FAILED", "FUNCTION_ERROR_INIT_FAILURE", 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := withVersions(t, 1, Config{})
			if err := r.Attach(t.Context(), &warmer{&fakeRunner{dir: r}, tc.ready, tc.err}); err != nil {
				t.Fatal(err)
			}
			if _, err := r.PutProvisioned(t.Context(), fn, "1", 3); err != nil {
				t.Fatal(err)
			}
			got, err := r.GetProvisioned(t.Context(), fn, "1")
			if err != nil || got.Status != tc.status || got.StatusReason != tc.reason || got.Available != tc.available || got.Allocated != tc.available {
				t.Errorf("GetProvisioned = %+v, %v", got, err)
			}
		})
	}
}

func TestARuntimeIsToldAtOnceOfWhatTakesConcurrency(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	for i := range 4 {
		in := input("1")
		in.Publish = true
		if i == 2 {
			in.SnapStart = &function.SnapStart{ApplyOn: "PublishedVersions"}
		}
		must(t)(r.CreateFunction(t.Context(), named(i), in))
	}
	_, err := r.PutProvisioned(t.Context(), named(1), "1", 1)
	if err := errors.Join(err, r.PutConcurrency(t.Context(), named(0), 0)); err != nil {
		t.Fatal(err)
	}
	r = newRegistry(t, Config{KV: r.cfg.KV, Blobs: r.cfg.Blobs})
	runner := attach(t, r)
	for i, want := range []bool{true, true, true, false} {
		if got := runner.deployment(named(i)) != nil; got != want {
			t.Errorf("the runtime knows function %d: %v, want %v", i, got, want)
		}
	}
}
