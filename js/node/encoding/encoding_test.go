package encoding_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestEncodingAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/encoding.json")
}
