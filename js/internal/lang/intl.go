package lang

import "github.com/dop251/goja"

func installIntl(vm *goja.Runtime) {}
