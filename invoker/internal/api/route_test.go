package api

import (
	"strings"
	"testing"
)

// wayTo is a path to an operation, with x for each member.
func wayTo(op *operation) (path, query string) {
	path, query, _ = strings.Cut(op.path, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "x"
		}
	}
	return strings.Join(parts, "/"), query
}

func TestEachOperationIsFoundAtItsPath(t *testing.T) {
	t.Parallel()
	for i := range operations {
		op := &operations[i]
		path, query := wayTo(op)
		for _, ending := range []string{"", "/"} {
			c := &call{Request: &Request{Method: op.method, Path: path + ending, RawQuery: query}}
			if err := c.route(); err != nil {
				t.Errorf("%s %s%s: %v", op.method, path, ending, err)
			} else if c.op != op {
				t.Errorf("%s %s%s?%s leads to %s, want %s", op.method, path, ending, query, c.op.name, op.name)
			}
		}
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, path, query string
		operation                 string
		params                    params
		wantErr, wantAllow        string
	}{
		{
			name: "a segment is decoded once", method: "GET",
			path:      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af%253A/aliases/a%2Fb",
			operation: "GetAlias", params: params{{"FunctionName", "arn:aws:lambda:us-east-1:000000000000:function:f%3A"}, {"Name", "a/b"}},
		},
		{
			name: "colons need no encoding", method: "GET", path: "/2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:function:f",
			operation: "ListTags", params: params{{"Resource", "arn:aws:lambda:us-east-1:000000000000:function:f"}},
		},
		{
			name: "plus is itself in a path", method: "GET", path: "/2015-03-31/functions/a+b",
			operation: "GetFunction", params: params{{"FunctionName", "a+b"}},
		},
		{
			name: "a query tells lists from items", method: "GET", path: "/2019-09-30/functions/f/provisioned-concurrency", query: "List=ALL&MaxItems=1",
			operation: "ListProvisionedConcurrencyConfigs", params: params{{"FunctionName", "f"}},
		},
		{
			name: "without the query it is the item", method: "GET", path: "/2019-09-30/functions/f/provisioned-concurrency", query: "Qualifier=1",
			operation: "GetProvisionedConcurrencyConfig", params: params{{"FunctionName", "f"}},
		},
		{
			name: "a layer version by its ARN", method: "GET", path: "/2018-10-31/layers", query: "find=LayerVersion&Arn=x",
			operation: "GetLayerVersionByArn",
		},
		{
			name: "a fixed segment comes before a member", method: "GET", path: "/2019-09-25/functions/f/event-invoke-config/list",
			operation: "ListFunctionEventInvokeConfigs", params: params{{"FunctionName", "f"}},
		},
		{name: "a wrong method", method: "PATCH", path: "/2015-03-31/functions/f", wantErr: codeUnknownOperation, wantAllow: "GET, DELETE"},
		{name: "an unknown path", method: "GET", path: "/2015-03-31/nothing", wantErr: codeUnknownOperation},
		{name: "an unknown date", method: "GET", path: "/2015-03-30/functions", wantErr: codeUnknownOperation},
		{name: "an empty name", method: "GET", path: "/2015-03-31/functions//configuration", wantErr: codeUnknownOperation},
		{name: "a path that stops early", method: "GET", path: "/2015-03-31", wantErr: codeUnknownOperation},
		{name: "an empty path", method: "GET", path: "", wantErr: codeUnknownOperation},
		{name: "broken encoding in the path", method: "GET", path: "/2015-03-31/functions/%zz", wantErr: codeSerialization},
		{name: "broken encoding in the query", method: "GET", path: "/2015-03-31/functions", query: "Marker=%2", wantErr: codeSerialization},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := &call{Request: &Request{Method: tc.method, Path: tc.path, RawQuery: tc.query}}
			err := c.route()
			if tc.wantErr != "" {
				if err == nil || err.Code != tc.wantErr || err.Allow != tc.wantAllow {
					t.Errorf("got %+v, want %s, Allow %q", err, tc.wantErr, tc.wantAllow)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.op.name != tc.operation || !samePairs(c.params, tc.params) {
				t.Errorf("got %s %v, want %s %v", c.op.name, c.params, tc.operation, tc.params)
			}
		})
	}
}

func samePairs(a, b params) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestOperationsThatAreNotServedSayTheirName(t *testing.T) {
	t.Parallel()
	a := New(Config{})
	for i := range operations {
		op := &operations[i]
		if op.handler != nil {
			continue
		}
		path, query := wayTo(op)
		res := a.Serve(t.Context(), &Request{Method: op.method, Path: path, RawQuery: query, RequestID: "id"})
		want := 501
		if op.why == outOfScope {
			want = 400
		}
		if res.Status != want || !strings.Contains(string(res.Body), "The operation "+op.name+" is not ") {
			t.Errorf("%s: got %d %s", op.name, res.Status, res.Body)
		}
	}
}

func FuzzRoute(f *testing.F) {
	f.Add("GET", "/2015-03-31/functions/f/aliases/live", "Qualifier=1")
	f.Add("GET", "/2018-10-31/layers", "find=LayerVersion&Arn=arn%3Aaws")
	f.Add("DELETE", "/2017-03-31/tags/arn%3Aaws%3Alambda/", "tagKeys=a&tagKeys=b+c")
	f.Add("PUT", "//%2f/..", "%")
	f.Fuzz(func(t *testing.T, method, path, query string) {
		c := &call{Request: &Request{Method: method, Path: path, RawQuery: query, RequestID: "id"}}
		err := c.route()
		if (err == nil) == (c.op == nil) {
			t.Fatalf("got the operation %v and the error %v", c.op, err)
		}
		if err != nil {
			if res := err.response(c.Request); res.Status < 400 || len(res.Body) == 0 {
				t.Fatalf("got %d %s", res.Status, res.Body)
			}
			return
		}
		for _, p := range c.params {
			if p.value == "" {
				t.Fatalf("%s is empty", p.member)
			}
		}
	})
}
