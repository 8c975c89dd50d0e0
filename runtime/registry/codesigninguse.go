package registry

import (
	"context"
	"slices"

	"github.com/lambent-run/lambent/runtime/function"
)

// useSigning returns an error unless a code signing configuration exists, and
// keeps it from being deleted until release is called. An empty ARN, no
// configuration, is fine.
func (r *Registry) useSigning(ctx context.Context, region, arn string) (release func(), err error) {
	if arn == "" {
		return func() {}, nil
	}
	release, err = r.locks.acquire(ctx, signingPrefix+arn)
	if err != nil {
		return nil, err
	}
	if _, err = r.signing(ctx, region, arn); err != nil {
		release()
	}
	if IsKind(err, NotFound) {
		err = errorf(CodeSigningNotFound, "The code signing configuration cannot be found. Check that the provided configuration is not deleted: %s.", arn)
	}
	return release, err
}

// checkSigned refuses code for a function whose code signing configuration
// (empty: none) enforces signatures. Lambent trusts no signer, so it knows no
// code that is signed by a trusted one.
func (r *Registry) checkSigned(ctx context.Context, region, arn string) error {
	if arn == "" {
		return nil
	}
	rec, err := r.signing(ctx, region, arn)
	if err != nil || rec.Config.CodeSigningPolicies.UntrustedArtifactOnDeployment != UntrustedEnforce {
		return err
	}
	return errorf(CodeVerificationFailed, "The code signature failed one or more of the validation checks for signature mismatch or expiry, "+
		"and the code signing policy is set to ENFORCE. Lambda blocks the deployment.")
}

// PutFunctionCodeSigning makes a configuration that of a function.
func (r *Registry) PutFunctionCodeSigning(ctx context.Context, id function.ID, arn string) error {
	release, err := r.useSigning(ctx, id.Region, arn)
	if err != nil {
		return err
	}
	defer release()
	_, err = r.change(ctx, id, func(d *Document) error {
		d.CodeSigningConfigArn = arn
		return nil
	})
	return err
}

// FunctionCodeSigning returns the ARN of a function's configuration; empty: it
// has none.
func (r *Registry) FunctionCodeSigning(_ context.Context, id function.ID) (arn string, err error) {
	d, err := r.find(id)
	if err != nil {
		return "", err
	}
	return d.CodeSigningConfigArn, nil
}

// DeleteFunctionCodeSigning takes its configuration from a function. One that
// has none is no error.
func (r *Registry) DeleteFunctionCodeSigning(ctx context.Context, id function.ID) error {
	_, err := r.change(ctx, id, func(d *Document) error {
		d.CodeSigningConfigArn = ""
		return nil
	})
	return err
}

// ListFunctionsByCodeSigning returns the ARNs of the functions that have a
// configuration.
func (r *Registry) ListFunctionsByCodeSigning(ctx context.Context, region, arn string, page Page) (list []string, next string, err error) {
	if _, err := r.signing(ctx, region, arn); err != nil {
		return nil, "", err
	}
	names, next := page.cut(r.signedBy(region, arn))
	list = make([]string, len(names))
	for i, name := range names {
		list[i] = r.arn(function.ID{Region: region, Name: name}, "")
	}
	return list, next, nil
}

// signedBy returns the names of a Region's functions that have a configuration,
// in order.
func (r *Registry) signedBy(region, arn string) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var names []string
	for id, e := range r.functions {
		if id.Region == region && e.doc.CodeSigningConfigArn == arn {
			names = append(names, id.Name)
		}
	}
	slices.Sort(names)
	return names
}
