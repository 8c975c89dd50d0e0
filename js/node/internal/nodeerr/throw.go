package nodeerr

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Plain returns an error of a native class without a code, as the engine itself
// throws them ("Invalid array length").
func Plain(vm *goja.Runtime, class, message string) *goja.Object {
	return plain(vm, class, message)
}

// Throw throws New with a formatted message.
func Throw(vm *goja.Runtime, class, code, format string, args ...any) {
	panic(New(vm, class, code, fmt.Sprintf(format, args...)))
}

// ArgType throws InvalidArgType.
func ArgType(h module.Host, name, expected string, actual goja.Value) {
	panic(InvalidArgType(h, name, expected, actual))
}

// ArgValue throws InvalidArgValue with the usual reason.
func ArgValue(h module.Host, name string, value goja.Value) {
	panic(InvalidArgValue(h, name, value, "is invalid"))
}

// Range throws OutOfRange.
func Range(h module.Host, name, want string, value goja.Value) {
	panic(OutOfRange(h, name, want, value))
}
