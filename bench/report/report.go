// Package report turns measurements into tables: medians over rounds, ratios to
// a reference, and Markdown that lines up in a terminal too.
package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Table is a heading and rows of cells.
type Table struct {
	Title   string
	Columns []string
	// Left is how many columns, from the first on, are aligned left; the others
	// are aligned right.
	Left int
	Rows [][]string
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// WriteTo writes the table as Markdown, its columns padded to equal width.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	widths := make([]int, len(t.Columns))
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		for i := range t.Columns {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell(row, i)))
		}
	}
	var b strings.Builder
	if t.Title != "" {
		fmt.Fprintf(&b, "### %s\n\n", t.Title)
	}
	line := func(row []string) {
		b.WriteByte('|')
		for i, width := range widths {
			text := cell(row, i)
			pad := strings.Repeat(" ", width-utf8.RuneCountInString(text))
			if i < t.Left {
				text += pad
			} else {
				text = pad + text
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteByte('\n')
	}
	line(t.Columns)
	b.WriteByte('|')
	for i, width := range widths {
		if i < t.Left {
			b.WriteString(strings.Repeat("-", width+2) + "|")
		} else {
			b.WriteString(strings.Repeat("-", width+1) + ":|")
		}
	}
	b.WriteByte('\n')
	for _, row := range t.Rows {
		line(row)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// cell is column i of a row, which may be short. A bar would end the cell.
func cell(row []string, i int) string {
	if i >= len(row) {
		return ""
	}
	return strings.ReplaceAll(row[i], "|", "/")
}

// Median returns the middle of values, of an even number the mean of the two in
// the middle, and 0 of none. It does not change the slice.
func Median[T ~int64 | ~float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, func(a, b T) int { return cmp.Compare(a, b) })
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return sorted[mid-1] + (sorted[mid]-sorted[mid-1])/2
}

// Spread is how far values lie apart: the largest less the smallest, as a
// fraction of the median. It is 0 of fewer than two.
func Spread[T ~int64 | ~float64](values []T) float64 {
	median := float64(Median(values))
	if len(values) < 2 || median == 0 {
		return 0
	}
	return float64(slices.Max(values)-slices.Min(values)) / median
}

// Millis writes a duration as milliseconds, with three decimals below 10.
func Millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.3f", ms)
	}
	return fmt.Sprintf("%.1f", ms)
}

// Micros writes a duration as microseconds, with one decimal below 1000.
func Micros(d time.Duration) string {
	us := float64(d) / float64(time.Microsecond)
	if us < 1000 {
		return fmt.Sprintf("%.1f", us)
	}
	return fmt.Sprintf("%.0f", us)
}

// Mebibytes writes a number of bytes as MiB.
func Mebibytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/(1<<20)) }

// Ratio writes a/b as "1.23x", "12.3x" or "123x", and "-" if b is nothing to
// compare with.
func Ratio(a, b float64) string {
	r := a / b
	switch {
	case b == 0 || math.IsNaN(r):
		return "-"
	case r < 9.995:
		return fmt.Sprintf("%.2fx", r)
	case r < 99.95:
		return fmt.Sprintf("%.1fx", r)
	default:
		return fmt.Sprintf("%.0fx", r)
	}
}
