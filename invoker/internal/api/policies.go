package api

import (
	"context"

	"github.com/lambent-run/lambent/runtime/registry"
)

var (
	ruleShortQualifier = may("Qualifier", length(1, 128), like(patternShortQualifier))
	ruleStatement      = need("StatementId", length(1, 100), like(patternStatement))

	policyRules        = []rule{ruleName, ruleShortQualifier}
	addPermissionRules = []rule{
		ruleName, ruleShortQualifier, ruleStatement,
		need("Action", like(patternAction)),
		need("Principal", like(patternPrincipal)),
		may("SourceArn", like(patternArn)),
		may("SourceAccount", atMost(12), like(patternAccount)),
		may("EventSourceToken", atMost(256), like(patternToken)),
		may("PrincipalOrgID", length(12, 34), like(patternOrganization)),
		may("FunctionUrlAuthType", oneOf("NONE", "AWS_IAM")),
	}
	removePermissionRules = []rule{ruleName, ruleShortQualifier, ruleStatement}
)

type addPermissionInput struct {
	qualified
	registry.PermissionInput
}

// addedPermission is the response of AddPermission: the statement's JSON, as
// text.
type addedPermission struct{ Statement string }

// addPermission serves AddPermission.
func (a *API) addPermission(ctx context.Context, c *call, in *addPermissionInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	statement, err := a.registry.AddPermission(ctx, id, qualifier, in.PermissionInput)
	return addedPermission{statement}, err
}

// getPolicy serves GetPolicy.
func (a *API) getPolicy(ctx context.Context, c *call, in *qualified) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return a.registry.GetPolicy(ctx, id, qualifier)
}

type removePermissionInput struct {
	qualified
	StatementID string `path:"StatementId"`
	RevisionID  string `query:"RevisionId"`
}

// removePermission serves RemovePermission.
func (a *API) removePermission(ctx context.Context, c *call, in *removePermissionInput) (any, error) {
	id, qualifier, err := c.target(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.RemovePermission(ctx, id, qualifier, in.StatementID, in.RevisionID)
}
