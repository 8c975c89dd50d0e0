package loader

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
)

// parse parses a text with goja's parser, which it helps over one gap: in a
// pattern such as {list: [a = 1] = []} goja refuses the inner default. Such an
// element is parsed apart, and put in where a letter of the Yi script stands for
// it meanwhile. Errors are *resolveError of class SyntaxError.
func parse(name, text string) (*ast.Program, error) {
	const gap = "Invalid destructuring binding target"
	original := text
	var parts map[string]*ast.AssignExpression
	for {
		prg, err := parser.ParseFile(nil, name, text, 0, parser.WithDisableSourceMaps)
		if err == nil {
			if parts != nil {
				putBack(prg, parts)
			}
			return prg, nil
		}
		var list parser.ErrorList
		if !errors.As(err, &list) || len(list) == 0 || list[0].Message != gap || len(parts) >= maxParts {
			return nil, syntaxError(original, err)
		}
		at := offsetOf(&api.Location{Line: list[0].Position.Line, Column: list[0].Position.Column - 1}, text)
		letter := string(rune(0xA000 + len(parts)))
		end := elementEnd(text, at)
		if end-at < len(letter) || strings.Contains(original, letter) {
			return nil, syntaxError(original, err)
		}
		part := parsePart(text[:at], text[at:end])
		if part == nil {
			return nil, syntaxError(original, err)
		}
		if parts == nil {
			parts = map[string]*ast.AssignExpression{}
		}
		parts[letter] = part
		text = text[:at] + letter + strings.Repeat(" ", end-at-len(letter)) + text[end:]
	}
}

// maxParts bounds the elements that are parsed apart: each costs a parse of the
// whole text.
const maxParts = 50

// elementEnd returns where the element of a pattern that begins at an offset
// ends: before the comma or bracket that follows it.
func elementEnd(text string, at int) int {
	if at < 0 {
		return at
	}
	depth := 0
	for i := at; i < len(text); i++ {
		switch c := text[i]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		case '"', '\'', '`':
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return at
}

// parsePart parses "a = 1" as an element of a pattern, at the position it has
// after before.
func parsePart(before, element string) *ast.AssignExpression {
	const head, tail = "async function f(){var [", "]=0}"
	pad := ""
	if len(before) >= len(head) {
		// Lines do not matter: positions in the tree are offsets.
		pad = strings.Repeat(" ", len(before)-len(head))
	}
	prg, err := parser.ParseFile(nil, "", pad+head+element+tail, 0, parser.WithDisableSourceMaps)
	if err != nil || len(prg.Body) != 1 {
		return nil
	}
	fn, ok := prg.Body[0].(*ast.FunctionDeclaration)
	if !ok || len(fn.Function.Body.List) != 1 {
		return nil
	}
	v, ok := fn.Function.Body.List[0].(*ast.VariableStatement)
	if !ok || len(v.List) != 1 {
		return nil
	}
	p, ok := v.List[0].Target.(*ast.ArrayPattern)
	if !ok || len(p.Elements) != 1 {
		return nil
	}
	part, _ := p.Elements[0].(*ast.AssignExpression)
	return part
}

// putBack puts the elements that were parsed apart in their places.
func putBack(prg *ast.Program, parts map[string]*ast.AssignExpression) {
	w := &walker{shift: 1 << 62}
	w.before = func(e ast.Expression) bool {
		if p, ok := e.(*ast.ArrayPattern); ok {
			for i, el := range p.Elements {
				id, ok := el.(*ast.Identifier)
				if !ok || utf8.RuneCountInString(id.Name.String()) != 1 {
					continue
				}
				if part := parts[id.Name.String()]; part != nil {
					p.Elements[i] = part
				}
			}
		}
		return false
	}
	w.stmts(prg.Body)
}
