package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// Values of the member Type of an error's body.
const (
	typeUser    = "User"
	typeService = "Service"
)

// apiError is an error as the Lambda API words it.
type apiError struct {
	status int
	// code goes into the header x-amzn-ErrorType.
	code string
	// kind is the body's member Type, left out if empty.
	kind string
	// upper says that the message's member is Message; it is message otherwise.
	// AWS has both, by error.
	upper   bool
	message string
	// reason is the member Reason of a throttling error.
	reason string
	// retryAfter is the header Retry-After if it is not 0.
	retryAfter time.Duration
	// allow is the header Allow of a 405.
	allow string
}

// body is the error as JSON.
func (e *apiError) body() []byte {
	members := struct {
		Reason  string  `json:",omitempty"`
		Type    string  `json:",omitempty"`
		Upper   *string `json:"Message,omitempty"`
		Message *string `json:"message,omitempty"`
	}{Reason: e.reason, Type: e.kind}
	if e.upper {
		members.Upper = &e.message
	} else {
		members.Message = &e.message
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(members) // strings cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (e *apiError) retryAfterSeconds() string {
	return strconv.Itoa(int(math.Ceil(e.retryAfter.Seconds())))
}

// fail answers with an error, under a new request id.
func (s *Server) fail(ctx *fasthttp.RequestCtx, e *apiError) { s.failAs(ctx, e, newRequestID()) }

// failAs answers with an error under the request id that the request has.
func (s *Server) failAs(ctx *fasthttp.RequestCtx, e *apiError, requestID string) {
	h := &ctx.Response.Header
	ctx.SetStatusCode(e.status)
	h.SetCanonical(headerContentType, contentTypeJSON)
	h.SetCanonical(headerRequestID, []byte(requestID))
	h.SetCanonical(headerErrorType, []byte(e.code))
	if e.retryAfter > 0 {
		h.Set("Retry-After", e.retryAfterSeconds())
	}
	if e.allow != "" {
		h.Set("Allow", e.allow)
	}
	ctx.Response.SetBodyRaw(e.body())
}

func invalidParameter(message string) *apiError {
	return &apiError{status: 400, code: "InvalidParameterValueException", kind: typeUser, message: message}
}

func invalidRequestContent(message string) *apiError {
	return &apiError{status: 400, code: "InvalidRequestContentException", kind: typeUser, message: message}
}

func validationError(e *function.ValidationError) *apiError {
	return &apiError{status: 400, code: "ValidationException", message: e.Error()}
}

func requestTooLarge(operation string) *apiError {
	return &apiError{
		status: 413, code: "RequestEntityTooLargeException",
		message: fmt.Sprintf("Request must be smaller than %d bytes for the %s operation", runtime.MaxRequestBytes, operation),
	}
}

func headersTooLarge(limit int) *apiError {
	return &apiError{
		status: 431, code: "RequestHeaderFieldsTooLargeException", kind: typeUser,
		message: fmt.Sprintf("The request line and headers must be smaller than %d bytes together.", limit),
	}
}

func malformedRequest() *apiError {
	return &apiError{status: 400, code: "BadRequestException", kind: typeUser, message: "The request is not well-formed HTTP."}
}

func incompleteBody() *apiError {
	return &apiError{status: 400, code: "BadRequestException", kind: typeUser, message: "The request body ended early or is malformed."}
}

func requestTimeout() *apiError {
	return &apiError{status: 408, code: "RequestTimeoutException", kind: typeUser, message: "The request did not arrive in time."}
}

func unsupportedMedia(message string) *apiError {
	return &apiError{status: 415, code: "UnsupportedMediaTypeException", kind: typeUser, message: message}
}

func accessDenied(message string) *apiError {
	return &apiError{status: 403, code: "AccessDeniedException", kind: typeUser, upper: true, message: message}
}

func notFound(message string) *apiError {
	return &apiError{status: 404, code: "ResourceNotFoundException", kind: typeUser, upper: true, message: message}
}

func serviceError(message string) *apiError {
	return &apiError{status: 500, code: "ServiceException", kind: typeService, upper: true, message: message}
}

// unavailable is a ServiceException that says to come back.
func unavailable(message string, after time.Duration) *apiError {
	e := serviceError(message)
	e.status, e.retryAfter = 503, after
	return e
}

func throttled(reason string) *apiError {
	return &apiError{status: 429, code: "TooManyRequestsException", kind: typeUser, message: "Rate Exceeded.", reason: reason}
}

func invalidRuntime(e *runtime.RuntimeError) *apiError {
	return &apiError{
		status: 502, code: "InvalidRuntimeException", kind: typeUser, upper: true,
		message: "Lambent does not run " + e.Runtime + ", the runtime of " + e.Function + ". It runs " + strings.Join(e.Known, ", ") + ".",
	}
}

func notImplemented(what string) *apiError {
	return &apiError{
		status: 501, code: "NotImplementedException", kind: typeUser,
		message: what + " is not available in this version of Lambent.",
	}
}

// shuttingDown is what invocations get that a shutdown ends.
func shuttingDown() *apiError { return unavailable("The server is shutting down.", time.Second) }

// overloaded is the whole response to a connection beyond the limit.
var overloaded = func() []byte {
	e := unavailable("Too many connections are open.", time.Second)
	body := e.body()
	return fmt.Appendf(nil, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: application/json\r\n"+
		"x-amzn-ErrorType: %s\r\nRetry-After: 1\r\nContent-Length: %d\r\n\r\n%s", e.code, len(body), body)
}()

// runtimeError words an error of the runtime, but for failures of the function,
// which are no errors of the API.
func (s *Server) runtimeError(err error, operation string) *apiError {
	var (
		missing   *runtime.NotFoundError
		throttle  *runtime.ThrottledError
		payload   *runtime.PayloadError
		suspended *runtime.SuspendedError
		engine    *runtime.RuntimeError
	)
	switch {
	case errors.As(err, &missing):
		return notFound("Function not found: " + missing.Resource)
	case errors.As(err, &throttle):
		return throttled(throttle.Reason)
	case errors.As(err, &payload):
		return invalidRequestContent("Could not parse request body into json: Could not parse payload into json: " + payload.Detail)
	case errors.As(err, &engine):
		return invalidRuntime(engine)
	case errors.Is(err, runtime.ErrRequestTooLarge):
		return requestTooLarge(operation)
	case errors.As(err, &suspended):
		return unavailable(fmt.Sprintf("The function is suspended: %d of its invocations could not be stopped at their timeout.",
			suspended.Stuck), suspended.RetryAfter)
	case errors.Is(err, runtime.ErrClosed), s.base.Err() != nil:
		return shuttingDown()
	}
	if status, code, kind, upper, message, ok := api.Words(err); ok {
		return &apiError{status: status, code: code, kind: kind, upper: upper, message: message}
	}
	s.logf("%s: %v", operation, err)
	return serviceError("An internal error occurred.")
}
