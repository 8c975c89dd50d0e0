package logs

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/runtime/observe"
)

const hello = "/aws/lambda/hello"

func newStore(t *testing.T, cfg Config) *Store {
	t.Helper()
	s, err := NewStore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// log puts an event into a store, millis after 1970.
func log(s *Store, group, stream string, millis int64, text string) {
	s.Log(&observe.Source{Region: "us-east-1", Group: group, Stream: stream}, time.UnixMilli(millis), []byte(text))
}

// ask calls an operation and decodes the answer.
func ask[Out any](t *testing.T, s *Store, operation, body string) (out Out, res *api.Response) {
	t.Helper()
	res = NewAPI(s).Serve(t.Context(), &api.Request{
		Method: "POST", Path: "/", Body: []byte(body), Region: "us-east-1", Account: "000000000000",
		Header: func(name string) string {
			if name == targetHeader {
				return operation
			}
			return ""
		},
	})
	if err := json.Unmarshal(res.Body, &out); err != nil {
		t.Fatalf("%s answered %s: %v", operation, res.Body, err)
	}
	return out, res
}

// want calls an operation that must succeed.
func want[Out any](t *testing.T, s *Store, operation, body string) Out {
	t.Helper()
	out, res := ask[Out](t, s, target+operation, body)
	if res.Status != 200 {
		t.Fatalf("%s %s answered %d %s", operation, body, res.Status, res.Body)
	}
	return out
}

// messages are the texts of events, joined.
func messages(out filterOutput) string {
	var all []string
	for _, e := range out.Events {
		all = append(all, strings.TrimSpace(e.Message))
	}
	return strings.Join(all, " ")
}

// filled is a store with ten events, 0 to 9, at 1000 to 1009, in the streams a
// and b in turn.
func filled(t *testing.T) *Store {
	s := newStore(t, Config{})
	for i := range 10 {
		log(s, hello, string(rune('a'+i%2)), int64(1000+i), fmt.Sprintf("%d\n", i))
	}
	return s
}

func TestFilterLogEvents(t *testing.T) {
	t.Parallel()
	s := filled(t)
	tests := []struct{ name, in, want string }{
		{name: "everything comes in order", in: ``, want: "0 1 2 3 4 5 6 7 8 9"},
		{name: "both ends of a period belong to it", in: `,"startTime":1003,"endTime":1005`, want: "3 4 5"},
		{name: "streams are chosen by name", in: `,"logStreamNames":["b"]`, want: "1 3 5 7 9"},
		{name: "streams are chosen by prefix", in: `,"logStreamNamePrefix":"a"`, want: "0 2 4 6 8"},
		{name: "a limit cuts", in: `,"limit":2`, want: "0 1"},
		{name: "a pattern chooses", in: `,"filterPattern":"?4 ?7"`, want: "4 7"},
		{name: "a period after all events is empty", in: `,"startTime":1010`, want: ""},
		{name: "members that are not known are ignored", in: `,"interleaved":true,"unmask":false`, want: "0 1 2 3 4 5 6 7 8 9"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, group := range []string{`"logGroupName":"` + hello + `"`, `"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:` + hello + `"`} {
				if got := messages(want[filterOutput](t, s, "FilterLogEvents", "{"+group+tc.in+"}")); got != tc.want {
					t.Errorf("got %q, want %q", got, tc.want)
				}
			}
		})
	}
}

func TestPagesOfEventsFollowEachOther(t *testing.T) {
	t.Parallel()
	s := filled(t)
	var got []string
	ids := map[string]bool{}
	for token := ""; ; {
		out := want[filterOutput](t, s, "FilterLogEvents", fmt.Sprintf(`{"logGroupName":%q,"limit":3,"nextToken":%q}`, hello, token))
		got = append(got, messages(out))
		for _, e := range out.Events {
			if ids[e.ID] || len(e.ID) != 56 {
				t.Errorf("event id %s is not new, or not 56 digits", e.ID)
			}
			ids[e.ID] = true
		}
		if token = out.Token; token == "" {
			break
		}
	}
	if text := strings.Join(got, "|"); text != "0 1 2|3 4 5|6 7 8|9" {
		t.Errorf("got the pages %s", text)
	}
}

