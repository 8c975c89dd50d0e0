package webstreams_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestWebStreamsAnswerLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/webstreams.cases")
}
