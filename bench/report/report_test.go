package report

import (
	"strings"
	"testing"
	"time"
)

func TestTableLinesUp(t *testing.T) {
	t.Parallel()
	table := Table{Title: "hello, 64 connections", Columns: []string{"server", "µs", "ratio"}, Left: 1}
	table.Add("lambent", "12.5", "1.20x")
	table.Add("a|b", "7")
	var got strings.Builder
	n, err := table.WriteTo(&got)
	want := "### hello, 64 connections\n\n" +
		"| server  |   µs | ratio |\n" +
		"|---------|-----:|------:|\n" +
		"| lambent | 12.5 | 1.20x |\n" +
		"| a/b     |    7 |       |\n"
	if got.String() != want || n != int64(len(want)) || err != nil {
		t.Errorf("WriteTo wrote %d bytes, %v:\n%s\nwant %d bytes:\n%s", n, err, got.String(), len(want), want)
	}
}

func TestMedianAndSpread(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		values []float64
		median float64
		spread float64
	}{
		{"nothing", nil, 0, 0},
		{"one value", []float64{3}, 3, 0},
		{"the middle of three, in any order", []float64{9, 1, 4}, 4, 2},
		{"the mean of the middle two of four", []float64{1, 4, 100, 2}, 3, 33},
		{"only zeros", []float64{0, 0}, 0, 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := Median(tc.values); got != tc.median {
				t.Errorf("Median(%v) = %v, want %v", tc.values, got, tc.median)
			}
			if got := Spread(tc.values); got != tc.spread {
				t.Errorf("Spread(%v) = %v, want %v", tc.values, got, tc.spread)
			}
		})
	}
	values := []time.Duration{3, 1, 2}
	if got := Median(values); got != 2 || values[0] != 3 {
		t.Errorf("Median = %v with values %v after it, want 2 and the order kept", got, values)
	}
}

func TestNumbersAreWrittenShort(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, got, want string }{
		{"a short latency", Millis(41_500 * time.Nanosecond), "0.042"},
		{"a long latency", Millis(12_340 * time.Microsecond), "12.3"},
		{"little time", Micros(1234 * time.Nanosecond), "1.2"},
		{"much time", Micros(1234567 * time.Nanosecond), "1235"},
		{"memory", Mebibytes(3 << 19), "1.5"},
		{"a small ratio", Ratio(3, 2), "1.50x"},
		{"a ratio that rounds up to ten", Ratio(9.999, 1), "10.0x"},
		{"a large ratio", Ratio(250, 1), "250x"},
		{"a ratio to nothing", Ratio(1, 0), "-"},
		{"nothing to nothing", Ratio(0, 0), "-"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.got != tc.want {
				t.Errorf("got %q, want %q", tc.got, tc.want)
			}
		})
	}
}
