package assert_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestAssertAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/assert.cases")
}
