package absent_test

import (
	"strings"
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestWhatWorksAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/absent.json")
}

func TestTheRestSaysWhyItDoesNotWork(t *testing.T) {
	t.Parallel()
	for _, call := range []string{
		"require('child_process').spawn('ls')", "require('child_process').execSync('ls')", "new (require('worker_threads').Worker)('x')",
		"require('net').connect(80)", "new (require('net').Socket)()", "require('net').createServer()", "require('tls').connect(443)",
		"require('http2').connect('https://x')", "require('dgram').createSocket('udp4')", "require('cluster').fork()",
		"require('inspector').open()", "require('repl').start()", "new (require('wasi').WASI)()", "require('v8').writeHeapSnapshot()",
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			got := hosttest.New(t).Eval(t, "try { "+call+"; return 'no error' } catch (e) { return [e.code, e.message] }")
			if !strings.HasPrefix(got, `["ERR_FEATURE_UNAVAILABLE_ON_PLATFORM","Lambent does not support `) {
				t.Errorf("got %s", got)
			}
		})
	}
}
