package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// What becomes of code without a signature that can be trusted.
const (
	UntrustedWarn    = "Warn" // the default
	UntrustedEnforce = "Enforce"
)

// CodeSigningConfig says who may sign code, and what becomes of other code.
type CodeSigningConfig struct {
	CodeSigningConfigID  string `json:"CodeSigningConfigId"`
	CodeSigningConfigArn string
	Description          string
	AllowedPublishers    AllowedPublishers
	CodeSigningPolicies  CodeSigningPolicies
	// LastModified is a date such as "2022-09-09T19:13:34.123+0000".
	LastModified string
}

// AllowedPublishers are the signing profiles that are trusted.
type AllowedPublishers struct{ SigningProfileVersionArns []string }

// CodeSigningPolicies say what becomes of code that is not trusted.
type CodeSigningPolicies struct {
	// UntrustedArtifactOnDeployment is Warn or Enforce.
	UntrustedArtifactOnDeployment string `json:",omitempty"`
}

// CodeSigningInput is what CreateCodeSigningConfig and its update take. What is
// nil was not given.
type CodeSigningInput struct {
	Description         *string
	AllowedPublishers   *AllowedPublishers
	CodeSigningPolicies *CodeSigningPolicies
	// Tags are those of a new configuration.
	Tags map[string]string
}

// signingRecord is the record of a code signing configuration.
type signingRecord struct {
	Schema int `json:"schema"`
	// Config lacks what follows from the record's key.
	Config CodeSigningConfig
	Tags   map[string]string `json:",omitempty"`

	region, name string
	revision     uint64
}

const signingPrefix = "code-signing/"

func signingKey(region, name string) string { return signingPrefix + region + "/" + name }

// signingARN returns the ARN of a code signing configuration.
func (r *Registry) signingARN(region, name string) string {
	return "arn:" + function.Partition(region) + ":lambda:" + region + ":" + r.cfg.Account + ":code-signing-config:" + name
}

// noSigning is the error for a configuration that does not exist.
func noSigning(arn string) error {
	return errorf(NotFound, "The Lambda code signing configuration %s can not be found.", arn)
}

// CreateCodeSigningConfig makes a code signing configuration.
func (r *Registry) CreateCodeSigningConfig(ctx context.Context, region string, in CodeSigningInput) (*CodeSigningConfig, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	rec := &signingRecord{Schema: schema, Tags: in.Tags, region: region, name: newSigningName()}
	rec.Config.CodeSigningPolicies.UntrustedArtifactOnDeployment = UntrustedWarn
	rec.apply(in)
	if err := r.putSigning(context.WithoutCancel(ctx), rec); err != nil {
		return nil, err
	}
	return r.shownSigning(rec), nil
}

// newSigningName returns a random id: "csc-" and 17 letters and digits.
func newSigningName() string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	name := []byte("csc-")
	for range 17 {
		name = append(name, alphabet[rand.IntN(len(alphabet))])
	}
	return string(name)
}

// apply takes over what is given.
func (rec *signingRecord) apply(in CodeSigningInput) {
	replace(&rec.Config.Description, in.Description)
	replace(&rec.Config.AllowedPublishers, in.AllowedPublishers)
	if p := in.CodeSigningPolicies; p != nil {
		replaceIfAny(&rec.Config.CodeSigningPolicies.UntrustedArtifactOnDeployment, p.UntrustedArtifactOnDeployment)
	}
	rec.Config.LastModified = formatDate(time.Now())
}

// putSigning writes a record in place of the one that it was read from.
func (r *Registry) putSigning(ctx context.Context, rec *signingRecord) error {
	text, err := json.Marshal(rec)
	if err == nil {
		_, err = r.cfg.KV.Put(ctx, signingKey(rec.region, rec.name), text, rec.revision)
	}
	if err != nil {
		return fmt.Errorf("registry: write code signing configuration %s: %w", rec.name, err)
	}
	return nil
}

// signing reads the record of the configuration that an ARN names.
func (r *Registry) signing(ctx context.Context, region, arn string) (*signingRecord, error) {
	name, ours := strings.CutPrefix(arn, r.signingARN(region, ""))
	if !ours {
		return nil, noSigning(arn)
	}
	entry, err := r.cfg.KV.Get(ctx, signingKey(region, name))
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrBadKey) {
		return nil, noSigning(arn)
	}
	if err != nil {
		return nil, fmt.Errorf("registry: read code signing configuration %s: %w", name, err)
	}
	return readSigning(region, entry)
}

