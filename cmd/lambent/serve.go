package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/lambent-run/lambent/invoker"
)

// defaultListen is where serve listens and where invoke looks for it.
const defaultListen = "127.0.0.1:9000"

// serveOptions are the flags of serve.
type serveOptions struct {
	settings
	listen      string
	allowRemote bool
	keyFile     string
	dataDir     string
	watch       bool
	concurrency int
	drain       time.Duration
	shipLogs    bool
}

func serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve [flags] [[NAME=]PATH...]",
		Short: "Serve functions over the Lambda API",
		Long: `Serve functions over the Lambda API, to the AWS SDKs, the AWS CLI and
'lambent invoke'. One line with the URL goes to standard output once the server
is ready; the functions' logs go to standard error. SIGTERM and SIGINT let the
invocations in flight finish, then end the server.

Functions are those that clients create, with 'lambent deploy', the AWS CLI, an
SDK or Terraform, and those at the PATHs, which are deployed when the server
starts. With --data-dir the former are there again after a restart.

A PATH is one of these (default: without
--data-dir the current folder, if it holds functions):

  hello.js     a handler file: the function hello. The extensions .js, .mjs,
               .cjs, .ts, .mts and .cts are known. If the file's folder has a
               package.json or node_modules, the function sees that folder,
               otherwise this file alone.
  hello/       a folder with an index file, or with a package.json whose main
               exists: the function hello, handler "index.handler" or the
               main file's.
  functions/   any other folder: each handler file and each folder of a
               function in it. Names that start with a dot, node_modules and
               files such as x.test.js, x.config.js and x.d.ts are passed over.

NAME=PATH gives a single function another name.`,
		Example: `  lambent serve ./functions
  lambent serve --watch --env TABLE=orders hello.js api=./services/api
  lambent serve --listen 127.0.0.1:0 ./functions`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.listen, "listen", defaultListen, "address to listen on; port 0 takes a free one")
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "let --listen name an address that other machines can reach without --keys")
	flags.StringVar(&o.keyFile, "keys", "", "file of the access keys whose signatures are accepted: a JSON array of objects with AccessKeyId, SecretAccessKey and, if wanted, UserName, SessionToken, Allow (actions) and Resources (ARNs). One key can also stand in LAMBENT_ACCESS_KEY_ID and LAMBENT_SECRET_ACCESS_KEY")
	flags.StringVar(&o.dataDir, "data-dir", "", "folder that keeps the functions, so that they survive the server (default: in memory only)")
	flags.BoolVar(&o.watch, "watch", false, "deploy a function again when its files change")
	o.register(flags)
	flags.IntVar(&o.concurrency, "concurrency", 1000, "most invocations in flight, over all functions")
	flags.BoolVar(&o.shipLogs, "ship-logs", false, "send the functions' logs to CloudWatch Logs, too, by the AWS settings of the environment (AWS_ENDPOINT_URL, AWS_PROFILE...)")
	flags.DurationVar(&o.drain, "drain-timeout", 30*time.Second, "how long invocations may take to finish at the end")
	return cmd
}

