package registry

import (
	"maps"
	"slices"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
)

// weights is a routing configuration.
func weights(w map[string]float64) *function.RoutingConfig {
	return &function.RoutingConfig{AdditionalVersionWeights: w}
}

// withVersions returns a registry in which fn has so many versions.
func withVersions(t *testing.T, n int, cfg Config) *Registry {
	t.Helper()
	r := withFunction(t, cfg)
	for i := range n {
		publishNew(t, r, string(rune('a'+i)))
	}
	return r
}

func TestAnAliasPointsToAVersion(t *testing.T) {
	t.Parallel()
	r := withVersions(t, 2, Config{})
	created, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1", Description: ptr("d"), RoutingConfig: weights(map[string]float64{"2": 0.5})})
	if err != nil {
		t.Fatal(err)
	}
	if created.AliasArn != arnOf("live") || created.Name != "live" || created.FunctionVersion != "1" || created.Description != "d" ||
		!maps.Equal(created.RoutingConfig.AdditionalVersionWeights, map[string]float64{"2": 0.5}) || len(created.RevisionID) != 36 {
		t.Errorf("created %+v", created)
	}
	c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "live"))
	if c.FunctionArn != arnOf("live") || c.Version != "1" {
		t.Errorf("the function by its alias is %s, version %s", c.FunctionArn, c.Version)
	}
	updated, err := r.UpdateAlias(t.Context(), fn, "live", AliasInput{FunctionVersion: "2", RoutingConfig: weights(map[string]float64{}), RevisionID: created.RevisionID})
	if err != nil {
		t.Fatal(err)
	}
	if updated.FunctionVersion != "2" || updated.RoutingConfig != nil || updated.Description != "d" || updated.RevisionID == created.RevisionID {
		t.Errorf("updated %+v", updated)
	}
	_, err = r.UpdateAlias(t.Context(), fn, "live", AliasInput{FunctionVersion: "1", RevisionID: created.RevisionID})
	wantError(t, err, PreconditionFailed, staleRevision)
	if got, err := r.GetAlias(t.Context(), fn, "live"); err != nil || got != updated {
		t.Errorf("GetAlias = %+v, %v; want %+v", got, err, updated)
	}
	for range 2 {
		if err := r.DeleteAlias(t.Context(), fn, "live"); err != nil {
			t.Errorf("DeleteAlias: %v", err)
		}
	}
	_, err = r.GetAlias(t.Context(), fn, "live")
	wantError(t, err, NotFound, "Cannot find alias arn: "+arnOf("live"))
	_, err = r.GetFunction(t.Context(), fn, "live")
	wantError(t, err, NotFound, "Function not found: "+arnOf("live"))
}

func TestAliasesRefuse(t *testing.T) {
	t.Parallel()
	r := withVersions(t, 3, Config{})
	must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{Role: ptr(role + "2")}}))
	publishNew(t, r, "another role")
	must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{
		Role: ptr(role), DeadLetterConfig: &function.DeadLetterConfig{TargetArn: "arn:aws:sqs:us-east-1:123456789012:q"},
	}}))
	publishNew(t, r, "another queue")
	if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		in      AliasInput
		kind    Kind
		message string
	}{
		{"a name that is taken", AliasInput{Name: "live", FunctionVersion: "1"}, Conflict, "Alias already exists: " + arnOf("live")},
		{"a version that is not there", AliasInput{Name: "a", FunctionVersion: "10"}, NotFound, "Function not found: " + arnOf("10")},
		{"a second version that is not there", AliasInput{Name: "a", FunctionVersion: "1", RoutingConfig: weights(map[string]float64{"10": 0.1})}, NotFound, "Function not found: " + arnOf("10")},
		{"three versions", AliasInput{Name: "a", FunctionVersion: "1", RoutingConfig: weights(map[string]float64{"2": 0.1, "3": 0.1})}, InvalidParameter, "Number of items in AdditionalVersionWeights cannot be greater than 1"},
		{"a version twice", AliasInput{Name: "a", FunctionVersion: "1", RoutingConfig: weights(map[string]float64{"1": 0.1})}, InvalidParameter, "Invalid function version 1. Function version 1 is already included in routing configuration."},
		{"weights beside $LATEST", AliasInput{Name: "a", FunctionVersion: "$LATEST", RoutingConfig: weights(map[string]float64{"1": 0.1})}, InvalidParameter, "$LATEST is not supported for an alias pointing to more than 1 version"},
		{"versions of two roles", AliasInput{Name: "a", FunctionVersion: "1", RoutingConfig: weights(map[string]float64{"4": 0.1})}, InvalidParameter, "Function versions 1 and 4 must have the same execution role to share an alias."},
		{"versions of two queues", AliasInput{Name: "a", FunctionVersion: "1", RoutingConfig: weights(map[string]float64{"5": 0.1})}, InvalidParameter, "Function versions 1 and 5 must have the same dead-letter queue to share an alias."},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := r.CreateAlias(t.Context(), fn, tc.in)
			wantError(t, err, tc.kind, tc.message)
		})
	}
	_, err := r.UpdateAlias(t.Context(), fn, "b", AliasInput{FunctionVersion: "1"})
	wantError(t, err, NotFound, "Alias not found: "+arnOf("b"))
	_, err = r.CreateAlias(t.Context(), named(1), AliasInput{Name: "a", FunctionVersion: "1"})
	wantError(t, err, NotFound, "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f0001")
	if err := r.DeleteAlias(t.Context(), named(1), "a"); err != nil {
		t.Errorf("no function's alias: %v", err)
	}
}

func TestAliasesAreListedInPages(t *testing.T) {
	t.Parallel()
	r := withVersions(t, 2, Config{})
	for name, version := range map[string]string{"c": "1", "a": "1", "b": "2", "d": "$LATEST"} {
		if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: name, FunctionVersion: version}); err != nil {
			t.Fatal(err)
		}
	}
	for version, want := range map[string][]string{"": {"a", "b", "c", "d"}, "1": {"a", "c"}, "2": {"b"}, "$LATEST": {"d"}, "9": nil} {
		for limit := range 5 {
			var got []string
			for after, more := "", true; more; more = after != "" {
				list, next, err := r.ListAliases(t.Context(), fn, version, Page{After: after, Limit: limit})
				if err != nil || len(got) > len(want) {
					t.Fatal(list, err)
				}
				for _, a := range list {
					got = append(got, a.Name)
				}
				after = next
			}
			if !slices.Equal(got, want) {
				t.Errorf("aliases of %q in pages of %d: %v, want %v", version, limit, got, want)
			}
		}
	}
}
