package server

import (
	"context"
	"net"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/invoker/internal/api"
)

// Control answers requests that are not invocations. *api.API is one.
type Control interface {
	Serve(ctx context.Context, req *api.Request) *api.Response
}

// logsTarget begins the header X-Amz-Target of CloudWatch Logs.
const logsTarget = "Logs_"

// control serves a request of the control plane, or of CloudWatch Logs.
func (s *Server) control(ctx *fasthttp.RequestCtx, c *conn) {
	h := &ctx.Request.Header
	to, service := s.cfg.Control, serviceLambda
	if s.cfg.Logs != nil && strings.HasPrefix(string(h.Peek("X-Amz-Target")), logsTarget) {
		to, service = s.cfg.Logs, serviceLogs
	}
	if origin := h.Peek(fasthttp.HeaderOrigin); origin != nil {
		s.refuse(ctx, c, fromWebPage(string(origin)))
		return
	}
	if s.cfg.Verifier == nil && rebound(string(ctx.Host()), ctx.LocalAddr()) {
		s.refuse(ctx, c, accessDenied("The server at "+string(ctx.Host())+
			" answers on a loopback address, where only localhost and addresses are names for it: use 127.0.0.1, or let it ask for signatures."))
		return
	}
	body, fault := s.readBody(ctx, c, api.MaxRequestBytes)
	defer s.releaseBody(c, false)
	if fault != nil && fault != bodyTooLarge {
		s.fail(ctx, fault)
		return
	}
	c.enter(phaseWorking)
	uri := originForm(string(h.RequestURI()))
	path, query, _ := strings.Cut(uri, "?")
	req := &api.Request{
		Method: string(ctx.Method()), Path: path, RawQuery: query,
		Header: func(name string) string { return string(h.Peek(name)) },
		Body:   body, Region: c.regionOfRequest(ctx), Account: s.account, Host: string(ctx.Host()), RequestID: newRequestID(),
	}
	if fault != nil {
		s.send(ctx, api.TooLarge(req))
		return
	}
	if !api.Public(path) {
		who, payload, fault := s.authenticate(ctx, service, body)
		if fault != nil {
			s.failAs(ctx, fault, req.RequestID)
			return
		}
		req.Body = payload
		if who != nil {
			req.Caller = &api.Caller{ARN: who.arn, Account: s.account, Allows: who.key.Allows}
		}
	}
	s.send(ctx, to.Serve(s.base, req))
}

// rebound reports whether a request that came over a loopback address was meant
// for some host by its name. A web page can read what its own host answers, and
// make that name mean 127.0.0.1 (DNS rebinding); such requests have no Origin.
func rebound(host string, local net.Addr) bool {
	at, ok := local.(*net.TCPAddr)
	if !ok || !at.IP.IsLoopback() {
		return false
	}
	name := host
	if only, _, err := net.SplitHostPort(host); err == nil {
		name = only
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	return name != "" && name != "localhost" && !strings.HasSuffix(name, ".localhost") && net.ParseIP(name) == nil
}

// refuse answers without reading the body.
func (s *Server) refuse(ctx *fasthttp.RequestCtx, c *conn, fault *apiError) {
	s.fail(ctx, refuseRest(ctx, c, fault))
}

// send writes a response of the control plane.
func (s *Server) send(ctx *fasthttp.RequestCtx, res *api.Response) {
	ctx.SetStatusCode(res.Status)
	for _, h := range res.Header {
		ctx.Response.Header.SetCanonical([]byte(h[0]), []byte(h[1]))
	}
	if res.Stream != nil {
		ctx.Response.SetBodyStream(res.Stream, int(res.Length))
		return
	}
	ctx.Response.SetBodyRaw(res.Body)
}

// fromWebPage refuses a request of a page in a browser, which could otherwise
// reach functions on this machine.
func fromWebPage(origin string) *apiError {
	return accessDenied("Requests of web pages are refused: this one has the Origin " + origin + ".")
}
