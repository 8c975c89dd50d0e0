package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
	"github.com/lambent-run/lambent/runtime/registry"
)

// commandLine is AWS's CLI with made-up credentials.
type commandLine struct {
	t    *testing.T
	path string
	url  string
}

// run runs "aws lambda ARGS" and returns what it prints, parsed.
func (c *commandLine) run(args ...string) map[string]any {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("aws lambda %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	var parsed map[string]any
	if len(bytes.TrimSpace(out)) > 0 {
		if err := json.Unmarshal(out, &parsed); err != nil {
			c.t.Fatalf("aws lambda %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return parsed
}

func (c *commandLine) try(args ...string) ([]byte, error) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), c.path, append([]string{"lambda", "--endpoint-url", c.url, "--output", "json"}, args...)...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_PAGER=", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
	return cmd.CombinedOutput()
}

func TestCommandLineDeploysAndChangesAFunction(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the command line is slow to start")
	}
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("the AWS CLI is not installed")
	}
	c := &commandLine{t, path, apitest.Start(t, registry.Config{}).URL}
	archive := filepath.Join(t.TempDir(), "code.zip")
	if err := os.WriteFile(archive, apitest.Zip("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	made := c.run("create-function", "--function-name", "hello", "--runtime", "nodejs22.x", "--handler", "index.handler", "--role", role,
		"--zip-file", "fileb://"+archive, "--environment", "Variables={STAGE=test}", "--publish")
	if made["State"] != "Pending" || made["Version"] != "1" {
		t.Errorf("create-function: %v", made)
	}
	c.run("wait", "function-active", "--function-name", "hello")
	if got := c.run("get-function", "--function-name", "hello"); got["Code"] == nil {
		t.Errorf("get-function: %v", got)
	}
	alias := c.run("create-alias", "--function-name", "hello", "--name", "live", "--function-version", "1")
	if alias["AliasArn"] != "arn:aws:lambda:us-east-1:000000000000:function:hello:live" {
		t.Errorf("create-alias: %v", alias)
	}
	if list := c.run("list-functions"); len(list["Functions"].([]any)) != 1 {
		t.Errorf("list-functions: %v", list)
	}
	out, err := c.try("update-function-configuration", "--function-name", "hello", "--timeout", "901")
	if err == nil || !strings.Contains(string(out), "(ValidationException)") || !strings.Contains(string(out), "Value '901' at 'timeout'") {
		t.Errorf("update-function-configuration: %v %s", err, out)
	}
	c.run("delete-function", "--function-name", "hello")
}
