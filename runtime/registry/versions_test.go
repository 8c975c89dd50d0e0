package registry

import (
	"strconv"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
)

func TestAVersionIsPublishedOnceForEachState(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	publish := func(in PublishInput) function.Configuration {
		t.Helper()
		return must(t)(r.PublishVersion(t.Context(), fn, in))
	}
	configure := func(change function.SettingsChange) {
		t.Helper()
		must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: change}))
	}
	first := publish(PublishInput{Description: ptr("first")})
	if first.Version != "1" || first.Description != "first" || first.FunctionArn != arnOf("1") || first.State != "Active" {
		t.Errorf("published %+v", first)
	}
	again := publish(PublishInput{Description: ptr("again")})
	if again.Version != "1" || again.Description != "first" || again.RevisionID != first.RevisionID {
		t.Errorf("published again %+v", again)
	}
	steps := []struct {
		name   string
		change function.SettingsChange
		want   string
	}{
		{"an update that changes nothing", function.SettingsChange{Timeout: ptr(3)}, "1"},
		{"a description", function.SettingsChange{Description: ptr("d")}, "2"},
		{"a timeout", function.SettingsChange{Timeout: ptr(4)}, "3"},
		{"variables", function.SettingsChange{Environment: &function.Environment{Variables: map[string]string{"AA": "1"}}}, "4"},
		{"the same variables", function.SettingsChange{Environment: &function.Environment{Variables: map[string]string{"AA": "1"}}}, "4"},
		{"other variables", function.SettingsChange{Environment: &function.Environment{Variables: map[string]string{"AA": "2"}}}, "5"},
		{"a snapshot", function.SettingsChange{SnapStart: &function.SnapStart{ApplyOn: "PublishedVersions"}}, "6"},
		{"the same snapshot", function.SettingsChange{SnapStart: &function.SnapStart{ApplyOn: "PublishedVersions"}}, "6"},
	}
	for _, s := range steps {
		configure(s.change)
		if got := publish(PublishInput{}).Version; got != s.want {
			t.Errorf("after %s: version %s, want %s", s.name, got, s.want)
		}
	}
	if got := publishNew(t, r, "2"); got != "7" {
		t.Errorf("new code is version %s, want 7", got)
	}
	if got := publishNew(t, r, "2"); got != "7" {
		t.Errorf("the same code is version %s, want 7", got)
	}
}

func TestAVersionStaysAsItWasPublished(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	attach(t, r)
	in := input("1")
	in.Publish = true
	in.Environment = &function.Environment{Variables: map[string]string{"AA": "1"}}
	created := must(t)(r.CreateFunction(t.Context(), fn, in))
	if created.Version != "1" || created.FunctionArn != arnOf("") || created.State != "Pending" {
		t.Errorf("created %+v", created)
	}
	must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{
		Timeout: ptr(9), Environment: &function.Environment{Variables: map[string]string{"AA": "2"}},
	}}))
	if got := publishNew(t, r, "2"); got != "2" {
		t.Fatalf("published %s, want 2", got)
	}
	for version, want := range map[string]struct {
		text, variable string
		timeout        int
	}{"1": {"1", "1", 3}, "2": {"2", "2", 9}, "$LATEST": {"2", "2", 9}} {
		c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, version))
		if c.Version != version || c.FunctionArn != arnOf(version) || c.Timeout != want.timeout || c.Environment.Variables["AA"] != want.variable || c.State != "Active" {
			t.Errorf("%s is %+v", version, c)
		}
		if got := serves(t, r, version); got != want.text {
			t.Errorf("%s serves %q, want %q", version, got, want.text)
		}
	}
}

