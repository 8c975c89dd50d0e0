package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/registry"
	"github.com/lambent-run/lambent/runtime/store"
	"github.com/lambent-run/lambent/runtime/store/local"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

// Names in a data directory of what is kept there.
const (
	storeFolder   = "store"
	cacheFolder   = "compiled"
	masterKeyFile = "master.key"
)

// backend is what stands behind serve's front door.
type backend struct {
	store    store.Store
	registry *registry.Registry
	runtime  *runtime.Runtime
}

// openBackend opens what the data directory holds, or an empty store in memory
// if there is none. services fetch code and wrap keys.
func openBackend(ctx context.Context, data *dataDir, cfg runtime.Config, services *invoker.AWS) (b *backend, err error) {
	b = &backend{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	kept := registry.Config{
		Account: cfg.AccountID, MaxConcurrency: cfg.MaxConcurrency, UnreservedMinimum: cfg.UnreservedMinimum,
		Objects: services.Objects(), KMS: services.Keys(ctx),
	}
	if data == nil {
		b.store = memory.New()
	} else {
		folder, err := local.Open(filepath.Join(data.path, storeFolder))
		if err != nil {
			return nil, err
		}
		b.store = folder
		kept.KeyFile = filepath.Join(data.path, masterKeyFile)
		cfg.CacheDir = filepath.Join(data.path, cacheFolder)
	}
	kept.KV, kept.Blobs = b.store.KV(), b.store.Blob()
	if b.registry, err = registry.Open(ctx, kept); err != nil {
		return nil, err
	}
	cfg.Directory = b.registry
	if b.runtime, err = runtime.New(cfg); err != nil {
		return nil, err
	}
	return b, b.registry.Attach(ctx, b.runtime)
}

// close ends everything, in the order in which nothing is missing to what still
// runs.
func (b *backend) close() error {
	var errs []error
	if b.runtime != nil {
		errs = append(errs, b.runtime.Close())
	}
	if b.registry != nil {
		errs = append(errs, b.registry.Close())
	}
	if b.store != nil {
		errs = append(errs, b.store.Close())
	}
	return errors.Join(errs...)
}
