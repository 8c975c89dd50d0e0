// Package lang supplies the parts of the language's library that the VM lacks:
// WeakRef, Intl, Error.captureStackTrace and the like. Making them in every
// isolate would cost more than many handlers run for, so the loader notes at
// compile time which of them a file mentions (Mentions), and has just those made
// when the file is first loaded (Install).
//
// What cannot be done well is left out, so that code which tests for it takes
// its other way: SharedArrayBuffer and Atomics (an isolate has one thread),
// resizable ArrayBuffers, the legacy RegExp.$1, and the HTML methods of strings.
//
//   - WeakRef holds its target strongly, and a FinalizationRegistry never calls
//     back; the language allows both.
//   - Symbol.asyncIterator, asyncDispose and dispose are registered symbols:
//     Symbol.keyFor tells, nothing else does.
//   - Intl has NumberFormat, DateTimeFormat, Collator, PluralRules, ListFormat
//     and RelativeTimeFormat. It knows English (US, GB and CA), de, fr, es, it, nl,
//     pt, ja and sv; numbers, dates and lists of any other locale come out as in
//     en-US, relative times always do. Calendars other than the Gregorian one,
//     other digits, Segmenter and DisplayNames are missing. Strings are compared by
//     the rules of every locale. The time zone is UTC unless one is asked for.
package lang

import (
	_ "embed" // the scripts
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Set is a set of features.
type Set uint16

// The features, each with the names that tell of its use.
const (
	WeakRefs Set = 1 << iota
	Symbols
	WellFormed
	LegacyAccessors
	LegacyDate
	Traces
	Locales
	DateText
	LongStrings
)

var mentions = []struct {
	feature Set
	names   []string
}{
	{WeakRefs, []string{"WeakRef", "FinalizationRegistry"}},
	{Symbols, []string{"asyncIterator", "asyncDispose", "Symbol.dispose"}},
	{WellFormed, []string{"WellFormed"}},
	{LegacyAccessors, []string{"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"}},
	{LegacyDate, []string{"getYear", "setYear", "toGMTString"}},
	{Traces, []string{"captureStackTrace", "stackTraceLimit", "prepareStackTrace"}},
	{Locales, []string{"Intl", "toLocale", "localeCompare"}},
	{DateText, []string{"new Date", "Date()"}},
	{LongStrings, []string{"repeat", "padStart", "padEnd"}},
}

// Mentions returns the features whose names occur in a source text.
func Mentions(src string) Set {
	var s Set
	for _, m := range mentions {
		for _, name := range m.names {
			if strings.Contains(src, name) {
				s |= m.feature
				break
			}
		}
	}
	return s
}

//go:embed lang.js
var langSource string

var script = module.NewScript("node:internal/lang", "feature", langSource)

// Install makes features in vm. It panics with whatever exception the guest
// provokes, for instance by freezing Object.prototype.
func Install(vm *goja.Runtime, s Set) {
	if s&Symbols != 0 {
		InstallSymbols(vm)
	}
	for _, f := range []struct {
		feature Set
		name    string
	}{{WeakRefs, "weak"}, {WellFormed, "wellFormed"}, {LegacyAccessors, "accessors"}, {LegacyDate, "date"}} {
		if s&f.feature != 0 {
			script.Run(vm, vm.ToValue(f.name))
		}
	}
	if s&Locales != 0 {
		installIntl(vm)
	}
	if s&DateText != 0 {
		installDateText(vm)
	}
	if s&LongStrings != 0 {
		boundStrings(vm)
	}
}

// installDateText makes dates name their zone as V8 does, in full. An isolate's
// zone is UTC.
func installDateText(vm *goja.Runtime) {
	class, ok := vm.GlobalObject().Get("Date").(*goja.Object)
	if !ok {
		return
	}
	proto, ok := class.Get("prototype").(*goja.Object)
	if !ok {
		return
	}
	for _, name := range []string{"toString", "toTimeString"} {
		plain, ok := goja.AssertFunction(proto.Get(name))
		if !ok {
			continue
		}
		full := vm.ToValue(func(call goja.FunctionCall) goja.Value {
			v, err := plain(call.This)
			if err != nil {
				panic(err)
			}
			if text, ok := strings.CutSuffix(v.String(), "(UTC)"); ok {
				return vm.ToValue(text + "(Coordinated Universal Time)")
			}
			return v
		}).(*goja.Object)
		_ = full.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		_ = proto.DefineDataProperty(name, full, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
}

// InstallSymbols makes Symbol.asyncIterator, asyncDispose and dispose. Core
// modules need the first, so it is a function of its own.
func InstallSymbols(vm *goja.Runtime) {
	class, ok := vm.GlobalObject().Get("Symbol").(*goja.Object)
	if !ok {
		return
	}
	keyed, ok := goja.AssertFunction(class.Get("for"))
	if !ok {
		return
	}
	for _, name := range []string{"asyncIterator", "asyncDispose", "dispose"} {
		if v := class.Get(name); v != nil && !goja.IsUndefined(v) {
			continue
		}
		sym, err := keyed(class, vm.ToValue("Symbol."+name))
		if err != nil {
			panic(err)
		}
		_ = class.DefineDataProperty(name, sym, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	}
}

// maxString is the length of the longest string of V8, in UTF-16 units.
const maxString = 1<<29 - 24

// boundStrings makes the methods that could build a string of any length in one
// call throw where V8 does.
func boundStrings(vm *goja.Runtime) {
	class, ok := vm.GlobalObject().Get("String").(*goja.Object)
	if !ok {
		return
	}
	proto, ok := class.Get("prototype").(*goja.Object)
	if !ok {
		return
	}
	for _, name := range []string{"repeat", "padStart", "padEnd"} {
		plain, ok := goja.AssertFunction(proto.Get(name))
		if !ok {
			continue
		}
		bounded := vm.ToValue(func(call goja.FunctionCall) goja.Value {
			n := call.Argument(0).ToFloat()
			if name == "repeat" {
				if s, ok := call.This.(goja.String); ok {
					n *= float64(s.Length())
				}
			}
			if n > maxString {
				e, err := vm.New(vm.GlobalObject().Get("RangeError"), vm.ToValue("Invalid string length"))
				if err != nil {
					panic(err)
				}
				panic(e)
			}
			v, err := plain(call.This, call.Arguments...)
			if err != nil {
				panic(err)
			}
			return v
		}).(*goja.Object)
		_ = bounded.DefineDataProperty("name", vm.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		_ = proto.DefineDataProperty(name, bounded, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
}
