package codec

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// event returns an order of n items, about 80 bytes each.
func event(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"orderId":"a3f1c2d4-77","customer":{"id":12345,"name":"Ada Lovelace","vip":true},"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"SKU-%05d","qty":%d,"price":%d.%02d,"tags":["a","b"],"note":"item %d"}`, i, i%7+1, 10+i%90, i%89+10, i)
	}
	b.WriteString(`],"total":null}`)
	return b.Bytes()
}

var benchEvents = []struct {
	name string
	text []byte
}{
	{"small", []byte(`{"name":"Ada","n":42}`)},
	{"8KB-100-items", event(100)},
	{"100KB", event(1250)},
}

// touch walks a whole value, so that nothing in it stays unread.
const touch = `(function touch(v) {
	if (v && typeof v === 'object') for (const k in v) touch(v[k]);
	return v;
})`

func BenchmarkDecode(b *testing.B) {
	for _, ev := range benchEvents {
		b.Run("ours/"+ev.name, func(b *testing.B) {
			vm, c := newVM(b, false)
			_ = vm
			b.SetBytes(int64(len(ev.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(ev.text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("ours-eager/"+ev.name, func(b *testing.B) {
			_, c := newVM(b, true)
			b.SetBytes(int64(len(ev.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(ev.text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("goja/"+ev.name, func(b *testing.B) {
			vm := goja.New()
			parse := function(b, vm, `JSON.parse`)
			b.SetBytes(int64(len(ev.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parse(goja.Undefined(), vm.ToValue(string(ev.text))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecodeAndTouch reads every member of the event after decoding it,
// which is the worst case for what is made only when it is looked at.
func BenchmarkDecodeAndTouch(b *testing.B) {
	for _, ev := range benchEvents {
		for _, ours := range []bool{true, false} {
			b.Run(side(ours)+"/"+ev.name, func(b *testing.B) {
				vm, c := benchVM(b, ours)
				parse, walk := function(b, vm, `JSON.parse`), function(b, vm, touch)
				b.ReportAllocs()
				for b.Loop() {
					var v goja.Value
					var err error
					if ours {
						v, err = c.Decode(ev.text)
					} else {
						v, err = parse(goja.Undefined(), vm.ToValue(string(ev.text)))
					}
					if err == nil {
						_, err = walk(goja.Undefined(), v)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkEncode writes values that guest code has made.
func BenchmarkEncode(b *testing.B) {
	for _, ev := range benchEvents {
		for _, ours := range []bool{true, false} {
			b.Run(side(ours)+"/"+ev.name, func(b *testing.B) {
				vm, c := benchVM(b, ours)
				v, err := vm.RunString("(" + string(ev.text) + ")")
				if err != nil {
					b.Fatal(err)
				}
				stringify := function(b, vm, `JSON.stringify`)
				var dst []byte
				b.SetBytes(int64(len(ev.text)))
				b.ReportAllocs()
				for b.Loop() {
					if ours {
						dst, _, err = c.AppendEncode(dst[:0], v)
					} else {
						var s goja.Value
						s, err = stringify(goja.Undefined(), v)
						dst = append(dst[:0], s.String()...)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// transform is a handler as many are: it maps a list and adds up.
const transform = `(function (event) {
	const items = event.items.map((i) => ({
		sku: i.sku, qty: i.qty, total: i.qty * i.price, tag: i.tags[0], label: i.note.toUpperCase(),
	}));
	return { statusCode: 200, customer: event.customer.name, items, sum: items.reduce((s, i) => s + i.total, 0) };
})`

func BenchmarkTransform(b *testing.B) { benchHandler(b, transform, event(110)) }

// BenchmarkAmend is a handler that adds a member to each item of its event.
func BenchmarkAmend(b *testing.B) {
	benchHandler(b, `(function (event) {
		for (const i of event.items) i.total = i.qty * i.price;
		return event;
	})`, event(110))
}

// BenchmarkSpaced is an event with white space, as Python's json.dumps writes
// it, of which the handler passes a part on.
func BenchmarkSpaced(b *testing.B) {
	text := bytes.ReplaceAll(bytes.ReplaceAll(event(110), []byte(`,"`), []byte(`, "`)), []byte(`":`), []byte(`": `))
	benchHandler(b, `(function (event) { return { statusCode: 200, items: event.items }; })`, text)
}

func BenchmarkEcho100KB(b *testing.B) {
	benchHandler(b, `(function (event) { return event; })`, event(1250))
}

// BenchmarkSmall is the event and the answer of a handler that does little.
func BenchmarkSmall(b *testing.B) {
	benchHandler(b, `(function (event) { return { statusCode: 200, body: 'hello ' + event.name }; })`, benchEvents[0].text)
}

func benchHandler(b *testing.B, handler string, text []byte) {
	for _, ours := range []bool{true, false} {
		b.Run(side(ours), func(b *testing.B) {
			vm, c := benchVM(b, ours)
			handle := function(b, vm, handler)
			parse, stringify := function(b, vm, `JSON.parse`), function(b, vm, `JSON.stringify`)
			var dst []byte
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if ours {
					v, _ := c.Decode(text)
					v, _ = handle(goja.Undefined(), v)
					dst, _, err = c.AppendEncode(dst[:0], v)
				} else {
					v, _ := parse(goja.Undefined(), vm.ToValue(string(text)))
					v, _ = handle(goja.Undefined(), v)
					v, err = stringify(goja.Undefined(), v)
					dst = append(dst[:0], v.String()...)
				}
				if err != nil || len(dst) == 0 {
					b.Fatal(err, len(dst))
				}
			}
		})
	}
}

func BenchmarkValid(b *testing.B) {
	for _, ev := range benchEvents {
		b.Run(ev.name, func(b *testing.B) {
			b.SetBytes(int64(len(ev.text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Valid(ev.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIsolate is what the codec adds to the start of an isolate.
func BenchmarkIsolate(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			New(goja.New()).Install()
		}
	})
	b.Run("none", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			goja.New()
		}
	})
}

func side(ours bool) string {
	if ours {
		return "ours"
	}
	return "goja"
}

func benchVM(b *testing.B, ours bool) (*goja.Runtime, *Codec) {
	b.Helper()
	if !ours {
		return goja.New(), nil
	}
	return newVM(b, false)
}

func function(b *testing.B, vm *goja.Runtime, src string) goja.Callable {
	b.Helper()
	v, err := vm.RunString(strings.TrimSpace(src))
	if err != nil {
		b.Fatal(err)
	}
	f, ok := goja.AssertFunction(v)
	if !ok {
		b.Fatalf("%s is not a function", src)
	}
	return f
}
