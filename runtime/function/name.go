package function

import (
	"errors"
	"fmt"
	"strings"
)

// Latest is the qualifier of a function's unpublished version.
const Latest = "$LATEST"

// LatestPublished is the qualifier of the version that was published last.
const LatestPublished = "$LATEST.PUBLISHED"

// Lengths that Lambda allows, in characters.
const (
	// MaxNameLength is the longest bare name that a function can have.
	MaxNameLength = 64
	// MaxReferenceLength is the longest text that Invoke and the read
	// operations accept as a function's name, ARN forms included.
	MaxReferenceLength = 256
	// MaxQualifierLength is the longest qualifier.
	MaxQualifierLength = 128
)

// NamePattern is the regular expression that Lambda prints when it refuses the
// function name of Invoke and of the read operations (NamespacedFunctionName
// in the API model).
const NamePattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`

// QualifierPattern is what Lambda prints when it refuses a qualifier.
const QualifierPattern = `\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`

// ErrQualifierMismatch reports that the name and the Qualifier parameter name
// different versions.
var ErrQualifierMismatch = errors.New("function: the derived qualifier from the function name does not match the specified qualifier")

// Reference is a function as a caller named it. Parts that the caller left out
// are empty: a bare name has only Name.
type Reference struct {
	// Partition, Region and Account are those of an ARN, "aws", "us-east-1",
	// "123456789012".
	Partition, Region, Account string
	// Name is the function's name.
	Name string
	// Qualifier is a version, an alias or $LATEST.
	Qualifier string
}

// ParseReference reads any of the forms in which Invoke and the read
// operations accept a function: a name, a partial or a full ARN, each with or
// without a qualifier. Its error is a *ValidationError.
func ParseReference(s string) (Reference, error) {
	// Most callers send a bare name.
	if isName(s) && len(s) <= MaxReferenceLength {
		return Reference{Name: s}, nil
	}
	if err := checkReference(s); err != nil {
		return Reference{}, err
	}
	r, _ := splitReference(s)
	return r, nil
}

// checkReference returns a *ValidationError unless s is a function reference.
func checkReference(s string) error {
	var broken []Violation
	if len(s) > MaxReferenceLength {
		broken = append(broken, tooLong("functionName", s, MaxReferenceLength))
	}
	if s == "" {
		broken = append(broken, tooShort("functionName", s, 1))
	}
	if _, ok := splitReference(s); !ok {
		broken = append(broken, mismatch("functionName", s, NamePattern))
	}
	if broken == nil {
		return nil
	}
	return &ValidationError{Violations: broken}
}

// CheckQualifier returns a *ValidationError unless q may be a qualifier. A
// qualifier that is well formed need not exist.
func CheckQualifier(q string) error {
	var broken []Violation
	if len(q) > MaxQualifierLength {
		broken = append(broken, tooLong("qualifier", q, MaxQualifierLength))
	}
	if q == "" {
		broken = append(broken, tooShort("qualifier", q, 1))
	}
	if q == "" || q != LatestPublished && !allOf(q, isQualifierByte) {
		broken = append(broken, mismatch("qualifier", q, QualifierPattern))
	}
	if broken == nil {
		return nil
	}
	return &ValidationError{Violations: broken}
}

// Resolve reads a function reference and the Qualifier parameter that came with
// it; hasQualifier tells an absent parameter from an empty one. All that is
// malformed is reported in one *ValidationError, as AWS does. If the reference
// has a qualifier too and it is another one, the error is
// ErrQualifierMismatch.
func Resolve(reference, qualifier string, hasQualifier bool) (Reference, error) {
	r, err := ParseReference(reference)
	if hasQualifier {
		err = joinViolations(err, CheckQualifier(qualifier))
	}
	if err != nil {
		return Reference{}, err
	}
	if !hasQualifier {
		return r, nil
	}
	if r.Qualifier != "" && r.Qualifier != qualifier {
		return Reference{}, ErrQualifierMismatch
	}
	r.Qualifier = qualifier
	return r, nil
}

// IsVersion reports whether q is the number of a published version.
func IsVersion(q string) bool { return q != "" && allOf(q, isDigit) }

// IsAlias reports whether q can only be the name of an alias: it is neither a
// version's number nor one of the $LATEST forms. Whether an alias may have that
// name is another question, see CheckAliasName.
func IsAlias(q string) bool {
	return q != "" && q != Latest && q != LatestPublished && !IsVersion(q)
}

// CheckName returns an error unless a function may be given the name.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("function: the name is empty")
	case len(name) > MaxNameLength:
		return fmt.Errorf("function: the name %q has %d characters, want at most %d", name, len(name), MaxNameLength)
	case !allOf(name, isWordByte):
		return fmt.Errorf("function: the name %q may have only letters, digits, - and _", name)
	}
	return nil
}

// CheckAliasName returns an error unless an alias may be given the name.
func CheckAliasName(name string) error {
	if name == "" || len(name) > MaxQualifierLength || IsVersion(name) || !allOf(name, isWordByte) {
		return fmt.Errorf("function: an alias may not be called %q, want 1 to %d letters, digits, - and _, not digits only", name, MaxQualifierLength)
	}
	return nil
}

// splitReference matches s against NamePattern, greedily as a regular
// expression does: a part that can be a prefix is one, unless the rest would
// then not match. So "function:live" names the function "live", but
// "function:$LATEST" one called "function".
func splitReference(s string) (Reference, bool) {
	var buf [9]string
	segments := buf[:0]
	for rest, more := s, true; more; {
		if len(segments) == cap(buf) {
			return Reference{}, false
		}
		var segment string
		segment, rest, more = strings.Cut(rest, ":")
		segments = append(segments, segment)
	}
	if len(segments) > 3 && segments[0] == "arn" && isPartition(segments[1]) && segments[2] == "lambda" {
		if r, ok := afterPrefix(segments[3:]); ok {
			r.Partition = segments[1]
			return r, true
		}
	}
	return afterPrefix(segments)
}

// afterPrefix matches what follows "arn:aws:lambda:".
func afterPrefix(segments []string) (Reference, bool) {
	if len(segments) > 1 && isRegion(segments[0]) {
		if r, ok := afterRegion(segments[1:]); ok {
			r.Region = segments[0]
			return r, true
		}
	}
	return afterRegion(segments)
}

// afterRegion matches what follows the region.
func afterRegion(segments []string) (Reference, bool) {
	if len(segments) > 1 && isAccount(segments[0]) {
		if r, ok := afterAccount(segments[1:]); ok {
			r.Account = segments[0]
			return r, true
		}
	}
	return afterAccount(segments)
}

// afterAccount matches what follows the account.
func afterAccount(segments []string) (Reference, bool) {
	if len(segments) > 1 && segments[0] == "function" {
		if r, ok := nameAndQualifier(segments[1:]); ok {
			return r, true
		}
	}
	return nameAndQualifier(segments)
}

func nameAndQualifier(segments []string) (Reference, bool) {
	if len(segments) > 2 || !isName(segments[0]) {
		return Reference{}, false
	}
	if len(segments) == 1 {
		return Reference{Name: segments[0]}, true
	}
	q := segments[1]
	if q != Latest && q != LatestPublished && (q == "" || !allOf(q, isWordByte)) {
		return Reference{}, false
	}
	return Reference{Name: segments[0], Qualifier: q}, true
}

func isName(s string) bool { return s != "" && allOf(s, isNameByte) }

func isAccount(s string) bool { return len(s) == 12 && allOf(s, isDigit) }

// isPartition matches (aws[a-zA-Z-]*)?.
func isPartition(s string) bool {
	rest, ok := strings.CutPrefix(s, "aws")
	return s == "" || ok && allOf(rest, func(c byte) bool { return isLetter(c) || c == '-' })
}

// isRegion matches (eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}.
func isRegion(s string) bool {
	s = strings.TrimPrefix(s, "eusc-")
	if len(s) < 6 || !isLower(s[0]) || !isLower(s[1]) || s[2] != '-' {
		return false
	}
	rest := s[3:]
	area, number, ok := strings.Cut(rest, "-")
	if next, last, more := strings.Cut(number, "-"); more {
		// The middle part is the kind of partition.
		kind := area
		if kind != "gov" && kind != "iso" && !(len(kind) == 4 && strings.HasPrefix(kind, "iso") && isLower(kind[3])) {
			return false
		}
		area, number = next, last
	}
	return ok && area != "" && allOf(area, isLower) && len(number) == 1 && isDigit(number[0])
}

func allOf(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isLetter(c byte) bool { return isLower(c) || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool      { return isLetter(c) || isDigit(c) || c == '-' || c == '_' }
func isNameByte(c byte) bool      { return isWordByte(c) || c == '.' }
func isQualifierByte(c byte) bool { return isWordByte(c) || c == '$' }
