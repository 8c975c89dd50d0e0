package registry

import (
	"cmp"
	"context"

	"github.com/lambent-run/lambent/runtime/function"
)

// When a version takes over a newer build of its runtime.
const (
	UpdateRuntimeAuto           = "Auto" // the default
	UpdateRuntimeManual         = "Manual"
	UpdateRuntimeFunctionUpdate = "FunctionUpdate"
)

// RuntimeManagement says when a version takes over a newer build of its
// runtime. It is kept and shown: Lambent has one build of each.
type RuntimeManagement struct {
	UpdateRuntimeOn string
	// RuntimeVersionArn is set with Manual.
	RuntimeVersionArn string `json:",omitempty"`
}

// QualifiedRuntimeManagement is a RuntimeManagement with the ARN of what it is
// for.
type QualifiedRuntimeManagement struct {
	FunctionArn string
	RuntimeManagement
}

// PutRuntimeManagement sets when a version, or $LATEST, takes over a newer
// build of its runtime.
func (r *Registry) PutRuntimeManagement(ctx context.Context, id function.ID, qualifier string, m RuntimeManagement) (*QualifiedRuntimeManagement, error) {
	if m.UpdateRuntimeOn == UpdateRuntimeManual && m.RuntimeVersionArn == "" {
		return nil, errorf(InvalidParameter, "You must specify the RuntimeVersionArn when the UpdateRuntimeOn is set to Manual.")
	}
	if m.UpdateRuntimeOn != UpdateRuntimeManual && m.RuntimeVersionArn != "" {
		return nil, errorf(InvalidParameter, "You can only specify the RuntimeVersionArn when the UpdateRuntimeOn is set to Manual.")
	}
	_, err := r.change(ctx, id, func(d *Document) error {
		if err := r.mustHave(d, id, qualifier); err != nil {
			return err
		}
		if d.RuntimeManagement == nil {
			d.RuntimeManagement = map[string]*RuntimeManagement{}
		}
		d.RuntimeManagement[cmp.Or(qualifier, function.Latest)] = &m
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &QualifiedRuntimeManagement{r.arn(id, qualifier), m}, nil
}

// GetRuntimeManagement returns when a version, or $LATEST, takes over a newer
// build of its runtime.
func (r *Registry) GetRuntimeManagement(_ context.Context, id function.ID, qualifier string) (*QualifiedRuntimeManagement, error) {
	d, err := r.find(id)
	if err != nil {
		return nil, err
	}
	if err := r.mustHave(d, id, qualifier); err != nil {
		return nil, err
	}
	m := RuntimeManagement{UpdateRuntimeOn: UpdateRuntimeAuto}
	if set := d.RuntimeManagement[cmp.Or(qualifier, function.Latest)]; set != nil {
		m = *set
	}
	return &QualifiedRuntimeManagement{r.arn(id, qualifier), m}, nil
}
