package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// LayerID identifies a layer in an account.
type LayerID struct{ Region, Name string }

// LayerInput is what PublishLayerVersion takes.
type LayerInput struct {
	Description             string
	Content                 CodeInput
	CompatibleRuntimes      []string
	CompatibleArchitectures []string
	LicenseInfo             string
}

// LayerVersion describes a version of a layer, as the API's lists do.
type LayerVersion struct {
	LayerVersionArn string
	Version         int64
	Description     string
	// CreatedDate is a date such as "2022-09-09T19:13:34.123+0000".
	CreatedDate             string
	CompatibleRuntimes      []string `json:",omitempty"`
	CompatibleArchitectures []string `json:",omitempty"`
	LicenseInfo             string   `json:",omitempty"`
}

// LayerDetails are what is known of a layer version.
type LayerDetails struct {
	LayerArn string
	Version  LayerVersion
	Content  Package
}

// Layer is a layer in a list.
type Layer struct {
	LayerName, LayerArn   string
	LatestMatchingVersion LayerVersion
}

// LayerFilter limits a list of layers to those that name a runtime and an
// architecture as compatible; empty: any.
type LayerFilter struct{ Runtime, Architecture string }

// layerCounter is the record of a layer: it outlives the layer's versions, so
// that their numbers are never used again.
type layerCounter struct {
	Schema int `json:"schema"`
	Next   int64
}

// layerRecord is the record of a layer version. Only its policy changes.
type layerRecord struct {
	Schema int `json:"schema"`
	// Version lacks what follows from the record's key.
	Version LayerVersion
	Content Package
	Policy  *Policy `json:",omitempty"`

	id       LayerID
	revision uint64
}

func layerKey(id LayerID) string { return "layers/" + id.Region + "/" + id.Name }

func layerVersionsPrefix(id LayerID) string {
	return "layer-versions/" + id.Region + "/" + id.Name + "/"
}

// layerVersionKey is the key of a layer version. Keys sort as numbers do.
func layerVersionKey(id LayerID, number int64) string {
	return fmt.Sprintf("%s%019d", layerVersionsPrefix(id), number)
}

// layerARN returns the ARN of a layer.
func (r *Registry) layerARN(id LayerID) string {
	return "arn:" + function.Partition(id.Region) + ":lambda:" + id.Region + ":" + r.cfg.Account + ":layer:" + id.Name
}

// layerVersionARN returns the ARN of a layer version.
func (r *Registry) layerVersionARN(id LayerID, number int64) string {
	return fmt.Sprintf("%s:%d", r.layerARN(id), number)
}

// PublishLayerVersion adds a version to a layer, which need not exist.
func (r *Registry) PublishLayerVersion(ctx context.Context, id LayerID, in LayerInput) (*LayerDetails, error) {
	defer r.codes.hold()()
	content, err := r.takeIn(ctx, id.Region, in.Content)
	if err != nil {
		return nil, err
	}
	if err := r.checkStorage(id.Region, content.Size); err != nil {
		return nil, err
	}
	release, err := r.locks.acquire(ctx, layerKey(id))
	if err != nil {
		return nil, err
	}
	defer release()
	ctx = context.WithoutCancel(ctx)
	number, err := r.nextLayerVersion(ctx, id)
	if err != nil {
		return nil, err
	}
	rec := &layerRecord{
		Schema: schema, id: id, Content: content,
		Version: LayerVersion{
			Version:                 number,
			Description:             in.Description,
			CreatedDate:             formatDate(time.Now()),
			CompatibleRuntimes:      in.CompatibleRuntimes,
			CompatibleArchitectures: in.CompatibleArchitectures,
			LicenseInfo:             in.LicenseInfo,
		},
	}
	if err := r.putLayerVersion(ctx, rec); err != nil {
		return nil, err
	}
	r.countLayer(id.Region, content, 1)
	return r.layerDetails(rec), nil
}

// nextLayerVersion takes the next number of a layer. The caller holds the
// layer's lock.
func (r *Registry) nextLayerVersion(ctx context.Context, id LayerID) (int64, error) {
	for {
		counter := layerCounter{Schema: schema, Next: 1}
		entry, err := r.cfg.KV.Get(ctx, layerKey(id))
		if err == nil {
			err = readRecord(entry, &counter, &counter.Schema)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, fmt.Errorf("registry: layer %s: %w", id.Name, err)
		}
		number := counter.Next
		counter.Next++
		text, err := json.Marshal(counter)
		if err == nil {
			_, err = r.cfg.KV.Put(ctx, layerKey(id), text, entry.Revision)
		}
		switch {
		case err == nil:
			return number, nil
		case !errors.Is(err, store.ErrConflict):
			return 0, fmt.Errorf("registry: layer %s: %w", id.Name, err)
		}
	}
}

// putLayerVersion writes a layer version's record in place of the one that it
// was read from.
func (r *Registry) putLayerVersion(ctx context.Context, rec *layerRecord) error {
	text, err := json.Marshal(rec)
	if err == nil {
		_, err = r.cfg.KV.Put(ctx, layerVersionKey(rec.id, rec.Version.Version), text, rec.revision)
	}
	if err != nil {
		return fmt.Errorf("registry: write layer %s: %w", rec.id.Name, err)
	}
	return nil
}

