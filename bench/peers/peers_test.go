package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/bench/load"
	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/bench/peers/internal/install"
	"github.com/lambent-run/lambent/bench/peers/internal/process"
)

func sample(requests int64, cpu, p99 time.Duration, mib int64) Sample {
	return Sample{
		Result:        load.Result{Requests: requests, Elapsed: time.Second, P50: p99 / 2, P99: p99},
		CPUPerRequest: cpu, RSS: mib << 20, Peak: 2 * mib << 20,
	}
}

func TestTableShowsMediansAndRatios(t *testing.T) {
	t.Parallel()
	const us, ms = time.Microsecond, time.Millisecond
	all := []series{
		{Handler: "hello", Connections: 1, Server: bareFasthttp, Samples: []Sample{sample(900, 10*us, 2*ms, 5), sample(1000, 10*us, 4*ms, 5), sample(5000, 10*us, 3*ms, 5)}},
		{Handler: "hello", Connections: 1, Server: "lambent", Samples: []Sample{sample(800, 14*us, 2*ms, 20), sample(700, 12*us, 2*ms, 30), sample(600, 13*us, 2*ms, 40)}},
		{Handler: "hello", Connections: 1, Server: nodeHTTP, Failure: "port in use"},
		{Handler: "hello", Connections: 64, Server: "lambent", Samples: []Sample{sample(800, 14*us, 2*ms, 20)}},
		{Handler: "hello", Connections: 64, Server: nodeHTTP, Samples: []Sample{sample(300, 70*us, 20*ms, 50)}, Failure: "crashed\nlater"},
	}
	var got strings.Builder
	tab := table(all)
	if _, err := tab.WriteTo(&got); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"| load      | server        | req/s | p50 ms | p99 ms | CPU µs/req | ± % | x fasthttp | x node | peak MiB | after MiB |\n" +
		"|-----------|---------------|------:|-------:|-------:|-----------:|----:|-----------:|-------:|---------:|----------:|\n" +
		"| hello, 1  | fasthttp echo |  1000 |  1.500 |  3.000 |       10.0 |   0 |      1.00x |      - |     10.0 |       5.0 |\n" +
		"|           | lambent       |   700 |  1.000 |  2.000 |       13.0 |   8 |      1.30x |      - |     60.0 |      30.0 |\n" +
		"|           | node:http     |     - |      - |      - |          - |   - |          - |      - |        - |         - |\n" +
		"| hello, 64 | lambent       |   800 |  1.000 |  2.000 |       14.0 |   0 |          - |  0.20x |     40.0 |      20.0 |\n" +
		"|           | node:http     |   300 |   10.0 |   20.0 |       70.0 |   0 |          - |  1.00x |    100.0 |      50.0 |\n"
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	lines := failures(append(all, all...))
	if len(lines) != 2 || lines[0] != "node:http failed hello: port in use" || lines[1] != "node:http failed hello: crashed / later" {
		t.Errorf("failures = %q", lines)
	}
}

func TestChooseFindsHandlers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     []string
		wantErr  bool
	}{
		{"nothing means all", "", []string{"hello", "transform", "async10ms", "echo100KB"}, false},
		{"a list keeps its order", "echo100KB,hello", []string{"echo100KB", "hello"}, false},
		{"an unknown name is an error", "hello,none", nil, true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(tc.in)
			var names []string
			for _, h := range got {
				names = append(names, h.Name)
			}
			if strings.Join(names, ",") != strings.Join(tc.want, ",") || (err != nil) != tc.wantErr {
				t.Errorf("choose(%q) = %q, %v; want %q", tc.in, names, err, tc.want)
			}
		})
	}
}

