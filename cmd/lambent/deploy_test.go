package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDeployListGetDelete(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, "--data-dir", data)
	dir := folder(t, `index.js|exports.handler = async (e, c) => [process.env.TABLE, c.functionVersion, c.memoryLimitInMB].join()`)
	at := []string{"--endpoint", s.url}
	do := func(args ...string) string {
		t.Helper()
		got := lambent(t, "", append(args, at...)...)
		if got.code != 0 {
			t.Fatalf("lambent %v: exit %d: %s", args, got.code, got.err)
		}
		return got.out
	}
	out := do("deploy", dir, "--name", "app", "--env", "TABLE=one", "--timeout", "10")
	if want := "arn:aws:lambda:us-east-1:000000000000:function:app\nversion $LATEST, nodejs22.x, "; !strings.HasPrefix(out, want) {
		t.Errorf("deploy prints %q, want it to begin with %q", out, want)
	}
	if got := do("invoke", "app"); strings.TrimSpace(got) != `"one,$LATEST,128"` {
		t.Errorf("after deploy: %s", got)
	}
	out = do("deploy", dir, "--name", "app", "--memory", "256", "--alias", "live")
	if !strings.HasPrefix(out, "arn:aws:lambda:us-east-1:000000000000:function:app:live\nversion 1, ") {
		t.Errorf("deploy with an alias prints %q", out)
	}
	if got := do("invoke", "app", "--qualifier", "live"); strings.TrimSpace(got) != `"one,1,256"` {
		t.Errorf("what was not named has changed, or what was has not: %s", got)
	}
	var shown struct {
		Configuration struct{ Timeout, MemorySize int }
	}
	if err := json.Unmarshal([]byte(do("get", "app", "--output", "json")), &shown); err != nil || shown.Configuration.Timeout != 10 || shown.Configuration.MemorySize != 256 {
		t.Errorf("get: %+v, %v", shown, err)
	}
	if got := do("get", "app", "--qualifier", "live"); !strings.Contains(got, "Version      1\n") || !strings.Contains(got, "TABLE=one") {
		t.Errorf("get prints\n%s", got)
	}
	if got := do("list"); !strings.Contains(got, "app   nodejs22.x  index.handler  256 MB  10 s") {
		t.Errorf("list prints\n%s", got)
	}
	s.stop()
	s = serve(t, "--data-dir", data)
	at = []string{"--endpoint", s.url}
	if got := do("invoke", "app:live"); strings.TrimSpace(got) != `"one,1,256"` {
		t.Errorf("after a restart: %s", got)
	}
	if got := do("delete", "app"); got != "deleted app\n" {
		t.Errorf("delete prints %q", got)
	}
	if got := lambent(t, "", append([]string{"get", "app"}, at...)...); got.code != 1 || !strings.Contains(got.err, "ResourceNotFoundException") || !strings.Contains(got.err, "lambent list") {
		t.Errorf("get after delete: exit %d: %s", got.code, got.err)
	}
	s.stop()
}

func TestServeAsksForSignatures(t *testing.T) {
	t.Parallel()
	keys := filepath.Join(t.TempDir(), "keys.json")
	text := `[{"AccessKeyId":"ADMIN","SecretAccessKey":"s1"},{"AccessKeyId":"CALLER","SecretAccessKey":"s2","Allow":["lambda:InvokeFunction"]}]`
	if err := os.WriteFile(keys, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, `hello.js|exports.handler = async () => "hi"`)
	s := serve(t, "--keys", keys, filepath.Join(dir, "hello.js"))
	tests := []struct {
		name, id, secret string
		args             []string
		code             int
		out, err         string
	}{
		{"the right key invokes", "ADMIN", "s1", []string{"invoke", "hello"}, 0, `"hi"`, ""},
		{"the right key lists", "ADMIN", "s1", []string{"list"}, 0, "hello", ""},
		{"a key for invocations invokes", "CALLER", "s2", []string{"invoke", "hello"}, 0, `"hi"`, ""},
		{"a key for invocations does not delete", "CALLER", "s2", []string{"delete", "hello"}, 1, "", "not authorized to perform: lambda:DeleteFunction"},
		{"a wrong secret", "ADMIN", "s2", []string{"invoke", "hello"}, 1, "", "InvalidSignatureException"},
		{"an unknown key", "NOBODY", "s2", []string{"invoke", "hello"}, 1, "", "UnrecognizedClientException"},
		{"no key", "", "", []string{"invoke", "hello"}, 1, "", "Missing Authentication Token"},
	}
	for _, tc := range tests {
		got := lambentWith(t, []string{"AWS_ACCESS_KEY_ID=" + tc.id, "AWS_SECRET_ACCESS_KEY=" + tc.secret}, "", append(tc.args, "--endpoint", s.url)...)
		if got.code != tc.code || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
			t.Errorf("%s: exit %d\n%s%s", tc.name, got.code, got.out, got.err)
		}
	}
	s.stop()
}
