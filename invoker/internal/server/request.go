package server

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/runtime/function"
)

// Names and values of headers, spelt as AWS spells them.
var (
	headerContentType     = []byte("Content-Type")
	headerErrorType       = []byte("x-amzn-ErrorType")
	headerExecutedVersion = []byte("X-Amz-Executed-Version")
	headerFunctionError   = []byte("X-Amz-Function-Error")
	headerLogResult       = []byte("X-Amz-Log-Result")
	headerRemapped        = []byte("x-amzn-Remapped-Content-Length")
	headerRequestID       = []byte("x-amzn-RequestId")
	headerTraceID         = []byte("X-Amzn-Trace-Id")

	contentTypeJSON   = []byte("application/json")
	contentTypeStream = []byte("application/vnd.amazon.eventstream")
	zero              = []byte("0")
	unhandled         = []byte("Unhandled")
)

// Limits of what headers may hold, in bytes.
const (
	maxClientContext = 3583
	maxTenantID      = 256
	maxTraceID       = 1024
)

const tenantPattern = `[a-zA-Z0-9\._:\/=+\-@ ]+`

// invocationType is the value of X-Amz-Invocation-Type.
type invocationType uint8

const (
	requestResponse invocationType = iota
	event
	dryRun
)

// request is what the headers of an invocation ask for.
type request struct {
	// id is the request's id, made by us.
	id     string
	region string
	// arn is the function as the caller named it, if that is not what is invoked.
	arn           string
	kind          invocationType
	tail          bool
	clientContext []byte
	tenantID      string
	traceID       string
	encoding      []byte
	origin        []byte
	durable       bool
}

// readRequest reads the headers of an invocation. Violations are collected, so
// that one answer names them all, those of the route included.
func readRequest(h *fasthttp.RequestHeader, r *route, req *request) *apiError {
	var broken []function.Violation
	var fault *apiError
	for key, value := range h.All() {
		// All names come in canonical form.
		switch string(key) {
		case "X-Amz-Invocation-Type":
			if v, bad := req.setKind(value, r.op); bad {
				broken = append(broken, v)
			}
		case "X-Amz-Log-Type":
			if req.tail = string(value) == "Tail"; !req.tail && string(value) != "None" {
				broken = append(broken, function.NotInSet("logType", string(value), "None", "Tail"))
			}
		case "X-Amz-Client-Context":
			req.clientContext, fault = decodeClientContext(value)
		case "X-Amz-Tenant-Id":
			if req.tenantID = string(value); !isTenantID(value) {
				broken = append(broken, function.Violation{
					Field: "tenantId", Value: req.tenantID,
					Constraint: "Member must satisfy regular expression pattern: " + tenantPattern,
				})
			}
		case "X-Amzn-Trace-Id":
			if len(value) <= maxTraceID {
				req.traceID = string(value)
			}
		case "X-Amz-Durable-Execution-Name":
			req.durable = true
		case "Content-Encoding":
			req.encoding = value
		case "Origin":
			req.origin = value
		}
	}
	if r.invalid != nil {
		broken = append(r.invalid.Violations[:len(r.invalid.Violations):len(r.invalid.Violations)], broken...)
	}
	switch {
	case req.origin != nil:
		return fromWebPage(string(req.origin))
	case broken != nil:
		return validationError(&function.ValidationError{Violations: broken})
	case fault != nil:
		return fault
	case len(req.encoding) > 0 && string(req.encoding) != "identity":
		return unsupportedMedia("Content-Encoding " + string(req.encoding) + " is not supported: send the payload as it is.")
	case req.durable:
		return notImplemented("Durable execution")
	}
	return nil
}

// setKind reads an invocation type, which is not the same set for a streamed
// invocation.
func (req *request) setKind(value []byte, op operation) (v function.Violation, bad bool) {
	switch string(value) {
	case "RequestResponse":
		req.kind = requestResponse
		return v, false
	case "DryRun":
		req.kind = dryRun
		return v, false
	case "Event":
		req.kind = event
		if op == opInvoke {
			return v, false
		}
	}
	if op == opInvoke {
		return function.NotInSet("invocationType", string(value), "Event", "RequestResponse", "DryRun"), true
	}
	return function.NotInSet("invocationType", string(value), "RequestResponse", "DryRun"), true
}

// decodeClientContext returns the JSON text of a client context.
func decodeClientContext(value []byte) ([]byte, *apiError) {
	if len(value) > maxClientContext {
		return nil, invalidRequestContent("Client context must be at most 3583 bytes of Base64.")
	}
	text, err := base64.StdEncoding.AppendDecode(nil, value)
	if err != nil {
		// Some clients leave the padding out.
		text, err = base64.RawStdEncoding.AppendDecode(nil, value)
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); err != nil || len(trimmed) == 0 || trimmed[0] != '{' || !json.Valid(text) {
		return nil, invalidRequestContent("Client context must be a valid Base64-encoded JSON object.")
	}
	return text, nil
}

func isTenantID(id []byte) bool {
	if len(id) == 0 || len(id) > maxTenantID {
		return false
	}
	for _, c := range id {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case bytes.IndexByte([]byte("._:/=+-@ "), c) >= 0:
		default:
			return false
		}
	}
	return true
}
