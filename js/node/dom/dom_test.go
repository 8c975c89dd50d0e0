package dom_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestDOMAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/dom.json")
}
