package codec

import (
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// roundTrip is what comes of an event that a handler returns untouched.
func roundTrip(c *Codec, text string) (string, error) {
	v, err := c.Decode([]byte(text))
	if err != nil {
		return "", err
	}
	out, ok, err := c.AppendEncode(nil, v)
	if !ok && err == nil {
		err = errors.New("no JSON for it")
	}
	return string(out), err
}

func TestUntouchedEventsAreWrittenAsStringifyWould(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"canonical text is kept", `{"a":[1,-2,0.5,"x",true,null],"b":{}}`, `{"a":[1,-2,0.5,"x",true,null],"b":{}}`},
		{"white space goes", " { \"a\" : [ 1 , { } , [ ] ] ,\n\t\"b\" :\r null } ", `{"a":[1,{},[]],"b":null}`},
		{"white space within strings stays", `{"a" : " x  y "}`, `{"a":" x  y "}`},
		{"numbers are written as V8 prints them", `[1.0,1e2,-0,0.10,1E-7,0.0000001,100000000000000000000,1e21,1e400]`,
			`[1,100,0,0.1,1e-7,1e-7,100000000000000000000,1e+21,null]`},
		{"integers beyond 2^53 lose precision", `[9007199254740993,123456789012345678]`, `[9007199254740992,123456789012345680]`},
		{"escapes are the shortest", `["\u0041\/\u000a\u0008\u001F\u001f\u0000","\u00e9","\ud83d\ude00","\"\\"]`,
			`["A/\n\b\u001f\u001f\u0000","é","😀","\"\\"]`},
		{"lone surrogates stay escaped", `["\uD800","\udc00x","\ud800\ud800\udc00"]`, "[\"\\ud800\",\"\\udc00x\",\"\\ud800\U00010000\"]"},
		{"integer keys come first", `{"b":1,"10":2,"9":{"1":0,"0":1},"a":3}`, `{"9":{"0":1,"1":0},"10":2,"b":1,"a":3}`},
		{"the last of duplicate keys wins", `{"a":1,"b":{"x":1,"x":2},"a":3}`, `{"a":3,"b":{"x":2}}`},
		{"duplicate keys are found across nested objects", `{"k":{"a":1},"l":{"a":1},"k":2}`, `{"k":2,"l":{"a":1}}`},
		{"duplicate keys are found however they are written", `{"k":1,"\u006b":2}`, `{"k":2}`},
		{"__proto__ is a key", `{"__proto__":{"a":1},"x":1}`, `{"__proto__":{"a":1},"x":1}`},
		{"non-ASCII text is kept", `{"ключ":"значение","k":"日本語 😀"}`, `{"ключ":"значение","k":"日本語 😀"}`},
		{"U+2028 is not escaped", "[\"\u2028\"]", "[\"\u2028\"]"},
		{"bytes that are not UTF-8 count as U+FFFD", "[\"\xff\xe2\x82|\xed\xa0\x80|\xf0\x9f\x98\"]", "[\"\ufffd\ufffd|\ufffd\ufffd\ufffd|\ufffd\"]"},
		{"a string alone", `"x"`, `"x"`},
		{"a number alone", ` 12 `, `12`},
		{"null alone", `null`, `null`},
		{"empty keys", `{"":{"":[]}}`, `{"":{"":[]}}`},
		{"keys with escapes", `{"a\"b":1,"\n":2}`, `{"a\"b":1,"\n":2}`},
	}
	for _, tc := range tests {
		for _, eager := range []bool{false, true} {
			if eager && strings.Contains(tc.name, "surrogates") {
				continue // beyond goja's public API
			}
			t.Run(tc.name, func(t *testing.T) {
				t.Parallel()
				_, c := newVM(t, eager)
				if got, err := roundTrip(c, tc.in); err != nil || got != tc.want {
					t.Errorf("%s\n got %s, %v\nwant %s", tc.in, got, err, tc.want)
				}
			})
		}
	}
}

func TestErrorsAreExceptionsThatHoldSyntaxErrors(t *testing.T) {
	t.Parallel()
	vm, c := newVM(t, false)
	_, err := c.Decode([]byte(`{"a":}`))
	var ex *goja.Exception
	if !errors.As(err, &ex) {
		t.Fatalf("error is %T %v, want a *goja.Exception", err, err)
	}
	obj := ex.Value().(*goja.Object)
	if name, msg := obj.Get("name").String(), obj.Get("message").String(); name != "SyntaxError" ||
		msg != `Unexpected token '}', "{"a":}" is not valid JSON` {
		t.Errorf("%s: %s", name, msg)
	}
	if !vm.InstanceOf(obj, vm.Get("SyntaxError").(*goja.Object)) {
		t.Error("not an instance of SyntaxError")
	}
}

