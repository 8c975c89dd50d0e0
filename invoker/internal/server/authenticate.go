package server

import (
	"errors"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/invoker/internal/sigv4"
	"github.com/lambent-run/lambent/runtime/function"
)

// Services whose credential scope is accepted, by what they serve.
const (
	serviceLambda = "lambda"
	serviceLogs   = "logs"
)

// Permits says whether a function's resource policy lets a caller do something:
// the ARN of an identity of this account, and an action such as
// "lambda:InvokeFunction".
type Permits func(id function.ID, qualifier, identity, action string) bool

// caller is who sent a request; nil if nobody is asked.
type caller struct {
	key *sigv4.Key
	arn string
}

// authenticate says who signed a request, and returns its payload. If the
// server does not ask, everybody may do everything.
func (s *Server) authenticate(ctx *fasthttp.RequestCtx, service string, body []byte) (*caller, []byte, *apiError) {
	if s.cfg.Verifier == nil {
		return nil, body, nil
	}
	uri := originForm(string(ctx.Request.Header.RequestURI()))
	path, query, _ := strings.Cut(uri, "?")
	key, payload, err := s.cfg.Verifier.Verify(service, &sigv4.Request{
		Method: string(ctx.Method()), Path: path, Query: query, Body: body,
		Headers: func(yield func(string, string) bool) {
			for name, value := range ctx.Request.Header.All() {
				if !yield(strings.ToLower(string(name)), string(value)) {
					return
				}
			}
		},
	})
	if err != nil {
		return nil, nil, unauthenticated(err)
	}
	return &caller{key, "arn:" + function.Partition(s.region) + ":iam::" + s.account + ":user/" + key.UserName}, payload, nil
}

// unauthenticated words an error of package sigv4.
func unauthenticated(err error) *apiError {
	var refusal *sigv4.Error
	if !errors.As(err, &refusal) {
		return serviceError("An internal error occurred.")
	}
	status := fasthttp.StatusForbidden
	if refusal.Code == "IncompleteSignatureException" {
		status = fasthttp.StatusBadRequest
	}
	return &apiError{status: status, code: refusal.Code, message: refusal.Message}
}

// authorize refuses an action that neither the caller's key nor the function's
// resource policy allows.
func (s *Server) authorize(who *caller, action string, id function.ID, qualifier string) *apiError {
	if who == nil {
		return nil
	}
	arn := s.arn(id, qualifier)
	if who.key.Allows(action, arn) || s.cfg.Permits != nil && s.cfg.Permits(id, qualifier, who.arn, action) {
		return nil
	}
	return notAuthorized(who, action, arn)
}

// notAuthorized words a refusal as IAM does.
func notAuthorized(who *caller, action, arn string) *apiError {
	return accessDenied("User: " + who.arn + " is not authorized to perform: " + action + " on resource: " + arn +
		" because no identity-based policy allows the " + action + " action")
}
