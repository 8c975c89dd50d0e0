package api

import (
	"context"
	"strings"
)

// downloadPath returns what follows the prefix of downloads in a path.
func downloadPath(path string) (string, bool) { return strings.CutPrefix(path, "/_lambent/code/") }

func (a *API) download(context.Context, *call, string) (any, error) { return nil, serviceError() }
