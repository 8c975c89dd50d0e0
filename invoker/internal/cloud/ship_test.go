package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/lambent-run/lambent/runtime/observe"
)

// fakeLogs is CloudWatch Logs in memory. It refuses what the service refuses.
type fakeLogs struct {
	mu      sync.Mutex // guards the fields below
	groups  map[string]bool
	streams map[string][]string // messages by "group stream"
	calls   int                 // of PutLogEvents
	// fail, if not nil, is asked before each call.
	fail func(ctx context.Context) error
}

func newFakeLogs() *fakeLogs {
	return &fakeLogs{groups: map[string]bool{}, streams: map[string][]string{}}
}

func (f *fakeLogs) enter(ctx context.Context) error {
	f.mu.Lock()
	fail := f.fail
	f.mu.Unlock()
	if fail != nil {
		if err := fail(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (f *fakeLogs) CreateLogGroup(ctx context.Context, in *cloudwatchlogs.CreateLogGroupInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.CreateLogGroupOutput, error) {
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.groups[*in.LogGroupName] {
		return nil, &types.ResourceAlreadyExistsException{}
	}
	f.groups[*in.LogGroupName] = true
	return &cloudwatchlogs.CreateLogGroupOutput{}, nil
}

func (f *fakeLogs) CreateLogStream(ctx context.Context, in *cloudwatchlogs.CreateLogStreamInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.CreateLogStreamOutput, error) {
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	name := *in.LogGroupName + " " + *in.LogStreamName
	if !f.groups[*in.LogGroupName] {
		return nil, &types.ResourceNotFoundException{}
	}
	if _, exists := f.streams[name]; exists {
		return nil, &types.ResourceAlreadyExistsException{}
	}
	f.streams[name] = nil
	return &cloudwatchlogs.CreateLogStreamOutput{}, nil
}

func (f *fakeLogs) PutLogEvents(ctx context.Context, in *cloudwatchlogs.PutLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.PutLogEventsOutput, error) {
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	name := *in.LogGroupName + " " + *in.LogStreamName
	if _, exists := f.streams[name]; !exists {
		return nil, &types.ResourceNotFoundException{}
	}
	bytes := 0
	for i, e := range in.LogEvents {
		bytes += len(*e.Message) + 26
		if len(*e.Message) == 0 || i > 0 && *e.Timestamp < *in.LogEvents[i-1].Timestamp {
			return nil, &types.InvalidParameterException{}
		}
	}
	if n := len(in.LogEvents); n == 0 || n > 10_000 || bytes > 1<<20 {
		return nil, &types.InvalidParameterException{}
	}
	for _, e := range in.LogEvents {
		f.streams[name] = append(f.streams[name], *e.Message)
	}
	return &cloudwatchlogs.PutLogEventsOutput{}, nil
}

func (f *fakeLogs) messages(name string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.streams[name])
}

// told keeps what a shipper reports.
type told struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (l *told) logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *told) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// ship runs a test with a shipper to fake, in a bubble whose time is not real.
func ship(t *testing.T, cfg ShipConfig, fake *fakeLogs, test func(t *testing.T, s *Shipper, report *told)) {
	synctest.Test(t, func(t *testing.T) {
		report := &told{}
		cfg.Logf = report.logf
		s, err := newShipper(cfg, func(context.Context, string) (logsClient, error) { return fake, nil })
		if err != nil {
			t.Fatal(err)
		}
		test(t, s, report)
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if s.bytes != 0 {
			t.Errorf("%d bytes are still counted as waiting", s.bytes)
		}
	})
}

func from(stream string) *observe.Source {
	return &observe.Source{Region: "us-east-1", Function: "f", Group: "/aws/lambda/f", Stream: stream}
}

const theStream = "/aws/lambda/f s"

func TestEventsWaitForOthers(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{}, fake, func(t *testing.T, s *Shipper, _ *told) {
		for i := range 3 {
			s.Log(from("s"), time.Now(), []byte(fmt.Sprintln("event", i)))
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if got := fake.messages(theStream); len(got) > 0 {
			t.Errorf("%q was sent after 3 s, want nothing before 5 s", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := fake.messages(theStream); !slices.Equal(got, []string{"event 0\n", "event 1\n", "event 2\n"}) || fake.calls != 1 {
			t.Errorf("sent %q in %d calls, want three events in one", got, fake.calls)
		}
	})
}

func TestCloseSendsWhatWaits(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{}, fake, func(t *testing.T, s *Shipper, _ *told) {
		s.Log(from("s"), time.Now(), []byte("last\n"))
		s.Log(from("other"), time.Now(), []byte("of another stream\n"))
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if a, b := fake.messages(theStream), fake.messages("/aws/lambda/f other"); len(a) != 1 || len(b) != 1 {
			t.Errorf("sent %q and %q, want an event each", a, b)
		}
		s.Log(from("s"), time.Now(), []byte("too late\n"))
	})
	if got := fake.messages(theStream); len(got) != 1 {
		t.Errorf("sent %q, want nothing after Close", got)
	}
}

func TestBatchesStayWithinTheLimitsOfTheService(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{MaxBytes: 64 << 20}, fake, func(t *testing.T, s *Shipper, _ *told) {
		for range 25_000 {
			s.Log(from("s"), time.Now(), []byte("short\n"))
		}
		for range 10 {
			s.Log(from("s"), time.Now(), []byte(strings.Repeat("x", 250_000)+"\n"))
		}
		s.Log(from("s"), time.Now(), []byte(strings.Repeat("\xff", 3*maxMessage)))
		s.Log(from("s"), time.Now().Add(-time.Second), []byte("of a clock that went back\n"))
		_ = s.Close(context.Background())
		bytes := 0
		for _, m := range fake.messages(theStream) {
			bytes += len(m)
		}
		// What is not UTF-8 is one replacement per event.
		want := 25_000*len("short\n") + 10*250_001 + 3*len("\uFFFD") + len("of a clock that went back\n")
		if bytes != want {
			t.Errorf("%d bytes arrived, want %d", bytes, want)
		}
	})
}

func TestLongTextsAreCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for _, shift := range []int{0, 1, 2, 3} {
		text := strings.Repeat("a", shift) + strings.Repeat("\U0001F600", maxMessage/4+100)
		var parts []string
		for rest := []byte(text); len(rest) > 0; {
			n := cut(rest)
			parts = append(parts, string(rest[:n]))
			rest = rest[n:]
		}
		for i, part := range parts {
			if len(part) > maxMessage || strings.ToValidUTF8(part, "?") != part {
				t.Errorf("shift %d: part %d has %d bytes or half a character", shift, i, len(part))
			}
		}
		if strings.Join(parts, "") != text || len(parts) != 2 {
			t.Errorf("shift %d: %d parts, or they are not the text", shift, len(parts))
		}
	}
}

