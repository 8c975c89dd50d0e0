// Package load drives an HTTP/1.1 server with one prepared request over a fixed
// number of kept-alive connections. The loop is closed: a connection sends its
// next request when it has the whole answer to the last. Every answer is
// compared with the expected one, byte for byte.
//
// It speaks raw TCP, so that it takes little of a machine that it shares with
// the server under test.
package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Config says what to send, where and for how long. Addr is required.
type Config struct {
	// Addr is the server, host:port.
	Addr string
	// Method and Path make the request line. Default POST and /.
	Method, Path string
	// Body is the body of each request.
	Body []byte
	// Want is the body that each answer must have.
	Want []byte
	// Connections is how many requests are in flight at a time. Default 1.
	Connections int
	// Duration ends the run: no request is begun after it. Default 1 s.
	Duration time.Duration
	// Requests ends the run earlier, after that many. Default 0: no limit.
	Requests int64
	// Timeout limits one answer. Default 10 s.
	Timeout time.Duration
}

func (c Config) withDefaults() (Config, error) {
	if c.Addr == "" {
		return c, errors.New("load: Addr is empty")
	}
	if c.Connections < 0 || c.Duration < 0 || c.Requests < 0 || c.Timeout < 0 {
		return c, errors.New("load: Connections, Duration, Requests and Timeout must not be negative")
	}
	c.Method = cmp.Or(c.Method, "POST")
	c.Path = cmp.Or(c.Path, "/")
	c.Connections = cmp.Or(c.Connections, 1)
	c.Duration = cmp.Or(c.Duration, time.Second)
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	return c, nil
}

// Result is what a run measured.
type Result struct {
	// Requests counts answered requests.
	Requests int64 `json:"requests"`
	// Elapsed is the time from the first request to the last answer, without
	// the time it took to connect.
	Elapsed time.Duration `json:"elapsedNs"`
	// P50, P90, P99 and Max are latencies: from before the first byte of the
	// request is written to the last byte of the answer.
	P50 time.Duration `json:"p50Ns"`
	P90 time.Duration `json:"p90Ns"`
	P99 time.Duration `json:"p99Ns"`
	Max time.Duration `json:"maxNs"`
}

// Throughput is the number of answers per second.
func (r Result) Throughput() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Requests) / r.Elapsed.Seconds()
}

// Run makes the connections, drives the server and reports. The first wrong
// answer or failed connection ends it with an error.
func Run(ctx context.Context, cfg Config) (Result, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	clients := make([]*client, 0, cfg.Connections)
	defer func() {
		for _, c := range clients {
			c.close()
		}
	}()
	for range cfg.Connections {
		c, err := dial(ctx, cfg)
		if err != nil {
			return Result{}, err
		}
		clients = append(clients, c)
	}
	return drive(ctx, cancel, cfg, clients)
}

// drive runs all clients to the end and adds up what they measured.
func drive(ctx context.Context, cancel context.CancelCauseFunc, cfg Config, clients []*client) (Result, error) {
	var budget atomic.Int64
	budget.Store(cfg.Requests)
	take := func() bool { return cfg.Requests == 0 || budget.Add(-1) >= 0 }
	// A blocked read does not see the context, so its end closes the connections.
	stop := context.AfterFunc(ctx, func() {
		for _, c := range clients {
			c.close()
		}
	})
	defer stop()

	start := time.Now()
	end := start.Add(cfg.Duration)
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() {
			if err := c.loop(ctx, end, take); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	if err := context.Cause(ctx); err != nil {
		return Result{}, err
	}
	var all Histogram
	for _, c := range clients {
		all.Add(&c.latency)
	}
	return Result{
		Requests: all.Count(), Elapsed: elapsed,
		P50: all.Quantile(0.50), P90: all.Quantile(0.90), P99: all.Quantile(0.99), Max: all.Quantile(1),
	}, nil
}

// request renders the bytes of one request.
func request(cfg Config) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: ", cfg.Method, cfg.Path, cfg.Addr)
	b.WriteString(strconv.Itoa(len(cfg.Body)))
	b.WriteString("\r\n\r\n")
	b.Write(cfg.Body)
	return b.Bytes()
}
