package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/lambent-run/lambent/bench/report"
)

// figures are the medians of a series.
type figures struct {
	throughput    float64
	p50, p99, cpu time.Duration
	rss, peak     int64
	spread        float64 // of the processor time
}

func (s series) figures() figures {
	var throughput []float64
	var p50, p99, cpu []time.Duration
	var rss, peak []int64
	for _, sample := range s.Samples {
		throughput = append(throughput, sample.Throughput())
		p50, p99, cpu = append(p50, sample.P50), append(p99, sample.P99), append(cpu, sample.CPUPerRequest)
		rss, peak = append(rss, sample.RSS), append(peak, sample.Peak)
	}
	return figures{
		throughput: report.Median(throughput), p50: report.Median(p50), p99: report.Median(p99), cpu: report.Median(cpu),
		rss: report.Median(rss), peak: report.Median(peak), spread: report.Spread(cpu),
	}
}

// table lays out all series, in the order in which they were measured. What has
// no samples has no figures: it failed, or cannot serve that load.
func table(all []series) report.Table {
	t := report.Table{Left: 2, Columns: []string{
		"load", "server", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "± %", "x fasthttp", "x node", "peak MiB", "after MiB",
	}}
	reference := make(map[string]float64)
	for _, s := range all {
		reference[s.load()+"\n"+s.Server] = float64(s.figures().cpu)
	}
	previous := ""
	for _, s := range all {
		load := s.load()
		first := load
		if load == previous {
			first = ""
		}
		previous = load
		if len(s.Samples) == 0 {
			t.Add(first, s.Server, "-", "-", "-", "-", "-", "-", "-", "-", "-")
			continue
		}
		f := s.figures()
		t.Add(first, s.Server, fmt.Sprintf("%.0f", f.throughput), report.Millis(f.p50), report.Millis(f.p99),
			report.Micros(f.cpu), fmt.Sprintf("%.0f", 50*f.spread),
			report.Ratio(float64(f.cpu), reference[load+"\n"+bareFasthttp]),
			report.Ratio(float64(f.cpu), reference[load+"\n"+nodeHTTP]),
			report.Mebibytes(f.peak), report.Mebibytes(f.rss))
	}
	return t
}

func (s series) load() string { return fmt.Sprintf("%s, %d", s.Handler, s.Connections) }

// failures lists what went wrong, a line for each server and handler.
func failures(all []series) []string {
	var lines []string
	seen := make(map[string]bool)
	for _, s := range all {
		line := fmt.Sprintf("%s failed %s: %s", s.Server, s.Handler, strings.ReplaceAll(s.Failure, "\n", " / "))
		if s.Failure != "" && !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	return lines
}
