package buffer_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestBufferAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/buffer.json")
}
