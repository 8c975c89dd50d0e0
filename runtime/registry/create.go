package registry

import (
	"context"
	"errors"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// CreateFunction makes a function. It is callable when CreateFunction returns,
// though it says Pending, as Lambda does.
func (r *Registry) CreateFunction(ctx context.Context, id function.ID, in CreateInput) (function.Configuration, error) {
	var none function.Configuration
	if r.document(id) != nil {
		return none, errExists(id)
	}
	if err := checkCreate(&in); err != nil {
		return none, err
	}
	unlock, err := r.useSigning(ctx, id.Region, in.CodeSigningConfigArn)
	if err != nil {
		return none, err
	}
	defer unlock()
	if err := r.checkSigned(ctx, id.Region, in.CodeSigningConfigArn); err != nil {
		return none, err
	}
	defer r.codes.hold()()
	release, err := r.locks.acquire(ctx, functionKey(id))
	if err != nil {
		return none, err
	}
	defer release()
	if r.document(id) != nil {
		return none, errExists(id)
	}
	d, err := r.newDocument(ctx, id, &in)
	if err != nil {
		return none, err
	}
	shown := &d.Latest
	if in.Publish {
		rec := *shown
		if shown, err = r.publish(ctx, id, d, &rec, nil); err != nil {
			return none, err
		}
	}
	err = r.put(ctx, id, d, nil)
	if errors.Is(err, store.ErrConflict) {
		return none, errors.Join(errExists(id), r.reload(ctx, id))
	}
	if err != nil {
		return none, err
	}
	// As it was made: by now it may have settled.
	return r.unsettled(ctx, id, d, shown, ""), nil
}

func errExists(id function.ID) error {
	return errorf(Conflict, "Function already exist: %s", id.Name)
}

// checkCreate checks what needs no look at anything else.
func checkCreate(in *CreateInput) error {
	switch {
	case in.PackageType == packageImage || in.Code.ImageURI != "":
		return errorf(InvalidParameter, "Functions of package type Image are not supported.")
	case in.Runtime == nil || in.Handler == nil:
		return errorf(InvalidParameter, "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	}
	return checkTags(in.Tags)
}

// newDocument makes the document of a function that is being created.
func (r *Registry) newDocument(ctx context.Context, id function.ID, in *CreateInput) (*Document, error) {
	d := &Document{
		Schema: schema, Generation: newID(), Next: 1,
		Resources: Resources{Tags: in.Tags, CodeSigningConfigArn: in.CodeSigningConfigArn},
	}
	code, err := r.takeIn(ctx, id.Region, in.Code)
	if err != nil {
		return nil, err
	}
	copies := int64(1)
	if in.Publish {
		copies++
	}
	if err := r.checkStorage(id.Region, copies*code.Size); err != nil {
		return nil, err
	}
	rec := &d.Latest
	rec.Configuration = function.Configuration{
		Version: function.Latest, Settings: defaults(id.Name), PackageType: packageZip, Architectures: architectures(in.Architectures),
	}
	rec.setCode(code)
	if err := r.merge(ctx, id, d.Generation, rec, &in.SettingsChange); err != nil {
		return nil, err
	}
	rec.setRuntimeVersion(id.Region)
	now := time.Now()
	rec.modify(now)
	failure := r.check(ctx, id, d.Generation, rec)
	rec.Configuration.Status = statusCreating
	rec.Settling = &Settling{At: now.Add(r.cfg.Settle), RevisionID: newID(), Status: created(failure)}
	return d, ctx.Err()
}

// Why a version is pending.
const (
	reasonCreating = "The function is being created."
	codeCreating   = "Creating"
	// codeUnusable is the reason code for code that cannot be run.
	codeUnusable = "FunctionError.InvalidEntryPoint"
)

// statusCreating is the status of what has just been made.
var statusCreating = function.Status{State: function.StatePending, StateReason: reasonCreating, StateReasonCode: codeCreating}

// created is the status after a creation.
func created(failure error) function.Status {
	if failure == nil {
		return function.Status{State: function.StateActive, LastUpdateStatus: function.UpdateSuccessful}
	}
	return function.Status{
		State: function.StateFailed, StateReason: failure.Error(), StateReasonCode: codeUnusable, LastUpdateStatus: function.UpdateFailed,
		LastUpdateStatusReason: failure.Error(), LastUpdateStatusReasonCode: codeUnusable,
	}
}

// check returns why the code of a record cannot be used. A record that cannot
// be read (KMS says no, the caller is gone) is no fault of the code: that is its
// invocations' error.
func (r *Registry) check(ctx context.Context, id function.ID, generation string, rec *Record) error {
	if r.runner == nil {
		return nil
	}
	v, err := r.runnable(ctx, id, generation, rec)
	if err != nil {
		return nil
	}
	return r.runner.Check(ctx, v)
}

// checkStorage returns an error if a Region has no room for so many bytes more.
func (r *Registry) checkStorage(region string, more int64) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	used := more
	if in := r.regions[region]; in != nil {
		used += in.code
	}
	if used > r.cfg.MaxCodeStorage {
		return errorf(CodeStorageExceeded, "Code storage limit exceeded.")
	}
	return nil
}

// unsettled shows a record as it is stored, though it may have settled by now.
func (r *Registry) unsettled(ctx context.Context, id function.ID, d *Document, rec *Record, qualifier string) function.Configuration {
	shown := *rec
	shown.Settling = nil
	return r.configuration(ctx, id, d, &shown, qualifier)
}
