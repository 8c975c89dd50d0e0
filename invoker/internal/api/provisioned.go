package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/registry"
)

// provisioned is a provisioned concurrency as the API shows it.
type provisioned struct {
	FunctionArn                              string `json:",omitempty"` // in lists
	RequestedProvisionedConcurrentExecutions int
	AvailableProvisionedConcurrentExecutions int
	AllocatedProvisionedConcurrentExecutions int
	Status                                   string
	StatusReason                             string `json:",omitempty"`
	LastModified                             seconds
}

func provisionedOf(s registry.ProvisionedStatus) provisioned {
	return provisioned{
		RequestedProvisionedConcurrentExecutions: s.Requested,
		AvailableProvisionedConcurrentExecutions: s.Available,
		AllocatedProvisionedConcurrentExecutions: s.Allocated,
		Status:                                   s.Status,
		StatusReason:                             s.StatusReason,
		LastModified:                             seconds(s.LastModified),
	}
}

var (
	ruleNeededQualifier  = need("Qualifier", length(1, 128), like(patternShortQualifier))
	provisionedRules     = []rule{ruleName, ruleNeededQualifier}
	putProvisionedRules  = []rule{ruleName, ruleNeededQualifier, need("ProvisionedConcurrentExecutions", atLeast(1))}
	listProvisionedRules = []rule{ruleName, ruleShortPage}
)

type putProvisionedInput struct {
	qualified
	ProvisionedConcurrentExecutions *int
}

// putProvisioned serves PutProvisionedConcurrencyConfig.
func (a *API) putProvisioned(ctx context.Context, c *call, in *putProvisionedInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	s, err := a.registry.PutProvisioned(ctx, id, qualifier, *in.ProvisionedConcurrentExecutions)
	return provisionedOf(s), err
}

// getProvisioned serves GetProvisionedConcurrencyConfig.
func (a *API) getProvisioned(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	s, err := a.registry.GetProvisioned(ctx, id, qualifier)
	return provisionedOf(s), err
}

// deleteProvisioned serves DeleteProvisionedConcurrencyConfig.
func (a *API) deleteProvisioned(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteProvisioned(ctx, id, qualifier)
}

type listProvisionedInput struct {
	named
	page
}

type provisionedList struct {
	ProvisionedConcurrencyConfigs []provisioned
	NextMarker                    string `json:",omitempty"`
}

// listProvisioned serves ListProvisionedConcurrencyConfigs.
func (a *API) listProvisioned(ctx context.Context, c *call, in *listProvisionedInput) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	scope := "provisioned/" + id.Region + "/" + id.Name
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListProvisioned(ctx, id, registry.Page{After: after, Limit: in.size(maxPage)})
	if err != nil {
		return nil, err
	}
	out := provisionedList{ProvisionedConcurrencyConfigs: make([]provisioned, len(list)), NextMarker: marker(scope, next)}
	for i, s := range list {
		out.ProvisionedConcurrencyConfigs[i] = provisionedOf(s)
		out.ProvisionedConcurrencyConfigs[i].FunctionArn = c.arn(id, s.Qualifier)
	}
	return out, nil
}
