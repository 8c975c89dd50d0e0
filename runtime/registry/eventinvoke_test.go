package registry

import (
	"testing"

	"github.com/lambent-run/lambent/runtime/function"
)

// to is a destination.
func to(arn string) *Destination { return &Destination{arn} }

const queue = "arn:aws:sqs:us-east-1:" + account + ":q"

func TestEventInvokeConfigsAreReplacedAndMerged(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	retries := EventInvokeInput{MaximumRetryAttempts: ptr(0)}
	_, err := r.UpdateEventInvokeConfig(t.Context(), fn, "", retries)
	wantError(t, err, NotFound, "The function "+arnOf("$LATEST")+" doesn't have an EventInvokeConfig")
	got, err := r.PutEventInvokeConfig(t.Context(), fn, "", retries)
	if err != nil || got.FunctionArn != arnOf("$LATEST") || *got.MaximumRetryAttempts != 0 || got.MaximumEventAgeInSeconds != nil {
		t.Fatalf("put: %+v, %v", got, err)
	}
	got, err = r.UpdateEventInvokeConfig(t.Context(), fn, "$LATEST", EventInvokeInput{
		MaximumEventAgeInSeconds: ptr(60), DestinationConfig: &DestinationConfigInput{OnFailure: to(queue)},
	})
	if err != nil || got.MaximumRetryAttempts == nil || *got.MaximumEventAgeInSeconds != 60 || got.DestinationConfig != (DestinationConfig{OnFailure: *to(queue)}) {
		t.Errorf("update: %+v, %v", got, err)
	}
	got, err = r.PutEventInvokeConfig(t.Context(), fn, "", EventInvokeInput{MaximumEventAgeInSeconds: ptr(90)})
	if err != nil || got.MaximumRetryAttempts != nil || got.DestinationConfig != (DestinationConfig{}) {
		t.Errorf("put again keeps what it was not given: %+v, %v", got, err)
	}
	if got, err = r.GetEventInvokeConfig(t.Context(), fn, ""); err != nil || *got.MaximumEventAgeInSeconds != 90 || got.LastModified.IsZero() {
		t.Errorf("get: %+v, %v", got, err)
	}
	if err := r.DeleteEventInvokeConfig(t.Context(), fn, ""); err != nil {
		t.Error(err)
	}
	err = r.DeleteEventInvokeConfig(t.Context(), fn, "")
	wantError(t, err, NotFound, "The function "+arnOf("$LATEST")+" doesn't have an EventInvokeConfig")
}

func TestEventInvokeConfigsByQualifier(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	if _, err := r.PutEventInvokeConfig(t.Context(), fn, "", EventInvokeInput{MaximumRetryAttempts: ptr(1)}); err != nil {
		t.Fatal(err)
	}
	must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
	_, err := r.GetEventInvokeConfig(t.Context(), fn, "1")
	wantError(t, err, NotFound, "The function "+arnOf("1")+" doesn't have an EventInvokeConfig")
	if _, err := r.PutEventInvokeConfig(t.Context(), fn, "1", EventInvokeInput{MaximumRetryAttempts: ptr(2)}); err != nil {
		t.Fatal(err)
	}
	first, next, err := r.ListEventInvokeConfigs(t.Context(), fn, Page{Limit: 1})
	if err != nil || len(first) != 1 || first[0].FunctionArn != arnOf("$LATEST") {
		t.Errorf("first page: %+v, %v", first, err)
	}
	rest, end, err := r.ListEventInvokeConfigs(t.Context(), fn, Page{Limit: 1, After: next})
	if err != nil || len(rest) != 1 || rest[0].FunctionArn != arnOf("1") || end != "" {
		t.Errorf("second page: %+v, next %q, %v", rest, end, err)
	}
	if err := r.DeleteFunction(t.Context(), fn, "1"); err != nil {
		t.Fatal(err)
	}
	if left, _, err := r.ListEventInvokeConfigs(t.Context(), fn, Page{}); err != nil || len(left) != 1 {
		t.Errorf("a deleted version leaves its configuration: %+v, %v", left, err)
	}
	_, _, err = r.ListEventInvokeConfigs(t.Context(), named(1), Page{})
	wantError(t, err, NotFound, "The function doesn't exist.")
}

func TestEventInvokeConfigsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	other := named(1)
	must(t)(r.CreateFunction(t.Context(), other, input("1")))
	const topicFn, stream = "arn:aws:lambda:us-east-1:" + account + ":function:none", "arn:aws:kinesis:us-east-1:" + account + ":stream/s"
	tests := []struct {
		name    string
		success *Destination
		failure *Destination
		want    string // empty: accepted
	}{
		{name: "a queue and a bus", success: to("arn:aws:events:us-east-1:" + account + ":event-bus/b"), failure: to(queue)},
		{name: "another function", success: to(r.arn(other, "")), failure: to(r.arn(other, "$LATEST"))},
		{name: "another account's function", success: to("arn:aws:lambda:us-east-1:999999999999:function:f")},
		{name: "a bucket for failures", failure: to("arn:aws:s3:::b")},
		{name: "nobody", success: to(""), failure: to("")},
		{
			name: "a bucket for successes", success: to("arn:aws:s3:::b"),
			want: "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::b), onFailure=null) is invalid.",
		},
		{
			name: "a stream", failure: to(stream),
			want: "The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=" + stream + ")) is invalid.",
		},
		{name: "a function that does not exist", success: to(topicFn), want: "The destination ARN " + topicFn + " is invalid."},
		{name: "the function itself", failure: to(arnOf("")), want: "You can't specify the function as a destination for itself."},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := r.PutEventInvokeConfig(t.Context(), fn, "", EventInvokeInput{DestinationConfig: &DestinationConfigInput{OnSuccess: tc.success, OnFailure: tc.failure}})
			if tc.want != "" {
				wantError(t, err, InvalidParameter, tc.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	_, err := r.PutEventInvokeConfig(t.Context(), fn, "", EventInvokeInput{})
	wantError(t, err, InvalidParameter, "You must specify at least one of error handling or destination setting.")
	_, err = r.PutEventInvokeConfig(t.Context(), named(2), "", EventInvokeInput{MaximumRetryAttempts: ptr(1)})
	wantError(t, err, NotFound, "The function doesn't exist.")
	_, err = r.PutEventInvokeConfig(t.Context(), fn, "live", EventInvokeInput{MaximumRetryAttempts: ptr(1)})
	wantError(t, err, NotFound, "The function doesn't exist.")
}

func TestRecursionIsTerminatedUnlessAllowed(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	for _, want := range []string{RecursiveLoopTerminate, RecursiveLoopAllow, RecursiveLoopTerminate} {
		if want == RecursiveLoopAllow {
			if _, err := r.PutRecursionConfig(t.Context(), fn, RecursionConfig{RecursiveLoopAllow}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := r.GetRecursionConfig(t.Context(), fn); err != nil || got.RecursiveLoop != want {
			t.Errorf("recursion %+v, %v; want %s", got, err, want)
		}
		if want == RecursiveLoopAllow {
			if _, err := r.PutRecursionConfig(t.Context(), fn, RecursionConfig{RecursiveLoopTerminate}); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err := r.GetRecursionConfig(t.Context(), named(1))
	wantError(t, err, NotFound, "Function not found: "+r.arn(named(1), ""))
}

func TestRuntimeManagement(t *testing.T) {
	t.Parallel()
	const build = "arn:aws:lambda:us-east-1::runtime:0123456789"
	r := withFunction(t, Config{})
	must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
	want := QualifiedRuntimeManagement{arnOf("1"), RuntimeManagement{UpdateRuntimeManual, build}}
	if got, err := r.PutRuntimeManagement(t.Context(), fn, "1", want.RuntimeManagement); err != nil || *got != want {
		t.Errorf("put: %+v, %v; want %+v", got, err, want)
	}
	if got, err := r.GetRuntimeManagement(t.Context(), fn, "1"); err != nil || *got != want {
		t.Errorf("get: %+v, %v; want %+v", got, err, want)
	}
	want = QualifiedRuntimeManagement{arnOf(""), RuntimeManagement{UpdateRuntimeOn: UpdateRuntimeAuto}}
	if got, err := r.GetRuntimeManagement(t.Context(), fn, ""); err != nil || *got != want {
		t.Errorf("by default: %+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []RuntimeManagement{{UpdateRuntimeOn: UpdateRuntimeManual}, {UpdateRuntimeAuto, build}} {
		if _, err := r.PutRuntimeManagement(t.Context(), fn, "", bad); !IsKind(err, InvalidParameter) {
			t.Errorf("%+v: %v, want an invalid parameter", bad, err)
		}
	}
	_, err := r.GetRuntimeManagement(t.Context(), fn, "7")
	wantError(t, err, NotFound, "Function not found: "+arnOf("7"))
}

func TestScalingConfigs(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	bounds := &ScalingConfig{ptr(1), ptr(5)}
	_, err := r.PutScalingConfig(t.Context(), fn, "1", bounds)
	wantError(t, err, NotFound, "Function not found: "+arnOf("1"))
	must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
	for _, qualifier := range []string{"1", function.LatestPublished} {
		if state, err := r.PutScalingConfig(t.Context(), fn, qualifier, bounds); err != nil || state != function.StateActive {
			t.Errorf("put: state %q, %v", state, err)
		}
		got, err := r.GetScalingConfig(t.Context(), fn, qualifier)
		if err != nil || got.FunctionArn != arnOf(qualifier) || *got.AppliedFunctionScalingConfig.MaxExecutionEnvironments != 5 {
			t.Errorf("get: %+v, %v", got, err)
		}
		if _, err := r.PutScalingConfig(t.Context(), fn, qualifier, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := r.GetScalingConfig(t.Context(), fn, qualifier); err != nil || got.RequestedFunctionScalingConfig != nil {
			t.Errorf("bounds that were taken back: %+v, %v", got, err)
		}
	}
	if _, err := r.PutScalingConfig(t.Context(), fn, "1", &ScalingConfig{ptr(5), ptr(1)}); !IsKind(err, InvalidParameter) {
		t.Errorf("more at least than at most: %v", err)
	}
}
