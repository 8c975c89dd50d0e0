package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// UpdateFunctionCode replaces the code of $LATEST. Who invokes the function
// after it has returned gets the new code; code that cannot be run leaves the
// old one in place. With DryRun nothing changes.
func (r *Registry) UpdateFunctionCode(ctx context.Context, id function.ID, in UpdateCodeInput) (function.Configuration, error) {
	var none function.Configuration
	d, err := r.find(id)
	if err != nil {
		return none, err
	}
	if in.ImageURI != "" {
		return none, errorf(InvalidParameter, "Please don't provide ImageUri when updating a function with packageType Zip.")
	}
	if err := d.Latest.checkRevision(in.RevisionID); err != nil {
		return none, err // before the work that the code makes
	}
	if err := r.checkSigned(ctx, id.Region, d.CodeSigningConfigArn); err != nil {
		return none, err
	}
	defer r.codes.hold()()
	code, err := r.takeIn(ctx, id.Region, in.CodeInput)
	if err != nil {
		return none, err
	}
	apply := func(rec *Record) error {
		if in.Architectures != nil {
			rec.Configuration.Architectures = architectures(in.Architectures)
		}
		if err := r.checkStorage(id.Region, code.Size-rec.Code.Size); err != nil {
			return err
		}
		rec.setCode(code)
		return checkUnpacked(rec.Code, rec.Layers)
	}
	if in.DryRun {
		rec := d.Latest
		err := apply(&rec)
		return r.configuration(ctx, id, d, &rec, ""), err
	}
	return r.update(ctx, id, in.RevisionID, in.Publish, func(_ *Document, rec *Record) (bool, error) { return true, apply(rec) })
}

// UpdateFunctionConfiguration merges settings into those of $LATEST.
func (r *Registry) UpdateFunctionConfiguration(ctx context.Context, id function.ID, in UpdateConfigurationInput) (function.Configuration, error) {
	defer r.codes.hold()() // layers that are being deleted
	return r.update(ctx, id, in.RevisionID, false, func(d *Document, rec *Record) (bool, error) {
		err := r.merge(ctx, id, d.Generation, rec, &in.SettingsChange)
		rec.setRuntimeVersion(id.Region)
		return needsCheck(&in.SettingsChange), err
	})
}

// update applies a change to $LATEST. check says whether the code must be
// checked again.
func (r *Registry) update(ctx context.Context, id function.ID, revisionID string, publish bool,
	apply func(d *Document, rec *Record) (check bool, err error),
) (function.Configuration, error) {
	var shown *Record
	qualifier := ""
	d, err := r.change(ctx, id, func(d *Document) error {
		rec := &d.Latest
		if err := rec.checkRevision(revisionID); err != nil {
			return err
		}
		rec.settle() // an update does not wait for the one before
		served := *d.serving()
		failed := rec.Configuration.LastUpdateStatus == function.UpdateFailed
		check, err := apply(d, rec)
		if err != nil {
			return err
		}
		now := time.Now()
		rec.modify(now)
		var failure error
		if check || failed {
			failure = r.check(ctx, id, d.Generation, rec)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		d.Serving = nil
		if failure != nil {
			d.Serving = &served
		}
		rec.updating(now.Add(r.cfg.Settle), failure)
		shown = rec
		if publish {
			qualifier, shown, err = r.publishUpdate(ctx, id, d)
		}
		return err
	})
	if err != nil {
		return function.Configuration{}, err
	}
	return r.unsettled(ctx, id, d, shown, qualifier), nil
}

// updating gives a record the status of one that is being updated, and what
// becomes of it.
func (rec *Record) updating(at time.Time, failure error) {
	status := &rec.Configuration.Status
	status.LastUpdateStatus = function.UpdateInProgress
	status.LastUpdateStatusReason, status.LastUpdateStatusReasonCode = reasonCreating, codeCreating
	after := function.Status{
		State: status.State, StateReason: status.StateReason, StateReasonCode: status.StateReasonCode, LastUpdateStatus: function.UpdateSuccessful,
	}
	if failure != nil {
		after.LastUpdateStatus = function.UpdateFailed
		after.LastUpdateStatusReason, after.LastUpdateStatusReasonCode = failure.Error(), codeUnusable
	} else {
		after.State, after.StateReason, after.StateReasonCode = function.StateActive, "", ""
	}
	rec.Settling = &Settling{At: at, RevisionID: newID(), Status: after}
}

// checkRevision returns an error if a caller gives a RevisionId that is not the
// latest.
func (rec *Record) checkRevision(revisionID string) error {
	latest := rec.Configuration.RevisionID
	if s := rec.Settling; s != nil && !time.Now().Before(s.At) {
		latest = s.RevisionID
	}
	if revisionID != "" && revisionID != latest {
		return errorf(PreconditionFailed, staleRevision)
	}
	return nil
}

// setCode makes code the record's.
func (rec *Record) setCode(code Package) {
	rec.Code = code
	rec.Configuration.CodeSha256, rec.Configuration.CodeSize = code.Sum.String(), code.Size
}

// setRuntimeVersion names the build of the runtime, of which there is one: its
// name follows from the runtime's.
func (rec *Record) setRuntimeVersion(region string) {
	sum := sha256.Sum256([]byte(rec.Configuration.Runtime))
	rec.Configuration.RuntimeVersionConfig = &function.RuntimeVersionConfig{
		RuntimeVersionArn: "arn:" + function.Partition(region) + ":lambda:" + region + "::runtime:" + hex.EncodeToString(sum[:]),
	}
}
