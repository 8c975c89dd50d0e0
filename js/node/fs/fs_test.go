package fs_test

import (
	"testing"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

// withTmp gives each host the /tmp that environments have.
func withTmp(t *testing.T) func(*module.System) {
	return func(s *module.System) {
		tmp := scratch.New(64 << 20)
		t.Cleanup(func() { tmp.Close() })
		s.Tmp = tmp
	}
}

func TestFSAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/fs.json", withTmp(t))
}
