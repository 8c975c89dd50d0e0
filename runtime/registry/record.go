package registry

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// String is the hash in base64, as CodeSha256 shows it.
func (s Sum) String() string { return base64.StdEncoding.EncodeToString(s[:]) }

// MarshalText implements encoding.TextMarshaler.
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Sum) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(raw) != len(s) {
		return fmt.Errorf("registry: %q is no SHA-256 in base64", text)
	}
	copy(s[:], raw)
	return nil
}

// dateFormat is that of LastModified.
const dateFormat = "2006-01-02T15:04:05.000-0700"

// formatDate returns a moment as LastModified shows it.
func formatDate(t time.Time) string { return t.UTC().Format(dateFormat) }

// modify marks the record as changed now, and its code or settings as others.
func (rec *Record) modify(now time.Time) {
	rec.Configuration.LastModified = formatDate(now)
	rec.Configuration.RevisionID = newID()
	rec.Revision = newID()
}

// whole returns an error if the record lacks what every record has. One that was
// damaged must not end the process later.
func (rec *Record) whole(key string) error {
	set := &rec.Configuration.Settings
	if set.EphemeralStorage == nil || set.LoggingConfig == nil || set.SnapStart == nil || len(rec.Layers) != len(set.Layers) {
		return fmt.Errorf("registry: record %s is damaged", key)
	}
	return nil
}

// whole is Record.whole for a document and what is in it.
func (d *Document) whole(key string) error {
	err := d.Latest.whole(key)
	if d.Serving != nil {
		err = errors.Join(err, d.Serving.whole(key))
	}
	last := 0
	for _, p := range d.Published {
		if p.Number <= last || len(p.Packages) == 0 || p.Number >= d.Next {
			return fmt.Errorf("registry: record %s is damaged", key)
		}
		last = p.Number
	}
	if hasNil(d.Aliases) || hasNil(d.Provisioned) || hasNil(d.Policies) || hasNil(d.EventInvoke) || hasNil(d.RuntimeManagement) || hasNil(d.Scaling) {
		return fmt.Errorf("registry: record %s is damaged", key)
	}
	return err
}

// hasNil reports whether a map has an entry that is nothing.
func hasNil[V any](m map[string]*V) bool {
	for _, v := range m {
		if v == nil {
			return true
		}
	}
	return false
}

// settle makes the status what it becomes by itself, now.
func (rec *Record) settle() {
	if s := rec.Settling; s != nil {
		rec.Configuration.Status, rec.Configuration.RevisionID, rec.Settling = s.Status, s.RevisionID, nil
	}
}

// fails reports whether the version has no code that could run, or is about to
// be found to have none.
func (rec *Record) fails() bool {
	if s := rec.Settling; s != nil {
		return s.Status.State == function.StateFailed
	}
	return rec.Configuration.Status.State == function.StateFailed
}

// packages returns the contents that the record refers to: its code, then its
// layers.
func (rec *Record) packages() []Package {
	return append([]Package{rec.Code}, rec.Layers...)
}

// packages returns all contents that the document refers to.
func (d *Document) packages() []Package {
	all := d.Latest.packages()
	if d.Serving != nil {
		all = append(all, d.Serving.packages()...)
	}
	for _, p := range d.Published {
		all = append(all, p.Packages...)
	}
	return all
}

// codeSize is what the function counts of a Region's code storage, in bytes:
// the packages of all versions, layers apart.
func (d *Document) codeSize() int64 {
	size := d.Latest.Code.Size
	for _, p := range d.Published {
		size += p.Packages[0].Size
	}
	return size
}

// same reports whether a version published of rec would be the same as the one
// whose record is last.
func (rec *Record) same(last *Record) bool {
	a, b := rec.comparable(), last.comparable()
	if last.Described != nil {
		b.Configuration.Description = *last.Described
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y) && sameVariables(rec.Sealed, last.Sealed)
}

// comparable returns the record without what is different in each.
func (rec *Record) comparable() Record {
	c := Record{Configuration: rec.Configuration, Code: rec.Code, Layers: rec.Layers}
	c.Configuration.LastModified, c.Configuration.RevisionID, c.Configuration.Version = "", "", ""
	c.Configuration.Status = function.Status{}
	if s := c.Configuration.SnapStart; s != nil {
		c.Configuration.SnapStart = &function.SnapStart{ApplyOn: s.ApplyOn}
	}
	return c
}

// resolve returns the record that a qualifier means and its version's name.
func (r *Registry) resolve(ctx context.Context, id function.ID, d *Document, qualifier string) (*Record, string, error) {
	version := qualifier
	if a := d.Aliases[qualifier]; a != nil {
		version = a.Version
	}
	if version == "" || version == function.Latest {
		return &d.Latest, function.Latest, nil
	}
	p := d.published(version)
	if p == nil {
		return nil, "", r.notFound(id, qualifier)
	}
	rec, err := r.version(ctx, id, d.Generation, p.Number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", r.notFound(id, qualifier) // deleted since d was
	}
	if err != nil {
		return nil, "", err
	}
	if p.RevisionID != "" {
		rec.Configuration.RevisionID = p.RevisionID
		if rec.Settling != nil {
			rec.Settling.RevisionID = p.RevisionID
		}
	}
	return rec, version, nil
}