func readSigning(region string, entry store.Entry) (*signingRecord, error) {
	rec := &signingRecord{region: region, name: strings.TrimPrefix(entry.Key, signingKey(region, "")), revision: entry.Revision}
	if err := readRecord(entry, rec, &rec.Schema); err != nil {
		return nil, err
	}
	return rec, nil
}

// shownSigning is a configuration as the API shows it.
func (r *Registry) shownSigning(rec *signingRecord) *CodeSigningConfig {
	c := rec.Config
	c.CodeSigningConfigID, c.CodeSigningConfigArn = rec.name, r.signingARN(rec.region, rec.name)
	return &c
}

// GetCodeSigningConfig returns the configuration that an ARN names.
func (r *Registry) GetCodeSigningConfig(ctx context.Context, region, arn string) (*CodeSigningConfig, error) {
	rec, err := r.signing(ctx, region, arn)
	if err != nil {
		return nil, err
	}
	return r.shownSigning(rec), nil
}

// UpdateCodeSigningConfig changes what is given of a configuration.
func (r *Registry) UpdateCodeSigningConfig(ctx context.Context, region, arn string, in CodeSigningInput) (*CodeSigningConfig, error) {
	rec, err := r.changeSigning(ctx, region, arn, func(rec *signingRecord) error {
		rec.apply(in)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.shownSigning(rec), nil
}

// changeSigning changes a configuration's record.
func (r *Registry) changeSigning(ctx context.Context, region, arn string, apply func(*signingRecord) error) (*signingRecord, error) {
	for {
		rec, err := r.signing(ctx, region, arn)
		if err != nil {
			return nil, err
		}
		if err := apply(rec); err != nil {
			return nil, err
		}
		if err := r.putSigning(context.WithoutCancel(ctx), rec); !errors.Is(err, store.ErrConflict) {
			return rec, err
		}
	}
}

// DeleteCodeSigningConfig deletes a configuration that no function uses.
func (r *Registry) DeleteCodeSigningConfig(ctx context.Context, region, arn string) error {
	release, err := r.locks.acquire(ctx, signingPrefix+arn)
	if err != nil {
		return err
	}
	defer release()
	for {
		rec, err := r.signing(ctx, region, arn)
		if err != nil {
			return err
		}
		if len(r.signedBy(region, arn)) > 0 {
			return errorf(Conflict, "Cannot delete the code signing configuration because it is attached to one or more functions: %s", arn)
		}
		err = r.cfg.KV.Delete(context.WithoutCancel(ctx), signingKey(region, rec.name), rec.revision)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("registry: delete code signing configuration %s: %w", rec.name, err)
		}
	}
}

// ListCodeSigningConfigs lists a Region's configurations in the order of their
// ids.
func (r *Registry) ListCodeSigningConfigs(ctx context.Context, region string, page Page) (list []CodeSigningConfig, next string, err error) {
	entries, err := r.cfg.KV.List(ctx, signingKey(region, ""), "", 0)
	if err != nil {
		return nil, "", fmt.Errorf("registry: list code signing configurations: %w", err)
	}
	byName := make(map[string]store.Entry, len(entries))
	for _, entry := range entries {
		byName[entry.Key] = entry
	}
	keys, next := page.cut(sortedKeys(byName))
	list = []CodeSigningConfig{}
	for _, key := range keys {
		rec, err := readSigning(region, byName[key])
		if err != nil {
			return nil, "", err
		}
		list = append(list, *r.shownSigning(rec))
	}
	return list, next, nil
}

// TagCodeSigningConfig adds tags to a configuration.
func (r *Registry) TagCodeSigningConfig(ctx context.Context, region, arn string, tags map[string]string) error {
	_, err := r.changeSigning(ctx, region, arn, func(rec *signingRecord) error { return tag(&rec.Tags, tags) })
	return err
}

// UntagCodeSigningConfig takes tags from a configuration.
func (r *Registry) UntagCodeSigningConfig(ctx context.Context, region, arn string, keys []string) error {
	_, err := r.changeSigning(ctx, region, arn, func(rec *signingRecord) error {
		untag(rec.Tags, keys)
		return nil
	})
	return err
}

// CodeSigningConfigTags returns a configuration's tags.
func (r *Registry) CodeSigningConfigTags(ctx context.Context, region, arn string) (map[string]string, error) {
	rec, err := r.signing(ctx, region, arn)
	if err != nil {
		return nil, err
	}
	return rec.Tags, nil
}
