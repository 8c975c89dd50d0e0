package api

import (
	"context"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
)

var (
	ruleTaggable = need("Resource", length(1, 256), like(patternTaggable))
	tagRules     = []rule{
		ruleTaggable,
		need("Tags"),
		may("Tags{key}", length(1, 128)),
		may("Tags{value}", atMost(256)),
	}
	untagRules    = []rule{ruleTaggable, need("tagKeys")}
	listTagsRules = []rule{ruleTaggable}
)

// tagged are the members that name a resource that has tags.
type tagged struct {
	Resource string `path:"Resource"`
}

// taggable is a resource that has tags: a function, or, if signing is not empty,
// the code signing configuration of that ARN.
type taggable struct {
	function function.ID
	signing  string
}

// taggable returns the resource that an ARN names.
func (c *call) taggable(arn string) (taggable, error) {
	parts := strings.SplitN(arn, ":", 7)
	kind, name := parts[5], parts[6]
	switch kind {
	case "function":
		if strings.Contains(name, ":") {
			return taggable{}, invalidParameter("Tags on function aliases and versions are not supported. Please specify a function ARN.")
		}
		id, _, err := c.target(arn, nil)
		return taggable{function: id}, err
	case "code-signing-config":
		return taggable{signing: arn}, nil
	case "event-source-mapping":
		return taggable{}, &Error{Code: codeNotFound, Message: "Event source mapping not found: " + arn}
	case "capacity-provider":
		return taggable{}, &Error{Code: codeNotFound, Message: "Capacity provider not found: " + arn}
	}
	return taggable{}, invalidParameter("Tags on resources of the type %s are not supported.", kind)
}

type tagInput struct {
	tagged
	Tags map[string]string
}

// tagResource serves TagResource.
func (a *API) tagResource(ctx context.Context, c *call, in *tagInput) (any, error) {
	of, err := c.taggable(in.Resource)
	switch {
	case err != nil:
		return nil, err
	case of.signing != "":
		return nil, untyped(a.registry.TagCodeSigningConfig(ctx, c.Region, of.signing, in.Tags))
	}
	return nil, a.registry.TagFunction(ctx, of.function, in.Tags)
}

type untagInput struct {
	tagged
	TagKeys []string `query:"tagKeys"`
}

// untagResource serves UntagResource.
func (a *API) untagResource(ctx context.Context, c *call, in *untagInput) (any, error) {
	of, err := c.taggable(in.Resource)
	switch {
	case err != nil:
		return nil, err
	case of.signing != "":
		return nil, untyped(a.registry.UntagCodeSigningConfig(ctx, c.Region, of.signing, in.TagKeys))
	}
	return nil, a.registry.UntagFunction(ctx, of.function, in.TagKeys)
}

// tagList is a resource's tags as the API shows them.
type tagList struct{ Tags map[string]string }

// listTags serves ListTags.
func (a *API) listTags(ctx context.Context, c *call, in *tagged) (any, error) {
	of, err := c.taggable(in.Resource)
	if err != nil {
		return nil, err
	}
	var tags map[string]string
	if of.signing != "" {
		tags, err = a.registry.CodeSigningConfigTags(ctx, c.Region, of.signing)
		err = untyped(err)
	} else {
		tags, err = a.registry.FunctionTags(ctx, of.function)
	}
	if tags == nil {
		tags = map[string]string{}
	}
	return tagList{tags}, err
}
