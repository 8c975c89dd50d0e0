package api

import (
	"context"
	"errors"

	"github.com/lambent-run/lambent/runtime/registry"
)

var (
	ruleSigningARN   = need("CodeSigningConfigArn", atMost(200), like(patternCodeSigning))
	signingRules     = []rule{ruleSigningARN}
	signingBodyRules = []rule{
		ruleText,
		need("AllowedPublishers.SigningProfileVersionArns", length(1, 20)),
		may("AllowedPublishers.SigningProfileVersionArns[]", like(patternArn)),
		may("CodeSigningPolicies.UntrustedArtifactOnDeployment", oneOf("Warn", "Enforce")),
	}
	createSigningRules = append([]rule{
		need("AllowedPublishers"),
		may("Tags{key}", length(1, 128)),
		may("Tags{value}", atMost(256)),
	}, signingBodyRules...)
	updateSigningRules      = append([]rule{ruleSigningARN}, signingBodyRules...)
	listSigningRules        = []rule{rulePage}
	listSignedRules         = []rule{ruleSigningARN, rulePage}
	putFunctionSigningRules = []rule{ruleName, ruleSigningARN}
)

// wrappedSigning is a code signing configuration as most operations return it.
type wrappedSigning struct {
	CodeSigningConfig *registry.CodeSigningConfig
}

// untyped leaves the member Type out of the error for a code signing
// configuration that does not exist, as AWS does.
func untyped(err error) error {
	var known *registry.Error
	if errors.As(err, &known) && known.Kind == registry.NotFound {
		return &Error{Code: codeNotFound, Message: known.Message, Untyped: true}
	}
	return err
}

// createSigning serves CreateCodeSigningConfig.
func (a *API) createSigning(ctx context.Context, c *call, in *registry.CodeSigningInput) (any, error) {
	config, err := a.registry.CreateCodeSigningConfig(ctx, c.Region, *in)
	return wrappedSigning{config}, err
}

// signingInput are the members that name a code signing configuration.
type signingInput struct {
	CodeSigningConfigArn string `path:"CodeSigningConfigArn"`
}

// getSigning serves GetCodeSigningConfig.
func (a *API) getSigning(ctx context.Context, c *call, in *signingInput) (any, error) {
	config, err := a.registry.GetCodeSigningConfig(ctx, c.Region, in.CodeSigningConfigArn)
	return wrappedSigning{config}, untyped(err)
}

type updateSigningInput struct {
	signingInput
	registry.CodeSigningInput
}

// updateSigning serves UpdateCodeSigningConfig.
func (a *API) updateSigning(ctx context.Context, c *call, in *updateSigningInput) (any, error) {
	config, err := a.registry.UpdateCodeSigningConfig(ctx, c.Region, in.CodeSigningConfigArn, in.CodeSigningInput)
	return wrappedSigning{config}, untyped(err)
}

// deleteSigning serves DeleteCodeSigningConfig.
func (a *API) deleteSigning(ctx context.Context, c *call, in *signingInput) (any, error) {
	return nil, untyped(a.registry.DeleteCodeSigningConfig(ctx, c.Region, in.CodeSigningConfigArn))
}

type signingList struct {
	CodeSigningConfigs []registry.CodeSigningConfig
	NextMarker         string `json:",omitempty"`
}

// listSigning serves ListCodeSigningConfigs.
func (a *API) listSigning(ctx context.Context, c *call, in *page) (any, error) {
	scope := "code-signing/" + c.Region
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListCodeSigningConfigs(ctx, c.Region, registry.Page{After: after, Limit: in.size(maxPageLarge)})
	return signingList{orEmpty(list), marker(scope, next)}, err
}

type listSignedInput struct {
	signingInput
	page
}

type signedList struct {
	FunctionArns []string
	NextMarker   string `json:",omitempty"`
}

// listSigned serves ListFunctionsByCodeSigningConfig.
func (a *API) listSigned(ctx context.Context, c *call, in *listSignedInput) (any, error) {
	scope := "signed/" + c.Region + "/" + in.CodeSigningConfigArn
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListFunctionsByCodeSigning(ctx, c.Region, in.CodeSigningConfigArn, registry.Page{After: after, Limit: in.size(maxPageLarge)})
	return signedList{orEmpty(list), marker(scope, next)}, untyped(err)
}

// functionSigning is a function's code signing configuration as the API shows
// it; {} if it has none.
type functionSigning struct {
	CodeSigningConfigArn string `json:",omitempty"`
	FunctionName         string `json:",omitempty"`
}

type putFunctionSigningInput struct {
	named
	CodeSigningConfigArn string
}

// putFunctionSigning serves PutFunctionCodeSigningConfig.
func (a *API) putFunctionSigning(ctx context.Context, c *call, in *putFunctionSigningInput) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	if err := a.registry.PutFunctionCodeSigning(ctx, id, in.CodeSigningConfigArn); err != nil {
		return nil, err
	}
	return functionSigning{in.CodeSigningConfigArn, id.Name}, nil
}

// getFunctionSigning serves GetFunctionCodeSigningConfig.
func (a *API) getFunctionSigning(ctx context.Context, c *call, in *named) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	arn, err := a.registry.FunctionCodeSigning(ctx, id)
	if err != nil || arn == "" {
		return nil, err
	}
	return functionSigning{arn, id.Name}, nil
}

// deleteFunctionSigning serves DeleteFunctionCodeSigningConfig.
func (a *API) deleteFunctionSigning(ctx context.Context, c *call, in *named) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteFunctionCodeSigning(ctx, id)
}
