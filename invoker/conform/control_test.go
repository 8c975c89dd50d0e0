package conform_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/invoker/conform"
	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
	"github.com/lambent-run/lambent/runtime/registry"
)

func scenarios(t *testing.T) []conform.Scenario {
	t.Helper()
	all, err := conform.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestControlPlaneAnswersAsRecorded replays each scenario on an account of its
// own, as some count what is in the account.
func TestControlPlaneAnswersAsRecorded(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			server := apitest.Start(t, registry.Config{})
			target := conform.Target{
				BaseURL: server.URL, Region: apitest.Region, Account: apitest.Account, Prefix: "t1",
				Packages: map[string]string{
					"one": base64.StdEncoding.EncodeToString(apitest.Zip("one")),
					"two": base64.StdEncoding.EncodeToString(apitest.Zip("two")),
				},
			}
			differences, err := target.Replay(t.Context(), &s)
			if err != nil {
				t.Fatal(err)
			}
			if differences != nil {
				t.Error(strings.Join(differences, "\n\t"))
			}
		})
	}
}

func TestScenariosHaveEachOperationAtItsBestAndItsWorst(t *testing.T) {
	t.Parallel()
	good, bad := map[string]bool{}, map[string]bool{}
	for _, s := range scenarios(t) {
		for _, c := range s.Calls {
			if c.Expect.Status < 300 {
				good[c.Operation] = true
			} else {
				bad[c.Operation] = true
			}
		}
	}
	for _, name := range controlOperations {
		if !good[name] {
			t.Errorf("no scenario has %s succeed", name)
		}
		if !bad[name] && !slices.Contains(neverFail, name) {
			t.Errorf("no scenario has %s fail", name)
		}
	}
}

// controlOperations are those that this file's scenarios are about.
var controlOperations = []string{
	"CreateFunction", "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction", "ListFunctions",
	"PublishVersion", "ListVersionsByFunction",
	"CreateAlias", "GetAlias", "UpdateAlias", "DeleteAlias", "ListAliases",
	"PutFunctionConcurrency", "GetFunctionConcurrency", "DeleteFunctionConcurrency",
	"PutProvisionedConcurrencyConfig", "GetProvisionedConcurrencyConfig", "ListProvisionedConcurrencyConfigs", "DeleteProvisionedConcurrencyConfig",
	"PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig", "GetFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs", "DeleteFunctionEventInvokeConfig",
	"PublishLayerVersion", "GetLayerVersion", "GetLayerVersionByArn", "ListLayers", "ListLayerVersions", "DeleteLayerVersion",
	"AddLayerVersionPermission", "GetLayerVersionPolicy", "RemoveLayerVersionPermission",
	"AddPermission", "GetPolicy", "RemovePermission",
	"TagResource", "UntagResource", "ListTags", "GetAccountSettings",
	"PutRuntimeManagementConfig", "GetRuntimeManagementConfig", "PutFunctionRecursionConfig", "GetFunctionRecursionConfig",
	"PutFunctionScalingConfig", "GetFunctionScalingConfig",
	"CreateCodeSigningConfig", "GetCodeSigningConfig", "UpdateCodeSigningConfig", "DeleteCodeSigningConfig", "ListCodeSigningConfigs",
	"PutFunctionCodeSigningConfig", "GetFunctionCodeSigningConfig", "DeleteFunctionCodeSigningConfig", "ListFunctionsByCodeSigningConfig",
}

// neverFail are operations that have nothing to refuse.
var neverFail = []string{"GetAccountSettings"}
