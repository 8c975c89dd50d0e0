package registry

import (
	"context"

	"github.com/lambent-run/lambent/runtime/function"
)

// ScalingConfig bounds the execution environments of a version on managed
// instances, each bound 0 to 15,000; nil: not set. It is kept and shown: there
// are no such instances here, and environments come and go by demand.
type ScalingConfig struct {
	MinExecutionEnvironments *int `json:",omitempty"`
	MaxExecutionEnvironments *int `json:",omitempty"`
}

// QualifiedScalingConfig is a ScalingConfig with the ARN of the version it is
// for. What is requested applies at once.
type QualifiedScalingConfig struct {
	FunctionArn                    string
	AppliedFunctionScalingConfig   *ScalingConfig `json:",omitempty"`
	RequestedFunctionScalingConfig *ScalingConfig `json:",omitempty"`
}

// PutScalingConfig sets the bounds of a version (nil: none any more) and
// returns the function's state.
func (r *Registry) PutScalingConfig(ctx context.Context, id function.ID, qualifier string, c *ScalingConfig) (state string, err error) {
	if c != nil && c.MinExecutionEnvironments != nil && c.MaxExecutionEnvironments != nil && *c.MinExecutionEnvironments > *c.MaxExecutionEnvironments {
		return "", errorf(InvalidParameter, "MinExecutionEnvironments cannot be greater than MaxExecutionEnvironments.")
	}
	d, err := r.change(ctx, id, func(d *Document) error {
		if err := r.mustHaveVersion(d, id, qualifier); err != nil {
			return err
		}
		if c == nil {
			delete(d.Scaling, qualifier)
			return nil
		}
		if d.Scaling == nil {
			d.Scaling = map[string]*ScalingConfig{}
		}
		d.Scaling[qualifier] = c
		return nil
	})
	if err != nil {
		return "", err
	}
	return d.Latest.Configuration.State, nil
}

// GetScalingConfig returns the bounds of a version.
func (r *Registry) GetScalingConfig(_ context.Context, id function.ID, qualifier string) (*QualifiedScalingConfig, error) {
	d, err := r.find(id)
	if err != nil {
		return nil, err
	}
	if err := r.mustHaveVersion(d, id, qualifier); err != nil {
		return nil, err
	}
	c := d.Scaling[qualifier]
	return &QualifiedScalingConfig{r.arn(id, qualifier), c, c}, nil
}

// mustHaveVersion returns the error for a version that does not exist.
// $LATEST.PUBLISHED is the one published last, if any.
func (r *Registry) mustHaveVersion(d *Document, id function.ID, qualifier string) error {
	if d.published(qualifier) != nil || qualifier == function.LatestPublished && len(d.Published) > 0 {
		return nil
	}
	return r.notFound(id, qualifier)
}
