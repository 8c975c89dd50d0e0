package loader

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
)

// v8Syntax words esbuild's message about src as V8 would.
func v8Syntax(m api.Message, src string) string {
	if msg, ok := exactSyntax[m.Text]; ok {
		return msg
	}
	for _, r := range quotedSyntax {
		if rest, ok := strings.CutPrefix(m.Text, r.start); ok {
			if name, end, ok := strings.Cut(rest, `"`); ok && strings.HasPrefix(end, r.end) {
				return strings.ReplaceAll(r.v8, "%", name)
			}
		}
	}
	at := offsetOf(m.Location, src)
	if at < 0 {
		return m.Text
	}
	switch {
	case m.Text == "Unterminated string literal":
		if m.Location.Line > 1+strings.Count(src[:at], "\n") || strings.HasSuffix(strings.TrimSpace(src[at:]), "`") || openTemplate(src[:at]) {
			return "Unterminated template literal"
		}
		return "Invalid or unexpected token"
	case strings.HasPrefix(m.Text, `Expected ")" but found `) && inCall(src[:at]):
		return "missing ) after argument list"
	case strings.HasPrefix(m.Text, `Expected identifier but found "("`) && strings.HasSuffix(strings.TrimRight(src[:at], " \t"), "function"):
		return "Function statements require a function name"
	case strings.HasPrefix(m.Text, "Expected ") || strings.HasPrefix(m.Text, "Unexpected "):
		return unexpected(src[at:])
	}
	return m.Text
}

// exactSyntax maps messages without variable parts.
var exactSyntax = map[string]string{
	`Unexpected "="`:                                                     "Invalid shorthand property initializer",
	"Unterminated regular expression":                                    "Invalid regular expression: missing /",
	"This constant must be initialized":                                  "Missing initializer in destructuring declaration",
	`"await" can only be used inside an "async" function`:                "await is only valid in async functions and the top level bodies of modules",
	`Cannot use "break" here:`:                                           "Illegal break statement",
	`Cannot use "continue" here:`:                                        "Illegal continue statement: no surrounding iteration statement",
	"Invalid assignment target":                                          "Invalid left-hand side in assignment",
	`Cannot use "let" as an identifier here:`:                            "let is disallowed as a lexically bound name",
	"Classes cannot contain more than one constructor":                   "A class may only have one constructor",
	`Unexpected "super"`:                                                 "'super' keyword unexpected here",
	"With statements cannot be used in strict mode":                      "Strict mode code may not include a with statement",
	"With statements cannot be used in an ECMAScript module":             "Strict mode code may not include a with statement",
	"Legacy octal literals cannot be used in strict mode":                "Octal literals are not allowed in strict mode.",
	"Legacy octal literals cannot be used in an ECMAScript module":       "Octal literals are not allowed in strict mode.",
	"Delete of a bare identifier cannot be used in strict mode":          "Delete of an unqualified identifier in strict mode.",
	"Multiple default clauses are not allowed":                           "More than one default clause in switch statement",
	`Unexpected newline after "throw"`:                                   "Illegal newline after throw",
	`Unexpected "," after rest pattern`:                                  "Rest element must be last element",
	"for-of loop variables cannot have an initializer":                   "for-of loop variable declaration may not have an initializer.",
	"for-of loops must have a single declaration":                        "Invalid left-hand side in for-of loop: Must have a single binding.",
	"Top-level return cannot be used inside an ECMAScript module":        "Illegal return statement",
	"Unicode escape sequence is out of range":                            "Undefined Unicode code-point",
	`Cannot use "yield" outside a generator function`:                    "Unexpected strict mode reserved word",
	`Expected "finally" but found end of file`:                           "Missing catch or finally after try",
	`Delete of a bare identifier cannot be used in an ECMAScript module`: "Delete of an unqualified identifier in strict mode.",
}

// quotedSyntax maps messages with one quoted name: start, name, quote, end.
var quotedSyntax = []struct{ start, end, v8 string }{
	{`Syntax error "`, "", "Invalid or unexpected token"},
	{`The symbol "`, " has already been declared", "Identifier '%' has already been declared"},
	{`The constant "`, " must be initialized", "Missing initializer in const declaration"},
	{`There is no containing label named "`, "", "Undefined label '%'"},
	{`Duplicate label "`, "", "Label '%' has already been declared"},
	{`Private name "`, " must be declared", "Private field '%' must be declared in an enclosing class"},
	{`Declarations with the name "`, " cannot be used in", "Unexpected eval or arguments in strict mode"},
	{`Multiple exports with the same name "`, "", "Duplicate export of '%'"},
	{`Cannot use "`, ` with "??" without parentheses`, "Unexpected token '%'"},
	{`Expected "finally" but found "`, "", "Missing catch or finally after try"},
	{`"`, " cannot be bound multiple times", "Duplicate parameter name not allowed in this context"},
	{`"`, " is a reserved word and cannot be used in", "Unexpected strict mode reserved word"},
}

// offsetOf returns the offset of a location in src, or -1.
func offsetOf(loc *api.Location, src string) int {
	if loc == nil {
		return -1
	}
	starts := lineStarts(src)
	if loc.Line < 1 || loc.Line > len(starts) {
		return -1
	}
	if at := starts[loc.Line-1] + loc.Column; at <= len(src) {
		return at
	}
	return -1
}

// openTemplate reports whether a template literal is open at the end of text,
// going by the number of backticks on its way.
func openTemplate(text string) bool { return strings.Count(text, "`")%2 == 1 }

// inCall reports whether the innermost open bracket in text is that of a
// call's arguments.
func inCall(text string) bool {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth--; depth >= 0 {
				continue
			}
			if text[i] != '(' {
				return false
			}
			before := strings.TrimRight(text[:i], " \t\r\n")
			word := before[len(strings.TrimRightFunc(before, isWord)):]
			switch word {
			case "if", "while", "for", "switch", "with", "catch", "function", "return", "typeof", "await", "":
				return word == "" && (strings.HasSuffix(before, ")") || strings.HasSuffix(before, "]"))
			}
			outer := strings.TrimRight(before[:len(before)-len(word)], " \t\r\n")
			return !strings.HasSuffix(outer, "function") && !strings.HasSuffix(outer, "function*")
		}
	}
	return false
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// unexpected names the token that rest starts with.
func unexpected(rest string) string {
	if rest == "" {
		return "Unexpected end of input"
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r >= '0' && r <= '9', r == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		return "Unexpected number"
	case r == '"' || r == '\'':
		return "Unexpected string"
	case r == '`':
		return "Unexpected template string"
	case r == '#' || r == '@' || r == '\\':
		return "Invalid or unexpected token"
	case isWord(r):
		word := rest[:len(rest)-len(strings.TrimLeftFunc(rest, isWord))]
		switch {
		case word == "enum":
			return "Unexpected reserved word"
		case keywords[word]:
			return "Unexpected token '" + word + "'"
		}
		return "Unexpected identifier '" + word + "'"
	}
	for _, p := range punctuators {
		if strings.HasPrefix(rest, p) {
			return "Unexpected token '" + p + "'"
		}
	}
	return "Unexpected token '" + string(r) + "'"
}

// punctuators longer than one character, the longest first.
var punctuators = []string{
	">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=",
	"=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
}

var keywords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("break case catch class const continue debugger default delete do else export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with") {
		m[w] = true
	}
	return m
}()
