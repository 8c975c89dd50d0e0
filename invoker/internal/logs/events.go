package logs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lambent-run/lambent/invoker/internal/api"
)

const (
	maxPattern = 1024 // characters of a filter pattern
	maxStreams = 100  // names in a request
)

// period are the times, in milliseconds since 1970, between which events are
// wanted, both inclusive.
type period struct {
	Start *int64 `json:"startTime"`
	End   *int64 `json:"endTime"`
}

func (p period) apply(q *query) {
	q.since, q.until = math.MinInt64, math.MaxInt64
	if p.Start != nil {
		q.since = *p.Start
	}
	if p.End != nil {
		q.until = *p.End
	}
}

type filterInput struct {
	named
	period
	Streams []string `json:"logStreamNames"`
	Prefix  string   `json:"logStreamNamePrefix"`
	Pattern string   `json:"filterPattern"`
	Token   string   `json:"nextToken"`
	Limit   *int     `json:"limit"`
}

type filterOutput struct {
	Events []filteredEvent `json:"events"`
	// Searched is empty, as it is on AWS by now.
	Searched []struct{} `json:"searchedLogStreams"`
	Token    string     `json:"nextToken,omitempty"`
}

type filteredEvent struct {
	Stream   string `json:"logStreamName"`
	Time     int64  `json:"timestamp"`
	Message  string `json:"message"`
	Ingested int64  `json:"ingestionTime"`
	ID       string `json:"eventId"`
}

// filterEvents is FilterLogEvents. Its tokens are numbers of events.
func (s *Store) filterEvents(req *api.Request, in *filterInput) (*filterOutput, error) {
	g, err := s.open(req, in.named)
	if err != nil {
		return nil, err
	}
	q := query{to: math.MaxUint64, bytes: maxText}
	in.apply(&q)
	if q.limit, err = limit(in.Limit, maxEvents); err != nil {
		return nil, err
	}
	if in.Token != "" {
		if q.from, err = parseToken(in.Token, "e/"); err != nil {
			return nil, err
		}
	}
	switch {
	case len(in.Pattern) > maxPattern:
		return nil, invalid("1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to %d", maxPattern)
	case len(in.Streams) > maxStreams:
		return nil, invalid("1 validation error detected: Value at 'logStreamNames' failed to satisfy constraint: Member must have length less than or equal to %d", maxStreams)
	}
	if q.match, err = parsePattern(in.Pattern); err != nil {
		return nil, err
	}
	switch {
	case len(in.Streams) > 0 && in.Prefix != "":
		return nil, invalid("Log stream name prefix and log stream names can not be provided at the same time.")
	case len(in.Streams) > 0:
		q.stream = func(name string) bool { return slices.Contains(in.Streams, name) }
	case in.Prefix != "":
		q.stream = func(name string) bool { return strings.HasPrefix(name, in.Prefix) }
	}
	events, more := g.read(q)
	out := &filterOutput{Events: make([]filteredEvent, len(events)), Searched: []struct{}{}}
	for i, e := range events {
		out.Events[i] = filteredEvent{e.stream, e.at, e.text, e.at, e.id()}
	}
	if more {
		out.Token = token("e/", events[len(events)-1].number+1)
	}
	return out, nil
}

// id is the event's id: 56 digits, in the order of the events.
func (e *event) id() string { return fmt.Sprintf("%020d%036d", e.at, e.number) }

type getInput struct {
	named
	period
	Stream   string `json:"logStreamName"`
	Token    string `json:"nextToken"`
	Limit    *int   `json:"limit"`
	FromHead bool   `json:"startFromHead"`
}

type getOutput struct {
	Events   []streamEvent `json:"events"`
	Forward  string        `json:"nextForwardToken"`
	Backward string        `json:"nextBackwardToken"`
}

type streamEvent struct {
	Time     int64  `json:"timestamp"`
	Message  string `json:"message"`
	Ingested int64  `json:"ingestionTime"`
}

// getEvents is GetLogEvents. A forward token is the number of the first event
// that comes next, a backward one that of the first that has been seen; at an
// end of the stream the same token comes again.
func (s *Store) getEvents(req *api.Request, in *getInput) (*getOutput, error) {
	g, err := s.open(req, in.named)
	if err != nil {
		return nil, err
	}
	if in.Stream == "" {
		return nil, invalid("1 validation error detected: Value null at 'logStreamName' failed to satisfy constraint: Member must not be null")
	}
	if !slices.ContainsFunc(g.streams(), func(st *stream) bool { return st.name == in.Stream }) {
		return nil, errNoStream
	}
	q := query{to: math.MaxUint64, backward: !in.FromHead, bytes: maxText, stream: func(name string) bool { return name == in.Stream }}
	in.apply(&q)
	if q.limit, err = limit(in.Limit, maxEvents); err != nil {
		return nil, err
	}
	first, after := uint64(0), uint64(0) // what was seen, if there is no event now
	switch {
	case strings.HasPrefix(in.Token, "f/"):
		q.from, err = parseToken(in.Token, "f/")
		q.backward, first, after = false, q.from, q.from
	case in.Token != "":
		q.to, err = parseToken(in.Token, "b/")
		q.backward, first, after = true, q.to, q.to
	}
	if err != nil {
		return nil, err
	}
	events, _ := g.read(q)
	if n := len(events); n > 0 {
		first, after = events[0].number, events[n-1].number+1
	}
	out := &getOutput{Events: make([]streamEvent, len(events)), Forward: token("f/", after), Backward: token("b/", first)}
	for i, e := range events {
		out.Events[i] = streamEvent{e.at, e.text, e.at}
	}
	return out, nil
}

// token is a place in a group's log as clients pass it back.
func token(kind string, number uint64) string { return fmt.Sprintf("%s%056d", kind, number) }

func parseToken(text, kind string) (uint64, error) {
	digits, ok := strings.CutPrefix(text, kind)
	number, err := strconv.ParseUint(digits, 10, 64)
	if !ok || err != nil {
		return 0, errToken
	}
	return number, nil
}
