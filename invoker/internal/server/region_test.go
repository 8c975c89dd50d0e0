package server

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime"
)

func TestRegionIsThatOfTheSignature(t *testing.T) {
	t.Parallel()
	const scope = "AKIAEXAMPLE/20260101/eu-west-1/lambda/aws4_request"
	tests := []struct {
		name, authorization, uri, want string
	}{
		{"unsigned", "", "/x", "us-east-1"},
		{"signed in the header", "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0", "/x", "eu-west-1"},
		{"signed for the server's own", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/lambda/aws4_request", "/x", "us-east-1"},
		{"presigned", "", "/x?X-Amz-Credential=" + strings.ReplaceAll(scope, "/", "%2F") + "&X-Amz-Date=1", "eu-west-1"},
		{"a partition of its own", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/cn-north-1/lambda/aws4_request", "/x", "cn-north-1"},
		{"another scheme", "Bearer token", "/x", "us-east-1"},
		{"a scope that ends early", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1", "/x", "us-east-1"},
		{"a Region with odd characters", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu west/lambda/aws4_request", "/x", "us-east-1"},
		{"a Region without end", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/" + strings.Repeat("a", 99) + "/lambda/aws4_request", "/x", "us-east-1"},
		{"an empty Region", "AWS4-HMAC-SHA256 Credential=AKIA/20260101//lambda/aws4_request", "/x", "us-east-1"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := &conn{srv: &Server{region: "us-east-1"}}
			var header []byte
			if tc.authorization != "" {
				header = []byte(tc.authorization)
			}
			if got := c.regionOf(header, []byte(tc.uri)); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestInvocationReachesTheFunctionOfItsRegion(t *testing.T) {
	t.Parallel()
	answer := func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		return runtime.Result{Payload: []byte(`"` + inv.Region + `"`), ExecutedVersion: "$LATEST"}, nil
	}
	for _, indirect := range []string{"", "Tail"} { // a log type goes the longer way
		_, addr := start(t, Config{}, answer)
		for _, region := range []string{"eu-west-1", "us-east-1", "eu-west-1", "ap-south-1"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/2015-03-31/functions/hello/invocations", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/"+region+"/lambda/aws4_request, SignedHeaders=host, Signature=0")
			if indirect != "" {
				req.Header.Set("X-Amz-Log-Type", indirect)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if string(body) != `"`+region+`"` {
				t.Errorf("log type %q: a request signed for %s got %s", indirect, region, body)
			}
		}
	}
}
