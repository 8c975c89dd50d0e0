package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

var shared = LayerID{Region: "us-east-1", Name: "shared"}

const sharedARN = "arn:aws:lambda:us-east-1:" + account + ":layer:shared"

// publishLayer publishes a version of a layer and returns its ARN.
func publishLayer(t *testing.T, r *Registry, id LayerID, code string, runtimes ...string) string {
	t.Helper()
	got, err := r.PublishLayerVersion(t.Context(), id, LayerInput{Content: CodeInput{ZipFile: zipOf(code)}, CompatibleRuntimes: runtimes})
	if err != nil {
		t.Fatal(err)
	}
	return got.Version.LayerVersionArn
}

// use gives fn layers.
func use(t *testing.T, r *Registry, arns ...string) error {
	t.Helper()
	_, err := r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{Layers: arns}})
	return err
}

func TestLayerVersionsAreNeverUsedAgain(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	for i := 1; i <= 2; i++ {
		if got, want := publishLayer(t, r, shared, "same"), fmt.Sprintf("%s:%d", sharedARN, i); got != want {
			t.Errorf("published %s, want %s", got, want)
		}
	}
	for i := range int64(2) {
		if err := r.DeleteLayerVersion(t.Context(), shared, i+1); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.DeleteLayerVersion(t.Context(), shared, 2); err != nil {
		t.Errorf("a version that is gone: %v", err)
	}
	if n := blobs(t, r); n != 0 {
		t.Errorf("%d contents are left", n)
	}
	if got, _, err := r.ListLayers(t.Context(), shared.Region, LayerFilter{}, Page{}); err != nil || len(got) != 0 {
		t.Errorf("ListLayers = %v, %v; want none", got, err)
	}
	if got := publishLayer(t, r, shared, "again"); got != sharedARN+":3" {
		t.Errorf("published %s, want version 3", got)
	}
	_, err := r.GetLayerVersion(t.Context(), shared, 2)
	wantError(t, err, NotFound, "The resource you requested does not exist.")
	_, err = r.GetLayerVersion(t.Context(), shared, 0)
	wantError(t, err, InvalidParameter, "Layer Version Cannot be less than 1")
}

func TestLayersAreListedByWhatTheyFit(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	publishLayer(t, r, shared, "1", "nodejs22.x")
	publishLayer(t, r, shared, "2", "nodejs24.x")
	publishLayer(t, r, shared, "3", "nodejs22.x", "nodejs24.x")
	publishLayer(t, r, LayerID{"us-east-1", "shared-more"}, "4", "python3.12")
	publishLayer(t, r, LayerID{"us-east-1", "a"}, "5")
	publishLayer(t, r, LayerID{"eu-west-1", "elsewhere"}, "6", "nodejs22.x")

	versions := func(fit LayerFilter, page Page) (numbers []int64, next string) {
		list, next, err := r.ListLayerVersions(t.Context(), shared, fit, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			numbers = append(numbers, v.Version)
		}
		return numbers, next
	}
	if got, next := versions(LayerFilter{Runtime: "nodejs22.x"}, Page{}); !slices.Equal(got, []int64{3, 1}) || next != "" {
		t.Errorf("versions for nodejs22.x: %v, next %q", got, next)
	}
	first, next := versions(LayerFilter{}, Page{Limit: 2})
	rest, end := versions(LayerFilter{}, Page{Limit: 2, After: next})
	if !slices.Equal(first, []int64{3, 2}) || !slices.Equal(rest, []int64{1}) || next == "" || end != "" {
		t.Errorf("pages of versions: %v, %v", first, rest)
	}
	layers := func(fit LayerFilter, page Page) (found []string, next string) {
		list, next, err := r.ListLayers(t.Context(), "us-east-1", fit, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			found = append(found, fmt.Sprintf("%s:%d", l.LayerName, l.LatestMatchingVersion.Version))
		}
		return found, next
	}
	if got, _ := layers(LayerFilter{}, Page{}); !slices.Equal(got, []string{"a:1", "shared:3", "shared-more:1"}) {
		t.Errorf("layers: %v", got)
	}
	if got, _ := layers(LayerFilter{Runtime: "nodejs24.x"}, Page{}); !slices.Equal(got, []string{"shared:3"}) {
		t.Errorf("layers for nodejs24.x: %v", got)
	}
	one, next := layers(LayerFilter{}, Page{Limit: 2})
	two, end := layers(LayerFilter{}, Page{Limit: 2, After: next})
	if len(one) != 2 || !slices.Equal(two, []string{"shared-more:1"}) || end != "" {
		t.Errorf("pages of layers: %v, %v", one, two)
	}
	if got, _, err := r.ListLayerVersions(t.Context(), LayerID{"us-east-1", "none"}, LayerFilter{}, Page{}); err != nil || got == nil || len(got) != 0 {
		t.Errorf("versions of a layer that does not exist: %v, %v; want an empty list", got, err)
	}
}

func TestFunctionsKeepLayersThatAreDeleted(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	arn := publishLayer(t, r, shared, "layer")
	if err := use(t, r, arn); err != nil {
		t.Fatal(err)
	}
	if err := r.DeleteLayerVersion(t.Context(), shared, 1); err != nil {
		t.Fatal(err)
	}
	// What nothing refers to goes when the store is opened, too.
	r = newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	d, ok, err := r.Function(t.Context(), fn)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	v, ok, err := r.Version(t.Context(), fn, "$LATEST", d.Versions["$LATEST"])
	if err != nil || !ok || len(v.Layers) != 1 {
		t.Fatalf("Version = %+v, %v, %v", v, ok, err)
	}
	files, _, err := v.Layers[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f, err := files.Open("index.js"); err != nil {
		t.Errorf("the layer's file: %v", err)
	} else {
		_ = f.Close()
	}
	wantError(t, use(t, r, arn), InvalidParameter, "Layer version "+arn+" does not exist.")
	if err := use(t, r); err != nil { // not given
		t.Fatal(err)
	}
	if got, err := r.GetFunctionConfiguration(t.Context(), fn, ""); err != nil || len(got.Layers) != 1 {
		t.Errorf("layers after a change of nothing: %v, %v", got.Layers, err)
	}
	if _, err := r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{Layers: []string{}}}); err != nil {
		t.Fatal(err)
	}
	if n := blobs(t, r); n != 1 {
		t.Errorf("%d contents are left, want the function's code alone", n)
	}
}

