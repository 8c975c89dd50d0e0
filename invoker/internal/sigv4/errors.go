package sigv4

// Error refuses a request, in AWS's words.
type Error struct {
	// Code is AWS's name of the error, Message its text.
	Code, Message string
}

func (e *Error) Error() string { return "sigv4: " + e.Code + ": " + e.Message }

// Refusals that need no details.
var (
	errNoToken    = &Error{"MissingAuthenticationTokenException", "Missing Authentication Token"}
	errUnknownKey = &Error{"UnrecognizedClientException", "The security token included in the request is invalid."}
	errChunks     = &Error{"InvalidSignatureException", "The chunks of the request's body are malformed."}
	errMismatch   = &Error{
		"InvalidSignatureException",
		"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. " +
			"Consult the service documentation for details.",
	}
)

// incomplete refuses a request that does not say all that a signature needs.
func incomplete(message string) *Error { return &Error{"IncompleteSignatureException", message} }

// mismatch refuses a signature.
func mismatch(message string) *Error { return &Error{"InvalidSignatureException", message} }
