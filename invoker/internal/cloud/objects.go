package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/lambent-run/lambent/runtime/registry"
)

// patience is how long a service may take to answer.
const patience = 30 * time.Second

var errPatience = fmt.Errorf("no answer within %v", patience)

// objects is S3.
type objects struct{ aws *AWS }

var _ registry.Objects = (*objects)(nil)

// Fetch implements registry.Objects. The region is the function's, in which AWS
// wants its code to be.
func (o *objects) Fetch(ctx context.Context, region, bucket, key, version string) (io.ReadCloser, error) {
	cfg, err := o.aws.config(ctx, region)
	if err != nil {
		return nil, unreachable("S3", err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		// Stand-ins have no host name per bucket.
		o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil
	})
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(patience, func() { cancel(errPatience) })
	out, err := client.GetObject(ctx, in)
	if !timer.Stop() && err == nil {
		err = errPatience
		_ = out.Body.Close()
	}
	if err != nil {
		cancel(nil)
		return nil, getObjectError(err)
	}
	return &object{out.Body, cancel}, nil
}

// object is what arrives of an object.
type object struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (o *object) Close() error {
	o.cancel(nil) // what has not arrived is not waited for
	return o.ReadCloser.Close()
}

// getObjectError words what S3 has answered as Lambda does.
func getObjectError(err error) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return unreachable("S3", err)
	}
	text := fmt.Sprintf("S3 Error Code: %s. S3 Error Message: %s", answer.ErrorCode(), answer.ErrorMessage())
	if answer.ErrorCode() == "AccessDenied" {
		return &registry.Error{
			Kind:    registry.AccessDenied,
			Message: "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for the bucket and key. " + text,
			Err:     err,
		}
	}
	return &registry.Error{Kind: registry.InvalidParameter, Message: "Error occurred while GetObject. " + text, Err: err}
}

// unreachable is the error for a service that has not answered.
func unreachable(service string, err error) error {
	return &registry.Error{
		Kind:    registry.InvalidParameter,
		Message: service + " cannot be reached. Check the AWS settings of this server: AWS_ENDPOINT_URL, AWS_PROFILE, credentials.",
		Err:     err,
	}
}
