package runtime

import (
	"context"
)

// Runtime holds functions and runs them. It is safe for concurrent use.
type Runtime struct {
	cfg Config
}

// New returns a Runtime without functions. Close it when done.
func New(cfg Config) (*Runtime, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Runtime{cfg: cfg}, nil
}

// Deploy makes fn callable, replacing a function of the same name: what is in
// flight finishes on the old code, and the next invocation starts on the new.
// An error that the code shows only when it is loaded is the invocation's.
func (r *Runtime) Deploy(ctx context.Context, fn Function) error { return ErrClosed }

// Remove deletes a function. What is in flight finishes. An unknown name is a
// *NotFoundError.
func (r *Runtime) Remove(name string) error { return ErrClosed }

// Functions describes the deployed functions, by name.
func (r *Runtime) Functions() []FunctionInfo { return nil }

// Function describes one deployed function, or returns a *NotFoundError.
func (r *Runtime) Function(name, qualifier string) (FunctionInfo, error) {
	return FunctionInfo{}, ErrClosed
}

// Region and AccountID return what the Config says.
func (r *Runtime) Region() string { return r.cfg.Region }

// AccountID returns the account of all functions.
func (r *Runtime) AccountID() string { return r.cfg.AccountID }

// Stats returns a snapshot.
func (r *Runtime) Stats() Stats { return Stats{} }

// Invoke runs a function's handler with payload, a JSON text, as the event.
func (r *Runtime) Invoke(ctx context.Context, name string, payload []byte) (Result, error) {
	return r.Do(ctx, Invocation{Function: name, Payload: payload})
}

// Do runs one invocation. Its errors are *FunctionError and *TimeoutError for
// what the function did; *NotFoundError, *ThrottledError, *SuspendedError,
// *PayloadError, ErrRequestTooLarge and ErrClosed if it did not run; and the
// context's error, wrapped, if ctx ended first, which stops the invocation and
// discards its isolate.
func (r *Runtime) Do(ctx context.Context, inv Invocation) (Result, error) {
	return Result{}, ErrClosed
}

// Close refuses new invocations, waits for those in flight and frees
// everything. It may be called more than once.
func (r *Runtime) Close() error { return nil }
