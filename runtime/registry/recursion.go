package registry

import (
	"context"

	"github.com/lambent-run/lambent/runtime/function"
)

// What becomes of a function that invokes itself over and over.
const (
	RecursiveLoopTerminate = "Terminate" // the default
	RecursiveLoopAllow     = "Allow"
)

// RecursionConfig says what becomes of a function that invokes itself over and
// over.
type RecursionConfig struct{ RecursiveLoop string }

// PutRecursionConfig sets what becomes of a function's recursive loops.
func (r *Registry) PutRecursionConfig(ctx context.Context, id function.ID, c RecursionConfig) (*RecursionConfig, error) {
	_, err := r.change(ctx, id, func(d *Document) error {
		d.RecursiveLoop = c.RecursiveLoop
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// GetRecursionConfig returns what becomes of a function's recursive loops.
func (r *Registry) GetRecursionConfig(_ context.Context, id function.ID) (*RecursionConfig, error) {
	d, err := r.find(id)
	if err != nil {
		return nil, err
	}
	if d.RecursiveLoop == RecursiveLoopAllow {
		return &RecursionConfig{RecursiveLoopAllow}, nil
	}
	return &RecursionConfig{RecursiveLoopTerminate}, nil
}
