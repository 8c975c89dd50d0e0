package api

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

// layerRuntime demands a runtime, also one that functions cannot have any more:
// a layer may be made for old functions.
func layerRuntime() []constraint {
	must := oneOf(function.Runtimes()...)
	must[0].ok = func(v reflect.Value) bool {
		return function.IsRuntime(v.String()) || function.IsRetiredRuntime(v.String())
	}
	return must
}

var (
	ruleLayer         = need("LayerName", length(1, 140), like(patternLayer))
	publishLayerRules = slices.Concat([]rule{
		ruleLayer, ruleText,
		need("Content"),
		may("CompatibleRuntimes", atMost(15)),
		may("CompatibleRuntimes[]", layerRuntime()),
		may("LicenseInfo", atMost(512)),
		may("CompatibleArchitectures", atMost(2)),
		may("CompatibleArchitectures[]", oneOf(architectures...)),
	}, codeRules("Content."))
	layerVersionRules = []rule{ruleLayer}
	layerByARNRules   = []rule{need("Arn", length(1, 140), like(patternLayerVersion))}
	layerFilterRules  = []rule{
		ruleShortPage,
		may("CompatibleRuntime", layerRuntime()),
		may("CompatibleArchitecture", oneOf(architectures...)),
	}
	listLayerVersionsRules = append([]rule{ruleLayer}, layerFilterRules...)
)

// layer returns the layer that a name or an ARN means.
func (c *call) layer(name string) (registry.LayerID, error) {
	if !strings.HasPrefix(name, "arn:") {
		return registry.LayerID{Region: c.Region, Name: name}, nil
	}
	// arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME
	parts := strings.SplitN(name, ":", 8)
	id := registry.LayerID{Region: parts[3], Name: parts[6]}
	return id, c.checkLayerPlace(id.Region, parts[4], name)
}

// checkLayerPlace refuses a layer of another region or account.
func (c *call) checkLayerPlace(region, account, arn string) error {
	switch {
	case region != c.Region:
		return &Error{Code: codeNotFound, Message: "Layers from '" + region + "' are not reachable in this region ('" + c.Region + "')"}
	case account != c.Account:
		return c.checkPlace(&function.Reference{Account: account})
	}
	return nil
}

// layerVersion is a layer version with its content, as the API shows it.
type layerVersion struct {
	Content  layerContent
	LayerArn string
	registry.LayerVersion
}

// layerContent says where a layer's archive can be downloaded for a while.
type layerContent struct {
	Location   string
	CodeSha256 string
	CodeSize   int64
}

func (a *API) layerVersionOf(c *call, d *registry.LayerDetails) layerVersion {
	return layerVersion{
		Content:  layerContent{Location: a.link(c, d.Content), CodeSha256: d.Content.Sum.String(), CodeSize: d.Content.Size},
		LayerArn: d.LayerArn, LayerVersion: d.Version,
	}
}

// layerNamed are the members that name a layer.
type layerNamed struct {
	LayerName string `path:"LayerName"`
}

type publishLayerInput struct {
	layerNamed
	registry.LayerInput
}

// publishLayer serves PublishLayerVersion.
func (a *API) publishLayer(ctx context.Context, c *call, in *publishLayerInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	in.Content.ImageURI = "" // layers have no such member
	d, err := a.registry.PublishLayerVersion(ctx, id, in.LayerInput)
	if err != nil {
		return nil, err
	}
	return a.layerVersionOf(c, d), nil
}

// layerVersionInput are the members that name a layer version.
type layerVersionInput struct {
	layerNamed
	VersionNumber int64 `path:"VersionNumber"`
}

// getLayerVersion serves GetLayerVersion.
func (a *API) getLayerVersion(ctx context.Context, c *call, in *layerVersionInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	d, err := a.registry.GetLayerVersion(ctx, id, in.VersionNumber)
	if err != nil {
		return nil, err
	}
	return a.layerVersionOf(c, d), nil
}

type layerByARNInput struct {
	Arn string `query:"Arn"`
}

// getLayerVersionByARN serves GetLayerVersionByArn.
func (a *API) getLayerVersionByARN(ctx context.Context, c *call, in *layerByARNInput) (any, error) {
	// The layer is not in the path, where authorize finds it.
	if err := c.authorize(in.Arn); err != nil {
		return nil, err
	}
	id, account, number, ok := registry.ParseLayerVersionARN(in.Arn)
	if !ok {
		return nil, &Error{Code: codeNotFound, Message: "The resource you requested does not exist."}
	}
	if err := c.checkLayerPlace(id.Region, account, in.Arn); err != nil {
		return nil, err
	}
	d, err := a.registry.GetLayerVersion(ctx, id, number)
	if err != nil {
		return nil, err
	}
	return a.layerVersionOf(c, d), nil
}

// deleteLayerVersion serves DeleteLayerVersion.
func (a *API) deleteLayerVersion(ctx context.Context, c *call, in *layerVersionInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteLayerVersion(ctx, id, in.VersionNumber)
}

// layerFilter are the members of lists that ask for layers that fit.
type layerFilter struct {
	page
	CompatibleRuntime      string `query:"CompatibleRuntime"`
	CompatibleArchitecture string `query:"CompatibleArchitecture"`
}

func (f *layerFilter) fit() registry.LayerFilter {
	return registry.LayerFilter{Runtime: f.CompatibleRuntime, Architecture: f.CompatibleArchitecture}
}

// scope is that of the list's markers.
func (f *layerFilter) scope(of string) string {
	return of + "/" + f.CompatibleRuntime + "/" + f.CompatibleArchitecture
}

type layerList struct {
	Layers     []registry.Layer
	NextMarker string `json:",omitempty"`
}

// listLayers serves ListLayers.
func (a *API) listLayers(ctx context.Context, c *call, in *layerFilter) (any, error) {
	scope := in.scope("layers/" + c.Region)
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListLayers(ctx, c.Region, in.fit(), registry.Page{After: after, Limit: in.size(maxPage)})
	return layerList{orEmpty(list), marker(scope, next)}, err
}

type listLayerVersionsInput struct {
	layerNamed
	layerFilter
}

type layerVersionList struct {
	LayerVersions []registry.LayerVersion
	NextMarker    string `json:",omitempty"`
}

// listLayerVersions serves ListLayerVersions.
func (a *API) listLayerVersions(ctx context.Context, c *call, in *listLayerVersionsInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	scope := in.scope("layer-versions/" + id.Region + "/" + id.Name)
	after, err := in.after(scope)
	if err != nil {
		return nil, err
	}
	list, next, err := a.registry.ListLayerVersions(ctx, id, in.fit(), registry.Page{After: after, Limit: in.size(maxPage)})
	return layerVersionList{orEmpty(list), marker(scope, next)}, err
}
