package lang

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/dop251/goja"
)

// TestIntl compares with what Node 20 answered to the same script.
func TestIntl(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("testdata/intl.js")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/intl.json")
	if err != nil {
		t.Fatal(err)
	}
	vm := goja.New()
	Install(vm, Mentions(string(script)))
	v, err := vm.RunScript("intl.js", string(script))
	if err != nil {
		t.Fatal(err)
	}
	var got, want [][2]any
	if err := json.Unmarshal([]byte(v.String()), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d answers, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%v:\ngot  %q\nwant %q", want[i][0], got[i][1], want[i][1])
		}
	}
}

func TestInstall(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{"a WeakRef gives its target back", `const o = {}; new WeakRef(o).deref() === o`, "true"},
		{"a WeakRef holds no primitive", `try { new WeakRef(1) } catch (e) { String(e) }`, "TypeError: WeakRef: invalid target"},
		{"a FinalizationRegistry forgets by token", `const r = new FinalizationRegistry(() => {}), k = {}; r.register({}, 1, k); [r.unregister(k), r.unregister(k)].join()`, "true,false"},
		{"Symbol.asyncIterator is the same symbol everywhere", `Symbol.asyncIterator === Symbol.asyncIterator && Symbol.asyncIterator.description`, "Symbol.asyncIterator"},
		{"lone surrogates are found", `['a', '\ud83d\ude00', '\ud83d', '\ude00x'].map((s) => s.isWellFormed()).join()`, "true,true,false,false"},
		{"lone surrogates are replaced", `'\ud83dx\ud83d\ude00\ude00'.toWellFormed() === '\ufffdx\ud83d\ude00\ufffd'`, "true"},
		{"legacy accessors define and look up", `const o = {}; o.__defineGetter__('x', () => 7); [o.x, typeof o.__lookupGetter__('x'), typeof o.__lookupSetter__('x')].join()`, "7,function,undefined"},
		{"years of two digits", `const d = new Date(0); d.setYear(99); [d.getYear(), Date.prototype.toGMTString === Date.prototype.toUTCString].join()`, "99,true"},
		{"strings have a longest length", `['repeat', 'padStart', 'padEnd'].map((m) => { try { return 'xy'[m](2 ** 29) } catch (e) { return e.name + e.message } }).join()`, "RangeErrorInvalid string length,RangeErrorInvalid string length,RangeErrorInvalid string length"},
		{"shorter ones are as before", `'ab'.repeat(2) + 'a'.padStart(3, '-') + 'a'.padEnd(2)`, "abab--aa "},
		{"Intl can be replaced", `Intl = 5; Intl`, "5"},
		{"numbers keep their own text", `String(1234.5) + (1234.5).toLocaleString()`, "1234.51,234.5"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			vm := goja.New()
			Install(vm, Mentions(tc.src))
			v, err := vm.RunString(tc.src)
			if err != nil {
				t.Fatal(err)
			}
			if got := v.String(); got != tc.want {
				t.Errorf("%s = %q, want %q", tc.src, got, tc.want)
			}
		})
	}
}

func TestDatesNameTheirZoneInFull(t *testing.T) {
	t.Parallel()
	if zone, _ := time.Now().Zone(); zone != "UTC" {
		t.Skip("isolates run in UTC, this test does not")
	}
	vm := goja.New()
	src := "new Date(0).toString() + new Date(0).toTimeString().slice(0, 8) + Date.prototype.toString.name"
	Install(vm, Mentions(src))
	v, err := vm.RunString(src)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)00:00:00toString"; v.String() != want {
		t.Errorf("got %q, want %q", v, want)
	}
}

func TestNothingIsInstalledUnasked(t *testing.T) {
	t.Parallel()
	if s := Mentions("exports.handler = async () => 1"); s != 0 {
		t.Errorf("Mentions = %b, want nothing", s)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Europe/Berlin": "Europe/Berlin", "utc": "UTC", "GMT": "UTC", "US/Pacific": "America/Los_Angeles",
		"../etc/passwd": "", "/etc/localtime": "", "Local": "", "": "", "Europe/../../etc/passwd": "",
	} {
		if got := canonicalZone(name); got != want {
			t.Errorf("canonicalZone(%q) = %q, want %q", name, got, want)
		}
	}
}

func BenchmarkInstallIntl(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vm := goja.New()
		Install(vm, Locales)
		if _, err := vm.RunString("Intl.NumberFormat"); err != nil {
			b.Fatal(err)
		}
	}
}
