package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/lambent-run/lambent/runtime"
)

// client is AWS's own SDK with made-up credentials, without retries.
func client(addr string) *lambda.Client {
	return lambda.New(lambda.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String("http://" + addr),
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}

func TestSDKInvokesSynchronously(t *testing.T) {
	t.Parallel()
	clientContext := `{"custom":{"k":"v"}}`
	_, addr := start(t, Config{}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		return runtime.Result{
			Payload: fmt.Appendf(nil, "%s %s %s %s %v", inv.Payload, inv.ClientContext, inv.TenantID, inv.Qualifier, inv.Tail),
			LogTail: []byte("START\nEND\n"), ExecutedVersion: "$LATEST", RequestID: inv.RequestID,
		}, nil
	})
	out, err := client(addr).Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName:  aws.String("arn:aws:lambda:us-east-1:000000000000:function:hello"),
		Qualifier:     aws.String("$LATEST"),
		Payload:       []byte(`{"name":"Ada"}`),
		LogType:       types.LogTypeTail,
		TenantId:      aws.String("blue team"),
		ClientContext: aws.String(base64.StdEncoding.EncodeToString([]byte(clientContext))),
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"name":"Ada"} ` + clientContext + ` blue team $LATEST true`; string(out.Payload) != want {
		t.Errorf("payload = %s, want %s", out.Payload, want)
	}
	if out.StatusCode != 200 || out.FunctionError != nil || aws.ToString(out.ExecutedVersion) != "$LATEST" {
		t.Errorf("status %d, function error %v, version %v", out.StatusCode, out.FunctionError, out.ExecutedVersion)
	}
	if log, _ := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult)); string(log) != "START\nEND\n" {
		t.Errorf("log = %q", log)
	}
}

func TestSDKSeesAFunctionErrorAsASuccess(t *testing.T) {
	t.Parallel()
	payload := `{"errorType":"Error","errorMessage":"no","trace":[]}`
	_, addr := start(t, Config{}, func(context.Context, runtime.Invocation) (runtime.Result, error) {
		return runtime.Result{ExecutedVersion: "$LATEST"}, fmt.Errorf("wrapped: %w", &runtime.FunctionError{Type: "Error", Message: "no", Payload: []byte(payload)})
	})
	out, err := client(addr).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.FunctionError) != "Unhandled" || string(out.Payload) != payload || out.StatusCode != 200 {
		t.Errorf("got %d %v %s", out.StatusCode, aws.ToString(out.FunctionError), out.Payload)
	}
}

func TestSDKDryRun(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, func(context.Context, runtime.Invocation) (runtime.Result, error) {
		t.Error("a dry run ran the function")
		return runtime.Result{}, nil
	})
	out, err := client(addr).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("hello"), InvocationType: types.InvocationTypeDryRun})
	if err != nil || out.StatusCode != 204 || out.ExecutedVersion != nil || len(out.Payload) != 0 {
		t.Errorf("got %+v, %v; want 204 and nothing else", out, err)
	}
	_, err = client(addr).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("nobody"), InvocationType: types.InvocationTypeDryRun})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("dry run of an unknown function: %v", err)
	}
}

func TestSDKDecodesErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		input lambda.InvokeInput
		do    error
		check func(err error) bool
	}{
		{
			name:  "an unknown function",
			input: lambda.InvokeInput{FunctionName: aws.String("nobody")},
			check: func(err error) bool {
				var e *types.ResourceNotFoundException
				return errors.As(err, &e) && e.ErrorMessage() == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST" &&
					aws.ToString(e.Type) == "User"
			},
		},
		{
			name: "no concurrency left",
			do:   &runtime.ThrottledError{Function: "hello", Reason: runtime.ReasonReservedConcurrency},
			check: func(err error) bool {
				var e *types.TooManyRequestsException
				return errors.As(err, &e) && e.ErrorMessage() == "Rate Exceeded." &&
					e.Reason == types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded
			},
		},
		{
			name: "a payload that is not JSON",
			do:   &runtime.PayloadError{Detail: "unexpected end"},
			check: func(err error) bool {
				var e *types.InvalidRequestContentException
				return errors.As(err, &e) && e.ErrorMessage() == "Could not parse request body into json: Could not parse payload into json: unexpected end"
			},
		},
		{
			name:  "a qualifier that contradicts the name",
			input: lambda.InvokeInput{FunctionName: aws.String("hello:live"), Qualifier: aws.String("test")},
			check: func(err error) bool {
				var e *types.InvalidParameterValueException
				return errors.As(err, &e) && e.ErrorMessage() == "The derived qualifier from the function name does not match the specified qualifier."
			},
		},
		{
			name: "a fault of ours",
			do:   errors.New("out of luck"),
			check: func(err error) bool {
				var e *types.ServiceException
				return errors.As(err, &e) && aws.ToString(e.Type) == "Service"
			},
		},
		{
			name: "a suspended function",
			do:   &runtime.SuspendedError{Function: "hello", Stuck: 3},
			check: func(err error) bool {
				var e *types.ServiceException
				return errors.As(err, &e) && strings.Contains(e.ErrorMessage(), "suspended")
			},
		},
		{
			name:  "a payload over the limit",
			input: lambda.InvokeInput{Payload: make([]byte, runtime.MaxRequestBytes+1)},
			check: func(err error) bool {
				var e smithy.APIError
				return errors.As(err, &e) && e.ErrorCode() == "RequestEntityTooLargeException" &&
					e.ErrorMessage() == "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
			},
		},
		{
			name:  "an invocation type that is not served yet",
			input: lambda.InvokeInput{InvocationType: types.InvocationTypeEvent},
			check: func(err error) bool {
				var e smithy.APIError
				return errors.As(err, &e) && e.ErrorCode() == "NotImplementedException" && strings.Contains(e.ErrorMessage(), "Event")
			},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, addr := start(t, Config{}, func(context.Context, runtime.Invocation) (runtime.Result, error) {
				if tc.do == nil {
					t.Error("the function ran")
				}
				return runtime.Result{}, tc.do
			})
			if tc.input.FunctionName == nil {
				tc.input.FunctionName = aws.String("hello")
			}
			if _, err := client(addr).Invoke(t.Context(), &tc.input); !tc.check(err) {
				t.Errorf("got error %v", err)
			}
		})
	}
}

func TestSDKNamesAnOperationThatIsNotServed(t *testing.T) {
	t.Parallel()
	_, addr := start(t, Config{}, nil)
	_, err := client(addr).ListFunctions(t.Context(), &lambda.ListFunctionsInput{})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "NotImplementedException" || !strings.Contains(e.ErrorMessage(), "ListFunctions") {
		t.Errorf("ListFunctions: %v", err)
	}
}

// streamed is a streamed response as the SDK saw it.
type streamed struct {
	body string
	end  *types.InvokeWithResponseStreamCompleteEvent
}

func invokeStream(t *testing.T, addr string, in *lambda.InvokeWithResponseStreamInput) (streamed, error) {
	t.Helper()
	in.FunctionName = aws.String("hello")
	out, err := client(addr).InvokeWithResponseStream(t.Context(), in)
	if err != nil {
		return streamed{}, err
	}
	var got streamed
	events := out.GetStream()
	defer events.Close()
	for event := range events.Events() {
		switch e := event.(type) {
		case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
			got.body += string(e.Value.Payload)
		case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
			got.end = &e.Value
		}
	}
	if err := events.Err(); err != nil {
		t.Errorf("event stream: %v", err)
	}
	if got.end == nil {
		t.Fatal("the stream ended without InvokeComplete")
	}
	return got, nil
}

func TestSDKStreams(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789", 100_000)
	failure := &runtime.FunctionError{Type: "Error", Message: "half way", Payload: []byte(`{"errorType":"Error"}`)}
	tests := []struct {
		name     string
		do       func(inv runtime.Invocation) (runtime.Result, error)
		tail     bool
		body     string
		code     string
		details  string
		log      string
		refused  bool
		wantKind string
	}{
		{
			name: "pieces arrive in order",
			do: func(inv runtime.Invocation) (runtime.Result, error) {
				inv.Stream.SetContentType("text/plain")
				for _, s := range []string{"one ", "two ", "", "three"} {
					if _, err := inv.Stream.Write([]byte(s)); err != nil {
						return runtime.Result{}, err
					}
				}
				return runtime.Result{}, nil
			},
			body: "one two three",
		},
		{
			name: "a function that does not stream has its payload sent",
			do:   func(runtime.Invocation) (runtime.Result, error) { return runtime.Result{Payload: []byte(`"hi"`)}, nil },
			body: `"hi"`,
		},
		{
			name: "a large response is cut into frames",
			do:   func(runtime.Invocation) (runtime.Result, error) { return runtime.Result{Payload: []byte(big)}, nil },
			body: big,
		},
		{
			name: "a large write waits for the client",
			do: func(inv runtime.Invocation) (runtime.Result, error) {
				_, err := inv.Stream.Write([]byte(big))
				return runtime.Result{}, err
			},
			body: big,
		},
		{
			name: "the log comes at the end if it was asked for", tail: true,
			do:  func(runtime.Invocation) (runtime.Result, error) { return runtime.Result{LogTail: []byte("END\n")}, nil },
			log: base64.StdEncoding.EncodeToString([]byte("END\n")),
		},
		{
			name: "a failure half way ends the stream",
			do: func(inv runtime.Invocation) (runtime.Result, error) {
				_, _ = inv.Stream.Write([]byte("so far"))
				return runtime.Result{}, failure
			},
			body: "so far", code: "Error", details: `{"errorType":"Error"}`,
		},
		{
			name: "a failure before the first piece is one of the stream too",
			do:   func(runtime.Invocation) (runtime.Result, error) { return runtime.Result{}, failure },
			code: "Error", details: `{"errorType":"Error"}`,
		},
		{
			name: "a throttled invocation is refused",
			do: func(runtime.Invocation) (runtime.Result, error) {
				return runtime.Result{}, &runtime.ThrottledError{Reason: runtime.ReasonConcurrency}
			},
			refused: true, wantKind: "TooManyRequestsException",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, addr := start(t, Config{}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) { return tc.do(inv) })
			in := &lambda.InvokeWithResponseStreamInput{}
			if tc.tail {
				in.LogType = types.LogTypeTail
			}
			got, err := invokeStream(t, addr, in)
			if tc.refused {
				var e smithy.APIError
				if !errors.As(err, &e) || e.ErrorCode() != tc.wantKind {
					t.Errorf("error = %v, want %s", err, tc.wantKind)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.body != tc.body {
				t.Errorf("body has %d bytes (%.40q), want %d (%.40q)", len(got.body), got.body, len(tc.body), tc.body)
			}
			if aws.ToString(got.end.ErrorCode) != tc.code || aws.ToString(got.end.ErrorDetails) != tc.details || aws.ToString(got.end.LogResult) != tc.log {
				t.Errorf("end = %q %q %q", aws.ToString(got.end.ErrorCode), aws.ToString(got.end.ErrorDetails), aws.ToString(got.end.LogResult))
			}
		})
	}
}

func TestStreamedPiecesAreNotHeldBack(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	_, addr := start(t, Config{}, func(_ context.Context, inv runtime.Invocation) (runtime.Result, error) {
		_, _ = inv.Stream.Write([]byte("first"))
		<-seen // the client has the first piece before there is a second
		_, _ = inv.Stream.Write([]byte("second"))
		return runtime.Result{}, nil
	})
	out, err := client(addr).InvokeWithResponseStream(t.Context(), &lambda.InvokeWithResponseStreamInput{FunctionName: aws.String("hello")})
	if err != nil {
		t.Fatal(err)
	}
	events := out.GetStream()
	defer events.Close()
	var got []string
	for event := range events.Events() {
		if chunk, ok := event.(*types.InvokeWithResponseStreamResponseEventMemberPayloadChunk); ok {
			if got = append(got, string(chunk.Value.Payload)); len(got) == 1 {
				close(seen)
			}
		}
	}
	if strings.Join(got, ",") != "first,second" {
		t.Errorf("pieces = %q", got)
	}
	if aws.ToString(out.ExecutedVersion) != "$LATEST" {
		t.Errorf("version = %v", aws.ToString(out.ExecutedVersion))
	}
}