// layerVersion reads a layer version's record.
func (r *Registry) layerVersion(ctx context.Context, id LayerID, number int64) (*layerRecord, error) {
	if number < 1 {
		return nil, errorf(InvalidParameter, "Layer Version Cannot be less than 1")
	}
	entry, err := r.cfg.KV.Get(ctx, layerVersionKey(id, number))
	if errors.Is(err, store.ErrNotFound) {
		return nil, &Error{NotFound, noResource, err}
	}
	if err != nil {
		return nil, fmt.Errorf("registry: read layer %s: %w", id.Name, err)
	}
	return readLayer(entry)
}

// readLayer reads a layer version's record from its entry.
func readLayer(entry store.Entry) (*layerRecord, error) {
	parts := strings.Split(entry.Key, "/")
	if len(parts) != 4 {
		return nil, fmt.Errorf("registry: %s is no layer version's key", entry.Key)
	}
	rec := &layerRecord{id: LayerID{parts[1], parts[2]}, revision: entry.Revision}
	if err := readRecord(entry, rec, &rec.Schema); err != nil {
		return nil, err
	}
	return rec, nil
}

// shown is the version as the API shows it.
func (r *Registry) shown(rec *layerRecord) LayerVersion {
	v := rec.Version
	v.LayerVersionArn = r.layerVersionARN(rec.id, v.Version)
	return v
}

func (r *Registry) layerDetails(rec *layerRecord) *LayerDetails {
	return &LayerDetails{LayerArn: r.layerARN(rec.id), Version: r.shown(rec), Content: rec.Content}
}

// GetLayerVersion describes a layer version.
func (r *Registry) GetLayerVersion(ctx context.Context, id LayerID, number int64) (*LayerDetails, error) {
	rec, err := r.layerVersion(ctx, id, number)
	if err != nil {
		return nil, err
	}
	return r.layerDetails(rec), nil
}

// DeleteLayerVersion deletes a layer version. One that does not exist is no
// error; functions that use it keep it.
func (r *Registry) DeleteLayerVersion(ctx context.Context, id LayerID, number int64) error {
	release, err := r.locks.acquire(ctx, layerKey(id))
	if err != nil {
		return err
	}
	defer release()
	for {
		rec, err := r.layerVersion(ctx, id, number)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		switch err := r.cfg.KV.Delete(context.WithoutCancel(ctx), layerVersionKey(id, number), rec.revision); {
		case err == nil:
			r.countLayer(id.Region, rec.Content, -1)
			r.codes.tidy()
			return nil
		case !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("registry: delete layer %s: %w", id.Name, err)
		}
	}
}

// ListLayerVersions lists the versions of a layer that fit, the newest first. A
// layer that does not exist has none.
func (r *Registry) ListLayerVersions(ctx context.Context, id LayerID, fit LayerFilter, page Page) (list []LayerVersion, next string, err error) {
	records, err := r.layerRecords(ctx, layerVersionsPrefix(id))
	if err != nil {
		return nil, "", err
	}
	slices.Reverse(records)
	list = []LayerVersion{}
	for _, rec := range records {
		key := layerVersionKey(id, rec.Version.Version)
		switch {
		case page.After != "" && key >= page.After || !fit.matches(rec):
			continue
		case page.Limit > 0 && len(list) == page.Limit:
			return list, layerVersionKey(id, list[len(list)-1].Version), nil
		}
		list = append(list, r.shown(rec))
	}
	return list, "", nil
}

// ListLayers lists a Region's layers by name, each with the newest of its
// versions that fit. One without such is left out.
func (r *Registry) ListLayers(ctx context.Context, region string, fit LayerFilter, page Page) (list []Layer, next string, err error) {
	records, err := r.layerRecords(ctx, "layer-versions/"+region+"/")
	if err != nil {
		return nil, "", err
	}
	latest := map[string]*layerRecord{}
	for _, rec := range records { // in ascending order
		if fit.matches(rec) {
			latest[rec.id.Name] = rec
		}
	}
	names, next := page.cut(sortedKeys(latest))
	list = make([]Layer, len(names))
	for i, name := range names {
		rec := latest[name]
		list[i] = Layer{LayerName: name, LayerArn: r.layerARN(rec.id), LatestMatchingVersion: r.shown(rec)}
	}
	return list, next, nil
}

// layerRecords reads the layer versions whose keys begin with prefix.
func (r *Registry) layerRecords(ctx context.Context, prefix string) ([]*layerRecord, error) {
	entries, err := r.cfg.KV.List(ctx, prefix, "", 0)
	if err != nil {
		return nil, fmt.Errorf("registry: list layers: %w", err)
	}
	records := make([]*layerRecord, len(entries))
	for i, entry := range entries {
		if records[i], err = readLayer(entry); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// matches reports whether a layer version fits.
func (f LayerFilter) matches(rec *layerRecord) bool {
	v := &rec.Version
	return (f.Runtime == "" || slices.Contains(v.CompatibleRuntimes, f.Runtime)) &&
		(f.Architecture == "" || slices.Contains(v.CompatibleArchitectures, f.Architecture))
}

// countLayer counts a layer version's content by more or fewer.
func (r *Registry) countLayer(region string, content Package, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.region(region).code += int64(by) * content.Size
	r.codes.refer([]Package{content}, by)
}

// loadLayers counts the contents of all layers.
func (r *Registry) loadLayers(ctx context.Context) error {
	records, err := r.layerRecords(ctx, "layer-versions/")
	if err != nil {
		return err
	}
	for _, rec := range records {
		r.countLayer(rec.id.Region, rec.Content, 1)
	}
	return nil
}
