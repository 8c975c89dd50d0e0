package punycode_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestPunycodeAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/punycode.cases")
}
