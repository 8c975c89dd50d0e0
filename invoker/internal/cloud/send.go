package cloud

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// logsClient is what a sender needs of CloudWatch Logs.
type logsClient interface {
	CreateLogGroup(context.Context, *cloudwatchlogs.CreateLogGroupInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.CreateLogGroupOutput, error)
	CreateLogStream(context.Context, *cloudwatchlogs.CreateLogStreamInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.CreateLogStreamOutput, error)
	PutLogEvents(context.Context, *cloudwatchlogs.PutLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.PutLogEventsOutput, error)
}

// logs connects to CloudWatch Logs. Who sends tries again by itself.
func (a *AWS) logs(ctx context.Context, region string) (logsClient, error) {
	cfg, err := a.config(ctx, region)
	if err != nil {
		return nil, err
	}
	return cloudwatchlogs.NewFromConfig(cfg, func(o *cloudwatchlogs.Options) { o.Retryer = aws.NopRetryer{} }), nil
}

const (
	// firstPause and lastPause are the waits before a batch is sent again, each
	// twice its predecessor; tries is how often it is sent at most.
	firstPause = time.Second
	lastPause  = 30 * time.Second
	tries      = 8
	// callTimeout limits one call.
	callTimeout = 30 * time.Second
	// maxKnown bounds the streams that are known to exist.
	maxKnown = 10_000
)

// sender writes to log streams, which it makes if need be.
type sender struct {
	connect func(ctx context.Context, region string) (logsClient, error)

	mu    sync.Mutex // guards known
	known map[stream]struct{}
}

// send writes events to a stream. It returns how many of them are lost, and the
// last reason.
func (s *sender) send(ctx context.Context, to stream, events []shipped) (lost int, reason error) {
	// Two environments may share a stream when one of them was given up.
	slices.SortStableFunc(events, func(a, b shipped) int { return cmp.Compare(a.at, b.at) })
	for len(events) > 0 {
		n := batchOf(events)
		if err := s.insist(ctx, to, events[:n]); err != nil {
			lost += n
			reason = err
		}
		events = events[n:]
	}
	return lost, reason
}

// batchOf is how many of the events fit into one call.
func batchOf(events []shipped) int {
	bytes := 0
	for i, e := range events {
		if bytes += e.size(); bytes > maxBatchBytes || i == maxBatchEvents {
			return i
		}
	}
	return len(events)
}

// insist writes a batch, again and again if the service is at fault.
func (s *sender) insist(ctx context.Context, to stream, events []shipped) error {
	batch := make([]types.InputLogEvent, len(events))
	for i := range events {
		batch[i] = types.InputLogEvent{Message: &events[i].text, Timestamp: &events[i].at}
	}
	pause := firstPause
	for try := 1; ; try++ {
		err := s.write(ctx, to, batch)
		if err == nil || try == tries || !again(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// again reports whether an error may pass.
func again(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || retryable.IsErrorRetryable(err)
}

var retryable = retry.NewStandard()

// write makes one attempt.
func (s *sender) write(ctx context.Context, to stream, batch []types.InputLogEvent) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	client, err := s.connect(ctx, to.region)
	if err != nil {
		return err
	}
	if !s.knows(to) {
		if err := create(ctx, client, to); err != nil {
			return err
		}
	}
	put := func() error {
		_, err := client.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{LogGroupName: &to.group, LogStreamName: &to.name, LogEvents: batch})
		return err
	}
	err = put()
	if isMissing(err) { // somebody has deleted it
		if err := create(ctx, client, to); err != nil {
			return err
		}
		err = put()
	}
	if err == nil {
		s.learn(to)
	}
	return err
}

// create makes a stream and, if there is none, its group.
func create(ctx context.Context, client logsClient, to stream) error {
	makeStream := func() error {
		_, err := client.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &to.group, LogStreamName: &to.name})
		return unlessExists(err)
	}
	err := makeStream()
	if !isMissing(err) {
		return err
	}
	if _, err := client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &to.group}); unlessExists(err) != nil {
		return err
	}
	return makeStream()
}

func isMissing(err error) bool {
	_, missing := errors.AsType[*types.ResourceNotFoundException](err)
	return missing
}

// unlessExists is err unless it says that something exists.
func unlessExists(err error) error {
	if _, exists := errors.AsType[*types.ResourceAlreadyExistsException](err); exists {
		return nil
	}
	return err
}

func (s *sender) knows(to stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.known[to]
	return known
}

func (s *sender) learn(to stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= maxKnown {
		s.known = map[stream]struct{}{}
	}
	s.known[to] = struct{}{}
}