func TestLayersThatAFunctionCannotUse(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	one, two := publishLayer(t, r, shared, "1"), publishLayer(t, r, shared, "2")
	elsewhere := publishLayer(t, r, LayerID{"eu-west-1", "shared"}, "1")
	foreign := strings.Replace(one, account, "999999999999", 1)
	tests := []struct {
		name string
		arns []string
		kind Kind
		want string
	}{
		{"six of them", slices.Repeat([]string{one}, 6), InvalidParameter, "Cannot reference more than 5 layers."},
		{
			"two versions of one", []string{one, two}, InvalidParameter,
			"Two different versions of the same layer are not allowed to be referenced in the same function. " + one + " and " + two + " are versions of the same layer.",
		},
		{
			"the same one twice", []string{one, one}, InvalidParameter,
			"Two different versions of the same layer are not allowed to be referenced in the same function. " + one + " and " + one + " are versions of the same layer.",
		},
		{"a version that does not exist", []string{sharedARN + ":9"}, InvalidParameter, "Layer version " + sharedARN + ":9 does not exist."},
		{"version 0", []string{sharedARN + ":0"}, InvalidParameter, "Layer version " + sharedARN + ":0 does not exist."},
		{"another Region's", []string{elsewhere}, InvalidParameter, "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."},
		{
			"another account's", []string{foreign}, AccessDenied, "User: arn:aws:iam::" + account + ":root is not authorized to perform: lambda:GetLayerVersion on resource: " + foreign +
				" because no resource-based policy allows the lambda:GetLayerVersion action",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, use(t, r, tc.arns...), tc.kind, tc.want)
		})
	}
}

func TestCodeAndLayersTogetherHaveALimit(t *testing.T) {
	t.Parallel()
	const limit = 262_144_000
	if err := checkUnpacked(Package{Unpacked: limit - 10}, []Package{{Unpacked: 4}, {Unpacked: 6}}); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
	err := checkUnpacked(Package{Unpacked: limit - 10}, []Package{{Unpacked: 4}, {Unpacked: 7}})
	wantError(t, err, InvalidParameter, "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262144001 bytes.")
	err = checkUnpacked(Package{}, []Package{{Unpacked: limit}, {Unpacked: 1}})
	wantError(t, err, InvalidParameter, "Layers consume more than the available size of 262144000 bytes")
}

func TestLayerPolicies(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	arn := publishLayer(t, r, shared, "1")
	in := LayerPermissionInput{StatementID: "s", Action: "lambda:GetLayerVersion", Principal: "*", OrganizationID: "o-1234567890"}
	want := `{"Sid":"s","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"` + arn + `","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}`
	statement, revision, err := r.AddLayerVersionPermission(t.Context(), shared, 1, in)
	if err != nil || statement != want {
		t.Fatalf("statement %s, %v; want %s", statement, err, want)
	}
	_, _, err = r.AddLayerVersionPermission(t.Context(), shared, 1, in)
	wantError(t, err, Conflict, "The statement id (s) provided already exists. Please provide a new statement id, or remove the existing statement.")
	in.StatementID, in.RevisionID = "t", "stale"
	_, _, err = r.AddLayerVersionPermission(t.Context(), shared, 1, in)
	const stale = "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id"
	wantError(t, err, PreconditionFailed, stale)
	got, err := r.GetLayerVersionPolicy(t.Context(), shared, 1)
	if err != nil || got.Policy != `{"Version":"2012-10-17","Id":"default","Statement":[`+want+`]}` || got.RevisionID != revision {
		t.Errorf("policy %+v, %v", got, err)
	}
	err = r.RemoveLayerVersionPermission(t.Context(), shared, 1, "x", "")
	wantError(t, err, NotFound, "Statement x is not found in resource policy.")
	if err := r.RemoveLayerVersionPermission(t.Context(), shared, 1, "s", revision); err != nil {
		t.Fatal(err)
	}
	_, err = r.GetLayerVersionPolicy(t.Context(), shared, 1)
	wantError(t, err, NotFound, "No policy is associated with the given resource.")
	in = LayerPermissionInput{StatementID: "s", Principal: account, OrganizationID: "o-1234567890"}
	if _, _, err = r.AddLayerVersionPermission(t.Context(), shared, 1, in); !IsKind(err, InvalidParameter) {
		t.Errorf("an organization for an account: %v", err)
	}
	_, err = r.GetLayerVersionPolicy(t.Context(), shared, 9)
	wantError(t, err, NotFound, "Layer version "+sharedARN+":9 does not exist.")
}

func TestLayersCountAsCodeStorage(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	publishLayer(t, r, shared, "1")
	publishLayer(t, r, shared, "1")
	want := 2 * int64(len(zipOf("1")))
	for _, r := range []*Registry{r, newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})} {
		if got := r.AccountSettings(shared.Region).AccountUsage.TotalCodeSize; got != want {
			t.Errorf("code storage %d, want %d", got, want)
		}
	}
}
