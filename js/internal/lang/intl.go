package lang

import (
	_ "embed" // the scripts
	"regexp"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Intl must not depend on the host's files

	"github.com/dop251/goja"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/lambent-run/lambent/js/module"
)

//go:embed intl_hooks.js
var hooksSource string

//go:embed intl_locales.js
var localesSource string

//go:embed intl_number.js
var numberSource string

//go:embed intl_date.js
var dateSource string

//go:embed intl_text.js
var textSource string

var (
	hooksScript   = module.NewScript("node:internal/intl", "intl, native", hooksSource)
	localesScript = module.NewScript("node:internal/intl/locales", "", localesSource)
	numberScript  = module.NewScript("node:internal/intl/number", "shared", numberSource)
	dateScript    = module.NewScript("node:internal/intl/date", "shared, native", dateSource)
	textScript    = module.NewScript("node:internal/intl/text", "shared, native", textSource)
)

// installIntl replaces the methods that depend on the locale, and makes Intl a
// global that comes to be when it is first used.
func installIntl(vm *goja.Runtime) {
	native := vm.NewObject()
	_ = native.Set("zone", func(call goja.FunctionCall) goja.Value { return zone(vm, call) })
	_ = native.Set("zoneName", func(call goja.FunctionCall) goja.Value { return vm.ToValue(canonicalZone(call.Argument(0).String())) })
	_ = native.Set("compare", func(call goja.FunctionCall) goja.Value {
		return vm.ToValue(compare(call.Argument(0).String(), call.Argument(1).String(), call.Argument(2).String(),
			call.Argument(3).ToBoolean(), call.Argument(4).String()))
	})
	var made goja.Value
	intl := func(goja.FunctionCall) goja.Value {
		if made == nil {
			shared := localesScript.Run(vm)
			numberScript.Run(vm, shared)
			dateScript.Run(vm, shared, native)
			made = textScript.Run(vm, shared, native)
		}
		return made
	}
	hooksScript.Run(vm, vm.ToValue(intl), native)
}

// fold maps the lower-case name of a zone to the name itself, for the zones
// that people write in other ways.
var fold = map[string]string{
	"utc": "UTC", "gmt": "UTC", "etc/utc": "UTC", "etc/gmt": "UTC", "zulu": "UTC", "etc/zulu": "UTC", "uct": "UTC", "universal": "UTC",
	"us/pacific": "America/Los_Angeles", "us/eastern": "America/New_York", "us/central": "America/Chicago",
	"us/mountain": "America/Denver", "asia/kolkata": "Asia/Calcutta",
}

var zoneName = regexp.MustCompile(`^[A-Za-z]+[A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$`)

// canonicalZone returns the name that Intl uses for a time zone, empty if there
// is none of that name.
func canonicalZone(name string) string {
	if c, ok := fold[strings.ToLower(name)]; ok {
		return c
	}
	if !zoneName.MatchString(name) || strings.EqualFold(name, "local") || location(name) == nil {
		return ""
	}
	return name
}

var locations sync.Map // name -> *time.Location, only of those that exist

func location(name string) *time.Location {
	if l, ok := locations.Load(name); ok {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	locations.Store(name, l)
	return l
}

// zone returns [offset in seconds, abbreviation] of a zone at a time given in
// milliseconds.
func zone(vm *goja.Runtime, call goja.FunctionCall) goja.Value {
	l := location(call.Argument(0).String())
	if l == nil {
		return goja.Null()
	}
	name, offset := time.UnixMilli(call.Argument(1).ToInteger()).In(l).Zone()
	return vm.NewArray(offset, name)
}

// collators are kept for the process: making one costs much more than using it.
// A collator has state, so each is used under its lock.
var collators struct {
	sync.Mutex
	made map[collatorKey]*collate.Collator
}

type collatorKey struct {
	locale      string
	numeric     bool
	sensitivity string
}

func compare(a, b, locale string, numeric bool, sensitivity string) int {
	tag, err := language.Parse(locale)
	if err != nil {
		tag = language.AmericanEnglish
	}
	key := collatorKey{tag.String(), numeric, sensitivity}
	collators.Lock()
	defer collators.Unlock()
	c := collators.made[key]
	if c == nil {
		var opts []collate.Option
		switch sensitivity {
		case "base":
			opts = append(opts, collate.Loose)
		case "accent":
			opts = append(opts, collate.IgnoreCase)
		case "case":
			opts = append(opts, collate.IgnoreDiacritics)
		}
		if numeric {
			opts = append(opts, collate.Numeric)
		}
		c = collate.New(tag, opts...)
		if collators.made == nil || len(collators.made) > 64 {
			collators.made = map[collatorKey]*collate.Collator{}
		}
		collators.made[key] = c
	}
	return c.CompareString(a, b)
}
