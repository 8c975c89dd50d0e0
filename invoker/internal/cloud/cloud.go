// Package cloud calls AWS services for Lambent itself, never for a guest: it
// fetches code from S3, has data keys encrypted by KMS and ships logs to
// CloudWatch Logs.
//
// Endpoints, regions and credentials are the AWS SDK's standard settings
// (AWS_ENDPOINT_URL and its like, AWS_PROFILE, the files in ~/.aws), so that a
// call reaches AWS, or whatever stands in for it. They are read when a service is
// first needed.
package cloud

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/lambent-run/lambent/runtime/registry"
)

// defaultRegion is where services are if neither a call nor the settings say.
const defaultRegion = "us-east-1"

// AWS reaches AWS's services. It is safe for concurrent use.
type AWS struct {
	load func(context.Context) (aws.Config, error)

	mu     sync.Mutex // guards the fields below
	cfg    aws.Config
	loaded bool
}

// New returns an AWS that has read nothing yet. load reads the settings; nil
// means the SDK's standard ones.
func New(load func(context.Context) (aws.Config, error)) *AWS {
	if load == nil {
		load = func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx) }
	}
	return &AWS{load: load}
}

// config returns the settings for a region; an empty one is that of the
// settings. What could not be read is read again next time.
func (a *AWS) config(ctx context.Context, region string) (aws.Config, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.loaded {
		// What is loaded outlives the call.
		cfg, err := a.load(context.WithoutCancel(ctx))
		if err != nil {
			return aws.Config{}, fmt.Errorf("cloud: read the AWS settings: %w", err)
		}
		a.cfg, a.loaded = cfg, true
	}
	cfg := a.cfg.Copy()
	cfg.Region = cmp.Or(region, cfg.Region, defaultRegion)
	return cfg, nil
}

// Objects fetches code from S3.
func (a *AWS) Objects() registry.Objects { return &objects{a} }

// Keys has data keys encrypted by KMS. It is nil unless the settings name an
// endpoint for KMS, or the environment names credentials or a profile: a made-up
// key ARN must not reach the account of somebody who only has credentials lying
// about. Settings that cannot be read name something, too: then keys are refused.
func (a *AWS) Keys(ctx context.Context) registry.KeyWrapper {
	cfg, err := a.config(ctx, "")
	if err != nil || kms.NewFromConfig(cfg).Options().BaseEndpoint != nil || named(cfg) {
		return &keys{a}
	}
	return nil
}

// named reports whether the environment names credentials or a profile.
func named(cfg aws.Config) bool {
	for _, source := range cfg.ConfigSources {
		if env, ok := source.(config.EnvConfig); ok {
			return env.Credentials.HasKeys() || env.SharedConfigProfile != ""
		}
	}
	return false
}
