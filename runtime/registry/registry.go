// Package registry knows the functions: it creates, changes, publishes, aliases
// and deletes them by Lambda's rules, keeps them in a store and tells the
// runtime what is callable.
//
// All of a function but its published versions is one record, a Document, which
// is changed by compare-and-set (change); a version's record is written before
// the document that lists it, and never changes. So whatever moment a process
// dies at, a change is there or it is not. Documents are in memory too, their
// code and published versions are not.
package registry

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// Config says where a Registry keeps things, and an account's limits. KV and
// Blobs are required. Open copies it.
type Config struct {
	KV    store.KV
	Blobs store.Blob
	// Account is the account id in ARNs. Default "000000000000".
	Account string
	// KeyFile is the file of the master key, made when it does not exist. Default
	// "": a key that is forgotten with the process, which suits a store in memory.
	KeyFile string
	// KMS wraps the data keys of functions that have a KMSKeyArn. Default nil:
	// the master key does.
	KMS KeyWrapper
	// Objects fetches code from S3. Default nil: such code is refused.
	Objects Objects
	// Settle is how long a function is Pending, or its update InProgress, after
	// the answer that says so. It is callable at once all the same. Default 0.
	Settle time.Duration
	// MaxConcurrency is a Region's concurrency. Default 1000.
	MaxConcurrency int
	// UnreservedMinimum is how much of it no function may reserve. Default 100,
	// or a tenth of MaxConcurrency if that is less. Negative: none.
	UnreservedMinimum int
	// MaxCodeStorage limits all packages of a Region, in bytes. Default
	// 80,530,636,800.
	MaxCodeStorage int64
}

func (c Config) withDefaults() (Config, error) {
	if c.KV == nil || c.Blobs == nil {
		return c, errors.New("registry: KV and Blobs are required")
	}
	if c.MaxConcurrency < 0 || c.MaxCodeStorage < 0 || c.Settle < 0 {
		return c, errors.New("registry: MaxConcurrency, MaxCodeStorage and Settle cannot be negative")
	}
	c.Account = cmp.Or(c.Account, "000000000000")
	c.MaxConcurrency = cmp.Or(c.MaxConcurrency, 1000)
	c.UnreservedMinimum = max(0, cmp.Or(c.UnreservedMinimum, min(100, c.MaxConcurrency/10)))
	c.MaxCodeStorage = cmp.Or(c.MaxCodeStorage, 80_530_636_800)
	return c, nil
}

// Objects fetches code from S3.
type Objects interface {
	// Fetch opens an object, or one of its versions if version is not empty.
	// What is wrong is an *Error in AWS's words ("Error occurred while
	// GetObject. S3 Error Code: NoSuchKey. ...").
	Fetch(ctx context.Context, region, bucket, key, version string) (io.ReadCloser, error)
}

// KeyWrapper encrypts data keys with a key that it alone has, as KMS does. What
// is wrong is an *Error of one of the KMS kinds.
type KeyWrapper interface {
	// Wrap encrypts key with the key named keyARN. Unwrap needs the same binding.
	Wrap(ctx context.Context, keyARN string, key []byte, binding map[string]string) ([]byte, error)
	// Unwrap decrypts what Wrap returned.
	Unwrap(ctx context.Context, keyARN string, wrapped []byte, binding map[string]string) ([]byte, error)
}

// Runner runs what the registry knows; *runtime.Runtime is one.
type Runner interface {
	// Refresh takes over what a function has become. Whoever calls it afterwards
	// gets the new state.
	Refresh(ctx context.Context, id function.ID) error
	// Check returns why a version's code cannot be used.
	Check(ctx context.Context, v *function.Version) error
}

// Warmer is what a Runner may be, too: it tells how far provisioned
// environments have come. Without it they count as ready at once.
type Warmer interface {
	// Ready returns how many environments of a version are ready, and an error
	// if none can become so because their init phase fails.
	Ready(id function.ID, version string) (int, error)
}

// Registry holds the functions of an account. It is safe for concurrent use.
type Registry struct {
	cfg    Config
	keys   *keys
	codes  *codes
	locks  locks      // of functions, layers and other records by key
	quota  sync.Mutex // makes changes that share an account's concurrency one after the other; before locks
	runner Runner     // nil until Attach

	mu        sync.RWMutex // guards what follows; never held while waiting
	functions map[function.ID]*entry
	regions   map[string]*region
}

var _ function.Directory = (*Registry)(nil)

// entry is a document as it is in the store.
type entry struct {
	doc      *Document
	revision uint64
}

// region is what is known of all functions of a Region.
type region struct {
	names []string // of functions, sorted
	code  int64    // bytes of all packages, each version's counted
}

// Open returns the registry of what the store holds, and throws away what no
// record refers to.
func Open(ctx context.Context, cfg Config) (*Registry, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	keys, err := openKeys(cfg.KeyFile, cfg.KMS)
	if err != nil {
		return nil, err
	}
	r := &Registry{
		cfg: cfg, keys: keys, codes: newCodes(cfg.Blobs),
		functions: map[function.ID]*entry{}, regions: map[string]*region{},
	}
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// Attach names who runs the functions, and tells it of those that take a part of
// the concurrency or are to be made ready. It is called once, before any change.
func (r *Registry) Attach(ctx context.Context, runner Runner) error {
	r.runner = runner
	var eager []function.ID
	r.mu.RLock()
	for id, e := range r.functions {
		if e.doc.eager() {
			eager = append(eager, id)
		}
	}
	r.mu.RUnlock()
	for _, id := range eager {
		if err := r.refresh(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of open packages. The store is the caller's to close.
func (r *Registry) Close() error { return r.codes.close() }
