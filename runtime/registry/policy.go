package registry

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/lambent-run/lambent/runtime/function"
)

// maxPolicyLength is the size that a policy's document may have, in bytes.
const maxPolicyLength = 20_480

const (
	noPolicy         = "No policy is associated with the given resource."
	noResource       = "The resource you requested does not exist."
	statementExists  = "The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement."
	statementMissing = "Statement %s is not found in resource policy."
	stalePolicy      = "The Revision Id provided does not match the latest Revision Id. Call the %s API to retrieve the latest Revision Id"
)

// Policy is what a resource allows others.
type Policy struct {
	Statements []Statement
	RevisionID string
}

// PolicyDocument is a policy as it is shown: the text of a JSON document.
type PolicyDocument struct {
	Policy     string
	RevisionID string `json:"RevisionId"`
}

// PermissionInput is what AddPermission takes. What is empty was not given.
type PermissionInput struct {
	StatementID           string `json:"StatementId"`
	Action                string
	Principal             string
	SourceArn             string
	SourceAccount         string
	EventSourceToken      string
	PrincipalOrgID        string
	FunctionURLAuthType   string `json:"FunctionUrlAuthType"`
	InvokedViaFunctionURL *bool  `json:"InvokedViaFunctionUrl"`
	RevisionID            string `json:"RevisionId"`
}

// statement is the statement that the input asks for.
func (in *PermissionInput) statement(region string) (Statement, error) {
	principal, err := parsePrincipal(in.Principal, function.Partition(region))
	if err != nil {
		return Statement{}, err
	}
	condition := Condition{
		StringEquals: &StringEquals{
			FunctionURLAuthType: in.FunctionURLAuthType,
			SourceAccount:       in.SourceAccount,
			EventSourceToken:    in.EventSourceToken,
			PrincipalOrgID:      in.PrincipalOrgID,
		},
		ArnLike: &ArnLike{SourceARN: in.SourceArn},
	}
	if in.InvokedViaFunctionURL != nil {
		condition.Bool = &Bool{InvokedViaFunctionURL: strconv.FormatBool(*in.InvokedViaFunctionURL)}
	}
	return Statement{
		Sid: in.StatementID, Effect: "Allow", Principal: principal,
		Action: in.Action, Condition: condition.compact(),
	}, nil
}

// AddPermission adds a statement to the policy of a function, or of one of its
// versions or aliases, and returns the statement's JSON.
func (r *Registry) AddPermission(ctx context.Context, id function.ID, qualifier string, in PermissionInput) (string, error) {
	if qualifier == function.Latest {
		return "", errorf(InvalidParameter, "We currently do not support adding policies for $LATEST.")
	}
	statement, badPrincipal := in.statement(id.Region)
	resource := r.arn(id, qualifier)
	_, err := r.change(ctx, id, func(d *Document) error {
		if err := r.mustHave(d, id, qualifier); err != nil {
			return err
		}
		if badPrincipal != nil {
			return badPrincipal
		}
		if err := r.checkPolicyRevision(ctx, id, d, qualifier, in.RevisionID); err != nil {
			return err
		}
		key := cmp.Or(qualifier, function.Latest)
		p, err := d.Policies[key].with(statement, resource)
		if err != nil {
			return err
		}
		if d.Policies == nil {
			d.Policies = map[string]*Policy{}
		}
		d.Policies[key] = p
		d.touch(qualifier)
		return nil
	})
	if err != nil {
		return "", err
	}
	return statement.text(resource), nil
}

// GetPolicy returns a policy. That there is none, and that what it would belong
// to does not exist, is the same error.
func (r *Registry) GetPolicy(_ context.Context, id function.ID, qualifier string) (*PolicyDocument, error) {
	d := r.document(id)
	if d != nil && function.IsAlias(qualifier) && d.Aliases[qualifier] == nil {
		return nil, r.noAlias(id, qualifier)
	}
	if d == nil || d.policy(qualifier) == nil {
		return nil, errorf(NotFound, noResource)
	}
	return d.policy(qualifier).document(r.arn(id, qualifier)), nil
}