// run serves until ctx ends.
func (o *serveOptions) run(ctx context.Context, args []string, out, errOut io.Writer) error {
	if _, _, err := discover([]string{"."}); len(args) == 0 && o.dataDir == "" && err == nil {
		args = []string{"."}
	}
	keys, err := o.keys()
	if err != nil {
		return err
	}
	if err := checkListen(o.listen, o.allowRemote || keys != nil); err != nil {
		return err
	}
	cfg, err := o.config()
	if err != nil {
		return err
	}
	if o.concurrency < 1 {
		return usagef("--concurrency is %d, want 1 or more", o.concurrency)
	}
	log := &lockedWriter{w: errOut}
	services := invoker.NewAWS()
	kept, tap, stopTap, err := o.taps(services, log)
	if err != nil {
		return err
	}
	defer stopTap() // after the runtime
	cfg.MaxConcurrency, cfg.Log, cfg.LogTap = o.concurrency, log, tap
	data, err := openDataDir(o.dataDir)
	if err != nil {
		return err
	}
	defer data.close()
	back, err := openBackend(ctx, data, cfg, services)
	if err != nil {
		return err
	}
	defer func() { _ = back.close() }() // nothing is lost: what was acknowledged is kept

	fleet := &fleet{backend: back, settings: &o.settings, args: args, log: log}
	if err := fleet.deploy(ctx); err != nil {
		return err
	}
	if o.watch {
		stop, err := fleet.watch(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	ln, err := listen(o.listen)
	if err != nil {
		return err
	}
	front, err := invoker.New(invoker.Config{Runtime: back.runtime, Registry: back.registry, Keys: keys, Logs: kept, ErrorLog: log})
	if err != nil {
		_ = ln.Close()
		return err
	}
	url := "http://" + ln.Addr().String()
	if err := data.announce(url); err != nil {
		_ = ln.Close()
		return err
	}
	served := make(chan error, 1)
	go func() { served <- front.Serve(ln) }()
	if _, err := fmt.Fprintf(out, "Lambent serves %s at %s\n", fleet.describe(), url); err != nil {
		_ = front.Close(context.WithoutCancel(ctx))
		return err
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	if err := o.end(ctx, front); err != nil {
		return err
	}
	return <-served
}

// end lets requests in flight finish.
func (o *serveOptions) end(ctx context.Context, front *invoker.Invoker) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.drain)
	defer cancel()
	err := front.Close(ctx)
	if errors.Is(err, invoker.ErrCutOff) {
		return fmt.Errorf("invocations still ran after --drain-timeout %s and were cut off", o.drain)
	}
	return err
}

// keys are the access keys that the flags and the environment give; nil: none.
func (o *serveOptions) keys() (*invoker.Keys, error) {
	id, secret := os.Getenv("LAMBENT_ACCESS_KEY_ID"), os.Getenv("LAMBENT_SECRET_ACCESS_KEY")
	switch {
	case o.keyFile != "":
		keys, err := invoker.ReadKeys(o.keyFile)
		if err != nil {
			return nil, usagef("--keys: %v", err)
		}
		return keys, nil
	case (id == "") != (secret == ""):
		return nil, usagef("LAMBENT_ACCESS_KEY_ID and LAMBENT_SECRET_ACCESS_KEY belong together: only one of them is set")
	case id == "":
		return nil, nil
	}
	return invoker.NewKeys(invoker.Key{AccessKeyID: id, SecretAccessKey: secret})
}

// checkListen refuses an address that is malformed, or that other machines can
// reach unless that is wanted.
func checkListen(address string, allowRemote bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usagef("--listen %q is not an address: want HOST:PORT, such as %s", address, defaultListen)
	}
	if allowRemote || host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return nil
	}
	return usagef("--listen %s can be reached from other machines, and whoever reaches it may run the functions, because requests are not authenticated; listen on 127.0.0.1, give --keys, or add --allow-remote if that is what you want", address)
}

// listen opens the listener, with an error that says what to do.
func listen(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program listens on %s already: stop it, or choose another port with --listen (port 0 takes a free one)", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("no permission to listen on %s: choose a port above 1023 with --listen", address)
	}
	return nil, fmt.Errorf("listen on %s: %w", address, err)
}

// describe says how many functions there are, and their names if they are few.
func (f *fleet) describe() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := make([]string, len(f.sources))
	for i, s := range f.sources {
		names[i] = s.name
	}
	switch {
	case len(names) == 0:
		return "what is deployed to it"
	case len(names) == 1:
		return "the function " + names[0]
	case len(names) <= 8:
		return fmt.Sprintf("%d functions (%s)", len(names), strings.Join(names, ", "))
	}
	return fmt.Sprintf("%d functions", len(names))
}

// lockedWriter keeps lines of several writers apart.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
