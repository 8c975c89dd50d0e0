package codec

import (
	"sync"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// breathEvery is after how many values a long run looks whether the guest has
// been interrupted. It is a power of two, and less than a millisecond's work
// as a rule.
const breathEvery = 1 << 12

// nothing is a function that does nothing. goja looks for an interrupt before
// each instruction of JavaScript, and nowhere else.
var nothing = sync.OnceValue(func() *goja.Program {
	return goja.MustCompile("lambent:json", "(function () {})", true)
})

// breathe gives an interrupt its chance, by a panic that goja takes care of.
func (c *Codec) breathe() {
	if c.breath == nil {
		v, err := c.vm.RunProgram(nothing())
		if err != nil {
			panic(err)
		}
		c.breath = lazy.CallableOf(v.(*goja.Object))
	}
	c.breath(goja.FunctionCall{This: goja.Undefined()})
}

// tick counts a value written, or looked for in vain.
func (e *encoder) tick() {
	if e.ticks++; e.ticks%breathEvery == 0 {
		e.c.breathe()
	}
}
