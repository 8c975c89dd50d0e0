package inspect

import (
	"math"
	"strings"
)

// kind says how the members of an object are laid out.
type kind int

const (
	plainObject kind = iota // members are "key: value"
	arrayItem               // a member is the value alone
	listObject              // an array or typed array: short items share lines
)

// join lays the finished members of an object out, on one line if they are few
// and short, else one or more to a line. base is text before the brace, such as
// an error's stack; level is the depth of the object, its own included.
func (s *state) join(out []string, base string, open, closing string, k kind, level int, numbers bool) string {
	lead := ""
	if base != "" {
		lead = base + " "
	}
	if s.Compact != CompactTrue {
		if s.Compact >= 1 {
			entries := len(out)
			if k == listObject && entries > 6 {
				out = s.group(out, numbers)
			}
			if s.currentDepth-level < s.Compact && entries == len(out) {
				start := len(out) + s.indent + units(open) + units(base) + 10
				if s.fits(out, start, base) {
					line := strings.Join(out, ", ")
					if !strings.Contains(line, "\n") {
						return lead + open + " " + line + " " + closing
					}
				}
			}
		}
		indent := "\n" + strings.Repeat(" ", s.indent)
		return lead + open + indent + "  " + strings.Join(out, ","+indent+"  ") + indent + closing
	}
	if s.fits(out, 0, base) {
		if base != "" {
			base = " " + base
		}
		return open + base + " " + strings.Join(out, ", ") + " " + closing
	}
	indent := "\n" + strings.Repeat(" ", s.indent)
	first := " "
	if base != "" || len(open) != 1 {
		first = indent + "  "
		if base != "" {
			first = " " + base + first
		}
	}
	return open + first + strings.Join(out, ","+indent+"  ") + " " + closing
}

// fits reports whether the members fit on one line of BreakLength columns.
func (s *state) fits(out []string, start int, base string) bool {
	total := len(out) + start
	if total+len(out) > s.BreakLength {
		return false
	}
	for _, m := range out {
		if s.Colors {
			total += columns(m)
		} else {
			total += units(m)
		}
		if total > s.BreakLength {
			return false
		}
	}
	return base == "" || !strings.Contains(base, "\n")
}

// group puts the items of a long list into columns of about equal width, so
// that the whole is roughly 2.5 times as wide as high. numbers says that all
// items are numbers, which are aligned to the right.
func (s *state) group(out []string, numbers bool) []string {
	const gap = 2 // comma and space
	const ratio = 2.5
	n := len(out)
	if s.MaxArrayLength < n {
		n-- // the last one is "... more items"
	}
	lens := make([]int, n)
	total, longest := 0, 0
	for i := range lens {
		lens[i] = columns(out[i])
		total += lens[i] + gap
		longest = max(longest, lens[i])
	}
	widest := longest + gap
	if widest*3+s.indent >= s.BreakLength || float64(total)/float64(widest) <= 5 && longest > 6 {
		return out
	}
	bias := math.Sqrt(float64(widest) - float64(total)/float64(len(out)))
	biased := math.Max(float64(widest)-3-bias, 1)
	cols := min(
		int(math.Floor(math.Sqrt(ratio*biased*float64(n))/biased+0.5)),
		(s.BreakLength-s.indent)/widest,
		s.Compact*4,
		15,
	)
	if cols <= 1 {
		return out
	}
	widths := make([]int, cols)
	for c := range widths {
		for i := c; i < n; i += cols {
			widths[c] = max(widths[c], lens[i])
		}
		widths[c] += gap
	}
	var lines []string
	for i := 0; i < n; i += cols {
		end := min(i+cols, n)
		var sb strings.Builder
		for j := i; j < end; j++ {
			pad := widths[j-i] - lens[j] - gap
			last := j == end-1
			if numbers {
				sb.WriteString(strings.Repeat(" ", max(pad, 0)))
			}
			sb.WriteString(out[j])
			if !last {
				sb.WriteString(", ")
				if !numbers {
					sb.WriteString(strings.Repeat(" ", max(pad, 0)))
				}
			}
		}
		lines = append(lines, sb.String())
	}
	if s.MaxArrayLength < len(out) {
		lines = append(lines, out[n])
	}
	return lines
}