// version reads a published version's record.
func (r *Registry) version(ctx context.Context, id function.ID, generation string, number int) (*Record, error) {
	e, err := r.cfg.KV.Get(ctx, versionKey(id, generation, number))
	if err != nil {
		return nil, fmt.Errorf("registry: read version %d of %s: %w", number, id.Name, err)
	}
	rec := new(Record)
	if err := readRecord(e, rec, &rec.Schema); err != nil {
		return nil, err
	}
	return rec, rec.whole(e.Key)
}

// readDocument reads a function's record of the store.
func readDocument(e store.Entry) (*Document, error) {
	d := new(Document)
	if err := readRecord(e, d, &d.Schema); err != nil {
		return nil, err
	}
	return d, d.whole(e.Key)
}

// readRecord reads a record of the store into a value with that schema member.
func readRecord(e store.Entry, into any, written *int) error {
	if err := json.Unmarshal(e.Value, into); err != nil {
		return fmt.Errorf("registry: record %s: %w", e.Key, err)
	}
	if *written > schema {
		return fmt.Errorf("registry: record %s has schema %d, which a later release wrote; this one knows %d", e.Key, *written, schema)
	}
	return nil
}

// configuration shows a record to a caller. The ARN ends in the qualifier, if
// there is one.
func (r *Registry) configuration(ctx context.Context, id function.ID, d *Document, rec *Record, qualifier string) function.Configuration {
	c := rec.Configuration
	c.FunctionName, c.FunctionArn = id.Name, r.arn(id, qualifier)
	c.Environment = r.environment(ctx, id, d.Generation, rec.Sealed)
	if s := rec.Settling; s != nil && !time.Now().Before(s.At) {
		c.Status, c.RevisionID = s.Status, s.RevisionID
	}
	return c
}

// runnable is a record as a runtime needs it.
func (r *Registry) runnable(ctx context.Context, id function.ID, generation string, rec *Record) (*function.Version, error) {
	c := &rec.Configuration
	v := &function.Version{
		Runtime: c.Runtime, Handler: c.Handler, Timeout: time.Duration(c.Timeout) * time.Second, MemorySize: c.MemorySize,
		LogFormat: c.LoggingConfig.LogFormat, LogLevel: c.LoggingConfig.ApplicationLogLevel, SystemLogLevel: c.LoggingConfig.SystemLogLevel,
		LogGroup: c.LoggingConfig.LogGroup, EphemeralStorage: c.EphemeralStorage.Size,
		Code: packageCode{&r.codes.open, rec.Code},
	}
	for _, layer := range rec.Layers {
		v.Layers = append(v.Layers, packageCode{&r.codes.open, layer})
	}
	if rec.Sealed == nil {
		return v, nil
	}
	var err error
	v.Environment, err = r.keys.unseal(ctx, rec.Sealed, r.owner(id, generation))
	return v, err
}

// Function is function.Directory's.
func (r *Registry) Function(_ context.Context, id function.ID) (*function.Deployment, bool, error) {
	d := r.document(id)
	if d == nil {
		return nil, false, nil
	}
	return d.deployment(), true, nil
}

// Version is function.Directory's.
func (r *Registry) Version(ctx context.Context, id function.ID, version, revision string) (*function.Version, bool, error) {
	d := r.document(id)
	if d == nil {
		return nil, false, nil
	}
	rec := d.serving()
	if version != function.Latest {
		p := d.published(version)
		if p == nil || d.versionRevision(p.Number) != revision {
			return nil, false, nil
		}
		var err error
		if rec, err = r.version(ctx, id, d.Generation, p.Number); errors.Is(err, store.ErrNotFound) {
			return nil, false, nil
		} else if err != nil {
			return nil, false, err
		}
	} else if rec.Revision != revision {
		return nil, false, nil
	}
	if rec.fails() {
		return nil, false, errorf(Conflict, "The operation cannot be performed at this time. The function is currently in the following state: Failed")
	}
	v, err := r.runnable(ctx, id, d.Generation, rec)
	if err != nil {
		return nil, false, err
	}
	return v, true, nil
}

// putVersion writes the record of a version that the document is about to list,
// and lists it there.
func (r *Registry) putVersion(ctx context.Context, id function.ID, d *Document, rec *Record) error {
	rec.Schema = schema
	rec.Configuration.Version = strconv.Itoa(d.Next)
	text, err := json.Marshal(rec)
	if err != nil {
		return fmt.Errorf("registry: write version %d of %s: %w", d.Next, id.Name, err)
	}
	key := versionKey(id, d.Generation, d.Next)
	var was uint64
	// A change that failed may have left a record that nothing lists.
	if orphan, err := r.cfg.KV.Get(ctx, key); err == nil {
		was = orphan.Revision
	}
	if _, err := r.cfg.KV.Put(context.WithoutCancel(ctx), key, text, was); err != nil {
		return fmt.Errorf("registry: write version %d of %s: %w", d.Next, id.Name, err)
	}
	d.Published = append(d.Published, Published{
		Number: d.Next, Packages: rec.packages(), SnapStart: rec.Configuration.SnapStart.OptimizationStatus == optimizationOn,
	})
	d.Next++
	return nil
}
