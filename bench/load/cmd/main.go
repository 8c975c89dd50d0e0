// Command cmd drives an HTTP server with one request and prints what it
// measured as JSON. It is a process of its own so that the processor time it
// takes does not count as the server's.
//
//	go run ./bench/load/cmd -addr 127.0.0.1:9000 -path /2015-03-31/functions/hello/invocations \
//	    -body event.json -want reply.json -connections 64 -duration 2s
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/lambent-run/lambent/bench/load"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var cfg load.Config
	var body, want string
	flag.StringVar(&cfg.Addr, "addr", "", "the server, `host:port`")
	flag.StringVar(&cfg.Path, "path", "/", "path of the request")
	flag.StringVar(&body, "body", "", "`file` with the body of the request; none means an empty body")
	flag.StringVar(&want, "want", "", "`file` with the body that each answer must have; none means the request's")
	flag.IntVar(&cfg.Connections, "connections", 1, "requests in flight at a time")
	flag.DurationVar(&cfg.Duration, "duration", time.Second, "no request is begun after this")
	flag.Int64Var(&cfg.Requests, "requests", 0, "end after that many; 0 means no limit")
	flag.Parse()
	var err error
	if body != "" {
		if cfg.Body, err = os.ReadFile(body); err != nil {
			return err
		}
	}
	cfg.Want = cfg.Body
	if want != "" {
		if cfg.Want, err = os.ReadFile(want); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	result, err := load.Run(ctx, cfg)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