func TestAVersionOfAnUpdateIsPendingFirst(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	attach(t, r)
	for code, want := range map[string]function.Status{
		"2":      {State: "Active", LastUpdateStatus: "Successful"},
		"broken": {State: "Failed", StateReason: "the code is broken", StateReasonCode: codeUnusable, LastUpdateStatus: "Failed", LastUpdateStatusReason: "the code is broken", LastUpdateStatusReasonCode: codeUnusable},
	} {
		c := must(t)(r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf(code)}, Publish: true}))
		if c.Status != statusCreating || c.FunctionArn != arnOf(c.Version) {
			t.Errorf("%s was published as %s: %+v", code, c.FunctionArn, c.Status)
		}
		settled := must(t)(r.GetFunctionConfiguration(t.Context(), fn, c.Version))
		if settled.Status != want || settled.RevisionID == c.RevisionID {
			t.Errorf("%s became %+v, want %+v", code, settled.Status, want)
		}
		_, err := r.change(t.Context(), fn, func(d *Document) error {
			d.touch(c.Version)
			return nil
		})
		touched := must(t)(r.GetFunctionConfiguration(t.Context(), fn, c.Version)).RevisionID
		if err != nil || touched == settled.RevisionID || touched == c.RevisionID {
			t.Errorf("a change of what is attached left RevisionId %s, %v", touched, err)
		}
	}
}

func TestPublishVersionRefuses(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	have := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")).CodeSha256
	_, err := r.PublishVersion(t.Context(), fn, PublishInput{CodeSha256: "x"})
	wantError(t, err, InvalidParameter, "CodeSHA256 (x) is different from current CodeSHA256 in $LATEST ("+have+"). Please try again with the CodeSHA256 in $LATEST.")
	_, err = r.PublishVersion(t.Context(), named(1), PublishInput{})
	wantError(t, err, NotFound, "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f0001")
	if got := must(t)(r.PublishVersion(t.Context(), fn, PublishInput{CodeSha256: have})).Version; got != "1" {
		t.Errorf("published %s, want 1", got)
	}
}

func TestNumbersAreNeverUsedAgain(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	for i := 1; i <= 3; i++ {
		if got := publishNew(t, r, strconv.Itoa(i+1)); got != strconv.Itoa(i) {
			t.Errorf("published %s, want %d", got, i)
		}
	}
	for _, version := range []string{"3", "1"} {
		if err := r.DeleteFunction(t.Context(), fn, version); err != nil {
			t.Fatal(err)
		}
		_, err := r.GetFunction(t.Context(), fn, version)
		wantError(t, err, NotFound, "Function not found: "+arnOf(version))
	}
	if n := blobs(t, r); n != 2 {
		t.Errorf("%d contents, want those of version 2 and of $LATEST", n)
	}
	r = newRegistry(t, Config{KV: r.cfg.KV, Blobs: r.cfg.Blobs})
	// $LATEST is what version 3 was, but that is gone.
	if got := must(t)(r.PublishVersion(t.Context(), fn, PublishInput{})).Version; got != "4" {
		t.Errorf("published %s, want 4", got)
	}
}

func TestDeleteFunctionKnowsWhatAVersionIs(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	publishNew(t, r, "2")
	if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	wantError(t, r.DeleteFunction(t.Context(), fn, "$LATEST"), InvalidParameter, "$LATEST version cannot be deleted without deleting the function.")
	wantError(t, r.DeleteFunction(t.Context(), fn, "live"), InvalidParameter, "Deletion of aliases is not currently supported.")
	if err := r.DeleteFunction(t.Context(), fn, "1"); !IsKind(err, Conflict) {
		t.Errorf("a version with an alias: %v", err)
	}
	if err := r.DeleteFunction(t.Context(), fn, "7"); err != nil {
		t.Errorf("a version that is not there: %v", err)
	}
	wantError(t, r.DeleteFunction(t.Context(), named(1), "7"), NotFound, "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f0001:7")
}

