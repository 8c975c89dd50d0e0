package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	goruntime "runtime"
	"sync"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/codefs"
	"github.com/lambent-run/lambent/runtime/store"
)

// openZips are the packages that are in use, each opened once.
type openZips struct {
	blobs store.Blob
	mu    sync.Mutex
	zips  map[store.Sum]*openZip
}

type openZip struct {
	content store.Content
	tree    *codefs.Tree
	users   int // guarded by openZips.mu
}

// get opens a package, or shares one that is open.
func (o *openZips) get(ctx context.Context, sum store.Sum) (fs.FS, error) {
	if z := o.share(sum, nil); z != nil {
		return o.user(sum, z), nil
	}
	content, err := o.blobs.Open(ctx, sum)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("registry: open code: %w (%w)", function.ErrReplaced, err)
	}
	if err != nil {
		return nil, fmt.Errorf("registry: open code: %w", err)
	}
	tree, err := codefs.ZipAt(content, content.Size())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("registry: open code: %w", err), content.Close())
	}
	z := o.share(sum, &openZip{content: content, tree: tree})
	if z.content != content {
		_ = content.Close() // somebody was faster; nothing was written to it
	}
	return o.user(sum, z), nil
}

// user is an open package for one user, who gives it back by forgetting it:
// code is read for as long as anything that was loaded from it lives, and only
// the garbage collector knows how long that is.
func (o *openZips) user(sum store.Sum, z *openZip) fs.FS {
	u := &zipUser{z.tree}
	goruntime.AddCleanup(u, func(z *openZip) { o.leave(sum, z) }, z)
	return u
}

// zipUser is what one user has of a package.
type zipUser struct{ *codefs.Tree }

// share counts one more user of an open package, which is fresh if there is
// none.
func (o *openZips) share(sum store.Sum, fresh *openZip) *openZip {
	o.mu.Lock()
	defer o.mu.Unlock()
	z := o.zips[sum]
	if z == nil {
		if z = fresh; z == nil {
			return nil
		}
		o.zips[sum] = z
	}
	z.users++
	return z
}

// leave counts one user less, and closes the package after the last.
func (o *openZips) leave(sum store.Sum, z *openZip) {
	o.mu.Lock()
	defer o.mu.Unlock()
	z.users--
	if z.users == 0 && o.zips[sum] == z {
		delete(o.zips, sum)
		_ = z.content.Close() // nothing was written to it
	}
}

// close closes all packages, used or not.
func (o *openZips) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var errs []error
	for sum, z := range o.zips {
		delete(o.zips, sum)
		errs = append(errs, z.content.Close())
	}
	return errors.Join(errs...)
}

// packageCode is a Package as a runtime opens it.
type packageCode struct {
	of      *openZips
	Package Package
}

var _ function.Code = packageCode{}

// Open is function.Code's.
func (c packageCode) Open(ctx context.Context) (fs.FS, [32]byte, error) {
	if c.Package.Local != "" {
		return codefs.Local(c.Package.Local)
	}
	files, err := c.of.get(ctx, store.Sum(c.Package.Sum))
	return files, c.Package.Sum, err
}
