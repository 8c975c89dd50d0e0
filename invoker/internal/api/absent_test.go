package api

import (
	"regexp"
	"strings"
	"testing"
)

// TestWithoutARegistryOperationsAreRefusedByName holds what a server without a
// control plane answers.
func TestWithoutARegistryOperationsAreRefusedByName(t *testing.T) {
	t.Parallel()
	a := New(Config{})
	members := regexp.MustCompile(`\{\w+\}`)
	for _, op := range operations {
		path, query, _ := strings.Cut(members.ReplaceAllString(op.path, "some-name"), "?")
		res := a.Serve(t.Context(), &Request{Method: op.method, Path: path, RawQuery: query, Header: func(string) string { return "" }})
		if res.Status != 501 && res.Status != 400 || !strings.Contains(string(res.Body), " "+op.name+" ") {
			t.Errorf("%s %s: %d %s, want %s named", op.method, path, res.Status, res.Body, op.name)
		}
	}
	if res := a.Serve(t.Context(), &Request{Method: "GET", Path: pathDownload + "x.zip"}); res.Status != 404 {
		t.Errorf("a download without a registry: %d %s", res.Status, res.Body)
	}
}
