package loader

// The parsers that read a file recurse for what is nested in it, and a Go stack
// that grows too large ends the process. So texts that nest absurdly deep are
// refused before they are parsed. The scan knows nothing of strings and
// comments, which nothing could hide in then; real code stays far below the
// limits all the same.
const (
	maxBrackets = 5_000  // (, [ and { within one another
	maxRun      = 50_000 // operators and statements within one another without brackets
)

// tooDeep reports whether src nests too deep. Between brackets it counts what
// makes a parser recurse to the right: prefix and assignment operators, arrows,
// conditions, labels, and statements whose body is another statement. A comma or
// semicolon begins anew.
func tooDeep(src string) bool {
	runs := make([]int, 1, 64)
	operand := false // the last token was the end of an operand
	for i := 0; i < len(src); i++ {
		top := len(runs) - 1
		switch c := src[i]; {
		case c == '(' || c == '[' || c == '{':
			if len(runs) > maxBrackets {
				return true
			}
			runs = append(runs, 0)
			operand = false
			continue
		case c == ')' || c == ']' || c == '}':
			if top > 0 {
				runs = runs[:top]
			}
			operand = true
			continue
		case c == ';' || c == ',':
			runs[top] = 0
			operand = false
			continue
		case c == '!' || c == '~' || c == '=' || c == '?' || c == ':' || c == '*':
			runs[top]++
			operand = false
		case c == '+' || c == '-':
			if !operand {
				runs[top]++
			}
			operand = false
		case c == '/' || c == '%' || c == '<' || c == '>' || c == '&' || c == '|' || c == '^' || c == '.':
			operand = false
		case isWordByte(c):
			end := i + 1
			for end < len(src) && isWordByte(src[end]) {
				end++
			}
			operand = !nests[src[i:end]]
			if !operand {
				runs[top]++
			}
			i = end - 1
		}
		if runs[top] > maxRun {
			return true
		}
	}
	return false
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// nests are the words that begin something which ends with an expression or a
// statement.
var nests = map[string]bool{
	"typeof": true, "void": true, "delete": true, "new": true, "await": true, "yield": true, "async": true, "extends": true,
	"if": true, "else": true, "for": true, "while": true, "do": true, "with": true, "throw": true, "return": true,
}
