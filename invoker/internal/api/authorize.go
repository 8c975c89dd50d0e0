package api

import (
	"fmt"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
)

// Caller is who makes a call.
type Caller struct {
	// ARN and Account are those of the principal.
	ARN, Account string
	// Allows reports whether the caller may do something, such as
	// "lambda:GetFunction", to a resource, an ARN; empty stands for no resource in
	// particular. Nil: everything.
	Allows func(action, resource string) bool
}

// Public reports whether a path needs no signature: that of a download, whose
// address proves enough.
func Public(path string) bool { return strings.HasPrefix(path, pathDownload) }

// authorize refuses a call that its caller may not make.
func (c *call) authorize(resource string) error {
	action := "lambda:" + c.op.name
	if c.Caller == nil || c.Caller.Allows == nil || c.Caller.Allows(action, resource) {
		return nil
	}
	on := resource
	if on == "" {
		on = "*"
	}
	return denied(c.Caller.ARN, action, on, "identity")
}

// denied is the refusal of an action in IAM's words. Based says which kind of
// policy would have had to allow it.
func denied(caller, action, resource, based string) error {
	return &Error{Code: codeAccessDenied, Message: fmt.Sprintf(
		"User: %s is not authorized to perform: %s on resource: %s because no %s-based policy allows the %s action",
		caller, action, resource, based, action)}
}

// resource is the ARN of what a call's path names; empty if it names nothing
// that has one. Functions that a body names are authorized by target.
func (c *call) resource() string {
	for _, p := range c.params {
		switch p.member {
		case "Resource", "CodeSigningConfigArn":
			return p.value
		case "LayerName":
			return c.layerARN(p.value)
		case "FunctionName":
			if r, err := function.ParseReference(p.value); err == nil {
				qualifier := r.Qualifier
				if qualifier == "" {
					qualifier = c.query.first("Qualifier")
				}
				return c.arn(function.ID{Region: c.Region, Name: r.Name}, qualifier)
			}
		}
	}
	return ""
}

// layerARN is the ARN of a layer, or of the version in the call's path.
func (c *call) layerARN(name string) string {
	if !strings.HasPrefix(name, "arn:") {
		name = "arn:" + function.Partition(c.Region) + ":lambda:" + c.Region + ":" + c.Account + ":layer:" + name
	}
	if number, ok := c.params.get("VersionNumber"); ok {
		name += ":" + number
	}
	return name
}
