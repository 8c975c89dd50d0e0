package cloud

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/lambent-run/lambent/runtime/observe"
)

// Limits of PutLogEvents.
const (
	maxBatchBytes  = 1 << 20 // of a batch: the texts, and eventBytes for each
	maxBatchEvents = 10_000
	eventBytes     = 26
	// maxMessage is where a longer text is cut, in bytes. What is not UTF-8 in it
	// grows threefold, and still fits into a batch.
	maxMessage = 256 << 10
)

// ShipConfig sets a Shipper. The zero value works.
type ShipConfig struct {
	// Interval is how long an event waits for others. Default 5 s.
	Interval time.Duration
	// MaxBytes bounds the events that wait; those beyond it are dropped. Default
	// 16 MB.
	MaxBytes int
	// Logf reports what could not be shipped. Default: nobody is told.
	Logf func(format string, args ...any)
}

func (c ShipConfig) withDefaults() (ShipConfig, error) {
	if c.Interval < 0 || c.MaxBytes < 0 {
		return c, errors.New("cloud: Interval and MaxBytes cannot be negative")
	}
	c.Interval = cmp.Or(c.Interval, 5*time.Second)
	c.MaxBytes = cmp.Or(c.MaxBytes, 16<<20)
	if c.Logf == nil {
		c.Logf = func(string, ...any) {}
	}
	return c, nil
}

// Shipper ships log events to CloudWatch Logs. Log only puts them into a bounded
// queue; one goroutine sends what is in it. It is safe for concurrent use.
type Shipper struct {
	cfg    ShipConfig
	sender *sender
	wake   chan struct{} // has a token when the queue should be sent now
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when nothing is sent any more

	mu      sync.Mutex // guards the fields below
	queue   map[stream]*waiting
	bytes   int // of queue and of what is being sent
	dropped int // events, since it was reported last
	closing bool
}

var _ observe.Tap = (*Shipper)(nil)

// stream names a log stream.
type stream struct{ region, group, name string }

// waiting are the events of one stream.
type waiting struct {
	events []shipped
	bytes  int
}

// shipped is an event on its way.
type shipped struct {
	at   int64 // milliseconds since 1970
	text string
}

func (e shipped) size() int { return len(e.text) + eventBytes }

// Ship starts to ship logs. Close ends it.
func (a *AWS) Ship(cfg ShipConfig) (*Shipper, error) {
	return newShipper(cfg, a.logs)
}

func newShipper(cfg ShipConfig, connect func(ctx context.Context, region string) (logsClient, error)) (*Shipper, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Shipper{
		cfg: cfg, sender: &sender{connect: connect},
		wake: make(chan struct{}, 1), done: make(chan struct{}), queue: map[stream]*waiting{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go s.run()
	return s, nil
}

// Log implements observe.Tap.
func (s *Shipper) Log(source *observe.Source, at time.Time, text []byte) {
	to := stream{source.Region, source.Group, source.Stream}
	for len(text) > 0 {
		n := cut(text)
		s.add(to, shipped{at.UnixMilli(), strings.ToValidUTF8(string(text[:n]), "\uFFFD")})
		text = text[n:]
	}
}

// cut is how much of a text goes into one event. It does not part a character.
func cut(text []byte) int {
	if len(text) <= maxMessage {
		return len(text)
	}
	n := maxMessage
	for n > maxMessage-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// add queues an event, or drops it.
func (s *Shipper) add(to stream, e shipped) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.bytes+e.size() > s.cfg.MaxBytes {
		s.dropped++
		return
	}
	if len(s.queue) == 0 {
		time.AfterFunc(s.cfg.Interval, s.hurry)
	}
	w := s.queue[to]
	if w == nil {
		w = &waiting{}
		s.queue[to] = w
	}
	w.events = append(w.events, e)
	w.bytes += e.size()
	s.bytes += e.size()
	if w.bytes >= maxBatchBytes || len(w.events) >= maxBatchEvents {
		s.hurry()
	}
}

// hurry ends the wait for more.
func (s *Shipper) hurry() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run sends until Close.
func (s *Shipper) run() {
	defer close(s.done)
	for range s.wake {
		queue, closing := s.take()
		s.send(queue)
		s.report()
		if closing {
			return
		}
	}
}

// take empties the queue.
func (s *Shipper) take() (queue map[stream]*waiting, closing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue, s.queue = s.queue, map[stream]*waiting{}
	return queue, s.closing
}

// atOnce is how many streams are written at the same time.
const atOnce = 8

// send sends what was taken, the events of each stream in their order.
func (s *Shipper) send(queue map[stream]*waiting) {
	var sending sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for to, w := range queue {
		free <- struct{}{}
		sending.Go(func() {
			defer func() { <-free }()
			lost, err := s.sender.send(s.ctx, to, w.events)
			if err != nil {
				s.cfg.Logf("%d log events of %s %s could not be shipped: %v", lost, to.region, to.group, err)
			}
			s.mu.Lock()
			s.bytes -= w.bytes
			s.mu.Unlock()
		})
	}
	sending.Wait()
}

// report tells of what was dropped.
func (s *Shipper) report() {
	s.mu.Lock()
	dropped := s.dropped
	s.dropped = 0
	s.mu.Unlock()
	if dropped > 0 {
		s.cfg.Logf("%d log events were dropped: they come faster than they can be shipped", dropped)
	}
}

// Close sends what waits, until ctx ends at the latest. Events that come later
// are dropped.
func (s *Shipper) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	defer context.AfterFunc(ctx, s.cancel)()
	s.hurry()
	<-s.done
	s.cancel()
	return ctx.Err()
}
