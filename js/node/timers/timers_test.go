package timers_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestTimersAnswerLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/timers.cases")
}
