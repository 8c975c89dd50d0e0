package loader

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/dop251/goja/ast"
)

// expandProperties replaces \p{...} and \P{...} in a regular expression with
// the u flag by the ranges of characters that they stand for: goja takes them
// for plain text. What it returns on an unknown property is a SyntaxError's
// message.
func expandProperties(pattern string) (expanded, problem string) {
	var b strings.Builder
	class := false // inside [...]
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+2 < len(pattern) && (pattern[i+1] == 'p' || pattern[i+1] == 'P') && pattern[i+2] == '{':
			end := strings.IndexByte(pattern[i:], '}')
			if end < 0 {
				return "", "Invalid property name"
			}
			ranges, ok := property(pattern[i+3 : i+end])
			if !ok {
				return "", "Invalid property name"
			}
			if pattern[i+1] == 'P' {
				ranges = invert(ranges)
			}
			if !class {
				b.WriteByte('[')
			}
			writeRanges(&b, ranges)
			if !class {
				b.WriteByte(']')
			}
			i += end
			continue
		case c == '\\' && i+1 < len(pattern):
			b.WriteByte(c)
			i++
			b.WriteByte(pattern[i])
			continue
		case c == '[':
			class = true
		case c == ']':
			class = false
		}
		b.WriteByte(c)
	}
	return b.String(), ""
}

// span is an inclusive range of characters.
type span struct{ from, to rune }

func writeRanges(b *strings.Builder, ranges []span) {
	for _, r := range ranges {
		fmt.Fprintf(b, `\u{%x}`, r.from)
		if r.to > r.from {
			fmt.Fprintf(b, `-\u{%x}`, r.to)
		}
	}
}

// property returns the characters of a Unicode property: "L", "Letter",
// "gc=Lu", "Script=Greek", "Alphabetic", "Emoji"...
func property(name string) ([]span, bool) {
	key, value, ok := strings.Cut(name, "=")
	if ok {
		switch key {
		case "General_Category", "gc":
			return category(value)
		case "Script", "sc", "Script_Extensions", "scx":
			if t := unicode.Scripts[value]; t != nil {
				return spans(t), true
			}
			if t := unicode.Scripts[scriptAliases[value]]; t != nil {
				return spans(t), true
			}
		}
		return nil, false
	}
	if r, ok := category(name); ok {
		return r, true
	}
	if r, ok := derived[name]; ok {
		return r(), true
	}
	if t := unicode.Properties[name]; t != nil {
		return spans(t), true
	}
	return nil, false
}

func category(name string) ([]span, bool) {
	if short, ok := categoryNames[name]; ok {
		name = short
	}
	if t := unicode.Categories[name]; t != nil {
		return spans(t), true
	}
	switch name {
	case "LC":
		return spans(unicode.Lu, unicode.Ll, unicode.Lt), true
	case "Cn":
		var all []*unicode.RangeTable
		for _, t := range unicode.Categories {
			all = append(all, t)
		}
		return invert(spans(all...)), true
	}
	return nil, false
}

// spans merges tables into sorted ranges.
func spans(tables ...*unicode.RangeTable) []span {
	var all []span
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			all = append(all, span{lo, hi})
			return
		}
		for r := lo; r <= hi; r += stride {
			all = append(all, span{r, r})
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return merge(all)
}

