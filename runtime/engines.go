package runtime

import (
	"fmt"

	"github.com/lambent-run/lambent/js"
	"github.com/lambent-run/lambent/sandbox"
)

// nodeRuntimes are the runtime identifiers of JavaScript.
var nodeRuntimes = []string{"nodejs20.x", "nodejs22.x", "nodejs24.x"}

// builtinEngines returns the engines by runtime identifier.
func builtinEngines(cacheDir string) (map[string]Engine, error) {
	all := make(map[string]Engine)
	node := jsEngine{js.NewCache(compiledFiles)}
	for _, id := range nodeRuntimes {
		all[id] = node
	}
	engine, err := sandbox.New(cacheDir)
	if err != nil {
		return nil, fmt.Errorf("runtime: %w", err)
	}
	for _, id := range wasmRuntimes {
		all[id] = wasmEngine{engine}
	}
	return all, nil
}
