package registry

import (
	"context"
	"errors"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// LayerPermissionInput is what AddLayerVersionPermission takes. What is empty
// was not given.
type LayerPermissionInput struct {
	StatementID    string `json:"StatementId"`
	Action         string
	Principal      string
	OrganizationID string `json:"OrganizationId"`
	// RevisionID is not in the body.
	RevisionID string `json:"-"`
}

// AddLayerVersionPermission adds a statement to the policy of a layer version.
// It returns the statement's JSON and the policy's RevisionId.
func (r *Registry) AddLayerVersionPermission(ctx context.Context, id LayerID, number int64, in LayerPermissionInput) (statement, revisionID string, err error) {
	principal, err := parsePrincipal(in.Principal, function.Partition(id.Region))
	if err != nil {
		return "", "", err
	}
	if in.OrganizationID != "" && in.Principal != "*" {
		return "", "", errorf(InvalidParameter, "OrganizationId can only be specified when the principal is *.")
	}
	condition := Condition{StringEquals: &StringEquals{PrincipalOrgID: in.OrganizationID}}
	s := Statement{Sid: in.StatementID, Effect: "Allow", Principal: principal, Action: in.Action, Condition: condition.compact()}
	resource := r.layerVersionARN(id, number)
	rec, err := r.changeLayerPolicy(ctx, id, number, in.RevisionID, func(p *Policy) (*Policy, error) {
		return p.with(s, resource)
	})
	if err != nil {
		return "", "", err
	}
	return s.text(resource), rec.Policy.RevisionID, nil
}

// GetLayerVersionPolicy returns the policy of a layer version.
func (r *Registry) GetLayerVersionPolicy(ctx context.Context, id LayerID, number int64) (*PolicyDocument, error) {
	rec, err := r.layerVersion(ctx, id, number)
	if err != nil {
		return nil, r.noLayerVersion(id, number, err)
	}
	if rec.Policy == nil {
		return nil, errorf(NotFound, noPolicy)
	}
	return rec.Policy.document(r.layerVersionARN(id, number)), nil
}

// RemoveLayerVersionPermission removes a statement from the policy of a layer
// version.
func (r *Registry) RemoveLayerVersionPermission(ctx context.Context, id LayerID, number int64, statementID, revisionID string) error {
	_, err := r.changeLayerPolicy(ctx, id, number, revisionID, func(p *Policy) (*Policy, error) {
		p, err := p.without(statementID)
		if err != nil || len(p.Statements) == 0 {
			return nil, err
		}
		return p, nil
	})
	return err
}

// changeLayerPolicy changes the policy of a layer version (nil: none) if a
// caller's RevisionId (empty: not given) is the latest. It returns the new
// record.
func (r *Registry) changeLayerPolicy(ctx context.Context, id LayerID, number int64, revisionID string, apply func(*Policy) (*Policy, error)) (*layerRecord, error) {
	release, err := r.locks.acquire(ctx, layerKey(id))
	if err != nil {
		return nil, err
	}
	defer release()
	for {
		rec, err := r.layerVersion(ctx, id, number)
		if err != nil {
			return nil, r.noLayerVersion(id, number, err)
		}
		if revisionID != "" && (rec.Policy == nil || rec.Policy.RevisionID != revisionID) {
			return nil, errorf(PreconditionFailed, stalePolicy, "GetLayerPolicy")
		}
		if rec.Policy, err = apply(rec.Policy); err != nil {
			return nil, err
		}
		err = r.putLayerVersion(context.WithoutCancel(ctx), rec)
		if !errors.Is(err, store.ErrConflict) {
			return rec, err
		}
	}
}

// noLayerVersion words the error for a layer version that does not exist as the
// operations on policies do.
func (r *Registry) noLayerVersion(id LayerID, number int64, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &Error{NotFound, "Layer version " + r.layerVersionARN(id, number) + " does not exist.", err}
	}
	return err
}
