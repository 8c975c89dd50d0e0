package api

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lambent-run/lambent/runtime/function"
)

// rule says what a member of an input must be. An absent member breaks no rule
// unless it is required.
type rule struct {
	required bool
	must     []constraint
	steps    []step
}

// step is one part of a member's path.
type step struct {
	name string
	of   part
}

// part is what of a member a step means.
type part uint8

const (
	itself part = iota
	elements
	keys
	values
)

// need is the rule of a member that has to be there, may that of one that can
// be left out. A path leads to the member: "Environment.Variables". "Layers[]"
// are a list's elements, "Weights{key}" and "Weights{value}" what a map holds,
// "Configs[].Arn" a member of each structure in a list.
func need(path string, must ...[]constraint) rule {
	return rule{true, slices.Concat(must...), parsePath(path)}
}

func may(path string, must ...[]constraint) rule {
	return rule{false, slices.Concat(must...), parsePath(path)}
}

func parsePath(path string) []step {
	var steps []step
	for name := range strings.SplitSeq(path, ".") {
		s := step{name: name}
		for suffix, of := range map[string]part{"[]": elements, "{key}": keys, "{value}": values} {
			if bare, ok := strings.CutSuffix(name, suffix); ok {
				s = step{bare, of}
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// constraint is one condition on a value.
type constraint struct {
	// text ends AWS's sentence "Member must ...".
	text string
	ok   func(v reflect.Value) bool
}

// length limits a text's characters or a collection's elements.
func length(least, most int) []constraint {
	return append(atMost(most), constraint{
		"have length greater than or equal to " + strconv.Itoa(least),
		func(v reflect.Value) bool { return size(v) >= least },
	})
}

func atMost(most int) []constraint {
	return []constraint{{
		"have length less than or equal to " + strconv.Itoa(most),
		func(v reflect.Value) bool { return size(v) <= most },
	}}
}

func size(v reflect.Value) int {
	if v.Kind() == reflect.String {
		return utf8.RuneCountInString(v.String())
	}
	return v.Len()
}

// within limits a whole number.
func within(least, most int64) []constraint {
	return append([]constraint{{
		fmt.Sprintf("have value less than or equal to %d", most),
		func(v reflect.Value) bool { return v.Int() <= most },
	}}, atLeast(least)...)
}

func atLeast(least int64) []constraint {
	return []constraint{{
		fmt.Sprintf("have value greater than or equal to %d", least),
		func(v reflect.Value) bool { return v.Int() >= least },
	}}
}

// between limits a number with a fraction.
func between(least, most float64) []constraint {
	return []constraint{{
		"have value less than or equal to " + javaDouble(most),
		func(v reflect.Value) bool { return v.Float() <= most },
	}, {
		"have value greater than or equal to " + javaDouble(least),
		func(v reflect.Value) bool { return v.Float() >= least },
	}}
}

// like demands that the whole of a text matches a pattern.
func like(p *pattern) []constraint {
	return []constraint{{
		"satisfy regular expression pattern: " + p.text,
		func(v reflect.Value) bool { return p.match(v.String()) },
	}}
}

// oneOf demands one of the values, given in the order in which AWS prints them.
func oneOf(values ...string) []constraint {
	return []constraint{{
		"satisfy enum value set: [" + strings.Join(values, ", ") + "]",
		func(v reflect.Value) bool { return slices.Contains(values, v.String()) },
	}}
}

const notNull = "not be null"

// validate returns a *function.ValidationError that names all broken rules.
func validate(rules []rule, input reflect.Value, seen presence) error {
	x := validator{seen: seen}
	for i := range rules {
		x.check(&rules[i], rules[i].steps, input, "")
	}
	if x.broken == nil {
		return nil
	}
	return &function.ValidationError{Violations: x.broken}
}

type validator struct {
	seen   presence
	broken []function.Violation
}

func (x *validator) add(field, value, must string) {
	x.broken = append(x.broken, function.Violation{Field: field, Value: value, Constraint: must})
}

// check follows the steps that are left of a rule's path through the structure
// v. Prefix is how the path so far is printed.
func (x *validator) check(r *rule, steps []step, v reflect.Value, prefix string) {
	now := steps[0]
	field := prefix + lowerCamel(now.name)
	v = v.FieldByIndex(layoutOf(v.Type()).byName[now.name])
	present := given(v) || x.seen[field]
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case !present:
		if r.required && len(steps) == 1 {
			x.broken = append(x.broken, function.Violation{Field: field, Absent: true, Constraint: "Member must " + notNull})
		}
	case len(steps) > 1 && now.of == elements:
		for i := range v.Len() {
			x.check(r, steps[1:], v.Index(i), fmt.Sprintf("%s.%d.member.", field, i+1))
		}
	case len(steps) > 1:
		x.check(r, steps[1:], v, field+".")
	case now.of != itself:
		x.checkParts(r, now.of, v, field)
	default:
		for _, c := range r.must {
			if !c.ok(v) {
				x.add(field, printed(v), "Member must "+c.text)
			}
		}
	}
}

// checkParts holds what a list or a map consists of to a rule. AWS names all of
// the rule's constraints, not only the one that is broken.
func (x *validator) checkParts(r *rule, of part, v reflect.Value, field string) {
	var parts []reflect.Value
	switch of {
	case elements:
		for i := range v.Len() {
			parts = append(parts, v.Index(i))
		}
	case keys:
		parts = v.MapKeys()
	case values:
		for _, key := range v.MapKeys() {
			parts = append(parts, v.MapIndex(key))
		}
	}
	good := func(part reflect.Value) bool {
		return !slices.ContainsFunc(r.must, func(c constraint) bool { return !c.ok(part) })
	}
	if !slices.ContainsFunc(parts, func(part reflect.Value) bool { return !good(part) }) {
		return
	}
	var must []string
	for _, c := range r.must {
		must = append(must, "Member must "+c.text)
	}
	lead := "Member must satisfy constraint: ["
	switch of {
	case keys:
		lead = "Map keys must satisfy constraint: ["
	case values:
		lead = "Map value must satisfy constraint: ["
	}
	if of != keys {
		must = append(must, "Member must "+notNull)
	}
	x.add(field, printed(v), lead+strings.Join(must, ", ")+"]")
}

// given reports whether a field shows that its member is there.
func given(v reflect.Value) bool { return v.Kind() != reflect.Struct && !v.IsZero() }

// printed is a value as AWS prints it.
func printed(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "null"
		}
		return printed(v.Elem())
	case reflect.Float64:
		return javaDouble(v.Float())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = printed(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reflect.Map:
		parts := make([]string, 0, v.Len())
		for _, key := range v.MapKeys() {
			parts = append(parts, key.String()+"="+printed(v.MapIndex(key)))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v.Interface())
}

// javaDouble prints a number as Java does.
func javaDouble(f float64) string {
	if size := max(f, -f); f != 0 && (size < 1e-3 || size >= 1e7) {
		text := strconv.FormatFloat(f, 'E', -1, 64)
		mantissa, exponent, _ := strings.Cut(text, "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		n, _ := strconv.Atoi(exponent)
		return mantissa + "E" + strconv.Itoa(n)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// lowerCamel prints a member's name as AWS does in messages.
func lowerCamel(name string) string {
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[n:]
}
