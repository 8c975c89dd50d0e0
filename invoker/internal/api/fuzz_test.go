package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
	"github.com/lambent-run/lambent/runtime/registry"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

// newAPI returns an API on an empty registry in memory.
func newAPI(tb testing.TB) *api.API {
	tb.Helper()
	s := memory.New()
	reg, err := registry.Open(context.Background(), registry.Config{KV: s.KV(), Blobs: s.Blob(), Account: apitest.Account})
	if err != nil {
		tb.Fatal(err)
	}
	return api.New(api.Config{Registry: reg, Logf: func(format string, args ...any) { tb.Errorf(format, args...) }})
}

func request(method, target string, body []byte) *api.Request {
	path, query, _ := strings.Cut(target, "?")
	return &api.Request{
		Method: method, Path: path, RawQuery: query, Body: body, Header: func(string) string { return "" },
		Region: apitest.Region, Account: apitest.Account, Host: "localhost", RequestID: "id",
	}
}

// FuzzServe sends anything anywhere. The answer must be JSON, and never a fault
// of this side, which newAPI's log would tell.
func FuzzServe(f *testing.F) {
	const base = "/2015-03-31/functions"
	for _, seed := range []struct{ method, target, body string }{
		{"POST", base, `{"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/r","Runtime":"nodejs22.x","Handler":"a.b","Code":{"ZipFile":"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}`},
		{"PUT", base + "/f/configuration", `{"Environment":{"Variables":{"K1":"v"}},"Layers":["arn:aws:lambda:us-east-1:000000000000:layer:l:1"],"VpcConfig":{"SubnetIds":["subnet-1"]}}`},
		{"PUT", base + "/f/code", `{"ZipFile":"AAAA","DryRun":true,"Architectures":["arm64"]}`},
		{"POST", base + "/f/versions", `{"CodeSha256":"x","Description":"d"}`},
		{"POST", base + "/f/aliases", `{"Name":"live","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{"2":0.5}}}`},
		{"PUT", base + "/f/aliases/live", `{"RevisionId":"x"}`},
		{"GET", base + "/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af?Qualifier=live", ""},
		{"GET", base + "?MaxItems=2&Marker=AAAA&FunctionVersion=ALL", ""},
		{"PUT", "/2017-10-31/functions/f/concurrency", `{"ReservedConcurrentExecutions":1}`},
		{"PUT", "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=1", `{"ProvisionedConcurrentExecutions":1}`},
		{"GET", "/_lambent/code/00.zip?expires=1&token=x", ""},
		{"POST", "/2018-10-31/layers/l/versions", `{"Content":{"ZipFile":"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="},"CompatibleRuntimes":["nodejs22.x"]}`},
		{"POST", base + "/f/policy", `{"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"*"}`},
		{"PUT", "/2019-09-25/functions/f/event-invoke-config", `{"MaximumRetryAttempts":1,"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sqs:us-east-1:000000000000:q"}}}`},
		{"POST", "/2020-04-22/code-signing-configs", `{"AllowedPublishers":{"SigningProfileVersionArns":["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/v"]}}`},
		{"DELETE", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af?tagKeys=a&tagKeys=b", ""},
	} {
		f.Add(seed.method, seed.target, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, target string, body []byte) {
		a := newAPI(t)
		for _, step := range [][2]string{{base, string(creation("f"))}, {base + "/f/versions", "{}"}, {base + "/f/aliases", `{"Name":"live","FunctionVersion":"1"}`}} {
			if res := a.Serve(t.Context(), request("POST", step[0], []byte(step[1]))); res.Status != 201 {
				t.Fatalf("got %d %s", res.Status, res.Body)
			}
		}
		res := a.Serve(t.Context(), request(method, target, body))
		if res.Status >= 500 && res.Status != 501 {
			t.Fatalf("got %d %s", res.Status, res.Body)
		}
		if res.Status == 204 {
			if len(res.Body) > 0 {
				t.Fatalf("204 has the body %s", res.Body)
			}
			return
		}
		var object map[string]any
		if err := json.Unmarshal(res.Body, &object); err != nil {
			t.Fatalf("%d has the body %q: %v", res.Status, res.Body, err)
		}
	})
}
