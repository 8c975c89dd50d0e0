package registry

import (
	"context"
	"maps"

	"github.com/lambent-run/lambent/runtime/function"
)

// maxTags is how many tags a resource may have.
const maxTags = 50

// TagFunction adds tags to a function, or gives those that it has new values.
func (r *Registry) TagFunction(ctx context.Context, id function.ID, tags map[string]string) error {
	_, err := r.change(ctx, id, func(d *Document) error {
		d.touch("")
		return tag(&d.Tags, tags)
	})
	return err
}

// UntagFunction takes tags from a function. Keys that it does not have are no
// error.
func (r *Registry) UntagFunction(ctx context.Context, id function.ID, keys []string) error {
	_, err := r.change(ctx, id, func(d *Document) error {
		d.touch("")
		untag(d.Tags, keys)
		return nil
	})
	return err
}

// FunctionTags returns a function's tags, which nobody may change.
func (r *Registry) FunctionTags(_ context.Context, id function.ID) (map[string]string, error) {
	d, err := r.find(id)
	if err != nil {
		return nil, err
	}
	return d.Tags, nil
}

// tag adds tags to those of a resource.
func tag(to *map[string]string, tags map[string]string) error {
	if len(tags) == 0 {
		return errorf(InvalidParameter, "An error occurred and the request cannot be processed.")
	}
	if *to == nil {
		*to = make(map[string]string, len(tags))
	}
	maps.Copy(*to, tags)
	return checkTags(*to)
}

// untag takes tags from those of a resource.
func untag(from map[string]string, keys []string) {
	for _, key := range keys {
		delete(from, key)
	}
}

// checkTags returns an error if a resource would have too many tags.
func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return errorf(InvalidParameter, "Number of tags exceeds resource tag limit.")
	}
	return nil
}
