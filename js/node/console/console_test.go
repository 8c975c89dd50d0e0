package console_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/console"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
)

var stamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)

// run runs a script and returns what it logged, one element an event, with the
// times replaced by T.
func run(t *testing.T, src string, options ...func(*module.System)) []string {
	t.Helper()
	h := hosttest.New(t, options...)
	if _, err := h.Run(src); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range h.Log() {
		out = append(out, stamp.ReplaceAllString(e.Text, "T"))
	}
	return out
}

func withRequest(s *module.System) { s.RequestID = func() string { return "id-1" } }

func withJSON(level module.Level) func(*module.System) {
	return func(s *module.System) {
		s.LogJSON, s.LogLevel = true, level
		s.RequestID = func() string { return "id-1" }
	}
}

func TestConsoleWritesLambdaLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src string
		options   []func(*module.System)
		want      []string
	}{
		{name: "before the first invocation the request id is undefined", src: `console.log('x')`, want: []string{"T\tundefined\tINFO\tx\n"}},
		{name: "each method has its level", src: `for (const m of ['log','info','debug','warn','error','trace','fatal']) console[m]('m')`, options: []func(*module.System){withRequest},
			want: []string{"T\tid-1\tINFO\tm\n", "T\tid-1\tINFO\tm\n", "T\tid-1\tDEBUG\tm\n", "T\tid-1\tWARN\tm\n", "T\tid-1\tERROR\tm\n", "T\tid-1\tTRACE\tm\n", "T\tid-1\tFATAL\tm\n"}},
		{name: "a call without arguments logs undefined", src: `console.log(); console.log('')`, want: []string{"T\tundefined\tINFO\tundefined\n", "T\tundefined\tINFO\t\n"}},
		{name: "a text of several lines is one event", src: `console.log('a\nb\n', 'c')`, want: []string{"T\tundefined\tINFO\ta\nb\n c\n"}},
		{name: "several arguments are formatted", src: `console.log('%s has %d', 'x', 3, { a: [1] }, -0, 5n)`, want: []string{"T\tundefined\tINFO\tx has 3 { a: [ 1 ] } -0 5n\n"}},
		{name: "groups do not indent lines, but dir", src: `console.group('g', 1); console.log('in'); console.dir({ a: 1 }); console.groupEnd(); console.log('out')`,
			want: []string{"T\tundefined\tINFO\tg 1\n", "T\tundefined\tINFO\tin\n", "  { a: 1 }\n", "T\tundefined\tINFO\tout\n"}},
		{name: "counters", src: `console.count(); console.count('x'); console.count(); console.countReset(); console.count()`,
			want: []string{"T\tundefined\tINFO\tdefault: 1\n", "T\tundefined\tINFO\tx: 1\n", "T\tundefined\tINFO\tdefault: 2\n", "T\tundefined\tINFO\tdefault: 1\n"}},
		{name: "assertions warn", src: `console.assert(true, 'no'); console.assert(false); console.assert(0, 'v', 1); console.assert(null, { a: 1 })`,
			want: []string{"T\tundefined\tWARN\tAssertion failed\n", "T\tundefined\tWARN\tAssertion failed: v 1\n", "T\tundefined\tWARN\tAssertion failed: { a: 1 }\n"}},
		{name: "a replaced method is used by the others", src: `console.log = (...a) => process.stdout.write('mine ' + a.join() + '\n'); console.count()`, want: []string{"mine default: 1\n"}},
		{name: "raw writes have no prefix", src: `process.stdout.write('{"a":1}\n'); process.stderr.write('e'); process.stdout.write('')`, want: []string{"{\"a\":1}\n", "e"}},
		{name: "JSON keeps a single value", src: `console.log({ a: { b: [1, 'x'] } }); console.warn('text'); console.log(5); console.log()`, options: []func(*module.System){withJSON(module.Trace)},
			want: []string{
				`{"timestamp":"T","level":"INFO","requestId":"id-1","message":{"a":{"b":[1,"x"]}}}` + "\n",
				`{"timestamp":"T","level":"WARN","requestId":"id-1","message":"text"}` + "\n",
				`{"timestamp":"T","level":"INFO","requestId":"id-1","message":5}` + "\n",
				`{"timestamp":"T","level":"INFO","requestId":"id-1"}` + "\n",
			}},
		{name: "JSON formats several values", src: `console.log('%s=%d', 'n', 5, { a: 1 }); console.log('q"\n\u2028', 1)`, options: []func(*module.System){withJSON(module.Trace)},
			want: []string{
				`{"timestamp":"T","level":"INFO","requestId":"id-1","message":"n=5 { a: 1 }"}` + "\n",
				"{\"timestamp\":\"T\",\"level\":\"INFO\",\"requestId\":\"id-1\",\"message\":\"q\\\"\\n\u2028 1\"}\n",
			}},
		{name: "JSON shows errors by their class", src: `class Mine extends Error {} const e = new Mine('m'); e.name = 'Other'; e.code = 'C'; e.stack = 'a\nb'; console.error(e); console.error('x', e)`, options: []func(*module.System){withJSON(module.Trace)},
			want: []string{
				`{"timestamp":"T","level":"ERROR","requestId":"id-1","message":{"errorType":"Mine","errorMessage":"m","stackTrace":["a","b"],"name":"Other","code":"C"}}` + "\n",
				`{"timestamp":"T","level":"ERROR","requestId":"id-1","message":"x [a\nb] {\n  name: 'Other',\n  code: 'C'\n}","errorType":"Mine","errorMessage":"m","stackTrace":["a","b"]}` + "\n",
			}},
		{name: "JSON formats what it cannot hold", src: `const c = {}; c.c = c; console.log(c); console.log(1n)`, options: []func(*module.System){withJSON(module.Trace)},
			want: []string{
				`{"timestamp":"T","level":"INFO","requestId":"id-1","message":"<ref *1> { c: [Circular *1] }"}` + "\n",
				`{"timestamp":"T","level":"INFO","requestId":"id-1","message":"1n"}` + "\n",
			}},
		{name: "levels below the limit are dropped, fatal never", src: `for (const m of ['trace','debug','log','info','warn','error','fatal']) console[m](m)`, options: []func(*module.System){withJSON(module.Error)},
			want: []string{
				`{"timestamp":"T","level":"ERROR","requestId":"id-1","message":"error"}` + "\n",
				`{"timestamp":"T","level":"FATAL","requestId":"id-1","message":"fatal"}` + "\n",
			}},
		{name: "tenants are named", src: `console.log('x')`, options: []func(*module.System){withJSON(module.Trace), func(s *module.System) { s.TenantID = func() string { return "t1" } }},
			want: []string{`{"timestamp":"T","level":"INFO","requestId":"id-1","tenantId":"t1","message":"x"}` + "\n"}},
		{name: "warnings of the process are errors", src: `process.emitWarning('careful', 'DeprecationWarning', 'DEP1')`,
			want: []string{"T\tundefined\tERROR\t(node:8) [DEP1] DeprecationWarning: careful\n(Use `node --trace-deprecation ...` to show where the warning was created)\n"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, tc.src, tc.options...)
			if strings.Join(got, "|") != strings.Join(tc.want, "|") {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestConsoleLogsWithinLoggingWriteWholeLines(t *testing.T) {
	t.Parallel()
	got := run(t, `console.log('outer', { [Symbol.for('nodejs.util.inspect.custom')]() { console.log('inner'); return 'shown'; } })`)
	want := []string{"T\tundefined\tINFO\tinner\n", "T\tundefined\tINFO\touter shown\n"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTimersOfTheConsoleShowDurations(t *testing.T) {
	t.Parallel()
	got := run(t, `console.time('t'); console.timeLog('t', 'x'); console.timeEnd('t')`)
	shape := regexp.MustCompile(`^T\tundefined\tINFO\tt: [\d.]+ms( x)?\n$`)
	if len(got) != 2 || !shape.MatchString(got[0]) || !shape.MatchString(got[1]) {
		t.Errorf("got %q", got)
	}
}

func TestReportWritesTheFailureAsJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value, want string
		json              bool
	}{
		{name: "an error with properties", value: `Object.assign(new TypeError('m'), { code: 'C', d: { a: 1 }, stack: 'h\nl' })`,
			want: "T\tid-1\tERROR\tInvoke Error \t" + `{"errorType":"TypeError","errorMessage":"m","code":"C","d":{"a":1},"stack":["h","l"]}`},
		{name: "an error within", value: `Object.assign(new Error('o'), { reason: Object.assign(new Error('i'), { stack: 's' }), stack: 't' })`,
			want: "T\tid-1\tERROR\tInvoke Error \t" + `{"errorType":"Error","errorMessage":"o","reason":{"errorType":"Error","errorMessage":"i","stack":["s"]},"stack":["t"]}`},
		{name: "a cycle falls back to the answer", value: `(() => { const e = new Error('c'); e.self = { e: {} }; e.self.e.back = e.self; e.stack = 's'; return e; })()`,
			want: "T\tid-1\tERROR\tInvoke Error \t" + `{"errorType":"Error","errorMessage":"c","trace":["s"]}`},
		{name: "a throwing getter does no harm", value: `Object.defineProperty(new Error('c'), 'message', { get() { throw 1; }, enumerable: true })`,
			want: "T\tid-1\tERROR\tInvoke Error \t" + `{"errorType":"handled","errorMessage":"the error cannot be shown","trace":[]}`},
		{name: "JSON has the error alone", json: true, value: `Object.assign(new TypeError('m'), { code: 'C', stack: 'h' })`,
			want: `{"timestamp":"T","level":"ERROR","requestId":"id-1","message":{"errorType":"TypeError","errorMessage":"m","stackTrace":["h"],"code":"C"}}`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t, withRequest, func(s *module.System) { s.LogJSON = tc.json })
			v, err := h.Run("(" + tc.value + ")")
			if err != nil {
				t.Fatal(err)
			}
			console.Report(h, "Invoke Error", v)
			if got := stamp.ReplaceAllString(h.Output(1), "T"); got != tc.want+"\n" {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestReportTakesAnyValue(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"'text'", "undefined", "null", "5", "({})", "Object.create(null)", "Symbol('s')", "({ toString() { throw 1 } })"} {
		h := hosttest.New(t)
		v, err := h.Run(src)
		if err != nil {
			t.Fatal(err)
		}
		console.Report(h, "Uncaught Exception", v)
		_, text, ok := strings.Cut(h.Output(1), "Uncaught Exception \t")
		if !ok || !json.Valid([]byte(text)) {
			t.Errorf("Report(%s) wrote %q", src, h.Output(1))
		}
	}
}

func TestLineFollowsTheFormat(t *testing.T) {
	t.Parallel()
	sys := &module.System{RequestID: func() string { return "r" }, TenantID: func() string { return "" }}
	if got := stamp.ReplaceAllString(string(console.Line(sys, module.Warn, "w\nx")), "T"); got != "T\tr\tWARN\tw\nx\n" {
		t.Errorf("got %q", got)
	}
	sys.LogJSON = true
	if got := stamp.ReplaceAllString(string(console.Line(sys, module.Warn, "w")), "T"); got != `{"timestamp":"T","level":"WARN","requestId":"r","message":"w"}`+"\n" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkConsole(b *testing.B) {
	for _, bc := range []struct{ name, src string }{
		{"text and number", `() => console.log('handled', 42)`},
		{"small object", `() => console.log({ id: 1, name: 'x', tags: ['a', 'b'] })`},
	} {
		b.Run(bc.name, func(b *testing.B) {
			h := hosttest.New(b, func(s *module.System) { s.Write = func(int, []byte) {} })
			v, err := h.Run(bc.src)
			if err != nil {
				b.Fatal(err)
			}
			fn, _ := goja.AssertFunction(v)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fn(goja.Undefined()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