func TestGuestsMayHaveReplacedTheErrorClasses(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`SyntaxError = undefined`, `SyntaxError = 1`, `delete globalThis.SyntaxError`, `SyntaxError = () => 1`,
		`SyntaxError = function () { throw 1 }`, `Object.defineProperty(globalThis, 'SyntaxError', { get() { throw 2 } })`,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			vm, c := newVM(t, false)
			if _, err := vm.RunString(code); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Decode([]byte(`x`)); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestEncodeAppends(t *testing.T) {
	t.Parallel()
	vm, c := newVM(t, false)
	v, _ := vm.RunString(`({a: [1, undefined, {b: undefined}]})`)
	out, ok, err := c.AppendEncode([]byte("data: "), v)
	if string(out) != `data: {"a":[1,null,{}]}` || !ok || err != nil {
		t.Errorf("got %s, %v, %v", out, ok, err)
	}
	out, ok, err = c.AppendEncode([]byte("kept"), goja.Undefined())
	if string(out) != "kept" || ok || err != nil {
		t.Errorf("got %s, %v, %v for undefined", out, ok, err)
	}
	v, _ = vm.RunString(`({a: 1, get b() { throw new Error('no') }})`)
	out, ok, err = c.AppendEncode([]byte("kept"), v)
	if string(out) != "kept" || ok || err == nil {
		t.Errorf("got %s, %v, %v for a getter that throws", out, ok, err)
	}
}

func TestTheLentTextIsNotKept(t *testing.T) {
	t.Parallel()
	_, c := newVM(t, false)
	text := []byte(`{"a":"some text","b":["more text"]}`)
	v, err := c.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	clear(text)
	out, _, _ := c.AppendEncode(nil, v)
	if string(out) != `{"a":"some text","b":["more text"]}` {
		t.Errorf("got %s", out)
	}
}

func TestAWordOfALargeEventDoesNotKeepTheEvent(t *testing.T) {
	vm, c := newVM(t, false)
	text := []byte(`{"id":"0123456789abcdef0123456789abcdef","pad":["` + strings.Repeat("x", 8<<20) + `"]}`)
	v, err := c.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	// The handler keeps the id in a global variable, nothing else.
	if err := vm.Set("e", v); err != nil {
		t.Fatal(err)
	}
	v = nil
	if _, err := vm.RunString(`globalThis.id = e.id; e.pad; delete globalThis.e`); err != nil {
		t.Fatal(err)
	}
	text = nil
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	runtime.KeepAlive(vm)
	if before > 6<<20 {
		t.Errorf("%d bytes are in use after the event of %d is gone", before, 8<<20)
	}
}

func TestLongRunsCanBeInterrupted(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`JSON.stringify(new Array(4294967295))`,
		`JSON.stringify(1, new Array(4294967295))`,
		`JSON.stringify(new Proxy(new Array(4294967295), {}), null, 1)`,
		`const o = { toJSON() { for (;;); } }; JSON.stringify(o)`,
		`JSON.parse('[1]', () => { for (;;); })`,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			vm, _ := newVM(t, false)
			started := make(chan struct{})
			_ = vm.Set("started", func() { close(started) })
			go func() {
				<-started
				vm.Interrupt("enough")
			}()
			_, err := vm.RunString(`started(); ` + code)
			var stop *goja.InterruptedError
			if !errors.As(err, &stop) {
				t.Errorf("got %v, want an interrupt", err)
			}
		})
	}
}

func TestInterruptsEndEncodingFromGo(t *testing.T) {
	t.Parallel()
	vm, c := newVM(t, false)
	v, err := vm.RunString(`({ toJSON() { started(); for (;;); } })`)
	if err != nil {
		t.Fatal(err)
	}
	_ = vm.Set("started", func() { go vm.Interrupt("enough") })
	_, _, err = c.AppendEncode(nil, v)
	var stop *goja.InterruptedError
	if !errors.As(err, &stop) {
		t.Fatalf("got %v, want an interrupt", err)
	}
	vm.ClearInterrupt()
	if got, err := roundTrip(c, `[1]`); got != `[1]` || err != nil {
		t.Errorf("afterwards: %s, %v", got, err)
	}
}

func TestDepthIsCountedAfresh(t *testing.T) {
	t.Parallel()
	vm, c := newVM(t, false)
	deep, err := vm.RunString(`let a = []; for (let i = 0; i < 10000; i++) a = [a]; a`)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, _, err := c.AppendEncode(nil, deep); err == nil || !strings.Contains(err.Error(), msgStack) {
			t.Fatalf("got %v, want a RangeError", err)
		}
		if got, err := roundTrip(c, `[[[1]]]`); got != `[[[1]]]` || err != nil {
			t.Fatalf("afterwards: %s, %v", got, err)
		}
	}
	if c.depth != 0 {
		t.Errorf("depth is %d after all calls", c.depth)
	}
}

