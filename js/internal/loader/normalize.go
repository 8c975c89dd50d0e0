package loader

import (
	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/stack"
)

// Normalize gives an error that is about to be shown to a person or a program
// V8's wording and trace: those of errors that the VM made itself, and the trace
// of all errors. Texts that the guest chose stay. v is returned; other values
// than errors are not touched.
func Normalize(vm *goja.Runtime, v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Error" {
		return v
	}
	_ = vm.Try(func() {
		text, ok := o.Get("stack").(goja.String)
		if !ok || !stack.IsRaw(text.String()) {
			return
		}
		_ = o.DefineDataProperty("stack", vm.ToValue(stack.V8(text.String())), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	})
	return v
}
