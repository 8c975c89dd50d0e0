package api

import (
	"context"
	"slices"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

var (
	ruleAliasName = need("Name", length(1, 128), like(patternAlias))
	routingRules  = []rule{
		ruleText,
		may("RoutingConfig.AdditionalVersionWeights{key}", length(1, 1024), like(patternNumber)),
		may("RoutingConfig.AdditionalVersionWeights{value}", between(0, 1)),
	}
	ruleVersion = []rule{may("FunctionVersion", length(1, 1024), like(patternAliasVersion))}

	createAliasRules = slices.Concat([]rule{
		ruleName, ruleAliasName,
		need("FunctionVersion", length(1, 1024), like(patternAliasVersion)),
	}, routingRules)
	aliasRules       = []rule{ruleName, ruleAliasName}
	updateAliasRules = slices.Concat(aliasRules, ruleVersion, routingRules)
	listAliasesRules = slices.Concat([]rule{ruleName, rulePage}, ruleVersion)
)

type createAliasInput struct {
	named
	registry.AliasInput
}

// createAlias serves CreateAlias. A qualifier in the function's name does not
// matter to it, nor to the other operations on aliases.
func (a *API) createAlias(ctx context.Context, c *call, in *createAliasInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	return a.registry.CreateAlias(ctx, id, in.AliasInput)
}

// aliasInput are the members that name an alias.
type aliasInput struct {
	named
	Name string `path:"Name"`
}

// getAlias serves GetAlias.
func (a *API) getAlias(ctx context.Context, c *call, in *aliasInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	return a.registry.GetAlias(ctx, id, in.Name)
}

type updateAliasInput struct {
	registry.AliasInput
	aliasInput
}

// updateAlias serves UpdateAlias.
func (a *API) updateAlias(ctx context.Context, c *call, in *updateAliasInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	return a.registry.UpdateAlias(ctx, id, in.aliasInput.Name, in.AliasInput)
}

// deleteAlias serves DeleteAlias.
func (a *API) deleteAlias(ctx context.Context, c *call, in *aliasInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteAlias(ctx, id, in.Name)
}

type listAliasesInput struct {
	named
	page
	FunctionVersion string `query:"FunctionVersion"`
}

type aliasList struct {
	Aliases    []function.AliasConfiguration
	NextMarker string `json:",omitempty"`
}

// listAliases serves ListAliases.
func (a *API) listAliases(ctx context.Context, c *call, in *listAliasesInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	scope := "aliases/" + id.Region + "/" + id.Name + "/" + in.FunctionVersion
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListAliases(ctx, id, in.FunctionVersion, registry.Page{After: after, Limit: in.size(maxPageLarge)})
	if err != nil {
		return nil, err
	}
	return aliasList{orEmpty(list), marker(scope, next)}, nil
}
