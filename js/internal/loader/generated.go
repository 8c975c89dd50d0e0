package loader

import "github.com/dop251/goja/ast"

// requireCall recognizes require("x") and __toESM(require("x"), 1), and returns
// the call that takes its place.
func (b *moduleBuilder) requireCall(e ast.Expression) (*dependency, ast.Expression) {
	c, ok := e.(*ast.CallExpression)
	if !ok {
		return nil, nil
	}
	if !isIdent(c.Callee, "require") {
		if len(c.ArgumentList) == 0 || !isIdent(c.Callee, "__toESM") {
			return nil, nil
		}
		if c, ok = c.ArgumentList[0].(*ast.CallExpression); !ok || !isIdent(c.Callee, "require") {
			return nil, nil
		}
	}
	spec, ok := c.ArgumentList[0].(*ast.StringLiteral)
	if !ok || len(c.ArgumentList) != 1 {
		return nil, nil
	}
	dep := &dependency{specifier: spec.Value.String(), names: map[string]bool{}}
	c.Callee = ident(hiddenRequire, c.Idx0())
	c.ArgumentList = []ast.Expression{&ast.NumberLiteral{Idx: spec.Idx, Literal: "0", Value: int64(len(b.info.deps))}}
	b.info.deps = append(b.info.deps, dep)
	return dep, c
}

// dynamicImport recognizes what esbuild makes of import(x), and returns x.
func dynamicImport(e *ast.CallExpression) ast.Expression {
	then, ok := e.Callee.(*ast.DotExpression)
	if !ok || string(then.Identifier.Name) != "then" || len(e.ArgumentList) != 1 {
		return nil
	}
	start, ok := then.Left.(*ast.CallExpression)
	if !ok || len(start.ArgumentList) != 0 {
		return nil
	}
	if dot, ok := start.Callee.(*ast.DotExpression); !ok || !isIdent(dot.Left, "Promise") || string(dot.Identifier.Name) != "resolve" {
		return nil
	}
	arrow, ok := e.ArgumentList[0].(*ast.ArrowFunctionLiteral)
	if !ok {
		return nil
	}
	body, ok := arrow.Body.(*ast.ExpressionBody)
	if !ok {
		return nil
	}
	toESM, ok := body.Expression.(*ast.CallExpression)
	if !ok || len(toESM.ArgumentList) == 0 {
		return nil
	}
	req := toESM
	if !isIdent(req.Callee, "require") {
		if req, ok = toESM.ArgumentList[0].(*ast.CallExpression); !ok {
			return nil
		}
	}
	if !isIdent(req.Callee, "require") || len(req.ArgumentList) != 1 {
		return nil
	}
	return req.ArgumentList[0]
}
