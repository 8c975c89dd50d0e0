package stream_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestStreamsAnswerLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/stream.cases")
}
