package js_test

import (
	"context"
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
