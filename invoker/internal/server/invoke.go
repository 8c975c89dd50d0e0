package server

import (
	"encoding/base64"
	"errors"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// retrySoon is the Retry-After of what passes quickly.
const retrySoon = time.Second

// Names of the operations, as they stand in messages.
const (
	nameInvoke = "InvokeFunction"
	nameStream = "InvokeWithResponseStream"
)

// invoke serves POST /2015-03-31/functions/{name}/invocations.
func (s *Server) invoke(ctx *fasthttp.RequestCtx, c *conn, r *route) {
	var req request
	payload, fault := s.accept(ctx, c, r, &req, nameInvoke)
	if fault != nil {
		s.releaseBody(c, false)
		s.fail(ctx, fault)
		return
	}
	switch req.kind {
	case requestResponse:
		res, err := s.do(&req, r, payload, nil)
		s.releaseBody(c, res.Abandoned)
		s.reply(ctx, c, &req, &res, err)
	case dryRun:
		s.releaseBody(c, false)
		s.dryRun(ctx, r, &req)
	case event:
		s.releaseBody(c, false)
		s.failAs(ctx, notImplemented("The invocation type Event of the operation Invoke"), req.id)
	}
}

// accept reads a whole request, headers and body, and refuses what is wrong
// with it before its function is looked up.
func (s *Server) accept(ctx *fasthttp.RequestCtx, c *conn, r *route, req *request, operation string) ([]byte, *apiError) {
	if fault := readRequest(&ctx.Request.Header, r, req); fault != nil {
		return nil, fault
	}
	req.region = c.regionOfRequest(ctx)
	if fault := s.checkPlace(&r.fn, req.region); fault != nil {
		return nil, fault
	}
	payload, fault := s.readBody(ctx, c, runtime.MaxRequestBytes)
	if fault == bodyTooLarge {
		return nil, requestTooLarge(operation)
	}
	if fault != nil {
		return nil, fault
	}
	who, payload, fault := s.authenticate(ctx, serviceLambda, payload)
	if fault == nil {
		fault = s.authorize(who, "lambda:"+nameInvoke, function.ID{Region: req.region, Name: r.fn.Name}, r.fn.Qualifier)
	}
	if fault != nil {
		return nil, fault
	}
	c.enter(phaseWorking)
	if req.traceID == "" {
		req.id, req.traceID = newIDs(c.reg.wallClock())
	} else {
		req.id = newRequestID()
	}
	return payload, nil
}

// do runs the invocation.
func (s *Server) do(req *request, r *route, payload []byte, stream runtime.ResponseStream) (runtime.Result, error) {
	return s.cfg.Runtime.Do(s.base, runtime.Invocation{
		Function:      r.fn.Name,
		Region:        req.region,
		Qualifier:     r.fn.Qualifier,
		Payload:       payload,
		ARN:           req.arn,
		RequestID:     req.id,
		ClientContext: req.clientContext,
		TraceID:       req.traceID,
		TenantID:      req.tenantID,
		Tail:          req.tail,
		Stream:        stream,
	})
}

// reply answers a synchronous invocation. What the function did wrong is a
// success of the API: only a header tells.
func (s *Server) reply(ctx *fasthttp.RequestCtx, c *conn, req *request, res *runtime.Result, err error) {
	if fault := s.failure(res, err); fault != nil {
		s.failAs(ctx, fault, req.id)
		return
	}
	h := &ctx.Response.Header
	if err != nil {
		h.SetCanonical(headerFunctionError, unhandled)
	}
	h.SetCanonical(headerContentType, contentTypeJSON)
	h.SetCanonical(headerRequestID, c.bytes(req.id))
	h.SetCanonical(headerExecutedVersion, c.bytes(res.ExecutedVersion))
	h.SetCanonical(headerTraceID, c.bytes(req.traceID))
	h.SetCanonical(headerRemapped, zero)
	if req.tail {
		h.SetCanonical(headerLogResult, base64.StdEncoding.AppendEncode(nil, res.LogTail))
	}
	ctx.Response.SetBodyRaw(res.Payload)
}

// failure returns the API's error for an error of the runtime, or nil if the
// invocation has a response, be it the function's failure.
func (s *Server) failure(res *runtime.Result, err error) *apiError {
	if err == nil {
		return nil
	}
	var failure *runtime.FunctionError
	if !errors.As(err, &failure) {
		return s.runtimeError(err, nameInvoke)
	}
	if res.Payload == nil {
		res.Payload = failure.Payload
	}
	return nil
}

// dryRun answers whether the function is there.
func (s *Server) dryRun(ctx *fasthttp.RequestCtx, r *route, req *request) {
	if _, err := s.cfg.Runtime.Route(function.ID{Region: req.region, Name: r.fn.Name}, r.fn.Qualifier); err != nil {
		s.failAs(ctx, s.runtimeError(err, nameInvoke), req.id)
		return
	}
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	ctx.Response.Header.SetCanonical(headerRequestID, []byte(req.id))
}
