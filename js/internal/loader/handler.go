package loader

import (
	"path"
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// Handler loads the module that a handler string such as "src/index.handler"
// names, and returns the function it designates; or, if the module is an ES
// module that awaits something at its top, a pending promise of that function.
//
// Errors are *goja.Exception, or one that the VM cannot catch (an interrupt).
// The exceptions that Lambda defines are Errors with the name
// Runtime.MalformedHandlerName, Runtime.UserCodeSyntaxError,
// Runtime.ImportModuleError or Runtime.HandlerNotFound. A promise is rejected
// with the same values.
func (r *Realm) Handler(handler string) (fn goja.Value, err error) {
	if strings.Contains(handler, "..") {
		return nil, r.exception(r.named("Runtime.MalformedHandlerName", "'"+handler+"' is not a valid handler name. Use absolute paths when specifying root directories in handler names."))
	}
	root, rest := "", handler
	if i := strings.LastIndexByte(handler, '/'); i >= 0 {
		root, rest = handler[:i+1], handler[i+1:]
	}
	mod, export, ok := strings.Cut(rest, ".")
	if !ok {
		return nil, r.exception(r.named("Runtime.MalformedHandlerName", "Bad handler"))
	}
	err = r.guard(func() {
		exports, esm, promise := r.loadHandler(root, mod)
		first, rest, _ := strings.Cut(export, ".")
		pick := func() goja.Value {
			if esm == nil {
				return r.pick(exports, handler, export)
			}
			v := r.exported(esm, first)
			if len(rest) > 0 || strings.HasSuffix(export, ".") {
				return r.pick(v, handler, rest)
			}
			return r.function(v, handler)
		}
		if promise != nil {
			fn = r.after(promise, pick)
			return
		}
		fn = pick()
	})
	return fn, err
}

// guard runs f and returns the exception that it throws, renamed as Lambda
// does. What the VM does not let code catch, an interrupt or the end of the
// stack, is returned as it is.
func (r *Realm) guard(f func()) (err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *goja.InterruptedError:
			err = x
		case *goja.StackOverflowError:
			err = x
		default:
			panic(x)
		}
	}()
	if ex := r.vm.Try(f); ex != nil {
		return r.exception(r.rename(ex.Value()))
	}
	return nil
}

var trampoline = goja.MustCompile("node:internal/modules/run_main", "(function(f){f()})", true)

// atOnce runs f without any promise reaction in between: the VM runs them when
// the outermost function of the guest's language returns, so f is called by one.
func (r *Realm) atOnce(f func()) {
	v, err := r.vm.RunProgram(trampoline)
	if err != nil {
		panic(err)
	}
	call, _ := goja.AssertFunction(v)
	_, err = call(goja.Undefined(), r.vm.ToValue(func(goja.FunctionCall) goja.Value {
		f()
		return goja.Undefined()
	}))
	if err != nil {
		panic(err)
	}
}

// rename gives the failures of loading the names that Lambda gives them.
func (r *Realm) rename(v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		return v
	}
	name := ""
	if syntax, ok := r.vm.GlobalObject().Get("SyntaxError").(*goja.Object); ok && r.vm.InstanceOf(o, syntax) {
		name = "Runtime.UserCodeSyntaxError"
	} else if code := o.Get("code"); code != nil && code.String() == "MODULE_NOT_FOUND" {
		name = "Runtime.ImportModuleError"
	}
	if name == "" {
		return v
	}
	return r.named(name, o.String())
}

// pick walks the export path through the loaded module.
func (r *Realm) pick(v goja.Value, handler, export string) goja.Value {
	for _, key := range strings.Split(export, ".") {
		if !v.ToBoolean() {
			break
		}
		v = v.ToObject(r.vm).Get(key)
		if v == nil {
			v = goja.Undefined()
		}
	}
	return r.function(v, handler)
}

// exported returns an export of an evaluated ES module without making its
// namespace object, which few handlers need.
func (r *Realm) exported(m *esModuleState, name string) goja.Value {
	if m.getters != nil && m.getters.Get(name) != nil {
		return r.read(origin{m, name})
	}
	return nilSafe(r.namespace(m).Get(name))
}

// function checks what a handler string designates.
func (r *Realm) function(v goja.Value, handler string) goja.Value {
	if !v.ToBoolean() {
		panic(r.named("Runtime.HandlerNotFound", handler+" is undefined or not exported"))
	}
	if _, ok := goja.AssertFunction(v); !ok {
		panic(r.named("Runtime.HandlerNotFound", handler+" is not a function"))
	}
	return v
}

// loadHandler tries the candidates in Lambda's order and returns the exports of
// a CommonJS module, or an ES module. If promise is not nil, the latter is
// evaluated once it is fulfilled.
func (r *Realm) loadHandler(root, mod string) (exports goja.Value, esm *esModuleState, promise *goja.Object) {
	p, from := r.program, r.common().root
	base := path.Join(module.CodeDir, root, mod)
	if strings.HasPrefix(root, "/") {
		base = path.Join(root, mod)
	}
	truthy := func(v goja.Value) bool { return v != nil && v.ToBoolean() }
	if p.tree.stat(base) != absent {
		name, err := p.fileOrFolder(base, base, false)
		if err != nil {
			r.throw(err, from)
		}
		if v := r.loadFile(name, from); truthy(v) {
			return v, nil, nil
		}
	}
	for _, ext := range []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"} {
		if p.tree.stat(base+ext) != regular {
			continue
		}
		name := p.tree.realpath(base + ext)
		if p.format(name, true) == esModule {
			if u, err := p.unit(name, esModule); err == nil && len(u.module.deps) == 0 && !u.module.async {
				esm = r.loadGraph(name, "")
				return nil, esm, r.evaluateModule(esm)
			}
			r.atOnce(func() {
				esm = r.loadGraph(name, "")
				promise = r.evaluateModule(esm)
			})
			return nil, esm, promise
		}
		if v := r.loadFile(name, from); truthy(v) {
			return v, nil, nil
		}
	}
	return r.lookup(root, mod), nil, nil
}

// lookup is the last resort: the name as a package or folder, seen from the
// task folder and from the handler's own.
func (r *Realm) lookup(root, mod string) goja.Value {
	p, from := r.program, r.common().root
	request := mod
	dirs := []string{module.CodeDir, path.Join(module.CodeDir, root)}
	if strings.HasPrefix(root, "/") {
		dirs[1] = path.Clean(root)
	}
	for _, dir := range dirs {
		if request == "" {
			break
		}
		if name, err := p.require(request, dir+"/noop.js"); err == nil {
			return r.loadFile(name, from)
		}
	}
	r.throw(notFound(request), from)
	return nil
}
