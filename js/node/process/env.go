package process

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// env is process.env: a map of strings that keeps the order of insertion. It
// starts as a copy of System.Env and is never connected with the host's.
type env struct {
	vm     *goja.Runtime
	values map[string]goja.Value
	names  []string
}

var _ goja.DynamicObject = (*env)(nil)

func newEnv(h module.Host) *env {
	initial := h.System().Env
	e := &env{vm: h.VM(), values: make(map[string]goja.Value, len(initial)), names: make([]string, 0, len(initial))}
	for name := range initial {
		e.names = append(e.names, name)
	}
	slices.Sort(e.names)
	for _, name := range e.names {
		e.values[name] = e.vm.ToValue(initial[name])
	}
	return e
}

// Get implements goja.DynamicObject.
func (e *env) Get(key string) goja.Value { return e.values[key] }

// Set implements goja.DynamicObject: every value becomes a string.
func (e *env) Set(key string, v goja.Value) bool {
	if _, ok := v.(*goja.Symbol); ok {
		panic(e.vm.NewTypeError("Cannot convert a Symbol value to a string"))
	}
	// Not v.ToString(): goja's leaves a number as it is.
	e.put(key, e.vm.ToValue(v.String()))
	return true
}

func (e *env) put(key string, v goja.Value) {
	if _, ok := e.values[key]; !ok {
		e.names = append(e.names, key)
	}
	e.values[key] = v
}

// Has implements goja.DynamicObject.
func (e *env) Has(key string) bool { _, ok := e.values[key]; return ok }

// Delete implements goja.DynamicObject.
func (e *env) Delete(key string) bool {
	if _, ok := e.values[key]; ok {
		delete(e.values, key)
		e.names = slices.DeleteFunc(e.names, func(n string) bool { return n == key })
	}
	return true
}

// Keys implements goja.DynamicObject.
func (e *env) Keys() []string { return slices.Clone(e.names) }

// SetEnv changes a variable of a process object that Load returned, as the
// platform does with _X_AMZN_TRACE_ID before each invocation. Empty removes it.
func SetEnv(process *goja.Object, name, value string) {
	native, ok := process.GetSymbol(envKey).(*goja.Object)
	if !ok {
		return
	}
	e, ok := native.Export().(*env)
	if !ok {
		return
	}
	if value == "" {
		e.Delete(name)
		return
	}
	e.put(name, e.vm.ToValue(value))
}

// envKey leads from a process object to its environment, whatever the guest
// has made of process.env.
var envKey = goja.NewSymbol("env")
