package logs

import (
	"bytes"
	"regexp"
	"strings"
)

// parsePattern makes a test of a filter pattern for text: words and "phrases",
// all of which an event must hold, -words which it must not, and ?words of which
// one is enough; each may be a regular expression between percent signs. Nil
// means that everything matches. Patterns for JSON and for columns are refused.
func parsePattern(pattern string) (func(text []byte) bool, error) {
	rest := strings.TrimSpace(pattern)
	if rest == "" {
		return nil, nil
	}
	if rest[0] == '{' || rest[0] == '[' {
		return nil, invalid("Invalid filter pattern: patterns for JSON and for columns are not implemented; words, phrases in quotes and %%regular expressions%% are.")
	}
	var all, none, some []term
	for ; rest != ""; rest = strings.TrimLeft(rest, " \t") {
		list := &all
		switch rest[0] {
		case '-':
			list, rest = &none, rest[1:]
		case '?':
			list, rest = &some, rest[1:]
		}
		t, left, err := parseTerm(rest)
		if err != nil {
			return nil, err
		}
		*list = append(*list, t)
		rest = left
	}
	if len(all)+len(none) > 0 {
		some = nil // AWS ignores them beside others
	}
	return func(text []byte) bool {
		for _, t := range all {
			if !t(text) {
				return false
			}
		}
		for _, t := range none {
			if t(text) {
				return false
			}
		}
		for _, t := range some {
			if t(text) {
				return true
			}
		}
		return len(some) == 0
	}, nil
}

// term looks for one thing in a text.
type term func(text []byte) bool

// parseTerm parses what stands at the beginning of text and returns the rest.
func parseTerm(text string) (t term, rest string, err error) {
	if text == "" {
		return nil, "", invalid("Invalid filter pattern: it ends where a term should begin.")
	}
	switch text[0] {
	case '"':
		phrase, rest, ok := quoted(text[1:])
		if !ok {
			return nil, "", invalid("Invalid filter pattern: a quotation mark has no counterpart.")
		}
		return contains(phrase), rest, nil
	case '%':
		expression, rest, ok := strings.Cut(text[1:], "%")
		if !ok {
			return nil, "", invalid("Invalid filter pattern: a percent sign has no counterpart.")
		}
		re, err := regexp.Compile(expression)
		if err != nil {
			return nil, "", invalid("Invalid filter pattern: %v", err)
		}
		return re.Match, rest, nil
	}
	end := strings.IndexAny(text, " \t")
	if end < 0 {
		end = len(text)
	}
	if end == 0 {
		return nil, "", invalid("Invalid filter pattern: a sign stands alone.")
	}
	return contains(text[:end]), text[end:], nil
}

func contains(word string) term {
	return func(text []byte) bool { return bytes.Contains(text, []byte(word)) }
}

// quoted reads up to the closing quotation mark; a backslash takes the next
// character as it is.
func quoted(text string) (phrase, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:], true
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}
