package server

import (
	"net/url"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
)

func TestParseRoute(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		op       operation
		fn       function.Reference
		path     string
	}{
		{name: "an invocation", in: "/2015-03-31/functions/f/invocations", op: opInvoke, fn: function.Reference{Name: "f"}},
		{name: "a streamed invocation", in: "/2021-11-15/functions/f/response-streaming-invocations", op: opInvokeStream, fn: function.Reference{Name: "f"}},
		{name: "the first qualifier counts", in: "/2015-03-31/functions/f/invocations?Qualifier=a&Qualifier=b", op: opInvoke, fn: function.Reference{Name: "f", Qualifier: "a"}},
		{name: "health", in: "/healthz?x=y", op: opHealth},
		{name: "the date of the one with the path of the other", in: "/2015-03-31/functions/f/response-streaming-invocations", path: "/2015-03-31/functions/f/response-streaming-invocations"},
		{name: "a slash in the name is another path", in: "/2015-03-31/functions/a/b/invocations", path: "/2015-03-31/functions/a/b/invocations"},
		{name: "a slash at the end is another path", in: "/2015-03-31/functions/f/invocations/", path: "/2015-03-31/functions/f/invocations/"},
		{name: "an asterisk", in: "*", path: "*"},
		{name: "nothing", in: "", path: ""},
		{name: "a URL without a path", in: "http://host", path: "/"},
		{name: "a URL with a query only", in: "http://host?x", path: ""},
		{name: "paths are shown decoded", in: "/a%20b", path: "/a b"},
		{name: "or as they are if they cannot be", in: "/a%2", path: "/a%2"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := parseRoute(tc.in)
			if got.op != tc.op || got.fn != tc.fn || got.path != tc.path || got.err != nil || got.invalid != nil {
				t.Errorf("parseRoute(%q) = %+v", tc.in, got)
			}
		})
	}
}

func TestRouteIsRememberedOnlyForTheSameURI(t *testing.T) {
	c := &conn{}
	for _, name := range []string{"a", "a", "b", strings.Repeat("x", 300), strings.Repeat("x", 600), "a"} {
		r := c.route([]byte("/2015-03-31/functions/" + name + "/invocations"))
		if len(name) <= function.MaxReferenceLength && r.fn.Name != name {
			t.Errorf("route of %s is that of %s", name, r.fn.Name)
		}
		if long := len(name) > function.MaxReferenceLength; long != (r.invalid != nil) {
			t.Errorf("route of %d characters: invalid %v", len(name), r.invalid)
		}
		if len(c.lastURI) > maxCachedURI {
			t.Errorf("the connection keeps %d bytes", len(c.lastURI))
		}
	}
	uri := []byte("/2015-03-31/functions/a/invocations")
	if n := testing.AllocsPerRun(100, func() { c.route(uri) }); n != 0 {
		t.Errorf("%v allocations for the same URI again, want 0", n)
	}
}

func FuzzParseRoute(f *testing.F) {
	for _, s := range []string{
		"", "/", "*", "?", "/healthz", "/2015-03-31/functions/f/invocations?Qualifier=%24LATEST&x=%zz", "http://h/2015-03-31/functions/f:1/invocations",
		"/2021-11-15/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af/response-streaming-invocations?Qualifier=+",
		"/2015-03-31/functions//invocations", "/2015-03-31/functions/%/invocations", "/2015-03-31/functions/invocations",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		r := parseRoute(uri)
		if r.op == opInvoke && r.err == nil && r.invalid == nil {
			// What we accept, the standard library reads in the same way.
			u, err := url.ParseRequestURI(originForm(uri))
			if err != nil {
				return // it refuses more than we do
			}
			name := strings.TrimSuffix(strings.TrimPrefix(u.Path, prefixInvoke), suffixInvoke)
			if q, ok := u.Query()[queryQualifier]; ok && r.fn.Qualifier != q[0] {
				t.Errorf("%q: qualifier %q, want %q", uri, r.fn.Qualifier, q[0])
			}
			if ref, err := function.ParseReference(name); err != nil || ref.Name != r.fn.Name {
				t.Errorf("%q: name %q, want that of %q (%v)", uri, r.fn.Name, name, err)
			}
		}
	})
}
