package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

type createFunctionInput struct {
	FunctionName string
	registry.CreateInput
}

// createFunction serves CreateFunction.
func (a *API) createFunction(ctx context.Context, c *call, in *createFunctionInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	// The function is not in the path, where authorize finds it.
	if err := c.authorize(c.arn(id, "")); err != nil {
		return nil, err
	}
	if qualifier != "" && qualifier != function.Latest {
		return nil, invalidParameter("A function can be created without a qualifier or with $LATEST only.")
	}
	if len(id.Name) > function.MaxNameLength {
		return nil, &Error{Code: codeInvalidParameter, Message: nameTooLong(id.Name).Error()}
	}
	clean(&in.SettingsChange)
	return a.registry.CreateFunction(ctx, id, in.CreateInput)
}

// nameTooLong is the violation of a name that is too long without the ARN
// around it. AWS sends it as an invalid parameter.
func nameTooLong(name string) *function.ValidationError {
	broken := &validator{}
	most := atMost(function.MaxNameLength)[0]
	broken.add("functionName", name, "Member must "+most.text)
	return &function.ValidationError{Violations: broken.broken}
}

// clean removes what stands in a setting's description but is not a caller's to
// say.
func clean(s *function.SettingsChange) {
	if s.Environment != nil {
		s.Environment.Error = nil
		if s.Environment.Variables == nil {
			s.Environment.Variables = map[string]string{}
		}
	}
	if s.VpcConfig != nil {
		s.VpcConfig.VpcID = ""
	}
	if s.SnapStart != nil {
		s.SnapStart.OptimizationStatus = ""
	}
}

// functionDetails is the response of GetFunction.
type functionDetails struct {
	Configuration function.Configuration
	Code          codeLocation
	Tags          map[string]string `json:",omitempty"`
	Concurrency   *concurrency      `json:",omitempty"`
}

// codeLocation says where a package can be downloaded for a while.
type codeLocation struct {
	RepositoryType string
	Location       string
}

// getFunction serves GetFunction.
func (a *API) getFunction(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	d, err := a.registry.GetFunction(ctx, id, qualifier)
	if err != nil {
		return nil, err
	}
	out := functionDetails{
		Configuration: d.Configuration,
		Code:          codeLocation{RepositoryType: "S3", Location: a.link(c, d.Code)},
		Tags:          d.Tags,
	}
	if d.Reserved != nil {
		out.Concurrency = &concurrency{d.Reserved}
	}
	return out, nil
}

// getFunctionConfiguration serves GetFunctionConfiguration.
func (a *API) getFunctionConfiguration(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return a.registry.GetFunctionConfiguration(ctx, id, qualifier)
}

type updateCodeInput struct {
	named
	registry.UpdateCodeInput
}

// updateFunctionCode serves UpdateFunctionCode.
func (a *API) updateFunctionCode(ctx context.Context, c *call, in *updateCodeInput) (any, error) {
	id, err := c.latest(in.FunctionName)
	if err != nil {
		return nil, err
	}
	return a.registry.UpdateFunctionCode(ctx, id, in.UpdateCodeInput)
}

type updateConfigurationInput struct {
	named
	registry.UpdateConfigurationInput
}

// updateFunctionConfiguration serves UpdateFunctionConfiguration.
func (a *API) updateFunctionConfiguration(ctx context.Context, c *call, in *updateConfigurationInput) (any, error) {
	id, err := c.latest(in.FunctionName)
	if err != nil {
		return nil, err
	}
	clean(&in.SettingsChange)
	return a.registry.UpdateFunctionConfiguration(ctx, id, in.UpdateConfigurationInput)
}

// deleteFunction serves DeleteFunction.
func (a *API) deleteFunction(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteFunction(ctx, id, qualifier)
}

type listFunctionsInput struct {
	page
	FunctionVersion string `query:"FunctionVersion"`
	MasterRegion    string `query:"MasterRegion"`
}

type functionList struct {
	Functions  []function.Configuration
	NextMarker string `json:",omitempty"`
}

// listFunctions serves ListFunctions. There is no Lambda@Edge, whose replicas a
// MasterRegion would select.
func (a *API) listFunctions(ctx context.Context, c *call, in *listFunctionsInput) (any, error) {
	scope := "functions/" + c.Region + "/" + in.FunctionVersion
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListFunctions(ctx, c.Region, in.FunctionVersion == "ALL", registry.Page{After: after, Limit: in.size(maxPage)})
	if err != nil {
		return nil, err
	}
	return functionList{orEmpty(list), marker(scope, next)}, nil
}
