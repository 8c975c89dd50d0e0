package function

import (
	"errors"
	"strconv"
	"strings"
)

// Violation is one broken constraint of a request's member.
type Violation struct {
	// Field is the member in lower camel case, nested ones with dots.
	Field string
	// Value is what was sent, as AWS prints it.
	Value string
	// Absent says that nothing was sent, which AWS prints as null.
	Absent bool
	// Constraint is what the member must do: "Member must ...".
	Constraint string
}

// ValidationError reports the members of a request that break a constraint of
// the API model. Its text is AWS's ValidationException message, word by word.
type ValidationError struct {
	Violations []Violation
}

// Error returns the message that AWS sends.
func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(len(e.Violations)))
	b.WriteString(" validation error")
	if len(e.Violations) != 1 {
		b.WriteByte('s')
	}
	b.WriteString(" detected: ")
	for i, v := range e.Violations {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString("Value ")
		if v.Absent {
			b.WriteString("null")
		} else {
			b.WriteString("'" + v.Value + "'")
		}
		b.WriteString(" at '" + v.Field + "' failed to satisfy constraint: " + v.Constraint)
	}
	return b.String()
}

// NotInSet is the violation of a member that must have one of the values, in
// the order in which AWS prints them.
func NotInSet(field, value string, set ...string) Violation {
	return Violation{
		Field:      field,
		Value:      value,
		Constraint: "Member must satisfy enum value set: [" + strings.Join(set, ", ") + "]",
	}
}

func tooLong(field, value string, limit int) Violation {
	return Violation{
		Field:      field,
		Value:      value,
		Constraint: "Member must have length less than or equal to " + strconv.Itoa(limit),
	}
}

func tooShort(field, value string, limit int) Violation {
	return Violation{
		Field:      field,
		Value:      value,
		Constraint: "Member must have length greater than or equal to " + strconv.Itoa(limit),
	}
}

func mismatch(field, value, pattern string) Violation {
	return Violation{
		Field:      field,
		Value:      value,
		Constraint: "Member must satisfy regular expression pattern: " + pattern,
	}
}

// joinViolations returns one *ValidationError with the violations of both, or
// nil if neither is an error.
func joinViolations(first, second error) error {
	var a, b *ValidationError
	if !errors.As(first, &a) {
		return second
	}
	if !errors.As(second, &b) {
		return first
	}
	return &ValidationError{Violations: append(a.Violations, b.Violations...)}
}
