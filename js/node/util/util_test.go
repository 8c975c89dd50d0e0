package util_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestInspectAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/inspect.cases")
}

func TestFormatAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/format.cases")
}

func TestUtilAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/util.cases")
}
