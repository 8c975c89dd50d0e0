package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/runtime/function"
)

const (
	// target begins the header that names the operation.
	target       = "Logs_20140328."
	targetHeader = "X-Amz-Target"
	contentType  = "application/x-amz-json-1.1"

	// maxRequest is the largest request in bytes.
	maxRequest = 1 << 20
	// maxEvents and maxText bound the events of an answer and their text in bytes.
	maxEvents = 10_000
	maxText   = 1 << 20
	// maxListed bounds the groups or streams of an answer.
	maxListed = 50
)

// API answers the reading operations of CloudWatch Logs from a Store. It is safe
// for concurrent use.
type API struct{ store *Store }

// NewAPI returns an API that reads from s.
func NewAPI(s *Store) *API { return &API{store: s} }

// operations are what is served, by name. Each gets the request's body and
// returns the answer's.
var operations = map[string]func(s *Store, req *api.Request) (any, error){
	"DescribeLogGroups":  handler((*Store).describeGroups),
	"DescribeLogStreams": handler((*Store).describeStreams),
	"FilterLogEvents":    handler((*Store).filterEvents),
	"GetLogEvents":       handler((*Store).getEvents),
}

// handler decodes the body for an operation. in is nobody else's.
func handler[In, Out any](run func(s *Store, req *api.Request, in *In) (Out, error)) func(*Store, *api.Request) (any, error) {
	return func(s *Store, req *api.Request) (any, error) {
		in := new(In)
		if body := bytes.TrimSpace(req.Body); len(body) > 0 {
			if err := json.Unmarshal(body, in); err != nil {
				return nil, &apiError{"SerializationException", "The request's body does not have the form that the operation wants: " + err.Error()}
			}
		}
		return run(s, req, in)
	}
}

// Serve answers a request. The response is never nil.
func (a *API) Serve(_ context.Context, req *api.Request) *api.Response {
	out, err := a.do(req)
	if err != nil {
		return err.response(req)
	}
	return respond(req, 200, out)
}

func (a *API) do(req *api.Request) (any, *apiError) {
	name, ours := strings.CutPrefix(req.Header(targetHeader), target)
	operation := operations[name]
	switch {
	case !ours || name == "":
		return nil, &apiError{"UnknownOperationException", fmt.Sprintf("%q is no operation of CloudWatch Logs.", req.Header(targetHeader))}
	case operation == nil:
		return nil, &apiError{"UnknownOperationException", "The operation " + name + " is not implemented: logs can be read only."}
	case req.Method != "POST":
		return nil, &apiError{"UnknownOperationException", "The operation " + name + " wants the method POST."}
	case len(req.Body) > maxRequest:
		return nil, invalid("The request is larger than %d bytes.", maxRequest)
	}
	if c := req.Caller; c != nil && c.Allows != nil && !c.Allows("logs:"+name, "") {
		return nil, &apiError{"AccessDeniedException", fmt.Sprintf(
			"User: %s is not authorized to perform: logs:%s because no identity-based policy allows the logs:%s action", c.ARN, name, name)}
	}
	out, err := operation(a.store, req)
	if err == nil {
		return out, nil
	}
	fault, ok := err.(*apiError)
	if !ok {
		panic("logs: " + name + " returned " + err.Error()) // they return nothing else
	}
	return nil, fault
}

// respond makes a response of a document.
func respond(req *api.Request, status int, document any) *api.Response {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(document) // plain data
	return &api.Response{Status: status, Body: body.Bytes(), Header: [][2]string{
		{"Content-Type", contentType}, {"x-amzn-RequestId", req.RequestID},
	}}
}

// apiError is an error of the API, in AWS's words where it has them.
type apiError struct{ code, message string }

func (e *apiError) Error() string { return "logs: " + e.code + ": " + e.message }

func (e *apiError) response(req *api.Request) *api.Response {
	res := respond(req, 400, struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}{e.code, e.message})
	res.Header = append(res.Header, [2]string{"x-amzn-ErrorType", e.code})
	return res
}

func invalid(format string, args ...any) *apiError {
	return &apiError{"InvalidParameterException", fmt.Sprintf(format, args...)}
}

var (
	errNoGroup  = &apiError{"ResourceNotFoundException", "The specified log group does not exist."}
	errNoStream = &apiError{"ResourceNotFoundException", "The specified log stream does not exist."}
	errToken    = &apiError{"InvalidParameterException", "The specified nextToken is invalid."}
)

// named is how requests name a log group: by name or by ARN.
type named struct {
	Name       string `json:"logGroupName"`
	Identifier string `json:"logGroupIdentifier"`
}

// open returns the log group that a request names.
func (s *Store) open(req *api.Request, in named) (*group, error) {
	name := in.Name
	switch {
	case name != "" && in.Identifier != "":
		return nil, invalid("LogGroup name and LogGroup Identifier can not be provided at the same time.")
	case in.Identifier != "":
		name = strings.TrimSuffix(in.Identifier, ":*")
		name = strings.TrimPrefix(name, groupARN(req, ""))
	case name == "":
		return nil, invalid("Either LogGroup name or LogGroup Identifier must be provided.")
	}
	if g := s.find(groupID{req.Region, name}); g != nil {
		return g, nil
	}
	return nil, errNoGroup
}

// groupARN is the ARN of a log group.
func groupARN(req *api.Request, name string) string {
	return "arn:" + function.Partition(req.Region) + ":logs:" + req.Region + ":" + req.Account + ":log-group:" + name
}

// limit is a request's limit, or the default if it has none.
func limit(n *int, most int) (int, error) {
	switch {
	case n == nil:
		return most, nil
	case *n < 1:
		return 0, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", *n)
	case *n > most:
		return 0, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d", *n, most)
	}
	return *n, nil
}
