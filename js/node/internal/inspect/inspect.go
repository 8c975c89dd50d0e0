// Package inspect turns JavaScript values into text as Node's util.inspect and
// util.format do, layout and all. It is the work behind util, console and the
// messages of assert, and is written in Go because most log lines pass here.
//
// inspect.go has the options and the entry points, value.go the dispatch by
// kind of value, object.go, collection.go, function.go and failure.go the
// kinds, layout.go the line breaking, quote.go the strings, format.go
// util.format.
package inspect

import (
	"math"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Unlimited is the depth, length or width that nothing reaches, written null by
// the guest. Infinite is the same, written Infinity.
const (
	Unlimited = math.MaxInt32
	Infinite  = Unlimited + 1
)

// maxNesting bounds the recursion of one call whatever depth the guest asks for,
// maxReentry that of calls within calls, which inspection functions of the
// guest make.
const (
	maxNesting = 1000
	maxReentry = 100
)

// maxOutput bounds the text that one call builds, in bytes. Beyond it nested
// objects are no longer expanded.
const maxOutput = 16 << 20

// Options are those of util.inspect. The zero value is not the default: use
// Defaults.
type Options struct {
	ShowHidden       bool
	Depth            int // -1 shows no object at all; Unlimited is null or Infinity
	Colors           bool
	CustomInspect    bool
	ShowProxy        bool
	MaxArrayLength   int
	MaxStringLength  int
	BreakLength      int
	Compact          int // levels that fit on one line; 0 is false, CompactTrue is true
	Sorted           bool
	Compare          goja.Callable // orders keys if Sorted is set; nil means by name
	Getters          string        // "", "all", "get" or "set"
	NumericSeparator bool
}

// CompactTrue is the value of Options.Compact for compact: true.
const CompactTrue = -1

// Defaults are the options that util.inspect uses if none are given.
var Defaults = Options{
	Depth:           2,
	CustomInspect:   true,
	MaxArrayLength:  100,
	MaxStringLength: 10000,
	BreakLength:     80,
	Compact:         3,
}

// Inspector inspects the values of one isolate and belongs to its goroutine.
type Inspector struct {
	h        module.Host
	vm       *goja.Runtime
	natives  *natives
	defaults Options
	custom   *goja.Symbol // nodejs.util.inspect.custom, once asked for
	inspect  goja.Value   // util.inspect, handed to custom inspection functions
	running  int          // calls of Inspect that have not returned
}

// New returns an Inspector. It costs next to nothing before the first object.
func New(h module.Host) *Inspector {
	return &Inspector{h: h, vm: h.VM(), defaults: Defaults}
}

// Custom returns Symbol.for('nodejs.util.inspect.custom').
func (in *Inspector) Custom() *goja.Symbol { return in.realm().customSymbol() }

// Inspect returns the text of v. It panics with whatever a custom inspection
// function of the guest throws.
func (in *Inspector) Inspect(v goja.Value, opts Options) string {
	if in.running >= maxReentry {
		panic(in.rangeError("Maximum call stack size exceeded"))
	}
	in.running++
	defer func() { in.running-- }()
	s := &state{in: in, Options: opts, n: in.realm()}
	return s.value(v, 0)
}

// InspectDefault inspects with the default options.
func (in *Inspector) InspectDefault(v goja.Value) string { return in.Inspect(v, in.defaults) }

// DefaultOptions returns a pointer to the isolate's own defaults, which the
// guest changes through util.inspect.defaultOptions.
func (in *Inspector) DefaultOptions() *Options { return &in.defaults }

// state is one call of Inspect.
type state struct {
	Options
	in           *Inspector
	n            *natives
	seen         []*goja.Object
	circular     map[*goja.Object]int
	indent       int // columns by which the current object is indented
	nesting      int // calls of value that have not returned
	currentDepth int // level of the object that was entered last
	written      int // bytes of finished text, to bound the whole
}

// ParseOptions reads an options object of the guest over base.
func (in *Inspector) ParseOptions(base Options, v goja.Value) Options {
	o, ok := v.(*goja.Object)
	if !ok {
		return base
	}
	flag := func(name string, dst *bool) {
		if p := o.Get(name); p != nil && !goja.IsUndefined(p) {
			*dst = p.ToBoolean()
		}
	}
	number := func(name string, dst *int, least int) {
		p := o.Get(name)
		switch {
		case p == nil || goja.IsUndefined(p):
		case goja.IsNull(p):
			*dst = Unlimited
		case goja.IsNumber(p):
			f := p.ToFloat()
			switch {
			case math.IsNaN(f):
				*dst = 0
			case f >= Unlimited:
				*dst = Infinite
			default:
				*dst = max(int(math.Max(f, -1e6)), least)
			}
		}
	}
	flag("showHidden", &base.ShowHidden)
	flag("colors", &base.Colors)
	flag("customInspect", &base.CustomInspect)
	flag("showProxy", &base.ShowProxy)
	flag("numericSeparator", &base.NumericSeparator)
	number("depth", &base.Depth, -1)
	number("maxArrayLength", &base.MaxArrayLength, 0)
	number("maxStringLength", &base.MaxStringLength, 0)
	number("breakLength", &base.BreakLength, 0)
	switch p := o.Get("compact"); {
	case p == nil || goja.IsUndefined(p):
	case goja.IsNumber(p):
		number("compact", &base.Compact, 0)
	case p.ToBoolean():
		base.Compact = CompactTrue
	default:
		base.Compact = 0
	}
	if p := o.Get("sorted"); p != nil && !goja.IsUndefined(p) {
		base.Sorted = p.ToBoolean()
		base.Compare, _ = goja.AssertFunction(p)
	}
	if p := o.Get("getters"); p != nil && !goja.IsUndefined(p) {
		switch s := p.String(); {
		case s == "get" || s == "set":
			base.Getters = s
		case p.ToBoolean():
			base.Getters = "all"
		default:
			base.Getters = ""
		}
	}
	return base
}

// optionsObject is the second argument of a custom inspection function.
func (s *state) optionsObject() *goja.Object {
	vm := s.in.vm
	o := vm.NewObject()
	limit := func(n int) any {
		switch {
		case n == Infinite:
			return math.Inf(1)
		case n == Unlimited:
			return goja.Null()
		}
		return n
	}
	var compact, getters, sorted any = s.Compact, s.Getters, s.Sorted
	switch s.Compact {
	case 0:
		compact = false
	case CompactTrue:
		compact = true
	}
	switch s.Getters {
	case "":
		getters = false
	case "all":
		getters = true
	}
	if s.Compare != nil {
		compare := s.Compare
		sorted = vm.ToValue(func(call goja.FunctionCall) goja.Value {
			v, err := compare(goja.Undefined(), call.Arguments...)
			if err != nil {
				panic(err)
			}
			return v
		})
	}
	for _, p := range []struct {
		name  string
		value any
	}{
		{"showHidden", s.ShowHidden}, {"depth", limit(s.Depth)}, {"colors", s.Colors},
		{"customInspect", s.CustomInspect}, {"showProxy", s.ShowProxy},
		{"maxArrayLength", limit(s.MaxArrayLength)}, {"maxStringLength", limit(s.MaxStringLength)},
		{"breakLength", limit(s.BreakLength)}, {"compact", compact}, {"sorted", sorted},
		{"getters", getters}, {"numericSeparator", s.NumericSeparator},
	} {
		_ = o.Set(p.name, p.value)
	}
	colors := s.Colors
	_ = o.Set("stylize", vm.ToValue(func(call goja.FunctionCall) goja.Value {
		text := call.Argument(0).String()
		if colors {
			text = paint(text, call.Argument(1).String())
		}
		return vm.ToValue(text)
	}))
	return o
}

// SetInspect tells the Inspector which function is util.inspect.
func (in *Inspector) SetInspect(fn goja.Value) { in.inspect = fn }

// NewLegacyOptions makes an options object of the positional arguments that
// util.inspect took once.
func (in *Inspector) NewLegacyOptions(depth, colors goja.Value) *goja.Object {
	o := in.vm.NewObject()
	_ = o.Set("depth", depth)
	_ = o.Set("colors", colors)
	return o
}
