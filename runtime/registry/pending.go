package registry

import (
	"context"
	"errors"

	"github.com/lambent-run/lambent/runtime/function"
)

// CreateFunction makes a function.
func (r *Registry) CreateFunction(ctx context.Context, id function.ID, in CreateInput) (function.Configuration, error) {
	return function.Configuration{}, errors.ErrUnsupported
}

// GetFunction describes a function, or one of its versions or aliases.
func (r *Registry) GetFunction(ctx context.Context, id function.ID, qualifier string) (FunctionDetails, error) {
	return FunctionDetails{}, errors.ErrUnsupported
}

// GetFunctionConfiguration is GetFunction without the code.
func (r *Registry) GetFunctionConfiguration(ctx context.Context, id function.ID, qualifier string) (function.Configuration, error) {
	return function.Configuration{}, errors.ErrUnsupported
}

// UpdateFunctionCode replaces the code of $LATEST.
func (r *Registry) UpdateFunctionCode(ctx context.Context, id function.ID, in UpdateCodeInput) (function.Configuration, error) {
	return function.Configuration{}, errors.ErrUnsupported
}

// UpdateFunctionConfiguration merges settings into those of $LATEST.
func (r *Registry) UpdateFunctionConfiguration(ctx context.Context, id function.ID, in UpdateConfigurationInput) (function.Configuration, error) {
	return function.Configuration{}, errors.ErrUnsupported
}

// DeleteFunction deletes a function, or, with a qualifier, one of its versions.
func (r *Registry) DeleteFunction(ctx context.Context, id function.ID, qualifier string) error {
	return errors.ErrUnsupported
}

// ListFunctions lists a Region's functions in the order of their names, with
// all all their versions. next is the After of the next page; empty: there is
// none.
func (r *Registry) ListFunctions(ctx context.Context, region string, all bool, page Page) (list []function.Configuration, next string, err error) {
	return nil, "", errors.ErrUnsupported
}

// PublishVersion makes a version of $LATEST, or returns the last one if nothing
// has changed since.
func (r *Registry) PublishVersion(ctx context.Context, id function.ID, in PublishInput) (function.Configuration, error) {
	return function.Configuration{}, errors.ErrUnsupported
}

// ListVersions lists $LATEST and the published versions in ascending order.
func (r *Registry) ListVersions(ctx context.Context, id function.ID, page Page) (list []function.Configuration, next string, err error) {
	return nil, "", errors.ErrUnsupported
}

// CreateAlias makes an alias.
func (r *Registry) CreateAlias(ctx context.Context, id function.ID, in AliasInput) (function.AliasConfiguration, error) {
	return function.AliasConfiguration{}, errors.ErrUnsupported
}

// GetAlias describes an alias.
func (r *Registry) GetAlias(ctx context.Context, id function.ID, name string) (function.AliasConfiguration, error) {
	return function.AliasConfiguration{}, errors.ErrUnsupported
}

// UpdateAlias changes what is given of an alias.
func (r *Registry) UpdateAlias(ctx context.Context, id function.ID, name string, in AliasInput) (function.AliasConfiguration, error) {
	return function.AliasConfiguration{}, errors.ErrUnsupported
}

// DeleteAlias deletes an alias and what is attached to it. One that does not
// exist is no error.
func (r *Registry) DeleteAlias(ctx context.Context, id function.ID, name string) error {
	return errors.ErrUnsupported
}

// ListAliases lists the aliases in the order of their names, with a version only
// those that point to it.
func (r *Registry) ListAliases(ctx context.Context, id function.ID, version string, page Page) (list []function.AliasConfiguration, next string, err error) {
	return nil, "", errors.ErrUnsupported
}

// PutConcurrency reserves concurrency for a function.
func (r *Registry) PutConcurrency(ctx context.Context, id function.ID, n int) error {
	return errors.ErrUnsupported
}

// GetConcurrency returns the reserved concurrency; nil: none.
func (r *Registry) GetConcurrency(ctx context.Context, id function.ID) (*int, error) {
	return nil, errors.ErrUnsupported
}

// DeleteConcurrency gives the reserved concurrency back.
func (r *Registry) DeleteConcurrency(ctx context.Context, id function.ID) error {
	return errors.ErrUnsupported
}

// PutProvisioned keeps n environments of a version or alias ready.
func (r *Registry) PutProvisioned(ctx context.Context, id function.ID, qualifier string, n int) (ProvisionedStatus, error) {
	return ProvisionedStatus{}, errors.ErrUnsupported
}

// GetProvisioned describes a provisioned concurrency.
func (r *Registry) GetProvisioned(ctx context.Context, id function.ID, qualifier string) (ProvisionedStatus, error) {
	return ProvisionedStatus{}, errors.ErrUnsupported
}

// ListProvisioned lists a function's provisioned concurrencies by qualifier.
func (r *Registry) ListProvisioned(ctx context.Context, id function.ID, page Page) (list []ProvisionedStatus, next string, err error) {
	return nil, "", errors.ErrUnsupported
}

// DeleteProvisioned ends a provisioned concurrency.
func (r *Registry) DeleteProvisioned(ctx context.Context, id function.ID, qualifier string) error {
	return errors.ErrUnsupported
}

// Function is function.Directory's.
func (r *Registry) Function(ctx context.Context, id function.ID) (*function.Deployment, bool, error) {
	return nil, false, errors.ErrUnsupported
}

// Version is function.Directory's.
func (r *Registry) Version(ctx context.Context, id function.ID, version, revision string) (*function.Version, bool, error) {
	return nil, false, errors.ErrUnsupported
}

func (r *Registry) load(ctx context.Context) error { return nil }

func newID() string { return "" }

func (rec *Record) settle(any) {}

func (d *Document) packages() []Package { return nil }

func (d *Document) codeSize() int64 { return 0 }
