package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// placeholders are ${NAME} and ${NAME=PATTERN}.
var placeholders = regexp.MustCompile(`\$\{([a-zA-Z0-9:]+)(?:=([a-zA-Z0-9]+))?\}`)

// patterns are what values that differ each time look like.
var patterns = map[string]string{
	"uuid":        `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
	"date":        `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000`,
	"dateSeconds": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000`,
	"sha256":      `[A-Za-z0-9+/]{43}=`,
	"hash":        `[0-9a-f]{64}`,
	"number":      `-?\d+`,
	"epoch":       `\d{10}(\.\d+)?`,
	"any":         `(?s:.*)`,
	"signing":     `csc-[a-z0-9]{17}`,
}

// expand fills in the placeholders that stand for something known.
func (r *replay) expand(text string) string {
	return placeholders.ReplaceAllStringFunc(text, func(p string) string {
		m := placeholders.FindStringSubmatch(p)
		if value, ok := r.values[m[1]]; ok && m[2] == "" {
			return value
		}
		return p
	})
}

// matcher compares a response with the record of one.
type matcher struct {
	replay  *replay
	partial bool
	list    []string
	kept    map[string]string
}

func (m *matcher) add(format string, args ...any) {
	m.list = append(m.list, fmt.Sprintf(format, args...))
}

// keep makes the values that the record names known to later calls.
func (m *matcher) keep() { maps.Copy(m.replay.values, m.kept) }

// value compares a part of the body, found at a path.
func (m *matcher) value(at string, want, got any) {
	switch want := want.(type) {
	case map[string]any:
		if object, ok := got.(map[string]any); ok {
			m.object(at, want, object)
			return
		}
	case []any:
		if list, ok := got.([]any); ok {
			m.elements(at, want, list)
			return
		}
	case string:
		m.text(at, want, got)
		return
	default:
		if want == got {
			return
		}
	}
	m.add("%s is %s, want %s", at, inJSON(got), inJSON(want))
}

func (m *matcher) object(at string, want, got map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, ok := got[m.replay.expand(name)]
		if !ok {
			m.add("%s.%s is missing, want %s", at, name, inJSON(want[name]))
			continue
		}
		m.value(at+"."+name, want[name], value)
	}
	if m.partial {
		return
	}
	known := make(map[string]bool, len(want))
	for name := range want {
		known[m.replay.expand(name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !known[name] {
			m.add("%s.%s is %s, want none", at, name, inJSON(got[name]))
		}
	}
}

func (m *matcher) elements(at string, want, got []any) {
	if len(want) != len(got) {
		m.add("%s has %d elements, want %d: %s", at, len(got), len(want), inJSON(got))
		return
	}
	for i := range want {
		m.value(fmt.Sprintf("%s[%d]", at, i), want[i], got[i])
	}
}

// text compares with a text, which may hold patterns. A pattern also matches a
// number.
func (m *matcher) text(at, want string, got any) {
	text, isText := got.(string)
	if number, ok := got.(float64); ok && strings.HasPrefix(want, "${") {
		text, isText = inJSON(number), true
	}
	if !isText {
		m.add("%s is %s, want %q", at, inJSON(got), want)
		return
	}
	expression, names := m.compile(want)
	found := expression.FindStringSubmatch(text)
	if found == nil {
		m.add("%s is %q, want %q", at, text, m.replay.expand(want))
		return
	}
	for name, group := range names {
		if m.kept == nil {
			m.kept = make(map[string]string)
		}
		m.kept[name] = found[expression.SubexpIndex(group)]
	}
}

// compile makes a regular expression of a text with placeholders, and returns
// which of its groups are values to keep.
func (m *matcher) compile(want string) (expression *regexp.Regexp, groups map[string]string) {
	var b strings.Builder
	groups = make(map[string]string)
	rest := want
	for _, at := range placeholders.FindAllStringSubmatchIndex(want, -1) {
		b.WriteString(regexp.QuoteMeta(want[len(want)-len(rest) : at[0]]))
		rest = want[at[1]:]
		name := want[at[2]:at[3]]
		switch {
		case at[4] >= 0:
			group := fmt.Sprintf("kept%d", len(groups))
			groups[name] = group
			b.WriteString("(?P<" + group + ">" + patterns[want[at[4]:at[5]]] + ")")
		case patterns[name] != "":
			b.WriteString("(?:" + patterns[name] + ")")
		default:
			b.WriteString(regexp.QuoteMeta(m.replay.expand(want[at[0]:at[1]])))
		}
	}
	b.WriteString(regexp.QuoteMeta(rest))
	return regexp.MustCompile(`\A(?:` + b.String() + `)\z`), groups
}

func inJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
