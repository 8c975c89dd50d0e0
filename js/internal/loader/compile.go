package loader

import (
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/unistring"
	"github.com/evanw/esbuild/pkg/api"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/lambent-run/lambent/js/internal/lang"
)

// format is how a file is loaded.
type format int

const (
	commonJS format = iota
	esModule
	jsonData
	native
)

// unit is one compiled file. It is immutable and shared by all realms.
type unit struct {
	format   format
	program  *goja.Program // evaluates to the wrapper function
	text     string        // of a JSON file
	module   *moduleInfo   // of an ES module
	imports  bool          // a CommonJS module has import()
	hooks    hooks
	source   *source  // of code
	features lang.Set // that the text mentions
}

type fileKey struct {
	path   string
	format format
}

// Cache holds compiled files by their content. It is safe for concurrent use
// and meant to be shared by all programs of a process.
type Cache struct {
	units *lru.Cache[cacheKey, *unit]
}

// cacheKey names everything that the compiled form depends on.
type cacheKey struct {
	sum    [sha256.Size]byte
	path   string // stack traces show it
	format format
}

// NewCache returns a cache of the given number of files; at least one.
func NewCache(entries int) *Cache {
	units, err := lru.New[cacheKey, *unit](max(entries, 1))
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &Cache{units}
}

// unit returns the compiled form of the file at name. Errors are
// *resolveError.
func (p *Program) unit(name string, f format) (*unit, error) {
	return memo(p, p.files, fileKey{name, f}, func() (*unit, error) {
		src, err := p.tree.read(name)
		if err != nil {
			return nil, errorf("ERR_LOADER", "%v", err)
		}
		key := cacheKey{sha256.Sum256(src), name, f}
		if u, ok := p.cache.units.Get(key); ok {
			return u, nil
		}
		u, err := compile(name, string(src), f)
		if err != nil {
			return nil, err
		}
		p.cache.units.Add(key, u)
		return u, nil
	})
}

// The wrapper that makes a CommonJS module a function. It is put on the first
// line and taken back out of all positions.
const (
	wrapperHead = "(function(exports,require,module,__filename,__dirname){"
	wrapperTail = "\n})"
)

// compile compiles the text of a file. Errors are *resolveError.
func compile(name, src string, f format) (u *unit, err error) {
	src = strings.TrimPrefix(src, "\ufeff")
	if f == jsonData {
		return &unit{format: f, text: src}, nil
	}
	if tooDeep(src) {
		return nil, &resolveError{class: "RangeError", message: "Maximum call stack size exceeded"}
	}
	defer func() {
		if x := recover(); x != nil { // a mistake in a parser must not end the host
			u, err = nil, &resolveError{class: "SyntaxError", message: "Invalid or unexpected token"}
		}
	}()
	switch f {
	case esModule:
		return compileModule(name, src)
	}
	return compileCommon(name, src)
}

// compileCommon compiles a CommonJS module to the function that Node wraps
// around it, with hidden parameters behind the known ones. The author's text
// is compiled as it is if goja can parse it.
func compileCommon(name, src string) (*unit, error) {
	if strings.HasPrefix(src, "#!") {
		src = "//" + src[2:] // as long as what it replaces
	}
	if !isTypeScript(name) {
		if u, err := assemble(name, &transformed{code: src}); err == nil {
			return u, nil
		}
	}
	t, err := transform(name, src, commonJS)
	if err != nil {
		return nil, err
	}
	return assemble(name, t)
}

// assemble compiles what goja can parse.
func assemble(name string, t *transformed) (*unit, error) {
	prg, err := parseWrapped(name, t.code)
	if err != nil {
		return nil, err
	}
	b := &commonBuilder{}
	b.build(prg)
	prg.File = file.NewFile(name, t.code, 1)
	prg.File.SetSourceMap(t.sourceMap)
	program, err := goja.CompileAST(prg, false)
	if err != nil {
		return nil, syntaxError(t.code, err)
	}
	return &unit{
		features: lang.Mentions(t.code),
		format:   commonJS, program: program, imports: b.imports, hooks: b.hooks,
		source: &source{code: t.code, head: wrapperHead, tail: wrapperTail, file: prg.File},
	}, nil
}