func TestAServiceThatIsDownForAWhileLosesNothing(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{}, fake, func(t *testing.T, s *Shipper, report *told) {
		began := time.Now()
		fake.fail = func(context.Context) error {
			if time.Since(began) < time.Minute {
				return &types.ThrottlingException{}
			}
			return nil
		}
		for i := range 30 {
			s.Log(from("s"), time.Now(), []byte(fmt.Sprintln(i)))
			time.Sleep(time.Second)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := fake.messages(theStream); len(got) != 30 || got[29] != "29\n" {
			t.Errorf("%d events arrived, want 30 in order: %q", len(got), got)
		}
		if text := report.all(); text != "" {
			t.Errorf("reported %q", text)
		}
	})
}

func TestAServiceThatHangsIsGivenUpOn(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{}, fake, func(t *testing.T, s *Shipper, report *told) {
		fake.fail = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		s.Log(from("s"), time.Now(), []byte("lost\n"))
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		began := time.Now()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v, want %v", err, context.DeadlineExceeded)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("Close took %v, want 10 s", took)
		}
		if text := report.all(); !strings.Contains(text, "1 log events of us-east-1 /aws/lambda/f could not be shipped") {
			t.Errorf("reported %q", text)
		}
	})
}

func TestRefusedEventsAreReportedAndNotSentAgain(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	tries := 0
	fake.fail = func(context.Context) error { tries++; return &types.AccessDeniedException{} }
	ship(t, ShipConfig{}, fake, func(t *testing.T, s *Shipper, report *told) {
		s.Log(from("s"), time.Now(), []byte("a\n"))
		s.Log(from("s"), time.Now(), []byte("b\n"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if text := report.all(); !strings.Contains(text, "2 log events") || !strings.Contains(text, "AccessDenied") || tries != 1 {
			t.Errorf("reported %q after %d tries, want 2 events after one", text, tries)
		}
	})
}

func TestAFullQueueDropsAndNeverWaits(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{MaxBytes: 10 * (26 + 100)}, fake, func(t *testing.T, s *Shipper, report *told) {
		began := time.Now()
		for range 25 {
			s.Log(from("s"), time.Now(), []byte(strings.Repeat("x", 100)))
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("logging took %v", took)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := fake.messages(theStream); len(got) != 10 || !strings.Contains(report.all(), "15 log events were dropped") {
			t.Errorf("%d events arrived and %q was reported, want 10 and 15 dropped", len(got), report.all())
		}
		s.Log(from("s"), time.Now(), []byte("there is room again"))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := fake.messages(theStream); len(got) != 11 {
			t.Errorf("%d events arrived, want 11", len(got))
		}
	})
}

func TestAGroupThatSomebodyDeletedIsMadeAgain(t *testing.T) {
	t.Parallel()
	fake := newFakeLogs()
	ship(t, ShipConfig{}, fake, func(t *testing.T, s *Shipper, report *told) {
		s.Log(from("s"), time.Now(), []byte("before\n"))
		time.Sleep(6 * time.Second)
		synctest.Wait()
		fake.mu.Lock()
		clear(fake.groups)
		clear(fake.streams)
		fake.mu.Unlock()
		s.Log(from("s"), time.Now(), []byte("after\n"))
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := fake.messages(theStream); !slices.Equal(got, []string{"after\n"}) {
			t.Errorf("%q arrived after the group was deleted, and %q was reported", got, report.all())
		}
	})
}

func TestLogsAreShippedOverHTTP(t *testing.T) {
	t.Parallel()
	var (
		mu    sync.Mutex // guards calls
		calls []string
	)
	url := standIn(t, "logs", "us-east-1", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			LogGroupName, LogStreamName string
			LogEvents                   []struct {
				Message   string
				Timestamp int64
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Errorf("request: %v", err)
		}
		operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "Logs_20140328.")
		mu.Lock()
		defer mu.Unlock()
		first := len(calls) == 0
		calls = append(calls, fmt.Sprint(operation, " ", in.LogGroupName, " ", in.LogStreamName, " ", in.LogEvents))
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if first {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}`))
			return
		}
		_, _ = w.Write([]byte(`{}`))
	})
	s, err := configured(t, url).Ship(ShipConfig{Logf: t.Errorf})
	if err != nil {
		t.Fatal(err)
	}
	s.Log(from("2026/01/02/[$LATEST]a"), time.UnixMilli(1234567890123), []byte("héllo\n"))
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	want := []string{
		"CreateLogStream /aws/lambda/f 2026/01/02/[$LATEST]a []",
		"CreateLogGroup /aws/lambda/f  []",
		"CreateLogStream /aws/lambda/f 2026/01/02/[$LATEST]a []",
		"PutLogEvents /aws/lambda/f 2026/01/02/[$LATEST]a [{héllo\n 1234567890123}]",
	}
	if !slices.Equal(calls, want) {
		t.Errorf("calls %q, want %q", calls, want)
	}
}

func TestShipConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, cfg := range []ShipConfig{{Interval: -1}, {MaxBytes: -1}} {
		if s, err := New(nil).Ship(cfg); err == nil {
			_ = s.Close(t.Context())
			t.Errorf("%+v is accepted", cfg)
		}
	}
}
