package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/registry"
)

var (
	eventInvokeRules    = []rule{ruleName, ruleShortQualifier}
	setEventInvokeRules = []rule{
		ruleName, ruleShortQualifier,
		may("MaximumRetryAttempts", within(0, 2)),
		may("MaximumEventAgeInSeconds", within(60, 21_600)),
		may("DestinationConfig.OnSuccess.Destination", atMost(350), like(patternDestination)),
		may("DestinationConfig.OnFailure.Destination", atMost(350), like(patternDestination)),
	}
	listEventInvokeRules = []rule{ruleName, ruleShortPage}
)

// eventInvoke is an event invoke config as the API shows it.
type eventInvoke struct {
	LastModified             epoch
	FunctionArn              string
	MaximumRetryAttempts     *int `json:",omitempty"`
	MaximumEventAgeInSeconds *int `json:",omitempty"`
	DestinationConfig        registry.DestinationConfig
}

func eventInvokeOf(c *registry.QualifiedEventInvokeConfig) eventInvoke {
	return eventInvoke{
		LastModified:             epoch(c.LastModified),
		FunctionArn:              c.FunctionArn,
		MaximumRetryAttempts:     c.MaximumRetryAttempts,
		MaximumEventAgeInSeconds: c.MaximumEventAgeInSeconds,
		DestinationConfig:        c.DestinationConfig,
	}
}

type setEventInvokeInput struct {
	qualified
	registry.EventInvokeInput
}

// putEventInvoke serves PutFunctionEventInvokeConfig.
func (a *API) putEventInvoke(ctx context.Context, c *call, in *setEventInvokeInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	config, err := a.registry.PutEventInvokeConfig(ctx, id, qualifier, in.EventInvokeInput)
	if err != nil {
		return nil, err
	}
	return eventInvokeOf(config), nil
}

// updateEventInvoke serves UpdateFunctionEventInvokeConfig.
func (a *API) updateEventInvoke(ctx context.Context, c *call, in *setEventInvokeInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	config, err := a.registry.UpdateEventInvokeConfig(ctx, id, qualifier, in.EventInvokeInput)
	if err != nil {
		return nil, err
	}
	return eventInvokeOf(config), nil
}

// getEventInvoke serves GetFunctionEventInvokeConfig.
func (a *API) getEventInvoke(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	config, err := a.registry.GetEventInvokeConfig(ctx, id, qualifier)
	if err != nil {
		return nil, err
	}
	return eventInvokeOf(config), nil
}

// deleteEventInvoke serves DeleteFunctionEventInvokeConfig.
func (a *API) deleteEventInvoke(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteEventInvokeConfig(ctx, id, qualifier)
}

type listEventInvokeInput struct {
	named
	page
}

type eventInvokeList struct {
	FunctionEventInvokeConfigs []eventInvoke
	NextMarker                 string `json:",omitempty"`
}

// listEventInvoke serves ListFunctionEventInvokeConfigs. A qualifier in the name
// does not matter.
func (a *API) listEventInvoke(ctx context.Context, c *call, in *listEventInvokeInput) (any, error) {
	id, _, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	scope := "event-invoke/" + id.Region + "/" + id.Name
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListEventInvokeConfigs(ctx, id, registry.Page{After: after, Limit: in.size(maxPage)})
	if err != nil {
		return nil, err
	}
	out := eventInvokeList{FunctionEventInvokeConfigs: make([]eventInvoke, len(list)), NextMarker: marker(scope, next)}
	for i := range list {
		out.FunctionEventInvokeConfigs[i] = eventInvokeOf(&list[i])
	}
	return out, nil
}
