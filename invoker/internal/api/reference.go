package api

import (
	"fmt"
	"strings"

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
	if err := c.checkPlace(&r); err != nil {
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

// latest is target for operations that change $LATEST, which refuse a name with
// another qualifier.
func (c *call) latest(name string) (function.ID, error) {
	if bare, ok := strings.CutSuffix(name, ":"+function.Latest); ok {
		name = bare
	}
	return c.whole(name)
}

// arn is the ARN of a function, or of its qualifier.
func (c *call) arn(id function.ID, qualifier string) string {
	return function.ARN{Region: id.Region, Account: c.Account, Name: id.Name, Qualifier: qualifier}.String()
}

// checkPlace refuses a resource of another region or account, as an ARN may name
// it. What the name leaves out is the call's own.
func (c *call) checkPlace(r *function.Reference) error {
	if r.Region != "" && r.Region != c.Region {
		return &Error{Code: codeNotFound, Message: fmt.Sprintf("Functions from '%s' are not reachable in this region ('%s')", r.Region, c.Region)}
	}
	if r.Account == "" || r.Account == c.Account {
		return nil
	}
	caller := "arn:" + function.Partition(c.Region) + ":iam::" + c.Account + ":root"
	if c.Caller != nil {
		caller = c.Caller.ARN
	}
	arn := function.ARN{Region: c.Region, Account: r.Account, Name: r.Name, Qualifier: r.Qualifier}.String()
	return denied(caller, "lambda:"+c.op.name, arn, "resource")
}
