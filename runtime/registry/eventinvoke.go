package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// EventInvokeConfig says what becomes of asynchronous invocations: how often
// and how long they are tried, and who is told of the outcome.
type EventInvokeConfig struct {
	LastModified time.Time
	// MaximumRetryAttempts is 0 to 2, MaximumEventAgeInSeconds 60 to 21,600. Nil:
	// not set.
	MaximumRetryAttempts     *int `json:",omitempty"`
	MaximumEventAgeInSeconds *int `json:",omitempty"`
	DestinationConfig        DestinationConfig
}

// DestinationConfig names who is told of successes and of failures.
type DestinationConfig struct {
	OnSuccess Destination
	OnFailure Destination
}

// Destination is the ARN of a queue, topic, bus, function or bucket; empty:
// none.
type Destination struct {
	Destination string `json:",omitempty"`
}

// EventInvokeInput is what PutFunctionEventInvokeConfig and its update take.
// What is nil was not given.
type EventInvokeInput struct {
	MaximumRetryAttempts     *int
	MaximumEventAgeInSeconds *int
	DestinationConfig        *DestinationConfigInput
}

// DestinationConfigInput is a DestinationConfig of which parts may be left out.
type DestinationConfigInput struct {
	OnSuccess, OnFailure *Destination
}

// QualifiedEventInvokeConfig is an EventInvokeConfig with the ARN of what it is
// for, which always has a qualifier.
type QualifiedEventInvokeConfig struct {
	FunctionArn string
	EventInvokeConfig
}

// PutEventInvokeConfig replaces the configuration of a function's qualifier.
func (r *Registry) PutEventInvokeConfig(ctx context.Context, id function.ID, qualifier string, in EventInvokeInput) (*QualifiedEventInvokeConfig, error) {
	if in == (EventInvokeInput{}) {
		return nil, errorf(InvalidParameter, "You must specify at least one of error handling or destination setting.")
	}
	return r.setEventInvokeConfig(ctx, id, qualifier, in, func(*Document) (*EventInvokeConfig, error) {
		return &EventInvokeConfig{}, nil
	})
}

// UpdateEventInvokeConfig changes what is given of a configuration that exists.
func (r *Registry) UpdateEventInvokeConfig(ctx context.Context, id function.ID, qualifier string, in EventInvokeInput) (*QualifiedEventInvokeConfig, error) {
	if in == (EventInvokeInput{}) {
		return nil, errorf(InvalidParameter, "You must specify at least one of error handling or destination setting.")
	}
	return r.setEventInvokeConfig(ctx, id, qualifier, in, func(d *Document) (*EventInvokeConfig, error) {
		if c := d.EventInvoke[cmp.Or(qualifier, function.Latest)]; c != nil {
			return c, nil
		}
		return nil, r.noEventInvokeConfig(id, qualifier)
	})
}

// setEventInvokeConfig changes the configuration that base returns and stores
// it.
func (r *Registry) setEventInvokeConfig(ctx context.Context, id function.ID, qualifier string, in EventInvokeInput, base func(*Document) (*EventInvokeConfig, error)) (*QualifiedEventInvokeConfig, error) {
	key := cmp.Or(qualifier, function.Latest)
	d, err := r.change(ctx, id, func(d *Document) error {
		if !d.has(qualifier) {
			return noSuchFunction()
		}
		if err := r.checkDestinations(id, in.DestinationConfig); err != nil {
			return err
		}
		c, err := base(d)
		if err != nil {
			return err
		}
		c.apply(in)
		if d.EventInvoke == nil {
			d.EventInvoke = map[string]*EventInvokeConfig{}
		}
		d.EventInvoke[key] = c
		return nil
	})
	if errors.Is(err, errNoFunction) {
		return nil, noSuchFunction()
	}
	if err != nil {
		return nil, err
	}
	return &QualifiedEventInvokeConfig{r.arn(id, key), *d.EventInvoke[key]}, nil
}

func noSuchFunction() error {
	return &Error{NotFound, "The function doesn't exist.", errNoFunction}
}

