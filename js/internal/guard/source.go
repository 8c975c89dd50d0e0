package guard

import (
	"math/big"
	"reflect"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/token"
)

// What is compiled at run time is parsed by functions that call themselves, on a
// stack whose overflow nothing can catch. Shorter text cannot nest deeply enough.
const (
	maxSource  = 1 << 20 // bytes of source text
	maxOpen    = 200_000 // brackets that open in it
	maxPattern = 1 << 19 // bytes of a regular expression
	maxGroups  = 10_000  // groups in it
)

// Two constructors have no name: they are reached through functions of their
// kind, so there is no need to guard them before code has such a function.
var (
	asyncConstructor     = goja.MustCompile("node:internal/constructors", "(async()=>{}).constructor", true)
	generatorConstructor = goja.MustCompile("node:internal/constructors", "(function*(){}).constructor", true)
)

// InstallAsync guards the constructor of async functions. It is called
// before a realm runs code that has one; more than once is harmless.
func InstallAsync(vm *goja.Runtime) { wrapHidden(vm, asyncConstructor) }

// InstallGenerator is InstallAsync for generators.
func InstallGenerator(vm *goja.Runtime) { wrapHidden(vm, generatorConstructor) }

func wrapHidden(vm *goja.Runtime, program *goja.Program) {
	o, err := vm.RunProgram(program)
	if err != nil {
		panic(err) // three tokens of our own
	}
	wrapCompilation(vm, o.(*goja.Object), "Function")
}

// indirectEval puts another function into the property "eval". The VM compares
// what is called with its own function, and compiles the text itself if they are
// the same, without asking anyone. The price is that eval sees global variables
// only.
func indirectEval(vm *goja.Runtime, prop goja.Value) goja.Value {
	o := functionIn(prop)
	if o == nil {
		return prop
	}
	fn, _ := parts(o)
	if fn == nil || *fn == nil {
		return prop
	}
	r, old := realmOf(vm), *fn
	eval := vm.ToValue(func(c goja.FunctionCall) goja.Value {
		if s, ok := c.Argument(0).(goja.String); ok {
			r.checkSource(s)
			r.checkOperators(s.String())
		}
		return old(c)
	}).(*goja.Object)
	_ = eval.DefineDataProperty("name", vm.ToValue("eval"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	_ = eval.DefineDataProperty("length", vm.ToValue(1), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	setFunctionIn(prop, eval)
	return prop
}

func (r *realm) checkSource(s goja.String) {
	if s.Length() < maxOpen {
		return
	}
	text := s.String()
	if len(text) > maxSource || strings.Count(text, "(")+strings.Count(text, "[")+strings.Count(text, "{") > maxOpen {
		r.tooDeep()
	}
}

// checkOperators refuses text in which ** or a shift has no number literal at
// its side. Files have such operators ask how large a BigInt they would make; text
// that is compiled at run time has nobody to see to that.
func (r *realm) checkOperators(text string) {
	if strings.Contains(text, "async") {
		InstallAsync(r.vm)
	}
	if strings.Contains(text, "*") {
		InstallGenerator(r.vm)
	}
	if !strings.Contains(text, "**") && !strings.Contains(text, "<<") && !strings.Contains(text, ">>") {
		return
	}
	program, err := parser.ParseFile(nil, "", "(async function*(){"+text+"\n})", 0, parser.WithDisableSourceMaps)
	if err != nil {
		program, err = parser.ParseFile(nil, "", text, 0, parser.WithDisableSourceMaps)
	}
	if err != nil || computes(reflect.ValueOf(program.Body)) {
		o, err := r.vm.New(r.vm.GlobalObject().Get("EvalError"),
			r.vm.ToValue("Lambent does not evaluate text with ** or a shift unless one operand is a number literal"))
		if err != nil {
			r.tooDeep()
		}
		panic(o)
	}
}

// syntax is the package of syntax trees; what it refers to beyond is not code.
var syntax = reflect.TypeFor[ast.Program]().PkgPath()

// computes looks in a syntax tree for ** and shifts of operands that might be
// BigInts.
func computes(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return false
		}
		switch e := v.Interface().(type) {
		case *ast.BinaryExpression:
			if grows(e.Operator) && !isNumber(e.Left) && !isNumber(e.Right) {
				return true
			}
		case *ast.AssignExpression:
			if grows(e.Operator) && !isNumber(e.Right) {
				return true
			}
		}
		return computes(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if computes(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		if v.Type().PkgPath() != syntax {
			return false
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Name != "DeclarationList" && computes(v.Field(i)) {
				return true
			}
		}
	}
	return false
}

func grows(op token.Token) bool {
	return op == token.EXPONENT || op == token.SHIFT_LEFT || op == token.SHIFT_RIGHT
}

func isNumber(e ast.Expression) bool {
	n, ok := e.(*ast.NumberLiteral)
	if !ok {
		return false
	}
	_, isBig := n.Value.(*big.Int)
	return !isBig
}

func (r *realm) checkPattern(s goja.String) {
	if s.Length() < maxGroups {
		return
	}
	text := s.String()
	if len(text) > maxPattern || strings.Count(text, "(") > maxGroups {
		e := r.vm.GlobalObject().Get("SyntaxError")
		if o, err := r.vm.New(e, r.vm.ToValue("Invalid regular expression: Regular expression too large")); err == nil {
			panic(o)
		}
		r.tooDeep()
	}
}
