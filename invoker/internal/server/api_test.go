package server

import (
	"context"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

const invokeHello = "/2015-03-31/functions/hello/invocations"

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestResponseHasTheHeadersOfAWS(t *testing.T) {
	t.Parallel()
	var seen runtime.Invocation
	_, addr := start(t, Config{}, func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		seen = inv
		return echo(ctx, inv)
	})
	got := post(t, addr, invokeHello, `{"a":1}`, "x-amzn-RequestId: mine")
	if got.status != 200 || got.body != `{"a":1}` {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	for name, want := range map[string]string{
		"Content-Type":                   "application/json",
		"X-Amz-Executed-Version":         "$LATEST",
		"X-Amzn-Remapped-Content-Length": "0",
		"X-Amz-Function-Error":           "",
		"X-Amz-Log-Result":               "",
		"Server":                         "",
	} {
		if v := got.header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if got.header.Get("Date") == "" {
		t.Error("there is no Date")
	}
	if id := got.header.Get("X-Amzn-Requestid"); !uuid.MatchString(id) || id != seen.RequestID {
		t.Errorf("request id %q, the function has %q", id, seen.RequestID)
	}
	trace := regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`)
	if id := got.header.Get("X-Amzn-Trace-Id"); !trace.MatchString(id) || id != seen.TraceID {
		t.Errorf("trace id %q, the function has %q", id, seen.TraceID)
	}
	if seen.ClientContext != nil || seen.TenantID != "" || seen.Tail || seen.Qualifier != "" || seen.Stream != nil {
		t.Errorf("the invocation has what nobody sent: %+v", seen)
	}

	sent := "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
	got = post(t, addr, invokeHello, "", "X-Amzn-Trace-Id: "+sent)
	if got.header.Get("X-Amzn-Trace-Id") != sent || seen.TraceID != sent {
		t.Errorf("the trace id of the request is %q in the response and %q in the function", got.header.Get("X-Amzn-Trace-Id"), seen.TraceID)
	}
	if len(seen.Payload) != 0 {
		t.Errorf("an empty body is the payload %q", seen.Payload)
	}
}

func TestHeaderNamesAreSpeltAsAWSSpellsThem(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	c := dial(t, addr)
	c.send(invokeRequest("hello", "{}"))
	head := c.head()
	for _, name := range []string{"\r\nx-amzn-RequestId: ", "\r\nX-Amz-Executed-Version: ", "\r\nx-amzn-Remapped-Content-Length: ", "\r\nX-Amzn-Trace-Id: "} {
		if !strings.Contains(head, name) {
			t.Errorf("there is no %q in\n%s", name, head)
		}
	}
}

func TestErrorsAreWordedAsAWSDoes(t *testing.T) {
	t.Parallel()
	nameFault := func(s string) string {
		return "Value '" + s + "' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: " + function.NamePattern
	}
	typeFault := "Value 'Maybe' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
	quoted := func(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }
	tests := []struct {
		name, method, target string
		headers              []string
		body                 string
		status               int
		code, want           string
	}{
		{
			name: "an unknown function", target: "/2015-03-31/functions/nobody/invocations",
			status: 404, code: "ResourceNotFoundException",
			want: `{"Type":"User","Message":"Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST"}`,
		},
		{
			name: "a function of another region", target: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Ahello/invocations",
			status: 404, code: "ResourceNotFoundException",
			want: `{"Type":"User","Message":"Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"}`,
		},
		{
			name: "a function of another account", target: "/2015-03-31/functions/123456789012:hello/invocations",
			status: 403, code: "AccessDeniedException",
			want: `{"Type":"User","Message":"User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:hello because no resource-based policy allows the lambda:InvokeFunction action"}`,
		},
		{
			name: "a malformed name", target: "/2015-03-31/functions/no%20spaces/invocations",
			status: 400, code: "ValidationException", want: `{"message":"1 validation error detected: ` + quoted(nameFault("no spaces")) + `"}`,
		},
		{
			name: "an unknown invocation type", target: invokeHello, headers: []string{"X-Amz-Invocation-Type: Maybe"},
			status: 400, code: "ValidationException", want: `{"message":"1 validation error detected: ` + typeFault + `"}`,
		},
		{
			name: "all that is malformed is told at once", target: "/2015-03-31/functions/no%20spaces/invocations",
			headers: []string{"X-Amz-Invocation-Type: Maybe", "X-Amz-Log-Type: Head"},
			status:  400, code: "ValidationException",
			want: `{"message":"3 validation errors detected: ` + quoted(nameFault("no spaces")) + "; " + typeFault +
				`; Value 'Head' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]"}`,
		},
		{
			name: "a streamed invocation cannot be an event", target: "/2021-11-15/functions/hello/response-streaming-invocations",
			headers: []string{"X-Amz-Invocation-Type: Event"},
			status:  400, code: "ValidationException",
			want: `{"message":"1 validation error detected: Value 'Event' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, DryRun]"}`,
		},
		{
			name: "contradicting qualifiers", target: "/2015-03-31/functions/hello:live/invocations?Qualifier=test",
			status: 400, code: "InvalidParameterValueException",
			want: `{"Type":"User","message":"The derived qualifier from the function name does not match the specified qualifier."}`,
		},
		{
			name: "a tenant with a character that none has", target: invokeHello, headers: []string{"X-Amz-Tenant-Id: a*b"},
			status: 400, code: "ValidationException",
			want: `{"message":"1 validation error detected: Value 'a*b' at 'tenantId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9\\._:\\/=+\\-@ ]+"}`,
		},
		{
			name: "a client context that is not Base64", target: invokeHello, headers: []string{"X-Amz-Client-Context: {}"},
			status: 400, code: "InvalidRequestContentException",
			want: `{"Type":"User","message":"Client context must be a valid Base64-encoded JSON object."}`,
		},
		{
			name: "a client context that is no object", target: invokeHello,
			headers: []string{"X-Amz-Client-Context: " + base64.StdEncoding.EncodeToString([]byte("[1]"))},
			status:  400, code: "InvalidRequestContentException",
			want: `{"Type":"User","message":"Client context must be a valid Base64-encoded JSON object."}`,
		},
		{
			name: "a client context that is too long", target: invokeHello, headers: []string{"X-Amz-Client-Context: " + strings.Repeat("A", 3584)},
			status: 400, code: "InvalidRequestContentException",
			want: `{"Type":"User","message":"Client context must be at most 3583 bytes of Base64."}`,
		},
		{
			name: "a compressed payload", target: invokeHello, headers: []string{"Content-Encoding: gzip"}, body: "\x1f\x8b",
			status: 415, code: "UnsupportedMediaTypeException",
			want: `{"Type":"User","message":"Content-Encoding gzip is not supported: send the payload as it is."}`,
		},
		{
			name: "a web page's request", target: invokeHello, headers: []string{"Origin: http://evil.example"},
			status: 403, code: "AccessDeniedException",
			want: `{"Type":"User","Message":"Requests of web pages are refused: this one has the Origin http://evil.example."}`,
		},
		{
			name: "a durable execution", target: invokeHello, headers: []string{"X-Amz-Durable-Execution-Name: x"},
			status: 501, code: "NotImplementedException",
			want: `{"Type":"User","message":"Durable execution is not available in this version of Lambent."}`,
		},
		{
			name: "an operation that is not served", method: "PUT", target: "/2015-03-31/functions/hello/code",
			status: 501, code: "NotImplementedException",
			want: `{"Type":"User","message":"The operation UpdateFunctionCode is not available in this version of Lambent."}`,
		},
		{
			name: "InvokeAsync", target: "/2014-11-13/functions/hello/invoke-async/",
			status: 501, code: "NotImplementedException",
			want: `{"Type":"User","message":"The operation InvokeAsync is not available in this version of Lambent."}`,
		},
		{
			name: "the wrong method", method: "GET", target: invokeHello,
			status: 405, code: "UnknownOperationException",
			want: `{"Type":"User","message":"The method GET is not allowed here, only POST."}`,
		},
		{
			name: "a path that means nothing", method: "GET", target: "/nothing%20here?x",
			status: 404, code: "UnknownOperationException",
			want: `{"Type":"User","message":"No operation of the Lambda API is at GET /nothing%20here. To invoke a function, POST the event to /2015-03-31/functions/NAME/invocations."}`,
		},
		{
			name: "broken percent-encoding", target: "/2015-03-31/functions/hel%zzlo/invocations",
			status: 400, code: "BadRequestException", want: `{"Type":"User","message":"The request is not well-formed HTTP."}`,
		},
	}
	_, addr := start(t, Config{}, nil)
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			method := tc.method
			if method == "" {
				method = http.MethodPost
			}
			got := send(t, addr, method, tc.target, tc.body, tc.headers...)
			if got.status != tc.status || got.header.Get("X-Amzn-Errortype") != tc.code || got.body != tc.want {
				t.Errorf("got %d %s\n%s\nwant %d %s\n%s", got.status, got.header.Get("X-Amzn-Errortype"), got.body, tc.status, tc.code, tc.want)
			}
			if got.header.Get("Content-Type") != "application/json" || !uuid.MatchString(got.header.Get("X-Amzn-Requestid")) {
				t.Errorf("headers %v", got.header)
			}
		})
	}
}