func TestVersionsAreListedInPages(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	for i := range 11 {
		publishNew(t, r, strconv.Itoa(i+2))
	}
	if err := r.DeleteFunction(t.Context(), fn, "5"); err != nil {
		t.Fatal(err)
	}
	want := []string{"$LATEST", "1", "2", "3", "4", "6", "7", "8", "9", "10", "11"}
	for limit := range 12 {
		var got []string
		for after, more := "", true; more; more = after != "" {
			list, next, err := r.ListVersions(t.Context(), fn, Page{After: after, Limit: limit})
			if err != nil || len(list) == 0 || len(got) > len(want) {
				t.Fatalf("page of %d: %v, %v", limit, list, err)
			}
			for _, c := range list {
				got = append(got, c.Version)
				if c.FunctionArn != arnOf(c.Version) || c.State != "" {
					t.Errorf("listed %+v", c)
				}
			}
			after = next
		}
		if len(got) != len(want) {
			t.Errorf("in pages of %d: %v, want %v", limit, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("in pages of %d: %v, want %v", limit, got, want)
				break
			}
		}
	}
	_, _, err := r.ListVersions(t.Context(), named(1), Page{})
	wantError(t, err, NotFound, "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f0001")
}

func TestAPublishedSnapshotIsOn(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	in := input("1")
	in.SnapStart = &function.SnapStart{ApplyOn: "PublishedVersions"}
	must(t)(r.CreateFunction(t.Context(), fn, in))
	published := must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
	if published.State != "Pending" || published.SnapStart.OptimizationStatus != "On" {
		t.Errorf("published %+v", published)
	}
	settled := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "1"))
	if settled.State != "Active" || settled.LastUpdateStatus != "Successful" || settled.RevisionID == published.RevisionID {
		t.Errorf("settled %+v", settled)
	}
	if got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")).SnapStart.OptimizationStatus; got != "Off" {
		t.Errorf("$LATEST has a snapshot: %s", got)
	}
	if got := r.document(fn).deployment().SnapStart; len(got) != 1 || !got["1"] {
		t.Errorf("the runtime makes %v ready, want version 1", got)
	}
}

func TestTheRuntimeIsTold(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	runner := attach(t, r)
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	before := runner.refreshes
	if got := runner.deployment(fn).Versions; len(got) != 1 {
		t.Errorf("after its creation: %v", got)
	}
	publishNew(t, r, "2")
	revision := runner.deployment(fn).Versions["1"]
	publishNew(t, r, "3")
	d := runner.deployment(fn)
	if len(d.Versions) != 3 || d.Versions["1"] != revision || d.Versions["2"] == revision {
		t.Errorf("after publishing: %v", d.Versions)
	}
	if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1", RoutingConfig: &function.RoutingConfig{
		AdditionalVersionWeights: map[string]float64{"2": 0.25},
	}}); err != nil {
		t.Fatal(err)
	}
	if got, want := runner.deployment(fn).Aliases["live"], (function.Alias{Version: "1", Other: "2", Weight: 0.25}); got != want {
		t.Errorf("the alias is %+v, want %+v", got, want)
	}
	told := runner.refreshes
	if told-before != 3 {
		t.Errorf("%d changes were told, want 3", told-before)
	}
	if _, err := r.UpdateAlias(t.Context(), fn, "live", AliasInput{Description: ptr("d")}); err != nil {
		t.Fatal(err)
	}
	if runner.refreshes != told {
		t.Error("a description does not matter to who runs the function")
	}
	if err := r.PutConcurrency(t.Context(), fn, 5); err != nil {
		t.Fatal(err)
	}
	if got := runner.deployment(fn).Reserved; got == nil || *got != 5 {
		t.Errorf("reserved %v, want 5", got)
	}
}

func TestTheDirectoryHasOnlyWhatIsCurrent(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	publishNew(t, r, "2")
	was := r.document(fn).deployment()
	publishNew(t, r, "3")
	if err := r.DeleteFunction(t.Context(), fn, "1"); err != nil {
		t.Fatal(err)
	}
	for version, revision := range map[string]string{"$LATEST": was.Versions["$LATEST"], "1": was.Versions["1"], "2": "other", "9": "x"} {
		if _, ok, err := r.Version(t.Context(), fn, version, revision); ok || err != nil {
			t.Errorf("version %s of another revision: %v, %v", version, ok, err)
		}
	}
	if _, ok, err := r.Function(t.Context(), named(1)); ok || err != nil {
		t.Errorf("no function: %v, %v", ok, err)
	}
	if _, ok, err := r.Version(t.Context(), named(1), "1", "x"); ok || err != nil {
		t.Errorf("no function's version: %v, %v", ok, err)
	}
}
