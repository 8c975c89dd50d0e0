package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/registry"
)

var (
	ruleUnqualified = need("FunctionName", length(1, 140), like(patternUnqualified))

	runtimeManagementRules    = []rule{ruleNamespaced, ruleShortQualifier}
	putRuntimeManagementRules = []rule{
		ruleNamespaced, ruleShortQualifier,
		need("UpdateRuntimeOn", oneOf("Auto", "Manual", "FunctionUpdate")),
		may("RuntimeVersionArn", length(26, 2048), like(patternRuntimeVersion)),
	}

	recursionRules    = []rule{ruleUnqualified}
	putRecursionRules = []rule{ruleUnqualified, need("RecursiveLoop", oneOf("Terminate", "Allow"))}

	ruleScaledQualifier = need("Qualifier", length(1, 128), like(patternScaledQualifier))
	scalingRules        = []rule{ruleUnqualified, ruleScaledQualifier}
	putScalingRules     = []rule{
		ruleUnqualified, ruleScaledQualifier,
		may("FunctionScalingConfig.MinExecutionEnvironments", within(0, 15_000)),
		may("FunctionScalingConfig.MaxExecutionEnvironments", within(0, 15_000)),
	}
)

type putRuntimeManagementInput struct {
	qualified
	registry.RuntimeManagement
}

// putRuntimeManagement serves PutRuntimeManagementConfig.
func (a *API) putRuntimeManagement(ctx context.Context, c *call, in *putRuntimeManagementInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return a.registry.PutRuntimeManagement(ctx, id, qualifier, in.RuntimeManagement)
}

// getRuntimeManagement serves GetRuntimeManagementConfig.
func (a *API) getRuntimeManagement(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return a.registry.GetRuntimeManagement(ctx, id, qualifier)
}

type putRecursionInput struct {
	named
	registry.RecursionConfig
}

// putRecursion serves PutFunctionRecursionConfig.
func (a *API) putRecursion(ctx context.Context, c *call, in *putRecursionInput) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	return a.registry.PutRecursionConfig(ctx, id, in.RecursionConfig)
}

// getRecursion serves GetFunctionRecursionConfig.
func (a *API) getRecursion(ctx context.Context, c *call, in *named) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	return a.registry.GetRecursionConfig(ctx, id)
}

type putScalingInput struct {
	qualified
	FunctionScalingConfig *registry.ScalingConfig
}

// scalingState is the response of PutFunctionScalingConfig.
type scalingState struct{ FunctionState string }

// putScaling serves PutFunctionScalingConfig.
func (a *API) putScaling(ctx context.Context, c *call, in *putScalingInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	state, err := a.registry.PutScalingConfig(ctx, id, qualifier, in.FunctionScalingConfig)
	return scalingState{state}, err
}

// getScaling serves GetFunctionScalingConfig.
func (a *API) getScaling(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return a.registry.GetScalingConfig(ctx, id, qualifier)
}
