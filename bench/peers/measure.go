package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/lambent-run/lambent/bench/load"
	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/bench/peers/internal/process"
	"github.com/lambent-run/lambent/bench/peers/internal/procfs"
)

// Sample is one run of the generator against one server.
type Sample struct {
	load.Result
	// CPUPerRequest is the processor time of the server's whole tree, user and
	// system, for one request.
	CPUPerRequest time.Duration `json:"cpuPerRequestNs"`
	// RSS is the tree's resident memory after the run, Peak the most it has had
	// since the server was started, in bytes.
	RSS  int64 `json:"rssBytes"`
	Peak int64 `json:"peakBytes"`
}

// series are the samples of one server under one load, one for each round.
type series struct {
	Handler     string   `json:"handler"`
	Connections int      `json:"connections"`
	Server      string   `json:"server"`
	Samples     []Sample `json:"samples"`
	Failure     string   `json:"failure,omitempty"`
}

// bench measures rivals in turns.
type bench struct {
	generator string
	dir       string // for events, handlers and adapters
	rounds    int
	duration  time.Duration
	warmup    time.Duration
	progress  func(format string, args ...any)
}

// running is a started rival.
type running struct {
	rival
	site    site
	process *process.Process
	failure string
}

// run measures the rivals with one handler under each number of connections:
// all of them run, and each round drives one after the other, so that drift of
// a shared machine hits all alike.
func (b bench) run(ctx context.Context, h handlers.Handler, rivals []rival, connections []int) (result []series, err error) {
	if err := b.writeEvent(h); err != nil {
		return nil, err
	}
	var started []*running
	defer func() {
		for _, r := range started {
			if r.process != nil {
				err = errors.Join(err, r.process.Stop(2*time.Second))
			}
		}
	}()
	for _, rv := range rivals {
		b.progress("%s: starting %s", h.Name, rv.name)
		r := &running{rival: rv}
		started = append(started, r)
		if err := b.start(ctx, r, h); err != nil {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			r.failure = err.Error()
		}
	}
	for _, n := range connections {
		all := make([]series, len(started))
		for i, r := range started {
			all[i] = series{Handler: h.Name, Connections: n, Server: r.name}
		}
		for round := range b.rounds {
			b.progress("%s, %d connections, round %d of %d", h.Name, n, round+1, b.rounds)
			for i, r := range started {
				if r.failure == "" && (n == 1 || !r.single) {
					if sample, err := b.sample(ctx, r, n, b.duration); err != nil {
						r.failure = err.Error()
					} else {
						all[i].Samples = append(all[i].Samples, sample)
					}
				}
				if ctx.Err() != nil {
					return nil, context.Cause(ctx)
				}
			}
		}
		for i, r := range started {
			all[i].Failure = r.failure
		}
		result = append(result, all...)
	}
	return result, nil
}

// start runs the rival, waits for its first right answer and lets it warm up.
func (b bench) start(ctx context.Context, r *running, h handlers.Handler) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	r.site = site{handler: h, dir: filepath.Join(b.dir, r.id), port: port}
	if err := stage(r.site.dir); err != nil {
		return err
	}
	command, err := r.command(r.site)
	if err != nil {
		return err
	}
	if r.process, err = process.Start(command); err != nil {
		return err
	}
	starting, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	err = r.process.Ready(starting, func(ctx context.Context) error {
		_, err := load.Run(ctx, load.Config{
			Addr: r.site.addr(), Path: r.requestPath(h), Body: h.Event, Want: r.want(h),
			Requests: 1, Timeout: 5 * time.Second,
		})
		return err
	})
	if err != nil {
		return err
	}
	warm := 16
	if r.single {
		warm = 1
	}
	_, err = b.sample(ctx, r, warm, b.warmup)
	return err
}

// sample drives the rival once.
func (b bench) sample(ctx context.Context, r *running, connections int, duration time.Duration) (Sample, error) {
	proc := os.DirFS("/proc")
	before, err := procfs.Tree(proc, r.process.ID())
	if err != nil {
		return Sample{}, b.explain(r, err)
	}
	want := b.eventFile(r.site.handler)
	if !r.echoes {
		want = b.wantFile(r.site.handler)
	}
	limited, cancel := context.WithTimeout(ctx, duration+20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(limited, b.generator,
		"-addr", r.site.addr(), "-path", r.requestPath(r.site.handler), "-body", b.eventFile(r.site.handler), "-want", want,
		"-connections", strconv.Itoa(connections), "-duration", duration.String())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return Sample{}, b.explain(r, fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes())))
	}
	var sample Sample
	if err := json.Unmarshal(stdout.Bytes(), &sample.Result); err != nil {
		return Sample{}, fmt.Errorf("the generator's report: %w", err)
	}
	after, err := procfs.Tree(proc, r.process.ID())
	if err != nil {
		return Sample{}, b.explain(r, err)
	}
	if sample.Requests == 0 {
		return Sample{}, errors.New("no request was answered")
	}
	sample.CPUPerRequest = (after.CPU - before.CPU) / time.Duration(sample.Requests)
	sample.RSS, sample.Peak = after.RSS, after.Peak
	return sample, nil
}

// explain adds what the server has said last.
func (b bench) explain(r *running, err error) error {
	if out := r.process.Output(); out != "" {
		return fmt.Errorf("%s: %w; its output ends with: %s", r.name, err, out)
	}
	return fmt.Errorf("%s: %w", r.name, err)
}

func (b bench) eventFile(h handlers.Handler) string {
	return filepath.Join(b.dir, h.Name+".event.json")
}

func (b bench) wantFile(h handlers.Handler) string { return filepath.Join(b.dir, h.Name+".want.json") }

func (b bench) writeEvent(h handlers.Handler) error {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(b.eventFile(h), h.Event, 0o644), os.WriteFile(b.wantFile(h), h.Want, 0o644))
}
