package codec

import "github.com/dop251/goja"

const (
	msgStack  = "Maximum call stack size exceeded"
	msgLength = "Invalid string length"
	msgBigInt = "Do not know how to serialize a BigInt"
)

// newError makes an error of one of the global classes. A guest that has
// replaced the class gets what it made of it, or a TypeError.
func newError(vm *goja.Runtime, class string, msg goja.Value) goja.Value {
	if ctor, ok := vm.GlobalObject().Get(class).(*goja.Object); ok {
		if obj, err := vm.New(ctor, msg); err == nil {
			return obj
		}
	}
	return vm.NewTypeError("%s", msg.String())
}

// throw ends the running JavaScript with an error of a global class.
func throw(vm *goja.Runtime, class, msg string) {
	panic(newError(vm, class, vm.ToValue(msg)))
}

// throwSyntax ends the running JavaScript with a SyntaxError about text.
func throwSyntax(vm *goja.Runtime, err *syntaxError, text string) {
	panic(newError(vm, "SyntaxError", goja.StringFromUTF16(err.message(text))))
}
