package js_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lambent-run/lambent/js"
)

func newIsolate(tb testing.TB, source string) *js.Isolate {
	tb.Helper()
	p := js.Compile(js.Source{Files: fstest.MapFS{"index.js": {Data: []byte(source)}}, Handler: "index.handler"}, nil)
	iso, err := p.NewIsolate(context.Background(), js.Environment{FunctionName: "f", FunctionVersion: "$LATEST", MemorySize: 128})
	if err != nil {
		tb.Fatal(err)
	}
	return iso
}

func call(event string) *js.Call {
	return &js.Call{RequestID: "id", ARN: "arn:f", Event: []byte(event), Deadline: time.Now().Add(time.Minute)}
}

func TestHello(t *testing.T) {
	t.Parallel()
	iso := newIsolate(t, `exports.handler = async (event) => ({statusCode: 200, body: 'hello ' + event.name})`)
	reply, err := iso.Invoke(call(`{"name":"Ada"}`))
	if err != nil || string(reply.Payload) != `{"statusCode":200,"body":"hello Ada"}` {
		t.Errorf("%s %v", reply.Payload, err)
	}
}

func TestNode24HasNoCallbacks(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"a third parameter is refused", `exports.handler = (event, context, callback) => callback(null, 1)`, "Runtime.CallbackHandlerDeprecated"},
		{"nothing is passed for it", `exports.handler = async (...args) => args.length`, "2"},
		{"context has no done", `exports.handler = async (event, context) => [typeof context.done, typeof context.succeed, typeof context.awsRequestId]`,
			`["undefined","undefined","string"]`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := js.Compile(js.Source{Files: fstest.MapFS{"index.js": {Data: []byte(tc.source)}}, Handler: "index.handler", Runtime: "nodejs24.x"}, nil)
			iso, err := p.NewIsolate(t.Context(), js.Environment{MemorySize: 128})
			var failure *js.HandlerError
			if errors.As(err, &failure) {
				if failure.Type != tc.want {
					t.Errorf("error type %q, want %q", failure.Type, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			reply, err := iso.Invoke(call(`{}`))
			if err != nil || string(reply.Payload) != tc.want {
				t.Errorf("got %s, %v; want %s", reply.Payload, err, tc.want)
			}
		})
	}
}

func BenchmarkInvoke(b *testing.B) {
	for _, bc := range []struct{ name, source, event string }{
		{"hello", `exports.handler = async (event) => ({statusCode: 200, body: 'hello ' + event.name})`, `{"name":"Ada"}`},
		{"callback", `exports.handler = (event, context, callback) => callback(null, 'hello ' + event.name)`, `{"name":"Ada"}`},
		{"context", `exports.handler = async (event, context) => context.awsRequestId`, `{"name":"Ada"}`},
	} {
		b.Run(bc.name, func(b *testing.B) {
			iso := newIsolate(b, bc.source)
			c := call(bc.event)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := iso.Invoke(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkColdStart(b *testing.B) {
	p := js.Compile(js.Source{Files: fstest.MapFS{"index.js": {Data: []byte(`exports.handler = async (event) => ({statusCode: 200, body: 'hello ' + event.name})`)}}, Handler: "index.handler"}, nil)
	c := call(`{"name":"Ada"}`)
	b.ReportAllocs()
	for b.Loop() {
		iso, err := p.NewIsolate(context.Background(), js.Environment{FunctionName: "f", FunctionVersion: "$LATEST", MemorySize: 128})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := iso.Invoke(c); err != nil {
			b.Fatal(err)
		}
	}
}
