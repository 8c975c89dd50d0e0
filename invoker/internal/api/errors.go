package api

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

const (
	headerRequestID = "x-amzn-RequestId"
	headerErrorType = "x-amzn-ErrorType"

	statusNoContent = 204
)

// Error is an error of the API: a code of the table below and a message.
type Error struct {
	Code    string
	Message string
	// Untyped leaves the member Type out, which AWS does for a few messages.
	Untyped bool
	// Reason is a member of throttling errors.
	Reason string
	// RetryAfter is the header Retry-After if it is not 0.
	RetryAfter time.Duration
	// Allow is the header Allow of a wrong method.
	Allow string
}

func (e *Error) Error() string { return "api: " + e.Code + ": " + e.Message }

// Codes of errors.
const (
	codeAccessDenied        = "AccessDeniedException"
	codeCodeSigningNotFound = "CodeSigningConfigNotFoundException"
	codeCodeStorage         = "CodeStorageExceededException"
	codeCodeVerification    = "CodeVerificationFailedException"
	codeConflict            = "ResourceConflictException"
	codeInUse               = "ResourceInUseException"
	codeInvalidParameter    = "InvalidParameterValueException"
	codeInvalidSignature    = "InvalidCodeSignatureException"
	codeKMSAccessDenied     = "KMSAccessDeniedException"
	codeKMSDisabled         = "KMSDisabledException"
	codeKMSInvalidState     = "KMSInvalidStateException"
	codeKMSNotFound         = "KMSNotFoundException"
	codeNotFound            = "ResourceNotFoundException"
	codeNotImplemented      = "NotImplementedException"
	codePolicyLength        = "PolicyLengthExceededException"
	codePrecondition        = "PreconditionFailedException"
	codeProvisionedNotFound = "ProvisionedConcurrencyConfigNotFoundException"
	codeRequestEntity       = "RequestEntityTooLargeException"
	codeSerialization       = "SerializationException"
	codeService             = "ServiceException"
	codeThrottled           = "TooManyRequestsException"
	codeUnknownOperation    = "UnknownOperationException"
	codeUnsupported         = "UnsupportedOperationException"
	codeValidation          = "ValidationException"
)

// class says how AWS sends an error.
type class struct {
	status int
	// kind is the member Type; empty: left out.
	kind string
	// upper says that the text is in Message, not in message.
	upper bool
}

// classes holds the class of each code.
var classes = map[string]class{
	codeAccessDenied:        {403, "User", true},
	codeCodeSigningNotFound: {404, "User", true},
	codeCodeStorage:         {400, "User", false},
	codeCodeVerification:    {400, "User", true},
	codeConflict:            {409, "User", false},
	codeInUse:               {400, "User", true},
	codeInvalidParameter:    {400, "User", false},
	codeInvalidSignature:    {400, "User", true},
	codeKMSAccessDenied:     {502, "User", true},
	codeKMSDisabled:         {502, "User", true},
	codeKMSInvalidState:     {502, "User", true},
	codeKMSNotFound:         {502, "User", true},
	codeNotFound:            {404, "User", true},
	codeNotImplemented:      {501, "User", false},
	codePolicyLength:        {400, "User", false},
	codePrecondition:        {412, "User", false},
	codeProvisionedNotFound: {404, "User", false},
	codeRequestEntity:       {413, "", false},
	codeSerialization:       {400, "", false},
	codeService:             {500, "Service", true},
	codeThrottled:           {429, "User", false},
	codeUnknownOperation:    {404, "User", false},
	codeUnsupported:         {400, "User", false},
	codeValidation:          {400, "", false},
}

