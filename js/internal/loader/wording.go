package loader

import (
	"math"
	"strconv"
	"strings"

	"github.com/dop251/goja/ast"

	"github.com/lambent-run/lambent/js/internal/stack"
)

// thrown is an error of the VM that is to be reworded.
type thrown struct {
	message string
	native  string // the built-in function that threw, empty if it was code
	sites   func() []site
}

// reword returns V8's message for one of the VM's own, or false if message is
// none of them: what the guest writes stays as it is.
func (t *thrown) reword() (string, bool) {
	switch t.message[0] {
	case 'C':
		return t.rewordC()
	case 'V', 'N', 'O', 'E', 'o', 'M', 'R':
		return t.rewordValue()
	case 'I', 'L', 't', 'e', 'p', 'G', 'T', 'S', '[':
		return t.rewordOther()
	}
	return "", false
}

// find returns the first site of one of the kinds.
func (t *thrown) find(kinds ...siteKind) (site, bool) {
	all := t.sites()
	for _, k := range kinds {
		for _, s := range all {
			if s.kind == k {
				return s, true
			}
		}
	}
	return site{}, false
}

// findName returns the variable at the error's place, but none of those that
// the transformation of ES modules adds.
func (t *thrown) findName() (site, bool) {
	for _, s := range t.sites() {
		if s.kind == siteName && !strings.HasPrefix(s.name, "__") && !strings.HasSuffix(s.name, "_exports") {
			return s, true
		}
	}
	return site{}, false
}

// between returns what lies between two texts that message starts and ends
// with.
func between(message, start, end string) (string, bool) {
	s, ok := strings.CutPrefix(message, start)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(s, end)
}

func (t *thrown) rewordC() (string, bool) {
	for _, end := range []string{"' of undefined", "' of undefined or null"} {
		if key, ok := between(t.message, "Cannot read property '", end); ok {
			return t.reading(key)
		}
	}
	switch {
	case t.message == "Cannot convert undefined or null to object":
		return t.converting()
	case t.message == "Cannot access a variable before initialization":
		if s, ok := t.findName(); ok {
			return "Cannot access '" + s.name + "' before initialization", true
		}
	case t.message == "Class constructor cannot be invoked without 'new'":
		if s, ok := t.find(siteCall); ok {
			name := printed(s.node)
			return "Class constructor " + name[strings.LastIndexByte(name, '.')+1:] + " cannot be invoked without 'new'", true
		}
	case t.message == "Class extends value is not a constructor or null":
		if s, ok := t.find(siteClass); ok {
			return "Class extends value " + printed(s.node) + " is not a constructor or null", true
		}
	case strings.HasPrefix(t.message, "Constructor ") && strings.HasSuffix(t.message, " requires 'new'"):
		name, _ := between(t.message, "Constructor ", " requires 'new'")
		if name == "Promise" {
			return "Promise constructor cannot be invoked without 'new'", true
		}
	case strings.HasPrefix(t.message, "Cannot assign to read only property '"):
		if strings.HasSuffix(t.message, "'") {
			return t.message + " of object '#<Object>'", true
		}
	case strings.HasPrefix(t.message, "Cannot delete property '"):
		if head, ok := strings.CutSuffix(t.message, " of [object Object]"); ok {
			return head + " of #<Object>", true
		}
	case strings.HasPrefix(t.message, "Cannot write private member #"):
		return strings.Replace(t.message, " from an object ", " to an object ", 1), true
	case strings.HasPrefix(t.message, "Could not convert &{"):
		return "Cannot convert object to primitive value", true
	}
	if n, ok := between(t.message, "Cannot convert ", " to a BigInt"); ok {
		// That of an integer is right: it comes from where numbers are not converted at all.
		if f, err := strconv.ParseFloat(n, 64); err == nil && (f != math.Trunc(f) || math.IsInf(f, 0)) {
			return "The number " + n + " cannot be converted to a BigInt because it is not an integer", true
		}
	}
	return "", false
}

func (t *thrown) reading(key string) (string, bool) {
	if t.native != "" {
		return "", false
	}
	s, ok := t.find(siteMember, siteName)
	switch {
	case ok:
		if s.name != key && s.self != nil { // what was read is read from in turn
			s.node = s.self
		}
	default:
		if s, ok = t.find(siteCall, siteNew); ok && isErrorClass(s.node) {
			return "", false
		}
		switch callee := unwrap(s.node).(type) {
		case *ast.DotExpression:
			s.node = callee.Left
		case *ast.BracketExpression:
			s.node = callee.Left
		}
	}
	if key == "Symbol.iterator" {
		return "undefined is not iterable (cannot read property Symbol(Symbol.iterator))", true
	}
	return "Cannot read properties of " + s.nullish() + " (reading '" + key + "')", true
}

