// Command peers runs the same handlers in Lambent, in rival servers and in a
// server that does nothing, drives all of them with the same generator, in
// turns, and prints one table.
//
//	go run ./bench/peers            # about five minutes; the first run also installs
//	go run ./bench/peers -quick     # less than a minute, and less certain
//	go run ./bench/peers -only lambent,node,fasthttp -handlers hello -rounds 9
//
// Processor time is user and system time of the server's whole process tree,
// read from /proc before and after each run and divided by the requests of that
// run; memory is the tree's resident memory. Every figure is the median over
// the rounds. It needs Linux.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lambent-run/lambent/bench/peers/handlers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		stop()
		os.Exit(1)
	}
}

// options are the command line's.
type options struct {
	rounds   int
	duration time.Duration
	quick    bool
	only     string
	handlers string
	json     string
}

func run(ctx context.Context) error {
	var o options
	flag.IntVar(&o.rounds, "rounds", 5, "how often each server is driven under each load")
	flag.DurationVar(&o.duration, "duration", 600*time.Millisecond, "how long each time")
	flag.BoolVar(&o.quick, "quick", false, "one round of 250 ms, without what takes minutes to install")
	flag.StringVar(&o.only, "only", strings.Join(ids, ","), "the `servers` to run")
	flag.StringVar(&o.handlers, "handlers", "", "the `handlers` to run (default all)")
	flag.StringVar(&o.json, "json", "", "write each run's figures to this `file`")
	flag.Parse()
	if o.quick {
		o.rounds, o.duration = 1, 250*time.Millisecond
	}
	if o.rounds < 1 || o.duration <= 0 {
		return errors.New("-rounds and -duration must be positive")
	}
	chosen, err := choose(o.handlers)
	if err != nil {
		return err
	}
	only := strings.Split(o.only, ",")
	for _, id := range only {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("-only: there is no %q; there are %s", id, strings.Join(ids, ", "))
		}
	}
	return measure(ctx, o, chosen, only)
}

// choose returns the handlers of a list of names, all of an empty one.
func choose(names string) ([]handlers.Handler, error) {
	if names == "" {
		return handlers.All(), nil
	}
	var chosen []handlers.Handler
	for name := range strings.SplitSeq(names, ",") {
		h, err := handlers.Named(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, h)
	}
	return chosen, nil
}

func measure(ctx context.Context, o options, chosen []handlers.Handler, only []string) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	var notes []string
	progress := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	s := setup{root: root, cache: filepath.Join(root, ".cache", "bench"), only: only, quick: o.quick, note: func(format string, args ...any) {
		progress(format, args...)
		notes = append(notes, fmt.Sprintf(format, args...))
	}}
	rivals, err := s.rivals(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(s.cache, "run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := bench{generator: s.generator(), dir: dir, rounds: o.rounds, duration: o.duration, warmup: max(o.duration, 500*time.Millisecond), progress: progress}
	var all []series
	for _, h := range chosen {
		connections := []int{1, 64}
		if h.Waits {
			connections = []int{64, 256}
		}
		measured, err := b.run(ctx, h, rivals, connections)
		if err != nil {
			return err
		}
		all = append(all, measured...)
	}
	return publish(o, all, notes)
}

// publish prints the table and what there is to say of it.
func publish(o options, all []series, notes []string) error {
	t := table(all)
	if _, err := t.WriteTo(os.Stdout); err != nil {
		return err
	}
	fmt.Printf("\n%d rounds of %s each, medians; ± is half the range of CPU over the rounds. %s/%s, %d cores, %s.\n",
		o.rounds, o.duration, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	for _, line := range notes {
		fmt.Println("-", line)
	}
	failed := failures(all)
	for _, line := range failed {
		fmt.Println("-", line)
	}
	if o.json != "" {
		text, err := json.MarshalIndent(all, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(o.json, text, 0o644); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of the servers failed", len(failed))
	}
	return nil
}

// moduleRoot is the folder of the module that the command is run in.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
