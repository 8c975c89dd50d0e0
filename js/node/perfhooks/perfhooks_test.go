package perfhooks_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestPerfHooksAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/perf_hooks.cases")
}
