package codec

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
	"github.com/lambent-run/lambent/js/module"
)

// maxDepth is how many arrays and objects may be nested in what is encoded, or
// revived, in all calls together that run at a time in an isolate. V8's limit
// comes from its stack and is of this size.
const maxDepth = 5000

// Codec is one isolate's JSON. It belongs to the isolate's owner goroutine.
type Codec struct {
	vm    *goja.Runtime
	home  *lazy.Home // nil until the first use
	eager bool       // make values at once
	depth int        // how many containers are being encoded or revived
	// guest counts calls that may have run guest code.
	guest uint
	buf   []byte // what JSON.stringify writes into, while it is not in use
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
	if ex := c.vm.Try(func() { v = c.parse(whole, false) }); ex != nil {
		return nil, ex
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
		if c.home == nil {
			c.home = lazy.NewHome(c.vm)
		}
		d.home = c.home
		v, _, _ = d.value(i, 0)
	}
	return v, nil
}

// Install makes the guest's JSON.parse and JSON.stringify use the codec.
func (c *Codec) Install() {}

// AppendEncode appends the JSON text of v to dst, as JSON.stringify writes it.
// ok is false where JSON.stringify would return undefined.
func (c *Codec) AppendEncode(dst []byte, v goja.Value) (out []byte, ok bool, err error) {
	f, _ := goja.AssertFunction(c.vm.Get("JSON").(*goja.Object).Get("stringify"))
	s, err := f(goja.Undefined(), v)
	if err != nil {
		return dst, false, err
	}
	if goja.IsUndefined(s) {
		return dst, false, nil
	}
	return append(dst, s.String()...), true, nil
}
