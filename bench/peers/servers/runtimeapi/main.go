// Command runtimeapi is the least that AWS's runtime client needs: it starts
// the command it is given and hands it the events that come in over HTTP,
// through the Lambda Runtime API (version 2018-06-01). It stands in for AWS's
// emulator where that cannot be installed, and costs less than the emulator
// does, so what is measured with it is a lower bound.
//
// One environment serves one event at a time; further requests wait.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:8080", "`address` for invocations")
	api := flag.String("api", "127.0.0.1:8081", "`address` of the Runtime API")
	flag.Parse()
	if flag.NArg() == 0 {
		return errors.New("usage: runtimeapi [-listen ADDRESS] [-api ADDRESS] COMMAND...")
	}
	q := newQueue()
	ended := make(chan error, 3)
	go func() { ended <- serve(*api, q.runtimeAPI) }()
	go func() { ended <- serve(*listen, q.invoke) }()

	client := exec.Command(flag.Arg(0), flag.Args()[1:]...)
	client.Stdout, client.Stderr = os.Stderr, os.Stderr
	client.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API="+*api)
	if err := client.Start(); err != nil {
		return err
	}
	go func() { ended <- fmt.Errorf("the runtime client ended: %w", client.Wait()) }()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	select {
	case err := <-ended:
		_ = client.Process.Kill()
		return err
	case <-stop:
		return client.Process.Kill()
	}
}

func serve(addr string, handler fasthttp.RequestHandler) error {
	server := &fasthttp.Server{Handler: handler, MaxRequestBodySize: 7 << 20}
	return server.ListenAndServe(addr)
}

// job is one event on its way to the client, and its answer.
type job struct {
	event  []byte
	answer []byte
	failed bool
	done   chan struct{}
}

// queue brings events to the client, one at a time.
type queue struct {
	waiting chan *job
	running chan *job // at most one: what the client has not answered yet
	ids     int       // owned by whoever put a job on running
}

func newQueue() *queue {
	return &queue{waiting: make(chan *job), running: make(chan *job, 1)}
}

// invoke is the front: it waits for the answer to the request's body.
func (q *queue) invoke(ctx *fasthttp.RequestCtx) {
	j := &job{event: bytes.Clone(ctx.PostBody()), done: make(chan struct{})}
	q.waiting <- j
	<-j.done
	if j.failed {
		ctx.Response.Header.Set("X-Amz-Function-Error", "Unhandled")
	}
	ctx.SetContentType("application/json")
	ctx.Response.SetBodyRaw(j.answer)
}

// runtimeAPI is the back, called by one client.
func (q *queue) runtimeAPI(ctx *fasthttp.RequestCtx) {
	const root = "/2018-06-01/runtime/"
	path, ok := bytes.CutPrefix(ctx.Path(), []byte(root))
	switch {
	case ok && string(path) == "invocation/next":
		j := <-q.waiting
		q.running <- j
		q.ids++
		h := &ctx.Response.Header
		h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("00000000-0000-4000-8000-%012d", q.ids))
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:function")
		ctx.SetContentType("application/json")
		ctx.Response.SetBodyRaw(j.event)
	case ok && bytes.HasSuffix(path, []byte("/response")):
		q.answer(ctx, false)
	case ok && bytes.HasSuffix(path, []byte("/error")):
		q.answer(ctx, true)
	default:
		ctx.Error("not found", fasthttp.StatusNotFound)
	}
}

// answer ends the invocation that runs. An error before the first one is the
// init phase's.
func (q *queue) answer(ctx *fasthttp.RequestCtx, failed bool) {
	ctx.SetStatusCode(fasthttp.StatusAccepted)
	select {
	case j := <-q.running:
		j.answer, j.failed = bytes.Clone(ctx.PostBody()), failed
		close(j.done)
	default:
		fmt.Fprintf(os.Stderr, "the function failed to load: %s\n", ctx.PostBody())
	}
}
