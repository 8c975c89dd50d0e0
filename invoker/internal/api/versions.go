package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

type publishVersionInput struct {
	named
	registry.PublishInput
}

var publishVersionRules = []rule{ruleName, ruleText}

// publishVersion serves PublishVersion.
func (a *API) publishVersion(ctx context.Context, c *call, in *publishVersionInput) (any, error) {
	id, err := c.latest(in.FunctionName)
	if err != nil {
		return nil, err
	}
	return a.registry.PublishVersion(ctx, id, in.PublishInput)
}

type listVersionsInput struct {
	named
	page
}

var listVersionsRules = []rule{ruleNamespaced, rulePage}

type versionList struct {
	Versions   []function.Configuration
	NextMarker string `json:",omitempty"`
}

// listVersions serves ListVersionsByFunction. A qualifier in the name does not
// matter.
func (a *API) listVersions(ctx context.Context, c *call, in *listVersionsInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	scope := "versions/" + id.Region + "/" + id.Name
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListVersions(ctx, id, registry.Page{After: after, Limit: in.size(maxPage)})
	if err != nil {
		return nil, err
	}
	return versionList{orEmpty(list), marker(scope, next)}, nil
}