// commonBuilder puts the hidden parts into the syntax tree of a CommonJS
// module.
type commonBuilder struct {
	imports bool
	hooks   hooks
}

// commonParams are the hidden parameters, after Node's own.
var commonParams = append([]string{hiddenImport}, hookParams...)

func (b *commonBuilder) build(prg *ast.Program) {
	fn := wrapped(prg)
	fn.Name = ident("Object.<anonymous>", fn.Function) // as V8 calls it in traces
	w := &walker{shift: file.Idx(len(wrapperHead)), expr: b.expression}
	b.hooks.walk(w, prg.Body)
	for _, name := range commonParams {
		fn.ParameterList.List = append(fn.ParameterList.List, &ast.Binding{Target: ident(name, fn.Function)})
	}
}

func (b *commonBuilder) expression(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.Identifier:
		if bare, ok := strings.CutPrefix(string(e.Name), authored); ok {
			e.Name = unistring.NewFromString(bare)
		}
	case *ast.CallExpression:
		if x := dynamicImport(e); x != nil {
			b.imports = true
			return callHidden(hiddenImport, e.LeftParenthesis, x)
		}
	}
	return e
}

// parseWrapped parses src as the body of the wrapper function.
func parseWrapped(name, src string) (*ast.Program, error) {
	return parseBetween(name, wrapperHead, src, wrapperTail)
}

// parseBetween parses code as the body of a function that head opens and tail
// closes.
func parseBetween(name, head, code, tail string) (*ast.Program, error) {
	text := head + code + tail
	prg, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	if fn := wrapped(prg); fn == nil || int(fn.Body.RightBrace) != len(text)-1 {
		return nil, &resolveError{class: "SyntaxError", message: "Unexpected token '}'"}
	}
	return prg, nil
}

// wrapped returns the wrapper function of a parsed module, nil if the module's
// text closes it early.
func wrapped(prg *ast.Program) *ast.FunctionLiteral {
	if len(prg.Body) != 1 {
		return nil
	}
	s, ok := prg.Body[0].(*ast.ExpressionStatement)
	if !ok {
		return nil
	}
	fn, _ := s.Expression.(*ast.FunctionLiteral)
	return fn
}

// syntaxError makes a SyntaxError of what goja says about a text that esbuild
// accepts.
func syntaxError(src string, err error) error {
	msg := err.Error()
	var list parser.ErrorList
	var ce *goja.CompilerSyntaxError
	switch {
	case errors.As(err, &list) && len(list) > 0:
		msg = quoteToken(list[0].Message)
		at := offsetOf(&api.Location{Line: list[0].Position.Line, Column: list[0].Position.Column - 1}, src)
		switch {
		case at < 0:
		case list[0].Message == "Unexpected reserved word":
			msg = moduleSyntax(src[at:], msg)
		case list[0].Message == "Unexpected identifier":
			msg = unexpected(src[at:])
			if strings.HasSuffix(strings.TrimRight(src[:at], " \t"), "await") {
				msg = "await is only valid in async functions and the top level bodies of modules"
			}
		}
	case errors.As(err, &ce):
		msg = ce.Message
	}
	return &resolveError{class: "SyntaxError", message: msg}
}

// moduleSyntax words the use of ES module syntax in CommonJS.
func moduleSyntax(rest, msg string) string {
	after, ok := strings.CutPrefix(rest, "import")
	if !ok {
		if strings.HasPrefix(rest, "export") {
			return "Unexpected token 'export'"
		}
		return msg
	}
	if strings.HasPrefix(strings.TrimLeft(after, " "), ".") {
		return "Cannot use 'import.meta' outside a module"
	}
	return "Cannot use import statement outside a module"
}