// kinds holds the code of each kind of the registry's errors.
var kinds = map[registry.Kind]string{
	registry.NotFound:               codeNotFound,
	registry.Conflict:               codeConflict,
	registry.InUse:                  codeInUse,
	registry.InvalidParameter:       codeInvalidParameter,
	registry.PreconditionFailed:     codePrecondition,
	registry.PolicyTooLong:          codePolicyLength,
	registry.CodeStorageExceeded:    codeCodeStorage,
	registry.ProvisionedNotFound:    codeProvisionedNotFound,
	registry.CodeSigningNotFound:    codeCodeSigningNotFound,
	registry.CodeVerificationFailed: codeCodeVerification,
	registry.TooLarge:               codeRequestEntity,
	registry.AccessDenied:           codeAccessDenied,
	registry.KMSAccessDenied:        codeKMSAccessDenied,
	registry.KMSDisabled:            codeKMSDisabled,
	registry.KMSInvalidState:        codeKMSInvalidState,
	registry.KMSNotFound:            codeKMSNotFound,
}

// response is the error as it is sent.
func (e *Error) response(req *Request) *Response {
	class, known := classes[e.Code]
	if !known {
		panic("api: no class for the error " + e.Code)
	}
	if e.Allow != "" {
		class.status = 405
	}
	if e.Untyped {
		class.kind = ""
	}
	members := struct {
		Reason  string  `json:",omitempty"`
		Type    string  `json:",omitempty"`
		Upper   *string `json:"Message,omitempty"`
		Message *string `json:"message,omitempty"`
	}{Reason: e.Reason, Type: class.kind}
	if class.upper {
		members.Upper = &e.Message
	} else {
		members.Message = &e.Message
	}
	body, _ := encode(members) // strings cannot fail
	res := &Response{Status: class.status, Body: body, Header: [][2]string{
		{headerRequestID, req.RequestID},
		{headerErrorType, e.Code},
		{"Content-Type", "application/json"},
	}}
	if e.RetryAfter > 0 {
		seconds := strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds())))
		res.Header = append(res.Header, [2]string{"Retry-After", seconds})
	}
	if e.Allow != "" {
		res.Header = append(res.Header, [2]string{"Allow", e.Allow})
	}
	return res
}

func invalidParameter(format string, args ...any) *Error {
	return &Error{Code: codeInvalidParameter, Message: fmt.Sprintf(format, args...)}
}

func serialization(message string) *Error { return &Error{Code: codeSerialization, Message: message} }

func serviceError() *Error {
	return &Error{Code: codeService, Message: "An internal error occurred."}
}

func tooLarge(operation string) *Error {
	return &Error{
		Code:    codeRequestEntity,
		Message: fmt.Sprintf("Request must be smaller than %d bytes for the %s operation", MaxRequestBytes, operation),
	}
}

// TooLarge answers a request whose body has more than MaxRequestBytes, which
// need not have been read. req.Body is not looked at.
func TooLarge(req *Request) *Response {
	c := &call{Request: req}
	if err := c.route(); err != nil {
		return err.response(req)
	}
	return tooLarge(c.op.name).response(req)
}

// Words says how AWS words an error of the registry: the status, the code, the
// body's member Type and its text, which stands in Message if upper, else in
// message. ok is false if the error is not one of those.
func Words(err error) (status int, code, kind string, upper bool, message string, ok bool) {
	known, ok := errors.AsType[*registry.Error](err)
	if !ok || kinds[known.Kind] == "" {
		return 0, "", "", false, "", false
	}
	code = kinds[known.Kind]
	class := classes[code]
	return class.status, code, class.kind, class.upper, known.Message, true
}

// fault is an operation's error as the API words it.
func (a *API) fault(c *call, err error) *Error {
	var (
		own     *Error
		invalid *function.ValidationError
		known   *registry.Error
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &invalid):
		return &Error{Code: codeValidation, Message: invalid.Error()}
	case errors.As(err, &known) && kinds[known.Kind] != "":
		return &Error{Code: kinds[known.Kind], Message: known.Message}
	}
	a.logf("api: %s %s: %v", c.Method, c.Path, err)
	return serviceError()
}
