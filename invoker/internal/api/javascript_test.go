package api_test

import (
	_ "embed"
	"encoding/base64"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
	"github.com/lambent-run/lambent/runtime/registry"
)

//go:embed testdata/deploy.js
var deployScript string

// TestJavaScriptSDKDeploysAndChangesAFunction runs where Node.js finds the
// package @aws-sdk/client-lambda, in NODE_PATH for one.
func TestJavaScriptSDKDeploysAndChangesAFunction(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node.js is not installed")
	}
	if err := exec.CommandContext(t.Context(), node, "-e", "require.resolve('@aws-sdk/client-lambda')").Run(); err != nil {
		t.Skip("Node.js does not find @aws-sdk/client-lambda")
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", deployScript)
	cmd.Env = append(os.Environ(), "ENDPOINT="+apitest.Start(t, registry.Config{}).URL, "PACKAGE="+base64.StdEncoding.EncodeToString(apitest.Zip("one")))
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || strings.TrimSpace(string(out)) != "done" {
		t.Errorf("got %v\n%s\n%s", err, out, complaints.String())
	}
}