func TestManyLevelsDoNoHarm(t *testing.T) {
	t.Parallel()
	const n = 300_000
	vm, c := newVM(t, false)
	for _, text := range []string{
		strings.Repeat("[", n) + strings.Repeat("]", n),
		strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n),
		strings.Repeat("[ ", n) + strings.Repeat(" ]", n),
		strings.Repeat("[", n),
	} {
		_ = vm.Set("text", text)
		if _, err := vm.RunString(`JSON.parse(text, (k, v) => v)`); err == nil || strings.Contains(err.Error(), "not defined") {
			t.Errorf("reviving: %v, want a RangeError or SyntaxError", err)
		}
		v, err := c.Decode([]byte(text))
		if err != nil {
			continue
		}
		_, _, _ = c.AppendEncode(nil, v) // whatever it answers
		_ = vm.Set("v", v)
		if _, err := vm.RunString(`for (let i = 0, x = v; i < 8000; i++) x = x[0] || x.a; JSON.stringify(v).length`); err == nil {
			t.Error("levels beyond all limits of which some have been read are written")
		}
	}
	if err := Valid([]byte(strings.Repeat("[", n) + strings.Repeat("]", n))); err != nil {
		t.Error(err)
	}
}

func TestValidSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		offset         int64
	}{
		{"valid", `{"a":[1,2,{"b":null}]}`, "", 0},
		{"empty", ``, "codec: not JSON: unexpected end of JSON input at byte 0", 0},
		{"a stranger", `{"a":x}`, "codec: not JSON: unexpected character at byte 5", 5},
		{"bytes are counted, not characters", `{"é":1,}`, "codec: not JSON: expected double-quoted property name at byte 8", 8},
		{"something behind", `{} x`, "codec: not JSON: unexpected non-whitespace character after JSON at byte 3", 3},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := Valid([]byte(tc.in))
			if tc.want == "" {
				if err != nil {
					t.Errorf("got %v, want no error", err)
				}
				return
			}
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || err.Error() != tc.want || syntax.Offset != tc.offset {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestValidAllocatesNothing(t *testing.T) {
	text := event(100)
	if n := testing.AllocsPerRun(100, func() {
		if Valid(text) != nil {
			t.Fatal("not valid")
		}
	}); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestDecodingAllocatesLittle(t *testing.T) {
	if !lazy.Supported() {
		t.Skip("lazy objects are not supported")
	}
	_, c := newVM(t, false)
	text := event(100)
	// The race detector makes pools lose things at random, so the least of many
	// runs counts.
	least := math.Inf(1)
	for range 100 {
		least = min(least, testing.AllocsPerRun(1, func() {
			if _, err := c.Decode(text); err != nil {
				t.Fatal(err)
			}
		}))
	}
	if least > 8 {
		t.Errorf("%v allocations for an event of 100 items, want at most 8", least)
	}
}

// TestValuesOutliveCollections reads an event while the collector runs: what
// lazy objects hold must be what the collector can see.
func TestValuesOutliveCollections(t *testing.T) {
	t.Parallel()
	vm, c := newVM(t, false)
	text := event(200)
	v, err := c.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	_ = vm.Set("e", v)
	_ = vm.Set("gc", func() { runtime.GC() })
	got, err := vm.RunString(`
		let n = 0;
		for (const i of e.items) { i.tags.push(i.sku); i.extra = { of: i }; if (n++ % 50 === 0) gc(); }
		gc();
		e.items.map((i) => { const { extra, ...rest } = i; return rest; }).map((i) => JSON.stringify(i)).join()`)
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Items []struct {
			SKU   string          `json:"sku"`
			Qty   int             `json:"qty"`
			Price json.RawMessage `json:"price"`
			Tags  []string        `json:"tags"`
			Note  string          `json:"note"`
		} `json:"items"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	parts := make([]string, len(want.Items))
	for i := range want.Items {
		it := &want.Items[i]
		it.Tags = append(it.Tags, it.SKU)
		f := string(it.Price)
		if strings.HasSuffix(f, "0") {
			f = f[:len(f)-1]
		}
		it.Price = json.RawMessage(f)
		b, _ := json.Marshal(it)
		parts[i] = string(b)
	}
	if got.String() != strings.Join(parts, ",") {
		t.Errorf("got  %.300s\nwant %.300s", got, strings.Join(parts, ","))
	}
}

func TestInstallCostsLittle(t *testing.T) {
	if !lazy.Supported() {
		t.Skip("lazy objects are not supported")
	}
	alone := testing.AllocsPerRun(100, func() { goja.New() })
	with := testing.AllocsPerRun(100, func() { New(goja.New()).Install() })
	if with-alone > 20 {
		t.Errorf("%v allocations more for an isolate", with-alone)
	}
}