func TestEveryFormOfTheNameReachesTheFunction(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	for name, target := range map[string]string{
		"a bare name":             "/2015-03-31/functions/hello/invocations",
		"with $LATEST":            "/2015-03-31/functions/hello:$LATEST/invocations",
		"with $LATEST encoded":    "/2015-03-31/functions/hello%3A%24LATEST/invocations",
		"with the query":          "/2015-03-31/functions/hello/invocations?x=1&Qualifier=%24LATEST",
		"with both alike":         "/2015-03-31/functions/hello:$LATEST/invocations?Qualifier=$LATEST",
		"a full ARN":              "/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:hello/invocations",
		"a full ARN, encoded":     "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ahello%3A%24LATEST/invocations",
		"a partial ARN":           "/2015-03-31/functions/000000000000:function:hello/invocations",
		"a whole URL":             "http://lambda.us-east-1.amazonaws.com/2015-03-31/functions/hello/invocations",
		"a streaming invocation":  "/2021-11-15/functions/hello/response-streaming-invocations",
		"a parameter of no sense": "/2015-03-31/functions/hello/invocations?Qualifierx=y",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := post(t, addr, target, "[1]"); got.status != 200 || !strings.Contains(got.body, "[1]") {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	if got := send(t, addr, "GET", "/healthz", ""); got.status != 200 || got.body != `{"status":"ok"}` {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if got := send(t, addr, "POST", "/healthz", ""); got.status != 405 || got.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: got %d, Allow %q", got.status, got.header.Get("Allow"))
	}
}

func TestWhatIsWordedForEachErrorOfTheRuntime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"throttled", &runtime.ThrottledError{Reason: runtime.ReasonConcurrency}, 429, `{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`},
		{"not JSON", &runtime.PayloadError{Detail: "x"}, 400, `{"Type":"User","message":"Could not parse request body into json: Could not parse payload into json: x"}`},
		{"too large", runtime.ErrRequestTooLarge, 413, `{"message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}`},
		{"closed", runtime.ErrClosed, 503, `{"Type":"Service","Message":"The server is shutting down."}`},
		{"anything else tells nothing", http.ErrAbortHandler, 500, `{"Type":"Service","Message":"An internal error occurred."}`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, addr := start(t, Config{}, func(context.Context, runtime.Invocation) (runtime.Result, error) { return runtime.Result{}, tc.err })
			if got := post(t, addr, invokeHello, "{}"); got.status != tc.status || got.body != tc.want {
				t.Errorf("got %d %s, want %d %s", got.status, got.body, tc.status, tc.want)
			}
		})
	}
}

func TestPanicEndsTheRequestOnly(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s, addr := start(t, Config{ErrorLog: &log}, func(ctx context.Context, inv runtime.Invocation) (runtime.Result, error) {
		if string(inv.Payload) == "1" {
			panic("boom")
		}
		return echo(ctx, inv)
	})
	if got := post(t, addr, invokeHello, "1"); got.status != 500 || got.header.Get("X-Amzn-Errortype") != "ServiceException" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if got := post(t, addr, "/2021-11-15/functions/hello/response-streaming-invocations", "1"); got.status != 500 {
		t.Errorf("streamed: got %d %s", got.status, got.body)
	}
	if got := post(t, addr, invokeHello, "2"); got.status != 200 {
		t.Errorf("after it: got %d %s", got.status, got.body)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "boom") {
		t.Errorf("the log is silent about it: %q", log.String())
	}
}
