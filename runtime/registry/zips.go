package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
		return &zipUser{Tree: z.tree, zip: z, of: o, sum: sum}, nil
	}
	content, err := o.blobs.Open(ctx, sum)
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
	return &zipUser{Tree: z.tree, zip: z, of: o, sum: sum}, nil
}

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
func (o *openZips) leave(sum store.Sum, z *openZip) error {
	o.mu.Lock()
	z.users--
	last := z.users == 0
	if last && o.zips[sum] == z {
		delete(o.zips, sum)
	}
	o.mu.Unlock()
	if !last {
		return nil
	}
	return z.content.Close()
}

// close closes all packages, used or not.
func (o *openZips) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var errs []error
	for sum, z := range o.zips {
		errs = append(errs, z.content.Close())
		z.users++ // so that no leave closes it again
		delete(o.zips, sum)
	}
	return errors.Join(errs...)
}

// zipUser is a package for one user.
type zipUser struct {
	*codefs.Tree
	zip  *openZip
	of   *openZips
	sum  store.Sum
	once sync.Once
	err  error
}

// Close gives the package back.
func (u *zipUser) Close() error {
	u.once.Do(func() { u.err = u.of.leave(u.sum, u.zip) })
	return u.err
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
