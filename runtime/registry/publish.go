package registry

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// PublishVersion makes a version of $LATEST, or returns the last one if nothing
// has changed since.
func (r *Registry) PublishVersion(ctx context.Context, id function.ID, in PublishInput) (function.Configuration, error) {
	var shown *Record
	d, err := r.change(ctx, id, func(d *Document) error {
		if err := d.Latest.checkRevision(in.RevisionID); err != nil {
			return err
		}
		if have := d.Latest.Configuration.CodeSha256; in.CodeSha256 != "" && in.CodeSha256 != have {
			return errorf(InvalidParameter, "CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). "+
				"Please try again with the CodeSHA256 in $LATEST.", in.CodeSha256, have)
		}
		last, err := r.lastPublished(ctx, id, d)
		if err != nil {
			return err
		}
		if last != nil && d.Latest.same(last) {
			shown = last
			return errUnchanged
		}
		if err := r.checkStorage(id.Region, d.Latest.Code.Size); err != nil {
			return err
		}
		d.Latest.settle()
		rec := d.Latest
		shown, err = r.publish(ctx, id, d, &rec, in.Description)
		return err
	})
	if errors.Is(err, errUnchanged) {
		d, err = r.find(id)
	}
	if err != nil {
		return function.Configuration{}, err
	}
	return r.unsettled(ctx, id, d, shown, shown.Configuration.Version), nil
}

// errUnchanged ends a change that has nothing to do.
var errUnchanged = errors.New("unchanged")

// publishUpdate publishes $LATEST after an update, which it is part of, unless
// the last version is the same.
func (r *Registry) publishUpdate(ctx context.Context, id function.ID, d *Document) (version string, shown *Record, err error) {
	if shown, err = r.lastPublished(ctx, id, d); err != nil {
		return "", nil, err
	}
	if shown == nil || !d.Latest.same(shown) {
		if err := r.checkStorage(id.Region, d.Latest.Code.Size); err != nil {
			return "", nil, err
		}
		rec := d.Latest
		if shown, err = r.publish(ctx, id, d, &rec, nil); err != nil {
			return "", nil, err
		}
	}
	return shown.Configuration.Version, shown, nil
}

// lastPublished returns the version that was published last, nil if there is
// none or it has been deleted.
func (r *Registry) lastPublished(ctx context.Context, id function.ID, d *Document) (*Record, error) {
	if d.published(strconv.Itoa(d.Next-1)) == nil {
		return nil, nil
	}
	rec, _, err := r.resolve(ctx, id, d, strconv.Itoa(d.Next-1))
	return rec, err
}

// publish makes a copy of $LATEST the next version, described by its own words
// or by description. A version of something that has yet to settle, and one with
// a snapshot, is pending first, with a RevisionId of its own.
func (r *Registry) publish(ctx context.Context, id function.ID, d *Document, rec *Record, description *string) (*Record, error) {
	rec.Revision = d.versionRevision(d.Next)
	c := &rec.Configuration
	c.RevisionID = newID()
	if description != nil {
		own := c.Description
		rec.Described, c.Description = &own, *description
	}
	at, status := time.Now().Add(r.cfg.Settle), c.Status
	pending := false
	if s := rec.Settling; s != nil {
		at, status, pending = s.At, s.Status, true
	}
	if c.SnapStart.ApplyOn == applyPublished {
		c.SnapStart = &function.SnapStart{ApplyOn: applyPublished, OptimizationStatus: optimizationOn}
		pending = true
	}
	if pending {
		c.Status = statusCreating
		rec.Settling = &Settling{At: at, RevisionID: newID(), Status: published(status)}
	}
	return rec, r.putVersion(ctx, id, d, rec)
}

// published is the status of a version of $LATEST, which has that status: it has
// failed if the update that made it has.
func published(status function.Status) function.Status {
	if status.LastUpdateStatus == function.UpdateFailed {
		status.State, status.StateReason, status.StateReasonCode = function.StateFailed, status.LastUpdateStatusReason, status.LastUpdateStatusReasonCode
	}
	return status
}

// ListVersions lists $LATEST and then the published versions in ascending order.
func (r *Registry) ListVersions(ctx context.Context, id function.ID, page Page) (list []function.Configuration, next string, err error) {
	d, err := r.find(id)
	if err != nil {
		return nil, "", err
	}
	l := lister{r: r, qualified: true, limit: page.Limit, list: []function.Configuration{}}
	if page.After == "" {
		l.add(ctx, id, d, function.Latest)
	}
	l.addPublished(ctx, id, d, page.After)
	return l.list, l.next, l.err
}
