package loader

import (
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// rewordValue words the errors about values of the wrong kind: what cannot be
// called, constructed, iterated over or taken apart.
func (t *thrown) rewordValue() (string, bool) {
	if key, ok := between(t.message, "Object has no member '", "'"); ok {
		s, ok := t.find(siteCall)
		if !ok {
			return "", false
		}
		switch callee := unwrap(s.node).(type) {
		case *ast.DotExpression:
			if callee.Identifier.Name.String() != key {
				return "", false
			}
		case *ast.BracketExpression, *ast.PrivateDotExpression:
		default:
			return "", false
		}
		return printed(s.node) + " is not a function", true
	}
	switch t.message {
	case "Value is not a constructor", "Not a constructor":
		if s, ok := t.find(siteNew); ok && !isErrorClass(s.node) {
			return printed(s.node) + " is not a constructor", true
		}
		return "", false
	case "Value is not object coercible":
		return t.coercible()
	case "object is not iterable":
		return t.iterating()
	case "No initial value":
		return "Reduce of empty array with no initial value", t.native != ""
	case "Malformed URI":
		return "URI malformed", t.native != ""
	case "Must call super constructor in derived class before accessing 'this'":
		return t.message + " or returning from derived constructor", true
	}
	for _, start := range []string{"Value is not an object: ", "Value is not callable: ", "Not a function: "} {
		if v, ok := strings.CutPrefix(t.message, start); ok {
			return t.notCallable(v)
		}
	}
	if strings.HasPrefix(t.message, "Expecting a function in instanceof check, but got ") {
		return "Right-hand side of 'instanceof' is not callable", true
	}
	if v, ok := strings.CutPrefix(t.message, "Receiver is not an object: "); ok {
		if s, ok := t.find(siteMember); ok {
			return "Cannot create property '" + s.name + "' on string '" + v + "'", true
		}
	}
	return "", false
}

// unwrap takes optional chains off.
func unwrap(e ast.Expression) ast.Expression {
	for {
		switch x := e.(type) {
		case *ast.OptionalChain:
			e = x.Expression
		case *ast.Optional:
			e = x.Expression
		default:
			return e
		}
	}
}

// isErrorClass reports whether an expression looks like the name of an error
// class: what is made with it has the guest's own text.
func isErrorClass(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.Identifier:
		return strings.HasSuffix(string(e.Name), "Error")
	case *ast.DotExpression:
		return strings.HasSuffix(string(e.Identifier.Name), "Error")
	case *ast.SuperExpression:
		return true
	}
	return false
}

// shown is a value as V8 shows it, from how goja's messages do.
func shown(v string) string {
	if v == "[object Object]" {
		return "#<Object>"
	}
	return v
}

func (t *thrown) notCallable(value string) (string, bool) {
	switch t.native {
	case "":
	case "fromEntries":
		return "Iterator value " + shown(value) + " is not an entry object", true
	case "flatMap":
		return "flatMap mapper function is not callable", true
	case "defineProperty", "defineProperties":
		return "Getter must be a function: " + value, true
	case "apply", "call", "bind", "ownKeys":
		if t.native != "apply" {
			return "", false
		}
		return "CreateListFromArrayLike called on non-object", true
	default:
		return shown(value) + " is not a function", true
	}
	if s, ok := t.find(siteBinary); ok {
		if msg, ok := binaryWords(s.node.(*ast.BinaryExpression), value); ok {
			return msg, true
		}
	}
	if s, ok := t.find(siteNew); ok {
		return newWords(s.node, value)
	}
	if s, ok := t.find(siteCall); ok && !isErrorClass(s.node) {
		return printed(s.node) + " is not a function", true
	}
	if _, ok := t.find(siteIterate); ok {
		return "Iterator result " + shown(value) + " is not an object", true
	}
	return "", false
}

func binaryWords(e *ast.BinaryExpression, value string) (string, bool) {
	switch e.Operator {
	case token.INSTANCEOF:
		return "Right-hand side of 'instanceof' is not an object", true
	case token.IN:
		key := intermediate
		switch left := e.Left.(type) {
		case *ast.StringLiteral:
			key = left.Value.String()
		case *ast.NumberLiteral:
			key = left.Literal
		case *ast.Identifier:
			key = left.Name.String()
		}
		return "Cannot use 'in' operator to search for '" + key + "' in " + value, true
	}
	return "", false
}

func newWords(class ast.Expression, value string) (string, bool) {
	if id, ok := class.(*ast.Identifier); ok {
		switch string(id.Name) {
		case "Promise":
			return "Promise resolver " + shown(value) + " is not a function", true
		case "Map":
			return "Iterator value " + shown(value) + " is not an entry object", true
		case "WeakMap":
			return "Invalid value used as weak map key", true
		case "WeakSet":
			return "Invalid value used in weak set", true
		}
	}
	if isErrorClass(class) {
		return "", false
	}
	return printed(class) + " is not a constructor", true
}

func (t *thrown) coercible() (string, bool) {
	switch t.native {
	case "":
	case "call", "apply": // on what, the stack does not tell
		return "", false
	case "setPrototypeOf":
		return "Object.setPrototypeOf called on null or undefined", true
	case "fromEntries":
		return "undefined is not iterable", true
	default:
		return "String.prototype." + t.native + " called on null or undefined", true
	}
	s, ok := t.find(siteUnpack)
	if !ok {
		return "", false
	}
	what, is := "undefined", "undefined"
	if s.node != nil {
		what, is = printed(s.node), s.nullish()
	}
	if s.name == "" {
		return "Cannot destructure '" + what + "' as it is " + is + ".", true
	}
	return "Cannot destructure property '" + s.name + "' of '" + what + "' as it is " + is + ".", true
}

func (t *thrown) iterating() (string, bool) {
	const tail = " is not iterable (cannot read property Symbol(Symbol.iterator))"
	if t.native != "" {
		return "object" + tail, true
	}
	if _, ok := t.find(siteSpread); ok {
		return "Spread syntax requires ...iterable[Symbol.iterator] to be a function", true
	}
	if s, ok := t.find(siteIterate); ok && s.node != nil {
		if call, ok := unwrap(s.node).(*ast.CallExpression); ok {
			return printed(call.Callee) + " is not a function or its return value is not iterable", true
		}
		return printed(s.node) + " is not iterable", true
	}
	return "object" + tail, true
}
