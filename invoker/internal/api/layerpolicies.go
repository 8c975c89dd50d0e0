package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/registry"
)

var (
	addLayerPermissionRules = []rule{
		ruleLayer, ruleStatement,
		need("Action", atMost(22), like(patternLayerAction)),
		need("Principal", like(patternLayerPrincipal)),
		may("OrganizationId", atMost(34), like(patternOrganization)),
	}
	removeLayerPermissionRules = []rule{ruleLayer, ruleStatement}
)

type addLayerPermissionInput struct {
	layerVersionInput
	registry.LayerPermissionInput
	Revision string `query:"RevisionId"`
}

// addedLayerPermission is the response of AddLayerVersionPermission: the
// statement's JSON, as text.
type addedLayerPermission struct {
	Statement  string
	RevisionID string `json:"RevisionId"`
}

// addLayerPermission serves AddLayerVersionPermission.
func (a *API) addLayerPermission(ctx context.Context, c *call, in *addLayerPermissionInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	in.RevisionID = in.Revision
	statement, revision, err := a.registry.AddLayerVersionPermission(ctx, id, in.VersionNumber, in.LayerPermissionInput)
	return addedLayerPermission{statement, revision}, err
}

// getLayerPolicy serves GetLayerVersionPolicy.
func (a *API) getLayerPolicy(ctx context.Context, c *call, in *layerVersionInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	return a.registry.GetLayerVersionPolicy(ctx, id, in.VersionNumber)
}

type removeLayerPermissionInput struct {
	layerVersionInput
	StatementID string `path:"StatementId"`
	RevisionID  string `query:"RevisionId"`
}

// removeLayerPermission serves RemoveLayerVersionPermission.
func (a *API) removeLayerPermission(ctx context.Context, c *call, in *removeLayerPermissionInput) (any, error) {
	id, err := c.layer(in.LayerName)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.RemoveLayerVersionPermission(ctx, id, in.VersionNumber, in.StatementID, in.RevisionID)
}
