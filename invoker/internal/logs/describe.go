package logs

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/lambent-run/lambent/invoker/internal/api"
)

type describeGroupsInput struct {
	Prefix  string `json:"logGroupNamePrefix"`
	Pattern string `json:"logGroupNamePattern"`
	Token   string `json:"nextToken"`
	Limit   *int   `json:"limit"`
}

type describeGroupsOutput struct {
	Groups []describedGroup `json:"logGroups"`
	Token  string           `json:"nextToken,omitempty"`
}

type describedGroup struct {
	Name     string `json:"logGroupName"`
	Created  int64  `json:"creationTime"`
	Filters  int    `json:"metricFilterCount"`
	ARN      string `json:"arn"`
	GroupARN string `json:"logGroupArn"`
	Stored   int64  `json:"storedBytes"`
	Class    string `json:"logGroupClass"`
}

// describeGroups is DescribeLogGroups, in the order of names.
func (s *Store) describeGroups(req *api.Request, in *describeGroupsInput) (*describeGroupsOutput, error) {
	most, err := limit(in.Limit, maxListed)
	if err != nil {
		return nil, err
	}
	if in.Prefix != "" && in.Pattern != "" {
		return nil, invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	pattern := strings.ToLower(in.Pattern)
	groups := slices.DeleteFunc(s.list(req.Region), func(g *group) bool {
		return !strings.HasPrefix(g.id.name, in.Prefix) || !strings.Contains(strings.ToLower(g.id.name), pattern)
	})
	slices.SortFunc(groups, func(a, b *group) int { return strings.Compare(a.id.name, b.id.name) })
	groups, token, err := page(groups, in.Token, most, func(g *group) string { return g.id.name })
	if err != nil {
		return nil, err
	}
	out := &describeGroupsOutput{Groups: make([]describedGroup, len(groups)), Token: token}
	for i, g := range groups {
		arn := groupARN(req, g.id.name)
		out.Groups[i] = describedGroup{Name: g.id.name, Created: g.created, ARN: arn + ":*", GroupARN: arn, Stored: g.stored(), Class: "STANDARD"}
	}
	return out, nil
}

type describeStreamsInput struct {
	named
	Prefix     string `json:"logStreamNamePrefix"`
	OrderBy    string `json:"orderBy"`
	Descending bool   `json:"descending"`
	Token      string `json:"nextToken"`
	Limit      *int   `json:"limit"`
}

type describeStreamsOutput struct {
	Streams []describedStream `json:"logStreams"`
	Token   string            `json:"nextToken,omitempty"`
}

type describedStream struct {
	Name     string `json:"logStreamName"`
	Created  int64  `json:"creationTime"`
	First    int64  `json:"firstEventTimestamp"`
	Last     int64  `json:"lastEventTimestamp"`
	Ingested int64  `json:"lastIngestionTime"`
	ARN      string `json:"arn"`
	Stored   int64  `json:"storedBytes"` // always 0, as on AWS
}

// describeStreams is DescribeLogStreams.
func (s *Store) describeStreams(req *api.Request, in *describeStreamsInput) (*describeStreamsOutput, error) {
	g, err := s.open(req, in.named)
	if err != nil {
		return nil, err
	}
	most, err := limit(in.Limit, maxListed)
	if err != nil {
		return nil, err
	}
	byName := func(a, b *stream) int { return strings.Compare(a.name, b.name) }
	order := byName
	switch in.OrderBy {
	case "", "LogStreamName":
	case "LastEventTime":
		if in.Prefix != "" {
			return nil, invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
		}
		order = func(a, b *stream) int { return cmp.Or(cmp.Compare(a.last, b.last), byName(a, b)) }
	default:
		return nil, invalid("1 validation error detected: Value '%s' at 'orderBy' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [LogStreamName, LastEventTime]", in.OrderBy)
	}
	streams := slices.DeleteFunc(g.streams(), func(st *stream) bool { return !strings.HasPrefix(st.name, in.Prefix) })
	slices.SortFunc(streams, func(a, b *stream) int {
		if in.Descending {
			return order(b, a)
		}
		return order(a, b)
	})
	streams, token, err := page(streams, in.Token, most, func(st *stream) string { return st.name })
	if err != nil {
		return nil, err
	}
	out := &describeStreamsOutput{Streams: make([]describedStream, len(streams)), Token: token}
	for i, st := range streams {
		out.Streams[i] = describedStream{
			Name: st.name, Created: st.first, First: st.first, Last: st.last, Ingested: st.last,
			ARN: groupARN(req, g.id.name) + ":log-stream:" + st.name,
		}
	}
	return out, nil
}

// page cuts a page out of a list. A token names the last one of the page before;
// if that is gone the list begins anew.
func page[T any](all []T, token string, most int, name func(T) string) (cut []T, next string, err error) {
	if token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", errToken
		}
		all = all[slices.IndexFunc(all, func(item T) bool { return name(item) == string(last) })+1:]
	}
	if len(all) > most {
		all = all[:most]
		next = base64.RawURLEncoding.EncodeToString([]byte(name(all[most-1])))
	}
	return all, next, nil
}