func merge(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to+1 {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

func invert(ranges []span) []span {
	var out []span
	next := rune(0)
	for _, r := range ranges {
		if r.from > next {
			out = append(out, span{next, r.from - 1})
		}
		next = r.to + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out
}

// derived are the properties that Unicode derives from others.
var derived = map[string]func() []span{
	"Any":   func() []span { return []span{{0, unicode.MaxRune}} },
	"ASCII": func() []span { return []span{{0, 0x7f}} },
	"Alphabetic": func() []span {
		return spans(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	},
	"Alpha":     func() []span { return spans(unicode.L, unicode.Nl, unicode.Other_Alphabetic) },
	"Lowercase": func() []span { return spans(unicode.Ll, unicode.Other_Lowercase) },
	"Lower":     func() []span { return spans(unicode.Ll, unicode.Other_Lowercase) },
	"Uppercase": func() []span { return spans(unicode.Lu, unicode.Other_Uppercase) },
	"Upper":     func() []span { return spans(unicode.Lu, unicode.Other_Uppercase) },
	"ID_Start":  func() []span { return spans(unicode.L, unicode.Nl, unicode.Other_ID_Start) },
	"IDS":       func() []span { return spans(unicode.L, unicode.Nl, unicode.Other_ID_Start) },
	"ID_Continue": func() []span {
		return spans(unicode.L, unicode.Nl, unicode.Other_ID_Start, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
	},
	"IDC": func() []span {
		return spans(unicode.L, unicode.Nl, unicode.Other_ID_Start, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
	},
	"Assigned":              func() []span { r, _ := category("Cn"); return invert(r) },
	"Emoji":                 func() []span { return merge(append([]span{{'#', '#'}, {'*', '*'}, {'0', '9'}}, pictographic()...)) },
	"Emoji_Presentation":    pictographic,
	"Extended_Pictographic": pictographic,
	"Emoji_Modifier":        func() []span { return []span{{0x1f3fb, 0x1f3ff}} },
}

// pictographic returns the blocks of emoji, without telling those apart that
// are shown as text by default.
func pictographic() []span {
	return merge([]span{
		{0xa9, 0xa9}, {0xae, 0xae}, {0x203c, 0x203c}, {0x2049, 0x2049}, {0x2122, 0x2122}, {0x2139, 0x2139}, {0x2194, 0x2199},
		{0x21a9, 0x21aa}, {0x231a, 0x231b}, {0x2328, 0x2328}, {0x23cf, 0x23cf}, {0x23e9, 0x23f3}, {0x23f8, 0x23fa}, {0x24c2, 0x24c2},
		{0x25aa, 0x25ab}, {0x25b6, 0x25b6}, {0x25c0, 0x25c0}, {0x25fb, 0x25fe}, {0x2600, 0x2604}, {0x260e, 0x260e}, {0x2611, 0x2611},
		{0x2614, 0x2615}, {0x2618, 0x2618}, {0x261d, 0x261d}, {0x2620, 0x2620}, {0x2622, 0x2623}, {0x2626, 0x2626}, {0x262a, 0x262a},
		{0x262e, 0x262f}, {0x2638, 0x263a}, {0x2640, 0x2640}, {0x2642, 0x2642}, {0x2648, 0x2653}, {0x265f, 0x2660}, {0x2663, 0x2663},
		{0x2665, 0x2666}, {0x2668, 0x2668}, {0x267b, 0x267b}, {0x267e, 0x267f}, {0x2692, 0x2697}, {0x2699, 0x2699}, {0x269b, 0x269c},
		{0x26a0, 0x26a1}, {0x26a7, 0x26a7}, {0x26aa, 0x26ab}, {0x26b0, 0x26b1}, {0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26c8, 0x26c8},
		{0x26ce, 0x26cf}, {0x26d1, 0x26d1}, {0x26d3, 0x26d4}, {0x26e9, 0x26ea}, {0x26f0, 0x26f5}, {0x26f7, 0x26fa}, {0x26fd, 0x26fd},
		{0x2702, 0x2702}, {0x2705, 0x2705}, {0x2708, 0x270d}, {0x270f, 0x270f}, {0x2712, 0x2712}, {0x2714, 0x2714}, {0x2716, 0x2716},
		{0x271d, 0x271d}, {0x2721, 0x2721}, {0x2728, 0x2728}, {0x2733, 0x2734}, {0x2744, 0x2744}, {0x2747, 0x2747}, {0x274c, 0x274c},
		{0x274e, 0x274e}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2763, 0x2764}, {0x2795, 0x2797}, {0x27a1, 0x27a1}, {0x27b0, 0x27b0},
		{0x27bf, 0x27bf}, {0x2934, 0x2935}, {0x2b05, 0x2b07}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b50}, {0x2b55, 0x2b55}, {0x3030, 0x3030},
		{0x303d, 0x303d}, {0x3297, 0x3297}, {0x3299, 0x3299}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f170, 0x1f171},
		{0x1f17e, 0x1f17f}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f1e6, 0x1f1ff}, {0x1f201, 0x1f202}, {0x1f21a, 0x1f21a},
		{0x1f22f, 0x1f22f}, {0x1f232, 0x1f23a}, {0x1f250, 0x1f251}, {0x1f300, 0x1f321}, {0x1f324, 0x1f393}, {0x1f396, 0x1f397},
		{0x1f399, 0x1f39b}, {0x1f39e, 0x1f3f0}, {0x1f3f3, 0x1f3f5}, {0x1f3f7, 0x1f4fd}, {0x1f4ff, 0x1f53d}, {0x1f549, 0x1f54e},
		{0x1f550, 0x1f567}, {0x1f56f, 0x1f570}, {0x1f573, 0x1f57a}, {0x1f587, 0x1f587}, {0x1f58a, 0x1f58d}, {0x1f590, 0x1f590},
		{0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a5}, {0x1f5a8, 0x1f5a8}, {0x1f5b1, 0x1f5b2}, {0x1f5bc, 0x1f5bc}, {0x1f5c2, 0x1f5c4},
		{0x1f5d1, 0x1f5d3}, {0x1f5dc, 0x1f5de}, {0x1f5e1, 0x1f5e1}, {0x1f5e3, 0x1f5e3}, {0x1f5e8, 0x1f5e8}, {0x1f5ef, 0x1f5ef},
		{0x1f5f3, 0x1f5f3}, {0x1f5fa, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cb, 0x1f6d2}, {0x1f6d5, 0x1f6d7}, {0x1f6dc, 0x1f6e5},
		{0x1f6e9, 0x1f6e9}, {0x1f6eb, 0x1f6ec}, {0x1f6f0, 0x1f6f0}, {0x1f6f3, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f7f0, 0x1f7f0},
		{0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff}, {0x1fa70, 0x1fa7c}, {0x1fa80, 0x1fa88}, {0x1fa90, 0x1fabd},
		{0x1fabf, 0x1fac5}, {0x1face, 0x1fadb}, {0x1fae0, 0x1fae8}, {0x1faf0, 0x1faf8},
	})
}

var scriptAliases = map[string]string{
	"Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Arab": "Arabic", "Hebr": "Hebrew", "Hani": "Han", "Hira": "Hiragana",
	"Kana": "Katakana", "Hang": "Hangul", "Thai": "Thai", "Deva": "Devanagari", "Zyyy": "Common", "Zinh": "Inherited",
}

var categoryNames = map[string]string{
	"Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
	"Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn",
	"Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl",
	"Other_Number": "No", "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
	"Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf",
	"Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk",
	"Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp",
	"Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
}

// fixRegExp gives a regular expression literal what goja lacks.
func fixRegExp(e *ast.RegExpLiteral) {
	if !strings.Contains(e.Flags, "u") || !strings.Contains(e.Pattern, `\p{`) && !strings.Contains(e.Pattern, `\P{`) {
		return
	}
	if expanded, problem := expandProperties(e.Pattern); problem == "" {
		e.Pattern = expanded
	}
}