func hello(t *testing.T) handlers.Handler {
	t.Helper()
	h, err := handlers.Named("hello")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestRivalsKnowPathAndAnswer(t *testing.T) {
	t.Parallel()
	h := hello(t)
	if got, want := lambent("x").requestPath(h), "/2015-03-31/functions/hello/invocations"; got != want {
		t.Errorf("lambent's path is %s, want %s", got, want)
	}
	if got := plainGoja("x").requestPath(h); got != "/" {
		t.Errorf("plain goja's path is %s, want /", got)
	}
	if got := string(fasthttpEcho("x").want(h)); got != string(h.Event) {
		t.Errorf("the echo is to answer %s, want the event", got)
	}
	if got := string(lambent("x").want(h)); got != string(h.Want) {
		t.Errorf("lambent is to answer %s, want %s", got, h.Want)
	}
}

func TestWorkerdsConfigurationIsFilledIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := stage(dir); err != nil {
		t.Fatal(err)
	}
	command, err := workerd("/bin/workerd").command(site{handler: hello(t), dir: dir, port: 4711})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(command.Args[len(command.Args)-1])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"127.0.0.1:4711"`, `embed "hello.js"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("configuration lacks %s:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "{{") {
		t.Errorf("configuration has gaps:\n%s", text)
	}
}

// needProc skips a test where processor time cannot be read.
func needProc(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
}

func TestBenchDrivesServersInTurns(t *testing.T) {
	t.Parallel()
	needProc(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	s := setup{root: root, cache: t.TempDir(), only: []string{"fasthttp", "goja"}, note: t.Logf}
	rivals, err := s.rivals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	missing := rival{name: "missing", command: plain(filepath.Join(s.cache, "none"), func(site) []string { return nil })}
	rivals = append(rivals, missing)
	b := bench{
		generator: s.generator(), dir: t.TempDir(), rounds: 2,
		duration: 30 * time.Millisecond, warmup: 10 * time.Millisecond, progress: t.Logf,
	}
	all, err := b.run(t.Context(), hello(t), rivals, []int{1, 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 6 {
		t.Fatalf("measured %d series, want 6: three servers under two loads", len(all))
	}
	for _, s := range all {
		if s.Server == "missing" {
			if s.Failure == "" || len(s.Samples) > 0 {
				t.Errorf("%+v, want a failure", s)
			}
			continue
		}
		if s.Failure != "" || len(s.Samples) != 2 {
			t.Errorf("%s: %d samples, failure %q; want 2 and none", s.Server, len(s.Samples), s.Failure)
			continue
		}
		if f := s.figures(); f.throughput <= 0 || f.p99 < f.p50 || f.peak < f.rss || f.rss < 1<<20 {
			t.Errorf("%s has impossible figures: %+v", s.Server, f)
		}
	}
}

func TestBenchRefusesWrongAnswers(t *testing.T) {
	t.Parallel()
	needProc(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := install.GoBuild(t.Context(), root, bin, "./bench/load/cmd", "./bench/peers/servers/fasthttp"); err != nil {
		t.Fatal(err)
	}
	echo := fasthttpEcho(filepath.Join(bin, "bench-peers-servers-fasthttp"))
	h := hello(t)
	b := bench{generator: filepath.Join(bin, "bench-load-cmd"), dir: t.TempDir(), duration: 10 * time.Millisecond, warmup: 10 * time.Millisecond}
	if err := b.writeEvent(h); err != nil {
		t.Fatal(err)
	}
	r := &running{rival: echo}
	if err := b.start(t.Context(), r, h); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.process.Stop(time.Second); err != nil {
			t.Error(err)
		}
	}()
	r.echoes = false // from now on the handler's answer is expected
	if _, err := b.sample(t.Context(), r, 1, b.duration); err == nil || !strings.Contains(err.Error(), "want 37 bytes") {
		t.Errorf("sample: %v; want an error that shows the wrong answer", err)
	}
}

func TestExplainShowsTheServersLastWords(t *testing.T) {
	t.Parallel()
	p, err := process.Start(process.Command{Path: "/bin/sh", Args: []string{"-c", "echo out of memory"}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("connection reset")
	// It never gets ready, but it ends.
	if err := p.Ready(t.Context(), func(context.Context) error { return cause }); err == nil {
		t.Fatal("Ready: no error, want one")
	}
	got := bench{}.explain(&running{rival: rival{name: "x"}, process: p}, cause)
	if !errors.Is(got, cause) || !strings.Contains(got.Error(), "out of memory") {
		t.Errorf("explain = %v, want it to wrap %v and to show the output", got, cause)
	}
}
