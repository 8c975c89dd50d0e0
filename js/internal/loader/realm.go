package loader

import (
	"errors"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lang"
	"github.com/lambent-run/lambent/js/module"
)

// Realm is one isolate's module state. It belongs to the isolate's owner
// goroutine.
type Realm struct {
	program *Program
	host    module.Host
	vm      *goja.Runtime
	builtin func(name string) (*goja.Object, bool)

	cjs              commonState
	fix, trace, deep goja.Value   // the functions of hooks
	big              []goja.Value // those of bigParams

	// guarded says which constructors without names are guarded by now.
	guarded struct{ async, generator bool }

	features   lang.Set     // that were installed
	errorClass *goja.Object // Error, once traces follow its settings
	preparing  bool         // Error.prepareStackTrace runs

	esm map[string]*esModuleState // by path, or "node:" and a core module's name
}

// throw turns err into a JavaScript exception and panics with it. requirer is
// the module that asked, for the require stack.
func (r *Realm) throw(err error, requirer *cjsModule) {
	panic(r.value(err, requirer))
}

// value makes the JavaScript value that stands for err.
func (r *Realm) value(err error, requirer *cjsModule) goja.Value {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return ex.Value()
	}
	var re *resolveError
	if !errors.As(err, &re) {
		re = &resolveError{code: "ERR_LOADER", message: err.Error()}
	}
	msg := re.message
	var stack []any
	if re.stack && requirer != nil {
		var b strings.Builder
		b.WriteString(msg)
		b.WriteString("\nRequire stack:")
		for m := requirer; m != nil; m = m.parent {
			b.WriteString("\n- " + m.filename)
			stack = append(stack, m.filename)
		}
		msg = b.String()
	}
	class := re.class
	if class == "" {
		class = "Error"
	}
	o := r.newError(class, msg)
	if strings.HasPrefix(re.code, "ERR_") {
		// As Node does it: the code shows in the stack and nowhere else.
		_ = o.Set("name", class+" ["+re.code+"]")
		_ = o.Get("stack")
		_ = o.Delete("name")
	}
	if re.code != "" {
		_ = o.Set("code", re.code)
	}
	if re.code == "MODULE_NOT_FOUND" && re.stack {
		_ = o.Set("requireStack", r.vm.NewArray(stack...))
	}
	for k, v := range re.props {
		_ = o.Set(k, v)
	}
	return o
}

// newError makes an instance of one of the language's error classes.
func (r *Realm) newError(class, msg string) *goja.Object {
	o, err := r.vm.New(r.vm.GlobalObject().Get(class), r.vm.ToValue(msg))
	if err != nil {
		// The guest has replaced the class by something that cannot be made.
		return r.vm.NewTypeError("%s", msg)
	}
	return o
}

// named makes an Error with a name of its own, such as Lambda's
// "Runtime.HandlerNotFound".
func (r *Realm) named(name, msg string) *goja.Object {
	o := r.newError("Error", msg)
	_ = o.Set("name", name)
	return o
}

// exception wraps a value so that it can be returned as an error.
func (r *Realm) exception(v goja.Value) error {
	return r.vm.Try(func() { panic(v) })
}

// prepare makes the parts of the language's library that a file mentions.
func (r *Realm) prepare(u *unit) {
	missing := u.features &^ r.features
	if missing == 0 {
		return
	}
	r.features |= missing
	lang.Install(r.vm, missing)
	if missing&lang.Traces != 0 {
		r.installTraces()
	}
}
