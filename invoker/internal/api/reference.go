package api

import (
	"fmt"

	"github.com/lambent-run/lambent/runtime/function"
)

// named are the members with which most inputs say which function they mean.
type named struct {
	FunctionName string `path:"FunctionName"`
}

// qualified are those of inputs that can mean a version or an alias.
type qualified struct {
	named
	Qualifier *string `query:"Qualifier"`
}

// target returns the function that a name means, and the qualifier of the name
// or of the parameter, empty if there is neither.
func (c *call) target(name string, qualifier *string) (function.ID, string, error) {
	r, err := function.ParseReference(name)
	if err != nil {
		return function.ID{}, "", err
	}
	if qualifier != nil {
		if r.Qualifier != "" && r.Qualifier != *qualifier {
			return function.ID{}, "", invalidParameter("The derived qualifier from the function name does not match the specified qualifier.")
		}
		r.Qualifier = *qualifier
	}
	if err := c.checkPlace(r.Region, r.Account, func() string { return resource(&r, c) }); err != nil {
		return function.ID{}, "", err
	}
	return function.ID{Region: c.Region, Name: r.Name}, r.Qualifier, nil
}

// whole is target for operations on a function as a whole, which refuse a name
// with a qualifier.
func (c *call) whole(name string) (function.ID, error) {
	id, qualifier, err := c.target(name, nil)
	if err != nil {
		return function.ID{}, err
	}
	if qualifier != "" {
		return function.ID{}, invalidParameter("This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. " +
			"Please specify either a function name or an unqualified function ARN.")
	}
	return id, nil
}

// checkPlace refuses resources of another region or account, as an ARN may name
// them. An empty region or account is the call's own.
func (c *call) checkPlace(region, account string, arn func() string) error {
	if account != "" && account != c.Account {
		caller := "arn:aws:iam::" + c.Account + ":root"
		if c.Caller != nil {
			caller = c.Caller.ARN
		}
		return &Error{Code: codeAccessDenied, Message: fmt.Sprintf(
			"User: %s is not authorized to perform: lambda:%s on resource: %s because no resource-based policy allows the lambda:%s action",
			caller, c.op.name, arn(), c.op.name)}
	}
	if region != "" && region != c.Region {
		return &Error{Code: codeNotFound, Message: fmt.Sprintf("Functions from '%s' are not reachable in this region ('%s')", region, c.Region)}
	}
	return nil
}

func resource(r *function.Reference, c *call) string {
	region := r.Region
	if region == "" {
		region = c.Region
	}
	return function.ARN{Region: region, Account: r.Account, Name: r.Name, Qualifier: r.Qualifier}.String()
}