func TestGetLogEventsWalksBothWays(t *testing.T) {
	t.Parallel()
	s := filled(t)
	get := func(in string) (string, getOutput) {
		out := want[getOutput](t, s, "GetLogEvents", fmt.Sprintf(`{"logGroupName":%q,"logStreamName":"a","limit":2%s}`, hello, in))
		var text strings.Builder
		for _, e := range out.Events {
			text.WriteString(strings.TrimSpace(e.Message))
		}
		return text.String(), out
	}
	text, last := get("")
	if text != "68" {
		t.Errorf("the last two are %q, want 68", text)
	}
	text, before := get(`,"nextToken":"` + last.Backward + `"`)
	if text != "24" {
		t.Errorf("before them are %q, want 24", text)
	}
	if text, _ = get(`,"nextToken":"` + before.Forward + `"`); text != "68" {
		t.Errorf("after those are %q, want 68", text)
	}
	text, end := get(`,"nextToken":"` + last.Forward + `"`)
	if text != "" || end.Forward != last.Forward {
		t.Errorf("after the last are %q and token %s, want none and %s again", text, end.Forward, last.Forward)
	}
	log(s, hello, "a", 2000, "new\n")
	if text, _ = get(`,"nextToken":"` + end.Forward + `"`); text != "new" {
		t.Errorf("later there are %q, want new", text)
	}
	if text, _ = get(`,"startFromHead":true`); text != "02" {
		t.Errorf("the first two are %q, want 02", text)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	s := filled(t)
	log(s, "/aws/lambda/other", "x", 1, "text\n")
	s.Log(&observe.Source{Region: "eu-west-1", Group: "/aws/lambda/far", Stream: "x"}, time.UnixMilli(1), []byte("far\n"))

	groups := want[describeGroupsOutput](t, s, "DescribeLogGroups", `{"limit":1}`)
	if len(groups.Groups) != 1 || groups.Groups[0].Name != hello || groups.Groups[0].Stored != 20 ||
		groups.Groups[0].ARN != "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/hello:*" {
		t.Errorf("the first group is %+v", groups.Groups)
	}
	groups = want[describeGroupsOutput](t, s, "DescribeLogGroups", `{"nextToken":"`+groups.Token+`"}`)
	if len(groups.Groups) != 1 || groups.Groups[0].Name != "/aws/lambda/other" || groups.Token != "" {
		t.Errorf("the second page is %+v", groups)
	}
	if groups = want[describeGroupsOutput](t, s, "DescribeLogGroups", `{"logGroupNamePrefix":"/aws/lambda/h"}`); len(groups.Groups) != 1 {
		t.Errorf("with a prefix there are %+v", groups.Groups)
	}
	streams := want[describeStreamsOutput](t, s, "DescribeLogStreams", `{"logGroupName":"`+hello+`","orderBy":"LastEventTime","descending":true}`)
	if len(streams.Streams) != 2 || streams.Streams[0].Name != "b" || streams.Streams[0].First != 1001 || streams.Streams[0].Last != 1009 {
		t.Errorf("the streams are %+v", streams.Streams)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := filled(t)
	tests := []struct{ name, operation, in, code, message string }{
		{"what is not known is named", "Logs_20140328.PutLogEvents", `{}`, "UnknownOperationException", "PutLogEvents"},
		{"another service is named", "Kinesis_20131202.PutRecord", `{}`, "UnknownOperationException", "Kinesis_20131202.PutRecord"},
		{"a group must exist", "Logs_20140328.FilterLogEvents", `{"logGroupName":"nope"}`, "ResourceNotFoundException", "The specified log group does not exist."},
		{"a group must be named", "Logs_20140328.FilterLogEvents", ``, "InvalidParameterException", "must be provided"},
		{"a stream must exist", "Logs_20140328.GetLogEvents", `{"logGroupName":"/aws/lambda/hello","logStreamName":"z"}`, "ResourceNotFoundException", "The specified log stream does not exist."},
		{"a limit has bounds", "Logs_20140328.FilterLogEvents", `{"logGroupName":"/aws/lambda/hello","limit":10001}`, "InvalidParameterException", "less than or equal to 10000"},
		{"a token is one of ours", "Logs_20140328.FilterLogEvents", `{"logGroupName":"/aws/lambda/hello","nextToken":"e/x"}`, "InvalidParameterException", "nextToken"},
		{"types must fit", "Logs_20140328.FilterLogEvents", `{"logGroupName":7}`, "SerializationException", "logGroupName"},
		{"patterns for JSON are refused", "Logs_20140328.FilterLogEvents", `{"logGroupName":"/aws/lambda/hello","filterPattern":"{ $.a = 1 }"}`, "InvalidParameterException", "JSON"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			out, res := ask[struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}](t, s, tc.operation, tc.in)
			if res.Status != 400 || out.Type != tc.code || !strings.Contains(out.Message, tc.message) {
				t.Errorf("got %d %s: %s, want 400 %s: ...%s...", res.Status, out.Type, out.Message, tc.code, tc.message)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, pattern, text string
		want                bool
	}{
		{"all words must be there", "ERROR disk", "disk full: ERROR", true},
		{"one word is missing", "ERROR disk", "ERROR", false},
		{"case counts", "error", "ERROR", false},
		{"a phrase stands as it is", `"disk full"`, "the disk is full", false},
		{"a phrase may hold quotation marks", `"say \"hi\""`, `say "hi" now`, true},
		{"a word is excluded", "ERROR -retry", "ERROR retry", false},
		{"a phrase is excluded", `-"all well"`, "all bad", true},
		{"one of several is enough", "?a ?b", "b", true},
		{"none of several", "?a ?b", "c", false},
		{"a regular expression", `%dur[a-z]+: \d+%`, "duration: 12", true},
		{"no pattern matches everything", "  ", "x", true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			match, err := parsePattern(tc.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if got := match == nil || match([]byte(tc.text)); got != tc.want {
				t.Errorf("%q on %q is %v, want %v", tc.pattern, tc.text, got, tc.want)
			}
		})
	}
	for _, bad := range []string{`"open`, `%open`, `%(%`, `-`, `a ?`, `- a`, `[a, b]`} {
		if _, err := parsePattern(bad); err == nil {
			t.Errorf("the pattern %q is accepted", bad)
		}
	}
}

func TestEventsThatComeLateKeepTheOrderOfTimes(t *testing.T) {
	t.Parallel()
	s := newStore(t, Config{})
	log(s, hello, "a", 2000, "first\n")
	log(s, hello, "b", 1999, "second\n")
	if got := messages(want[filterOutput](t, s, "FilterLogEvents", `{"logGroupName":"`+hello+`","startTime":2000}`)); got != "first second" {
		t.Errorf("from 2000 on there are %q", got)
	}
}

func TestOldestEventsAreForgottenFirst(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("x", 99) + "\n"
	t.Run("in a group", func(t *testing.T) {
		t.Parallel()
		s := newStore(t, Config{MaxGroupBytes: 256 << 10})
		for i := range 5000 {
			log(s, hello, "a", int64(i), line)
		}
		events := want[filterOutput](t, s, "FilterLogEvents", `{"logGroupName":"`+hello+`"}`).Events
		if n := len(events); n < 500 || n*len(line) > 256<<10 || events[n-1].Time != 4999 || events[0].Time != int64(5000-n) {
			t.Errorf("kept %d events from %d to %d", n, events[0].Time, events[n-1].Time)
		}
	})
	t.Run("over all groups, and empty groups with them", func(t *testing.T) {
		t.Parallel()
		s := newStore(t, Config{MaxBytes: 64 << 10})
		for i := range 1000 {
			log(s, fmt.Sprintf("group-%04d", i), "a", int64(i), line)
		}
		groups := s.list("us-east-1")
		if s.bytes > 64<<10 || len(groups) < 20 || len(groups) > 64 {
			t.Errorf("kept %d bytes in %d groups", s.bytes, len(groups))
		}
		if s.find(groupID{"us-east-1", "group-0999"}) == nil || s.find(groupID{"us-east-1", "group-0000"}) != nil {
			t.Error("it is not the oldest groups that are gone")
		}
	})
}

func TestWritersAndReadersDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	const writers, lines = 8, 2000
	s := newStore(t, Config{MaxGroupBytes: 64 << 10, MaxBytes: 128 << 10})
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range lines {
				log(s, fmt.Sprintf("group-%d", (w+i)%4), fmt.Sprintf("stream-%d", w), int64(i), fmt.Sprintf("%d %d\n", w, i))
			}
		})
	}
	all.Go(func() {
		for range 200 {
			for _, g := range s.list("us-east-1") {
				events, _ := g.read(query{to: 1 << 62, until: 1 << 62, limit: maxEvents, bytes: maxText})
				for i := 1; i < len(events); i++ {
					if events[i].at < events[i-1].at || events[i].number <= events[i-1].number {
						t.Errorf("event %d at %d comes after %d at %d", events[i].number, events[i].at, events[i-1].number, events[i-1].at)
						return
					}
				}
			}
		}
	})
	all.Wait()
	counted := 0
	for e := s.chunks.Front(); e != nil; e = e.Next() {
		counted += e.Value.(*chunk).size
	}
	if counted != s.bytes || s.bytes > 128<<10 {
		t.Errorf("%d bytes are there and %d counted, want at most %d", counted, s.bytes, 128<<10)
	}
}

func BenchmarkLog(b *testing.B) {
	s, err := NewStore(Config{})
	if err != nil {
		b.Fatal(err)
	}
	source := &observe.Source{Region: "us-east-1", Group: hello, Stream: "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef"}
	text, now := []byte(strings.Repeat("x", 120)+"\n"), time.Now()
	b.ReportAllocs()
	for b.Loop() {
		s.Log(source, now, text)
	}
}
