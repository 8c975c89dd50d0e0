package server

import "github.com/valyala/fasthttp"

// Authenticate says who sent a request.
type Authenticate func(ctx *fasthttp.RequestCtx, body []byte) error