// nullish guesses which of undefined and null a value was: the VM does not
// tell. It is null where the code says so, or where the language's own
// functions give null for nothing.
func (s site) nullish() string {
	if name := lastName(s.node); name != "" && s.nulls[name] {
		return "null"
	}
	return nullish(s.node)
}

func nullish(e ast.Expression) string {
	switch e := e.(type) {
	case *ast.NullLiteral:
		return "null"
	case *ast.OptionalChain:
		return nullish(e.Expression)
	case *ast.Optional:
		return nullish(e.Expression)
	case *ast.CallExpression:
		if dot, ok := e.Callee.(*ast.DotExpression); ok {
			switch string(dot.Identifier.Name) {
			case "match", "exec", "getPrototypeOf":
				return "null"
			}
		}
	}
	return "undefined"
}

func (t *thrown) converting() (string, bool) {
	switch t.native {
	case "map", "filter", "forEach", "some", "every", "find", "findIndex", "findLast", "findLastIndex", "reduce", "reduceRight", "flatMap":
		return "null is not a function", true
	case "from", "all", "allSettled", "any", "race":
		return "undefined is not iterable (cannot read property Symbol(Symbol.iterator))", true
	case "":
	default:
		return "", false
	}
	if s, ok := t.find(siteSpread); ok {
		return printed(s.node) + " is not iterable (cannot read property " + s.nullish() + ")", true
	}
	if s, ok := t.find(siteIterate); ok {
		if s.node == nil {
			return "undefined is not iterable (cannot read property Symbol(Symbol.iterator))", true
		}
		return printed(s.node) + " is not iterable", true
	}
	if s, ok := t.find(siteMember); ok && s.name != "" {
		return "Cannot set properties of " + s.nullish() + " (setting '" + s.name + "')", true
	}
	if _, ok := t.find(siteNew); ok {
		return "undefined is not iterable (cannot read property Symbol(Symbol.iterator))", true
	}
	return "", false
}

// fixedWords are messages that need no more than a translation.
var fixedWords = map[string]string{
	"Invalid count value":                                          "Invalid count value: -1",
	"toFixed() precision must be between 0 and 100":                "toFixed() digits argument must be between 0 and 100",
	"toPrecision() precision must be between 1 and 100":            "toPrecision() argument must be between 1 and 100",
	"The normalization form should be one of NFC, NFD, NFKC, NFKD": "The normalization form should be one of NFC, NFD, NFKC, NFKD.",
	"Illegal generator state":                                      "Generator is already running",
	"[object Object] is not extensible":                            "#<Object> is not extensible",
	"prototype is not an object":                                   "Function has non-object prototype 'undefined' in instanceof check",
}

func (t *thrown) rewordOther() (string, bool) {
	if msg, ok := fixedWords[t.message]; ok {
		return msg, true
	}
	if rest, ok := strings.CutPrefix(t.message, "SyntaxError: "); ok {
		return evalWords(rest), true
	}
	return "", false
}

// evalWords takes the position out of a message of goja's parser.
func evalWords(msg string) string {
	if rest, ok := strings.CutPrefix(msg, "<eval>: Line "); ok {
		if _, text, ok := strings.Cut(rest, " "); ok {
			msg = text
		}
	}
	if i := strings.LastIndex(msg, " at <eval>:"); i >= 0 {
		msg = msg[:i]
	}
	if i := strings.LastIndex(msg, " (and "); i >= 0 {
		msg = msg[:i]
	}
	return quoteToken(msg)
}

// quoteToken puts quotes around the token of "Unexpected token x", as V8 does.
func quoteToken(msg string) string {
	tok, ok := strings.CutPrefix(msg, "Unexpected token ")
	if !ok || strings.HasPrefix(tok, "'") {
		return msg
	}
	if tok == "ILLEGAL" {
		return "Invalid or unexpected token"
	}
	return "Unexpected token '" + tok + "'"
}

// nativeName returns the plain name of a built-in function in a frame.
func nativeName(f stack.Frame) string {
	if f.File != "" {
		return ""
	}
	name := f.Func[strings.LastIndexByte(f.Func, '.')+1:]
	if name == "" {
		return "<anonymous>"
	}
	return name
}
