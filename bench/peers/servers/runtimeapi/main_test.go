package main

import (
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

func request(path, body string) *fasthttp.RequestCtx {
	ctx := new(fasthttp.RequestCtx)
	ctx.Request.SetRequestURI(path)
	ctx.Request.SetBodyString(body)
	return ctx
}

func TestEventsGoToTheClientAndAnswersComeBack(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, end, failed string }{
		{"an answer", "/response", ""},
		{"an error", "/error", "Unhandled"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q := newQueue()
			caller := request("/x", `{"n":1}`)
			done := make(chan struct{})
			go func() {
				defer close(done)
				q.invoke(caller)
			}()
			next := request("/2018-06-01/runtime/invocation/next", "")
			q.runtimeAPI(next)
			id := string(next.Response.Header.Peek("Lambda-Runtime-Aws-Request-Id"))
			if got := string(next.Response.Body()); got != `{"n":1}` || id == "" {
				t.Errorf("next event is %q with id %q, want the caller's and some id", got, id)
			}
			answer := request("/2018-06-01/runtime/invocation/"+id+tc.end, `"done"`)
			q.runtimeAPI(answer)
			<-done
			if answer.Response.StatusCode() != 202 {
				t.Errorf("the client got status %d, want 202", answer.Response.StatusCode())
			}
			got, failed := string(caller.Response.Body()), string(caller.Response.Header.Peek("X-Amz-Function-Error"))
			if got != `"done"` || failed != tc.failed {
				t.Errorf("the caller got %q and X-Amz-Function-Error %q, want %q and %q", got, failed, `"done"`, tc.failed)
			}
		})
	}
}

func TestAnErrorBeforeTheFirstEventIsAccepted(t *testing.T) {
	t.Parallel()
	ctx := request("/2018-06-01/runtime/init/error", "{}")
	newQueue().runtimeAPI(ctx)
	if ctx.Response.StatusCode() != 202 {
		t.Errorf("status %d, want 202", ctx.Response.StatusCode())
	}
}

func TestOtherPathsAreUnknown(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/2018-06-01/runtime/other", "/2018-06-01/ping"} {
		ctx := request(path, "")
		newQueue().runtimeAPI(ctx)
		if ctx.Response.StatusCode() != 404 || !strings.Contains(string(ctx.Response.Body()), "not found") {
			t.Errorf("%s: status %d %q, want 404", path, ctx.Response.StatusCode(), ctx.Response.Body())
		}
	}
}
