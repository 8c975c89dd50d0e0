package readline_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

func TestReadlineAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/readline.cases")
}