// apply takes over what is given.
func (c *EventInvokeConfig) apply(in EventInvokeInput) {
	c.LastModified = time.Now().UTC()
	if in.MaximumRetryAttempts != nil {
		c.MaximumRetryAttempts = in.MaximumRetryAttempts
	}
	if in.MaximumEventAgeInSeconds != nil {
		c.MaximumEventAgeInSeconds = in.MaximumEventAgeInSeconds
	}
	if in.DestinationConfig != nil {
		c.DestinationConfig = DestinationConfig{}
		if to := in.DestinationConfig.OnSuccess; to != nil {
			c.DestinationConfig.OnSuccess = *to
		}
		if to := in.DestinationConfig.OnFailure; to != nil {
			c.DestinationConfig.OnFailure = *to
		}
	}
}

// GetEventInvokeConfig returns the configuration of a function's qualifier.
func (r *Registry) GetEventInvokeConfig(_ context.Context, id function.ID, qualifier string) (*QualifiedEventInvokeConfig, error) {
	key := cmp.Or(qualifier, function.Latest)
	d := r.document(id)
	if d == nil || d.EventInvoke[key] == nil {
		return nil, r.noEventInvokeConfig(id, qualifier)
	}
	return &QualifiedEventInvokeConfig{r.arn(id, key), *d.EventInvoke[key]}, nil
}

// ListEventInvokeConfigs returns a function's configurations in the order of
// their qualifiers.
func (r *Registry) ListEventInvokeConfigs(_ context.Context, id function.ID, page Page) (list []QualifiedEventInvokeConfig, next string, err error) {
	d := r.document(id)
	if d == nil {
		return nil, "", noSuchFunction()
	}
	qualifiers, next := page.cut(slices.Sorted(maps.Keys(d.EventInvoke)))
	list = []QualifiedEventInvokeConfig{}
	for _, q := range qualifiers {
		list = append(list, QualifiedEventInvokeConfig{r.arn(id, q), *d.EventInvoke[q]})
	}
	return list, next, nil
}

// DeleteEventInvokeConfig removes the configuration of a function's qualifier.
func (r *Registry) DeleteEventInvokeConfig(ctx context.Context, id function.ID, qualifier string) error {
	key := cmp.Or(qualifier, function.Latest)
	_, err := r.change(ctx, id, func(d *Document) error {
		if d.EventInvoke[key] == nil {
			return r.noEventInvokeConfig(id, qualifier)
		}
		delete(d.EventInvoke, key)
		return nil
	})
	if errors.Is(err, errNoFunction) {
		return r.noEventInvokeConfig(id, qualifier)
	}
	return err
}

func (r *Registry) noEventInvokeConfig(id function.ID, qualifier string) error {
	return errorf(NotFound, "The function %s doesn't have an EventInvokeConfig", r.arn(id, cmp.Or(qualifier, function.Latest)))
}

// checkDestinations returns an error unless results may be sent where the
// configuration says.
func (r *Registry) checkDestinations(id function.ID, c *DestinationConfigInput) error {
	if c == nil {
		return nil
	}
	known := true
	for _, to := range []struct {
		*Destination
		failures bool
	}{{c.OnFailure, true}, {c.OnSuccess, false}} {
		if to.Destination == nil || to.Destination.Destination == "" {
			continue
		}
		ok, err := r.checkDestination(id, to.Destination.Destination, to.failures)
		if err != nil {
			return err
		}
		known = known && ok
	}
	if known {
		return nil
	}
	return errorf(InvalidParameter, "The provided destination config DestinationConfig(onSuccess=%s, onFailure=%s) is invalid.",
		c.OnSuccess.shown("OnSuccess"), c.OnFailure.shown("OnFailure"))
}

// checkDestination reports whether an ARN is of a service that takes results,
// and returns an error if it is that of a function that cannot.
func (r *Registry) checkDestination(id function.ID, arn string, failures bool) (ok bool, err error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false, nil
	}
	switch parts[2] {
	case "sqs", "sns", "events":
		return true, nil
	case "s3":
		return failures, nil
	case "lambda":
		ref, err := function.ParseReference(arn)
		target := function.ID{Region: ref.Region, Name: ref.Name}
		if err != nil || ref.Account == r.cfg.Account && r.document(target) == nil {
			return false, errorf(InvalidParameter, "The destination ARN %s is invalid.", arn)
		}
		if target == id && ref.Account == r.cfg.Account {
			return false, errorf(InvalidParameter, "You can't specify the function as a destination for itself.")
		}
		return true, nil
	}
	return false, nil
}

// shown is a destination as the message about a configuration has it.
func (d *Destination) shown(member string) string {
	if d == nil || d.Destination == "" {
		return "null"
	}
	return fmt.Sprintf("%s(destination=%s)", member, d.Destination)
}
