// Command goja serves a handler with plain goja behind fasthttp.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/bench/internal/plaingoja"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:8080", "`address` to listen on")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("usage: goja [-listen ADDRESS] HANDLER.js")
	}
	source, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		return err
	}
	program, err := plaingoja.Compile(flag.Arg(0), string(source))
	if err != nil {
		return err
	}
	pool := plaingoja.NewPool(program, 1000)
	server := &fasthttp.Server{
		Handler: func(ctx *fasthttp.RequestCtx) {
			answer, err := pool.Invoke(ctx.PostBody())
			if err != nil {
				ctx.Error(err.Error(), fasthttp.StatusBadGateway)
				return
			}
			ctx.SetContentType("application/json")
			ctx.Response.SetBodyRaw(answer)
		},
		MaxRequestBodySize: 6 << 20,
	}
	return server.ListenAndServe(*listen)
}
