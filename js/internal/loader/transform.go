package loader

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"
)

// transformed is a source text that goja's parser understands.
type transformed struct {
	code      string
	sourceMap *sourcemap.Consumer
	awaits    int // length of the marker for top-level await; 0: there is none
}

// lowered is the syntax that goja does not have. All else stays as it is: an
// async function must stay one, because the runtime asks for its kind.
var lowered = map[string]bool{
	"async-generator": false,
	"for-await":       false,
	"using":           false,
	"decorators":      false,
	"dynamic-import":  false,
}

// The names of CommonJS scope in the author's own text are renamed before
// esbuild adds its own uses of them, so that the two can be told apart.
const authored = "__authored_"

var authoredNames = []string{"require", "module", "exports", "__filename", "__dirname"}

func defines(f format) map[string]string {
	m := map[string]string{}
	for _, name := range authoredNames {
		m[name] = authored + name
	}
	if f == esModule {
		m["import.meta"] = authored + "meta"
	}
	return m
}

// transform makes ES modules, TypeScript and syntax newer than goja's plain
// CommonJS code of goja's language. tsconfig is the text of a tsconfig.json, or
// empty. Errors are *resolveError of class SyntaxError.
func transform(name, src string, f format) (*transformed, error) {
	opts := api.TransformOptions{
		Target:     api.ESNext,
		Platform:   api.PlatformNeutral,
		Supported:  lowered,
		Define:     defines(f),
		Charset:    api.CharsetUTF8,
		LogLevel:   api.LogLevelSilent,
		Sourcemap:  api.SourceMapExternal,
		Loader:     loaderOf(name),
		Sourcefile: name,
	}
	if f == esModule {
		opts.Format = api.FormatCommonJS
		if path.Ext(name) != ".mjs" {
			opts.Sourcefile = name + ".mjs"
		}
		return transformModule(name, src, opts)
	}
	if isTypeScript(name) {
		// TypeScript in a package that is none of modules is written with import
		// and export all the same; they become require and exports.
		opts.Format = api.FormatCommonJS
	}
	if path.Ext(name) != ".cjs" {
		opts.Sourcefile = name + ".cjs"
	}
	return run(name, src, opts)
}

func loaderOf(name string) api.Loader {
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS
	}
	return api.LoaderJS
}

// noAwait is how esbuild's message about top-level await begins. It names every
// place, which is what it is asked for.
const noAwait = "Top-level await is not available in the configured target environment"

// transformModule replaces each await at the top of an ES module by a run of
// "~" before esbuild, which knows no top-level await in CommonJS, sees it. "~"
// is a prefix operator of the same precedence that esbuild leaves alone. The
// syntax tree gets the await back.
func transformModule(name, src string, opts api.TransformOptions) (*transformed, error) {
	if !strings.Contains(src, "await") {
		return run(name, src, opts)
	}
	probe := opts
	probe.Supported = map[string]bool{"top-level-await": false}
	for k, v := range opts.Supported {
		probe.Supported[k] = v
	}
	probe.Sourcemap = api.SourceMapNone
	places, loops, err := awaits(src, api.Transform(src, probe))
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return run(name, src, opts)
	}
	if loops {
		// "for await" and "await using" have to become plain awaits first. Their
		// map is part of the text, so esbuild joins it with the next one.
		esm := opts
		esm.Format = api.FormatESModule
		esm.Sourcemap = api.SourceMapInline
		esm.Define = nil
		first := api.Transform(src, esm)
		if len(first.Errors) > 0 {
			return nil, syntaxMessage(name, src, first.Errors)
		}
		src = string(first.Code)
		opts.Loader, probe.Loader = api.LoaderJS, api.LoaderJS
		if places, _, err = awaits(src, api.Transform(src, probe)); err != nil {
			return nil, err
		}
	}
	marker := strings.Repeat("~", longestRun(src)+len("await"))
	var b strings.Builder
	last := 0
	for _, at := range places {
		b.WriteString(src[last:at])
		b.WriteString(marker)
		last = at + len("await")
	}
	b.WriteString(src[last:])
	t, err := run(name, b.String(), opts)
	if err != nil {
		return nil, err
	}
	t.awaits = len(marker)
	return t, nil
}

// awaits returns the offsets of the top-level awaits that esbuild complained
// about, in order, and whether some of them are not plain prefix operators.
func awaits(src string, res api.TransformResult) (places []int, loops bool, err error) {
	lines := lineStarts(src)
	for _, e := range res.Errors {
		if !strings.HasPrefix(e.Text, noAwait) || e.Location == nil {
			return nil, false, syntaxMessage("", src, res.Errors)
		}
		at := lines[min(max(e.Location.Line-1, 0), len(lines)-1)] + e.Location.Column
		if at > len(src) || !strings.HasPrefix(src[at:], "await") {
			return nil, false, syntaxMessage("", src, res.Errors)
		}
		if len(places) > 0 && at <= places[len(places)-1] {
			continue
		}
		before := strings.TrimRight(src[:at], " \t\r\n")
		after := strings.TrimLeft(src[at+len("await"):], " \t")
		loops = loops || strings.HasSuffix(before, "for") || strings.HasPrefix(after, "using ")
		places = append(places, at)
	}
	return places, loops, nil
}

// lineStarts returns the offsets at which lines begin, as esbuild counts them.
func lineStarts(src string) []int {
	starts := []int{0}
	for i := 0; i < len(src); i++ {
		switch {
		case src[i] == '\n', src[i] == '\r' && (i+1 == len(src) || src[i+1] != '\n'):
			starts = append(starts, i+1)
		case src[i] == 0xe2 && (strings.HasPrefix(src[i:], "\u2028") || strings.HasPrefix(src[i:], "\u2029")):
			starts = append(starts, i+3)
		}
	}
	return starts
}

// longestRun returns the length of the longest run of "~" in src, not counting
// white space between them.
func longestRun(src string) int {
	longest, n := 0, 0
	for i := range len(src) {
		switch src[i] {
		case '~':
			n++
			longest = max(longest, n)
		case ' ', '\t', '\r', '\n':
		default:
			n = 0
		}
	}
	return longest
}

func run(name, src string, opts api.TransformOptions) (*transformed, error) {
	res := api.Transform(src, opts)
	if len(res.Errors) > 0 {
		return nil, syntaxMessage(name, src, res.Errors)
	}
	t := &transformed{code: string(res.Code)}
	if opts.Format == api.FormatCommonJS { // an ES module: traces show its URL
		name = fileURL(name)
	}
	t.sourceMap = parseMap(name, res.Map)
	return t, nil
}

// parseMap reads a source map that has one source, which is called name.
func parseMap(name string, text []byte) *sourcemap.Consumer {
	var m map[string]json.RawMessage
	if json.Unmarshal(text, &m) != nil {
		return nil
	}
	delete(m, "sourcesContent")
	m["sources"], _ = json.Marshal([]string{name})
	text, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	c, err := sourcemap.Parse("", text)
	if err != nil {
		return nil
	}
	return c
}

// syntaxMessage makes a SyntaxError of the first of esbuild's messages.
func syntaxMessage(name, src string, msgs []api.Message) error {
	return &resolveError{class: "SyntaxError", message: v8Syntax(msgs[0], src)}
}