// RemovePermission removes a statement from a policy.
func (r *Registry) RemovePermission(ctx context.Context, id function.ID, qualifier, statementID, revisionID string) error {
	_, err := r.change(ctx, id, func(d *Document) error {
		if err := r.mustHave(d, id, qualifier); err != nil {
			return err
		}
		p, err := d.policy(qualifier).without(statementID)
		if err != nil {
			return err
		}
		if err := r.checkPolicyRevision(ctx, id, d, qualifier, revisionID); err != nil {
			return err
		}
		if key := cmp.Or(qualifier, function.Latest); len(p.Statements) == 0 {
			delete(d.Policies, key)
		} else {
			d.Policies[key] = p
		}
		d.touch(qualifier)
		return nil
	})
	if errors.Is(err, errNoFunction) {
		return &Error{NotFound, "No policy found for: " + r.arn(id, qualifier), errNoFunction}
	}
	return err
}

// Allowed reports whether the policy of a function, or of its version or alias,
// grants an access. Without a policy it grants none.
func (r *Registry) Allowed(id function.ID, qualifier string, access Access) bool {
	d := r.document(id)
	if d == nil {
		return false
	}
	p := d.policy(qualifier)
	return p != nil && slices.ContainsFunc(p.Statements, func(s Statement) bool { return s.allows(access) })
}

// mustHave returns the error for a version or an alias that does not exist.
func (r *Registry) mustHave(d *Document, id function.ID, qualifier string) error {
	switch {
	case d.has(qualifier):
		return nil
	case function.IsAlias(qualifier):
		return r.noAlias(id, qualifier)
	}
	return r.notFound(id, qualifier)
}

// noAlias is the error for an alias that does not exist.
func (r *Registry) noAlias(id function.ID, name string) error {
	return errorf(NotFound, "Cannot find alias arn: %s", r.arn(id, name))
}

// policy returns the policy of a qualifier; nil: there is none.
func (d *Document) policy(qualifier string) *Policy {
	return d.Policies[cmp.Or(qualifier, function.Latest)]
}

// checkPolicyRevision returns an error unless a caller's RevisionId (empty: not
// given) is the latest of the policy, or of what it is attached to.
func (r *Registry) checkPolicyRevision(ctx context.Context, id function.ID, d *Document, qualifier, revisionID string) error {
	if revisionID == "" {
		return nil
	}
	if p := d.policy(qualifier); p != nil && p.RevisionID == revisionID {
		return nil
	}
	var current string
	if a := d.Aliases[qualifier]; a != nil {
		current = a.RevisionID
	} else {
		rec, _, err := r.resolve(ctx, id, d, qualifier)
		if err != nil {
			return err
		}
		current = r.configuration(ctx, id, d, rec, qualifier).RevisionID
	}
	if revisionID != current {
		return errorf(PreconditionFailed, stalePolicy, "GetPolicy")
	}
	return nil
}

// with returns the policy with one more statement about the resource. A nil
// policy is empty.
func (p *Policy) with(s Statement, resource string) (*Policy, error) {
	next := &Policy{RevisionID: newID()}
	if p != nil {
		next.Statements = slices.Clone(p.Statements)
	}
	if next.find(s.Sid) >= 0 {
		return nil, errorf(Conflict, statementExists, s.Sid)
	}
	next.Statements = append(next.Statements, s)
	if size := len(next.document(resource).Policy); size > maxPolicyLength {
		return nil, errorf(PolicyTooLong, "The final policy size (%d) is bigger than the limit (%d).", size, maxPolicyLength)
	}
	return next, nil
}

// without returns the policy without one of its statements.
func (p *Policy) without(sid string) (*Policy, error) {
	if p == nil {
		return nil, errorf(NotFound, noPolicy)
	}
	i := p.find(sid)
	if i < 0 {
		return nil, errorf(NotFound, statementMissing, sid)
	}
	return &Policy{Statements: slices.Delete(slices.Clone(p.Statements), i, i+1), RevisionID: newID()}, nil
}

// find returns the place of a statement, or -1.
func (p *Policy) find(sid string) int {
	return slices.IndexFunc(p.Statements, func(s Statement) bool { return s.Sid == sid })
}

// document is the policy of a resource as it is shown.
func (p *Policy) document(resource string) *PolicyDocument {
	shown := struct {
		Version   string
		ID        string `json:"Id"`
		Statement []Statement
	}{"2012-10-17", "default", slices.Clone(p.Statements)}
	for i := range shown.Statement {
		shown.Statement[i].Resource = resource
	}
	return &PolicyDocument{Policy: compactJSON(shown), RevisionID: p.RevisionID}
}
