package loader

import (
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/unistring"
)

// dropUnusedHelpers removes the functions at the start of esbuild's output that
// nothing uses any more: most of them served the exports and imports that are
// ours now, and every isolate would have to make them.
func dropUnusedHelpers(body []ast.Statement) []ast.Statement {
	uses := map[unistring.String][]unistring.String{} // helper -> helpers
	var needed []unistring.String
	for _, s := range body {
		names := identifiers(s)
		if name, ok := helperName(s); ok {
			uses[name] = names
		} else {
			needed = append(needed, names...)
		}
	}
	keep := map[unistring.String]bool{}
	for len(needed) > 0 {
		name := needed[len(needed)-1]
		needed = needed[:len(needed)-1]
		if more, ok := uses[name]; ok && !keep[name] {
			keep[name] = true
			needed = append(needed, more...)
		}
	}
	out := body[:0]
	for _, s := range body {
		if name, ok := helperName(s); ok && !keep[name] {
			continue
		}
		out = append(out, s)
	}
	return out
}

// helperName returns the name of the helper that a statement declares, if it
// looks like one of esbuild's: var __name = a function or a member.
func helperName(s ast.Statement) (unistring.String, bool) {
	v, ok := s.(*ast.VariableStatement)
	if !ok || len(v.List) != 1 {
		return "", false
	}
	id, ok := v.List[0].Target.(*ast.Identifier)
	if !ok || !strings.HasPrefix(string(id.Name), "__") {
		return "", false
	}
	switch v.List[0].Initializer.(type) {
	case *ast.ArrowFunctionLiteral, *ast.FunctionLiteral:
		return id.Name, true
	case *ast.DotExpression:
		return id.Name, esbuildMembers[string(id.Name)]
	}
	return "", false
}

// esbuildMembers are the helpers that are members of Object.
var esbuildMembers = map[string]bool{
	"__create": true, "__defProp": true, "__defProps": true, "__getOwnPropDesc": true, "__getOwnPropDescs": true,
	"__getOwnPropNames": true, "__getOwnPropSymbols": true, "__getProtoOf": true, "__hasOwnProp": true, "__propIsEnum": true,
}

// identifiers lists the names that a statement mentions.
func identifiers(s ast.Statement) []unistring.String {
	var names []unistring.String
	w := &walker{shift: 1 << 62, expr: func(e ast.Expression) ast.Expression {
		if id, ok := e.(*ast.Identifier); ok {
			names = append(names, id.Name)
		}
		return e
	}}
	w.assign = func(e ast.Expression) {
		if id, ok := e.(*ast.Identifier); ok {
			names = append(names, id.Name)
		}
	}
	w.stmt(s)
	return names
}
