package function

import (
	"slices"
	"strings"
	"testing"
)

func TestRefuseEnvironment(t *testing.T) {
	t.Parallel()
	const refused = "Lambda was unable to configure your environment variables because the environment variables you have provided "
	fill := func(n int) map[string]string {
		return map[string]string{"KEY": strings.Repeat("<", n-len(`{"KEY":""}`))}
	}
	tests := []struct {
		name string
		vars map[string]string
		want string
	}{
		{"none", nil, ""},
		{"one's own", map[string]string{"KEY": "value", "AWS_ACCESS_KEY_ID": "mine"}, ""},
		{"as many bytes as there may be", fill(MaxEnvironment), ""},
		{"a byte too many", fill(MaxEnvironment + 1), refused + `exceeded the 4KB limit. String measured: {"KEY":"` + strings.Repeat("<", MaxEnvironment+1-10) + `"}`},
		{"reserved ones", map[string]string{"_HANDLER": "x", "KEY": "y", "AWS_REGION": "z"}, refused +
			"contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION, _HANDLER"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := RefuseEnvironment(tc.vars); got != tc.want {
				t.Errorf("RefuseEnvironment = %q, want %q", got, tc.want)
			}
		})
	}
	if !slices.IsSorted(reservedVariables) {
		t.Error("the reserved variables are not in order, which looking them up needs")
	}
}

func TestRuntimesAreSupportedRetiredOrNeither(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name               string
		supported, retired bool
		snapshots          bool
	}{
		{"nodejs22.x", true, false, true},
		{"provided.al2023", true, false, true},
		{"provided.al2", true, false, false},
		{"python3.11", true, false, false},
		{"nodejs14.x", false, true, true},
		{"NODEJS22.X", false, false, false},
		{"", false, false, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if IsRuntime(tc.name) != tc.supported || IsRetiredRuntime(tc.name) != tc.retired || TakesSnapStart(tc.name) != tc.snapshots {
				t.Errorf("%v, %v, %v; want %+v", IsRuntime(tc.name), IsRetiredRuntime(tc.name), TakesSnapStart(tc.name), tc)
			}
		})
	}
	for _, name := range Runtimes() {
		if IsRetiredRuntime(name) {
			t.Errorf("%s is both", name)
		}
	}
}
