package registry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// load reads all documents. It opens no code and no published version.
func (r *Registry) load(ctx context.Context) error {
	entries, err := r.cfg.KV.List(ctx, "functions/", "", 0)
	if err != nil {
		return fmt.Errorf("registry: list functions: %w", err)
	}
	for _, e := range entries {
		region, name, ok := strings.Cut(strings.TrimPrefix(e.Key, "functions/"), "/")
		if !ok {
			return fmt.Errorf("registry: record %s is not a function's", e.Key)
		}
		d, err := readDocument(e)
		if err != nil {
			return err
		}
		d.Latest.settle() // a restart ends all waiting
		r.install(function.ID{Region: region, Name: name}, &entry{d, e.Revision})
	}
	if err := r.loadLayers(ctx); err != nil {
		return err
	}
	if err := r.collectVersions(ctx); err != nil {
		return err
	}
	return r.codes.collect(ctx)
}

// collectVersions deletes the records of versions that no document lists.
func (r *Registry) collectVersions(ctx context.Context) error {
	const page = 256
	for after := ""; ; {
		entries, err := r.cfg.KV.List(ctx, "versions/", after, page)
		if err != nil {
			return fmt.Errorf("registry: list versions: %w", err)
		}
		for _, e := range entries {
			after = e.Key
			if r.lists(e.Key) {
				continue
			}
			if err := r.cfg.KV.Delete(ctx, e.Key, e.Revision); err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("registry: delete version: %w", err)
			}
		}
		if len(entries) < page {
			return nil
		}
	}
}

// lists reports whether a document lists the version with that key.
func (r *Registry) lists(key string) bool {
	part := strings.Split(key, "/")
	if len(part) != 5 {
		return false
	}
	d := r.document(function.ID{Region: part[1], Name: part[2]})
	return d != nil && d.Generation == part[3] && d.published(strings.TrimLeft(part[4], "0")) != nil
}

// newID returns a random UUID (version 4). It comes from the generator of Go's
// runtime: ids must differ, not be secret.
func newID() string {
	hi, lo := rand.Uint64(), rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xfff, lo>>48&0x3fff|0x8000, lo&0xffffffffffff)
}
