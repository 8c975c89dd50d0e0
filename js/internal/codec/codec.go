package codec

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
	"github.com/lambent-run/lambent/js/module"
)

// maxDepth is how many arrays and objects may be nested in what is encoded, or
// revived, in all calls together that run at a time in an isolate. V8's limit
// comes from its stack and is of this size.
const maxDepth = 5000 + callDepth

// Codec is one isolate's JSON. It belongs to the isolate's owner goroutine.
type Codec struct {
	vm    *goja.Runtime
	home  *lazy.Home // nil until the first use
	eager bool       // make values at once
	depth int        // how many containers are being encoded or revived
	// guest counts calls that may have run guest code.
	guest uint
	spare *encoder      // one that is not in use
	entry goja.Callable // calls job
	job   func()
	// breath runs a little guest code that does nothing.
	breath func(goja.FunctionCall) goja.Value
}

var _ module.Codec = (*Codec)(nil)

// New returns the codec of vm. It costs nothing until it is used.
func New(vm *goja.Runtime) *Codec {
	return &Codec{vm: vm, eager: !lazy.Supported()}
}

// Decode returns the value of one JSON text, with the semantics of JSON.parse.
// Bytes that are not UTF-8 count as U+FFFD. It keeps nothing of text. The error
// is a *goja.Exception that holds a SyntaxError.
func (c *Codec) Decode(text []byte) (v goja.Value, err error) {
	whole := clean(string(text))
	if !c.eager {
		v, bad := c.decode(whole, false)
		if bad == nil {
			return v, nil
		}
	}
	if err := c.run(func() { v = c.parse(whole, false) }); err != nil {
		return nil, err
	}
	return v, nil
}

// parse makes the value of text, or throws. lone is whether text may have lone
// surrogates.
func (c *Codec) parse(text string, lone bool) goja.Value {
	v, bad := c.decode(text, lone)
	if bad != nil {
		throwSyntax(c.vm, bad, text)
	}
	return v
}

// decode makes the value of text. It throws only if values are made eagerly.
func (c *Codec) decode(text string, lone bool) (goja.Value, *syntaxError) {
	nodes, err := scan(text, true)
	if err != nil {
		return nil, err
	}
	d := &document{vm: c.vm, text: text, nodes: nodes, share: len(text) <= shareMax, lone: lone}
	i := d.space(0)
	var v goja.Value
	if c.eager {
		v, _, _ = d.eager(i, 0, 0)
	} else {
		d.home = c.records()
		v, _, _ = d.value(i, 0)
	}
	return v, nil
}

// records returns the home of the isolate's records.
func (c *Codec) records() *lazy.Home {
	if c.home == nil {
		c.home = lazy.NewHome(c.vm)
	}
	return c.home
}

// run calls f where it may throw and run guest code. The error is the
// exception, or what interrupted the guest.
func (c *Codec) run(f func()) error {
	if c.entry == nil {
		c.entry, _ = goja.AssertFunction(c.vm.ToValue(func(goja.FunctionCall) goja.Value {
			f := c.job
			c.job = nil
			f()
			return goja.Undefined()
		}))
	}
	c.job = f
	_, err := c.entry(goja.Undefined())
	return err
}
